"""One signed-in conversation with a system: adds the token, renews it once when it is refused, reads refusals.

What differs between the vendors (address, headers, the form of errors, codes) is a Dialect; everything else is here.
A refused token is renewed once for a request: a system that refuses the new one too has another reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import quote

from pardotflow.connectors.auth import AccessToken, TokenSource
from pardotflow.connectors.http import Ask, Effect, HttpClient, Json, Reply
from pardotflow.connectors.verdict import VendorCode, VendorError, Verdict
from pardotflow.core.errors import ConnectionTrouble, LoginRefused, OutcomeUnknown, RequestRefused


class Dialect(Protocol):
    """What is peculiar to one vendor."""

    def base_url(self, token: AccessToken) -> str:
        """Scheme and host that paths are relative to."""

    def headers(self, token: AccessToken) -> Mapping[str, str]:
        """Headers of every request, the token among them."""

    def read_error(self, reply: Reply) -> VendorError:
        """The refusal that an answer carries."""

    def judge(self, reply: Reply) -> Verdict | None:
        """What an answer means; None where the request was granted."""

    def explain(self, code: str) -> VendorCode | None:
        """What is known of a code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of a session; `path` includes its query, already encoded."""

    path: str
    method: str = "GET"
    effect: Effect = Effect.NONE
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    content_for: Callable[[AccessToken], bytes] | None = None
    """Of a call whose body carries the token: the body for a token, in place of `content`."""
    files: tuple[tuple[str, str, bytes, str], ...] = ()
    signed: bool = True
    """False for the few resources that need no token and are not counted."""


class Session:
    """Sends calls of one system with the current token."""

    def __init__(self, http: HttpClient, tokens: TokenSource, dialect: Dialect) -> None:
        self.http = http
        self._tokens = tokens
        self._dialect = dialect

    def token(self) -> AccessToken:
        """The current token; signs in at first use."""
        return self._tokens.token()

    def close(self) -> None:
        """Close all connections, those to the login server too."""
        self.http.close()
        self._tokens.close()

    def send(self, call: Call) -> Reply:
        """The answer, granted or refused; raises what HttpClient.request raises, and LoginRefused."""
        token = self._tokens.token()
        ask = self._ask(call, token)
        reply = self.http.request(ask)
        if self._dialect.judge(reply) is not Verdict.SIGN_IN:
            return reply
        try:
            again = self.http.request(self._ask(call, self._tokens.renew(token)))
            if self._dialect.judge(again) is Verdict.SIGN_IN:
                raise self._login_refused(call, again)
        except OutcomeUnknown:
            raise
        except ConnectionTrouble as trouble:
            # A try before the one that asked for a new session may have arrived.
            if call.effect is Effect.NONE or not reply.maybe_done:
                raise
            raise self.http.unknown(ask, trouble) from trouble
        return replace(again, calls=reply.calls + again.calls, maybe_done=reply.maybe_done or again.maybe_done)

    def fetch(self, call: Call) -> Reply:
        """The answer of a call that must be granted; raises RequestRefused too."""
        reply = self.send(call)
        if self._dialect.judge(reply) is not None:
            raise self.refusal(call, reply)
        return reply

    def fetch_json(self, call: Call) -> tuple[Reply, Json]:
        """The answer of a call that must be granted, and its JSON."""
        reply = self.fetch(call)
        try:
            return reply, reply.json()
        except ValueError as error:
            raise self.refusal(call, reply) from error

    def verdict(self, reply: Reply) -> Verdict | None:
        """What an answer means."""
        return self._dialect.judge(reply)

    def error(self, reply: Reply) -> VendorError:
        """The refusal that an answer carries, without secrets."""
        found = self._dialect.read_error(reply)
        return replace(found, message=self.http.redactor.redact(found.message))

    def refusal(self, call: Call, reply: Reply) -> RequestRefused:
        """The exception for a request that was refused as a whole."""
        error = self.error(reply)
        known = self._dialect.explain(error.code)
        said = " ".join(filter(None, (error.code, error.message))) or "an answer that is not the vendor's"
        return RequestRefused(
            f"{call.method} {call.path.partition('?')[0]} was refused with HTTP {reply.status}: {said}",
            system=self.http.system,
            hint=known.way_out if known else "",
            code=error.code,
            status=reply.status,
        )

    def _login_refused(self, call: Call, reply: Reply) -> LoginRefused:
        refusal = self.refusal(call, reply)
        return LoginRefused(
            f"a new access token is not accepted either: {refusal}", system=self.http.system, hint=refusal.hint
        )

    def _ask(self, call: Call, token: AccessToken) -> Ask:
        headers = dict(self._dialect.headers(token)) if call.signed else {}
        return Ask(
            method=call.method,
            url=self._dialect.base_url(token) + call.path,
            effect=call.effect,
            headers={**headers, **call.headers},
            content=call.content_for(token) if call.content_for else call.content,
            files=call.files,
            counted=call.signed,
        )


def encode_query(parameters: Mapping[str, str]) -> str:
    """A query string in the given order: `+` becomes %2B, blanks %20; commas and colons stay readable."""
    return "&".join(f"{name}={quote(value, safe=',:')}" for name, value in parameters.items())

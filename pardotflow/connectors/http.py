"""The one seam to the network: sends requests, counts them, waits and repeats where that is harmless.

What may be repeated follows from what a request does (`Effect`), and from whether its bytes can have reached the other
side. A write whose outcome is not known never ends in an ordinary error: it raises OutcomeUnknown, whatever came last.
"""

import json
import logging
import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import cache
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx
from tenacity import Retrying

from pardotflow.connectors.budget import CallBudget
from pardotflow.connectors.redaction import Redactor
from pardotflow.connectors.verdict import Verdict
from pardotflow.connectors.waits import Waits
from pardotflow.core.clock import Clock, SystemClock
from pardotflow.core.errors import (
    ConnectionTrouble,
    OutcomeUnknown,
    QuotaSpent,
    RateLimited,
    ServerTrouble,
    Unreachable,
    UsageError,
)

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_LOOPBACK_WITHOUT_PROXY = {"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None}
_LONGEST_CONNECT = 30.0
_TRIES_OF_A_STRANGER = 2
"""A host that has never answered is more often a wrong address than a busy one."""

_LOG = logging.getLogger(__name__)


Json = Any
"""Whatever a JSON text holds; its shape is the vendor's."""


class Effect(StrEnum):
    """What a second sending of the same request would do."""

    NONE = "none"
    """It reads."""
    SAME = "same"
    """It writes, and writing it again leaves the same state."""
    AGAIN = "again"
    """It writes, and a second sending may write a second thing: never repeated once bytes were sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How patient a client is; waits and the timeout are in seconds, the jitter is added to each wait at random."""

    tries: int = 6
    first_wait: float = 1.0
    longest_wait: float = 120.0
    jitter: float = 1.0
    timeout: float = 300.0
    concurrency: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. `files` (part name, file name, content, media type) makes it multipart. `counted` is False for
    requests that the vendor does not count against the daily allowance."""

    method: str
    url: str = field(repr=False)
    effect: Effect = Effect.NONE
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)
    files: tuple[tuple[str, str, bytes, str], ...] = field(default=(), repr=False)
    counted: bool = True

    @property
    def place(self) -> str:
        """Method, host and path: what may be shown. Queries may hold personal data."""
        parts = urlsplit(self.url)
        return f"{self.method} {parts.netloc}{parts.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, read whole. Header names are in lower case; `calls` counts every try that it took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    calls: int
    maybe_done: bool = False
    """An earlier try of the same request may have arrived, whatever this answer says."""

    @property
    def server_date(self) -> datetime | None:
        """The `Date` header, in UTC, or None."""
        return _parse_date(self.headers.get("date", ""))

    def json(self) -> Json:
        """The body as JSON; raises ValueError where it is something else."""
        return json.loads(self.body)


Judge = Callable[[Reply], Verdict | None]
"""Decides what a reply means; None where the request was granted."""


def never_wrong(reply: Reply) -> Verdict | None:
    """The judge of a system without codes of its own: server errors are trouble, 429 is busy.

    501 does not pass with time: the server knows no such request.
    """
    if reply.status == 429:
        return Verdict.BUSY
    return Verdict.TROUBLE if reply.status >= 500 and reply.status != 501 else None


class ServerClock:
    """The other side's time, from its `Date` headers.

    Invariant: `at(moment)` is never later than what the server's clock showed at that local moment, because headers
    are cut to seconds and are read after they were written.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: tuple[datetime, datetime] | None = None

    def saw(self, date: datetime | None) -> None:
        """Remember a `Date` that has just arrived."""
        if date is not None:
            self._seen = (date, self._clock.now())

    def at(self, moment: datetime) -> datetime:
        """The server's time at a local moment; the moment itself before any answer."""
        if self._seen is None:
            return moment
        date, received = self._seen
        return moment + (date - received)

    def now(self) -> datetime:
        """The server's time now."""
        return self.at(self._clock.now())


@dataclass(slots=True)
class _Trail:
    """What happened to one request so far."""

    calls: int = 0
    maybe_done: bool = False
    refused_connections: int = 0


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are believed, read once for all clients."""
    return httpx.create_ssl_context()


class HttpClient:
    """Speaks to one system.

    `transport` replaces the network in tests. `judge` reads the vendor's codes. `budget` is taken from for every
    counted request. `may_send` is asked before each try of a write; what it raises ends the tries. All threads may
    share one client; at most `limits.concurrency` requests are under way.
    """

    def __init__(
        self,
        *,
        system: str,
        limits: Limits | None = None,
        judge: Judge = never_wrong,
        budget: CallBudget | None = None,
        redactor: Redactor | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
        waits: Waits | None = None,
        may_send: Callable[[], None] = lambda: None,
    ) -> None:
        _quiet_libraries()
        self.system = system
        self.limits = limits or Limits()
        self.waits = waits or Waits(clock or SystemClock())
        self.clock = self.waits.clock
        self.server_clock = ServerClock(self.clock)
        self.redactor = redactor or Redactor()
        self._transport = transport
        self._judge = judge
        self._budget = budget or CallBudget()
        self._may_send = may_send
        self._calls = 0
        self._is_met = False
        self._counting = threading.Lock()
        self._turns = threading.BoundedSemaphore(self.limits.concurrency)
        self._client = httpx.Client(
            transport=transport,
            verify=_trusted(),
            mounts=_LOOPBACK_WITHOUT_PROXY,
            timeout=httpx.Timeout(self.limits.timeout, connect=min(self.limits.timeout, _LONGEST_CONNECT)),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=self.limits.concurrency),
            headers={"User-Agent": "pardotflow"},
            follow_redirects=False,
        )

    @property
    def calls(self) -> int:
        """Every counted request so far, repeats included."""
        return self._calls

    @property
    def calls_left(self) -> int | None:
        """What the budget has left; None without one."""
        return self._budget.left

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def for_login(self) -> "HttpClient":
        """A client of the login server: as patient, with the same secrets to hide, outside judge and budget."""
        return HttpClient(
            system=self.system,
            limits=self.limits,
            redactor=self.redactor,
            transport=self._transport,
            waits=self.waits,
        )

    def __enter__(self) -> "HttpClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def tries(self, may_repeat: Callable[[BaseException], bool], most: int = sys.maxsize) -> Retrying:
        """A loop of tries by the limits, or of fewer."""
        limits = self.limits
        return self.waits.tries(
            may_repeat,
            tries=min(limits.tries, most),
            first_wait=limits.first_wait,
            longest_wait=limits.longest_wait,
            jitter=limits.jitter,
        )

    def request(self, ask: Ask) -> Reply:
        """Send, and repeat where that is harmless.

        Returns what the system granted, refused for good, or refused for the token's sake: the caller reads it. Raises
        RateLimited, QuotaSpent, BudgetSpent, Unreachable and ServerTrouble where nothing was done; OutcomeUnknown
        where a write may have been done.
        """
        trail = _Trail()
        try:
            return self._repeat(ask, trail)
        except ConnectionTrouble as trouble:
            if ask.effect is Effect.NONE or not trail.maybe_done:
                raise
            raise self.unknown(ask, trouble) from trouble

    def unknown(self, ask: Ask, trouble: ConnectionTrouble) -> OutcomeUnknown:
        """The exception for a write that may have arrived, and ended with some trouble."""
        return OutcomeUnknown(
            f"{ask.place} was sent, and whether it happened is not known: {trouble}",
            system=self.system,
            hint="the next run looks it up before anything is sent again",
        )

    def _repeat(self, ask: Ask, trail: _Trail) -> Reply:
        def may_repeat(error: BaseException) -> bool:
            waiting_helps = isinstance(error, Unreachable | ServerTrouble | RateLimited)
            _LOG.info("%s", error)
            if not self._is_met and trail.refused_connections >= _TRIES_OF_A_STRANGER:
                return False
            return waiting_helps and not (ask.effect is Effect.AGAIN and trail.maybe_done)

        for attempt in self.tries(may_repeat):
            with attempt:
                return self._once(ask, trail)
        raise AssertionError("a retry context ends with a value or an exception")

    def _once(self, ask: Ask, trail: _Trail) -> Reply:
        if ask.effect is not Effect.NONE:
            self._may_send()
        if ask.counted:
            self._budget.take(self.system)
        response = self._transmit(ask, trail)
        self._is_met = True
        headers = {name.lower(): value for name, value in response.headers.items()}
        reply = Reply(
            status=response.status_code,
            headers=headers,
            body=response.content,
            calls=trail.calls,
            maybe_done=trail.maybe_done,
        )
        self.server_clock.saw(reply.server_date)
        self._raise_for(self._judge(reply), reply, ask, trail)
        return reply

    def _transmit(self, ask: Ask, trail: _Trail) -> httpx.Response:
        files = [(part, (name, content, media)) for part, name, content, media in ask.files] or None
        try:
            with self._turns:
                response = self._client.request(
                    ask.method, ask.url, headers=dict(ask.headers), content=ask.content, files=files
                )
        except _NEVER_SENT as error:
            self._return_call(ask)
            trail.refused_connections += isinstance(error, httpx.ConnectError)
            raise self._unreachable(ask, error) from self._if_clean(error)
        except httpx.RequestError as error:
            self._count(ask, trail)
            trail.maybe_done = True
            raise self._unreachable(ask, error) from self._if_clean(error)
        except httpx.InvalidURL as error:
            self._return_call(ask)
            raise UsageError(f"{ask.place} is not an address: {error}") from error
        self._count(ask, trail)
        return response

    def _count(self, ask: Ask, trail: _Trail) -> None:
        if ask.counted:
            trail.calls += 1
            with self._counting:
                self._calls += 1

    def _return_call(self, ask: Ask) -> None:
        if ask.counted:
            self._budget.give_back()

    def _unreachable(self, ask: Ask, error: Exception) -> Unreachable:
        reason = self.redactor.redact(f"{type(error).__name__}: {error}".removesuffix(": "))
        return Unreachable(
            f"{ask.place} does not answer ({reason})",
            system=self.system,
            hint="check the address of the connection, the network and the proxy settings",
        )

    def _if_clean(self, error: Exception) -> Exception | None:
        """A cause whose text may be shown in a traceback: some libraries quote the header that they refuse."""
        return error if self.redactor.redact(str(error)) == str(error) else None

    def _raise_for(self, verdict: Verdict | None, reply: Reply, ask: Ask, trail: _Trail) -> None:
        """Turn the verdicts that no caller can act on into exceptions."""
        what = self.redactor.redact(f"{ask.place} answered {reply.status}")
        if verdict is Verdict.BUSY:
            raise RateLimited(f"{what}: too many calls at once", system=self.system, hint="try again in some minutes")
        if verdict is Verdict.QUOTA:
            raise QuotaSpent(
                f"{what}: the daily allowance of API calls is used up",
                system=self.system,
                hint="wait for the allowance to be renewed, then apply the remainder",
            )
        if verdict is Verdict.TROUBLE:
            trail.maybe_done = True
            raise ServerTrouble(f"{what}: the server has trouble", system=self.system, hint="try again later")


def _quiet_libraries() -> None:
    """httpx logs whole addresses, which hold personal data."""
    logging.getLogger("httpx").setLevel(logging.WARNING)


def _parse_date(text: str) -> datetime | None:
    """An HTTP date, aware in UTC; None where it cannot be read."""
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)

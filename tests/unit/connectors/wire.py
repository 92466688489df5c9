"""A scripted network for connector tests: answers in order, and everything that was sent.

Logins are answered by the wire itself, with a new token each time, so that scripts hold API answers only.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from pardotflow.connectors import (
    CallBudget,
    ClearWith,
    Limits,
    PardotConnector,
    PardotSettings,
    Polling,
    RefreshTokenGrant,
    SalesforceConnector,
    SalesforceSettings,
)
from pardotflow.connectors.http import Json
from pardotflow.core.secret import Secret

REFRESH_TOKEN = "5Aep861refresh.SECRET"
CLIENT_SECRET = "client-SECRET-9911"
UNIT = "0Uv000000000001AAA"
DATE = "Tue, 10 Jun 2025 09:00:00 GMT"
NO_WAITS = Limits(first_wait=0, longest_wait=0, jitter=0, concurrency=4)

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class FakeClock:
    """Time moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = datetime(2025, 6, 10, 12, 0, 0, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


class Wire:
    """Gives the scripted answers in order; a script that has run out fails the test."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.logins: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/services/oauth2/token":
            self.logins.append(request)
            return reply(login_body(len(self.logins)))
        self.requests.append(request)
        assert self.answers, f"unexpected request: {request.method} {request.url}"
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    @property
    def paths(self) -> list[str]:
        """Path and query of every request, as sent."""
        return [r.url.raw_path.decode() for r in self.requests]


def token_text(number: int) -> str:
    return f"00D5g000001AbCd!AQ.token{number}.SECRET"


def login_body(number: int) -> dict[str, str]:
    """The shape of a Salesforce token response."""
    return {
        "access_token": token_text(number),
        "instance_url": "https://acme.my.salesforce.com",
        "id": "https://login.salesforce.com/id/00D5g000001AbCdEAK/0055g00000XyZabAAF",
        "token_type": "Bearer",
        "issued_at": "1278448832702",
        "signature": "x",
    }


def reply(body: object, status: int = 200, **headers: str) -> httpx.Response:
    """A JSON answer with a date."""
    named = {"Date": DATE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return httpx.Response(status, json=body, headers=named)


def empty(status: int = 204, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={"Date": DATE, **headers})


def sf_error(status: int, code: str, message: str = "no", **headers: str) -> httpx.Response:
    return reply([{"message": message, "errorCode": code}], status, **headers)


def pardot_error(status: int, code: int, message: str = "no") -> httpx.Response:
    return reply({"code": code, "message": message}, status)


def grant() -> RefreshTokenGrant:
    return RefreshTokenGrant(
        login_url="https://login.salesforce.com",
        client_id="3MVG9",
        client_secret=Secret(CLIENT_SECRET),
        refresh_token=Secret(REFRESH_TOKEN),
    )


def salesforce(
    wire: Wire, *, budget: CallBudget | None = None, clock: FakeClock | None = None, jobs_from: int = 2001
) -> SalesforceConnector:
    settings = SalesforceSettings(limits=NO_WAITS, jobs_from=jobs_from)
    return SalesforceConnector(grant(), settings, budget=budget, clock=clock, transport=wire.transport)


def pardot(
    wire: Wire,
    *,
    budget: CallBudget | None = None,
    clock: FakeClock | None = None,
    clear_with: ClearWith = ClearWith.NULL,
    import_batch_bytes: int = 1000,
    jobs_from: int = 100,
    creates_by_import: bool = True,
) -> PardotConnector:
    settings = PardotSettings(
        business_unit_id=UNIT,
        clear_with=clear_with,
        polling=Polling(first_wait=2, longest_wait=5, patience=60),
        import_batch_bytes=import_batch_bytes,
        jobs_from=jobs_from,
        creates_by_import=creates_by_import,
        limits=NO_WAITS,
    )
    return PardotConnector(grant(), settings, budget=budget, clock=clock or FakeClock(), transport=wire.transport)


def sent_json(request: httpx.Request) -> Json:
    return json.loads(request.content)

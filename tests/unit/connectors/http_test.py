"""The seam to the network: repeating, counting, budgets, unknown outcomes, secrets, the server's clock."""

import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from pardotflow.connectors.budget import CallBudget
from pardotflow.connectors.http import Ask, Effect, HttpClient, ServerClock
from pardotflow.connectors.redaction import Redactor
from pardotflow.core.errors import (
    BudgetSpent,
    ConnectionTrouble,
    OutcomeUnknown,
    RateLimited,
    ServerTrouble,
    StateError,
    Unreachable,
    UsageError,
)
from pardotflow.core.secret import Secret

from .wire import NO_WAITS, FakeClock, Wire, empty, reply

READ = Ask(method="GET", url="https://x.test/thing?email=a%40b.c")
UPDATE = Ask(method="PATCH", url="https://x.test/thing/1", effect=Effect.SAME, content=b"{}")
CREATE = Ask(method="POST", url="https://x.test/thing", effect=Effect.AGAIN, content=b"{}")


def client(wire: Wire, budget: CallBudget | None = None, clock: FakeClock | None = None) -> HttpClient:
    return HttpClient(system="test", limits=NO_WAITS, budget=budget, transport=wire.transport, clock=clock)


@pytest.mark.parametrize("ask", [READ, UPDATE])
@pytest.mark.parametrize(
    "fault",
    [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("gone"), httpx.ConnectError("no"), empty(503), empty(429)],
)
def test_what_reads_or_writes_the_same_is_repeated(ask: Ask, fault: httpx.Response | Exception) -> None:
    wire = Wire(reply({}), fault, fault, reply({}))
    with client(wire) as http:
        http.request(READ)
        assert http.request(ask).status == 200
    assert len(wire.requests) == 4


def test_a_host_that_never_answered_is_given_up_after_two_refused_connections() -> None:
    wire = Wire(*[httpx.ConnectError("no such host")] * 2)
    with client(wire) as http, pytest.raises(Unreachable):
        http.request(READ)
    assert len(wire.requests) == 2


def test_a_read_gives_up_after_five_retries_and_names_the_reason() -> None:
    wire = Wire(*[empty(502)] * 6)
    with client(wire) as http, pytest.raises(ServerTrouble, match=r"GET x\.test/thing answered 502"):
        http.request(READ)
    assert len(wire.requests) == 6


@pytest.mark.parametrize("fault", [httpx.ReadTimeout("slow"), httpx.WriteError("cut"), empty(500), empty(504)])
def test_a_create_is_never_sent_twice_once_bytes_were_out(fault: httpx.Response | Exception) -> None:
    wire = Wire(fault)
    with client(wire) as http, pytest.raises(OutcomeUnknown):
        http.request(CREATE)
    assert len(wire.requests) == 1


@pytest.mark.parametrize("ask", [UPDATE, CREATE])
def test_no_try_of_a_write_leaves_once_it_may_not(ask: Ask) -> None:
    """The lock is lost while a try waits for the next one: reads go on, writes do not."""
    wire = Wire(reply({}), httpx.ConnectError("no"), reply({}))
    lost = False

    def may_send() -> None:
        if lost:
            raise StateError("the lock was lost")

    def lose(request: httpx.Request) -> httpx.Response:
        nonlocal lost
        lost = True
        raise httpx.ConnectError("no", request=request)

    with HttpClient(system="test", limits=NO_WAITS, transport=wire.transport, may_send=may_send) as http:
        http.request(READ)
        wire.answers[0] = lose
        with pytest.raises(StateError, match="lost"):
            http.request(ask)
        assert len(wire.requests) == 2
        assert http.request(READ).status == 200


@pytest.mark.parametrize("fault", [httpx.ConnectError("no"), httpx.ConnectTimeout("no"), httpx.PoolTimeout("no")])
def test_a_create_that_never_left_is_repeated_and_ends_as_unreachable(fault: Exception) -> None:
    wire = Wire(reply({}), fault, fault, reply({}, 201))
    with client(wire) as http:
        http.request(READ)
        assert http.request(CREATE).status == 201
    wire = Wire(*[fault] * 6)
    with client(wire) as http, pytest.raises(Unreachable):
        http.request(CREATE)


def test_a_create_that_was_refused_as_too_much_is_repeated() -> None:
    wire = Wire(empty(429), reply({}, 201))
    with client(wire) as http:
        assert http.request(CREATE).calls == 2


def test_an_update_whose_last_fault_is_harmless_is_still_unknown_after_a_doubtful_one() -> None:
    wire = Wire(httpx.ReadTimeout("slow"), *[empty(429)] * 5)
    with client(wire) as http, pytest.raises(OutcomeUnknown) as caught:
        http.request(UPDATE)
    assert isinstance(caught.value.__cause__, RateLimited)


def test_a_budget_that_ends_a_doubtful_update_leaves_it_unknown() -> None:
    wire = Wire(empty(503))
    with client(wire, CallBudget(1)) as http, pytest.raises(OutcomeUnknown):
        http.request(UPDATE)


def test_the_budget_is_never_passed_and_counts_repeats() -> None:
    wire, budget = Wire(empty(503), reply({}), reply({})), CallBudget(2)
    with client(wire, budget) as http:
        assert http.request(READ).calls == 2
        with pytest.raises(BudgetSpent, match="2 API calls"):
            http.request(READ)
    assert (http.calls, budget.spent, len(wire.requests)) == (2, 2, 2)


def test_a_call_that_never_left_is_given_back_and_not_counted() -> None:
    wire, budget = Wire(httpx.ConnectError("no"), reply({})), CallBudget(1)
    with client(wire, budget) as http:
        assert http.request(READ).calls == 1
    assert (http.calls, budget.spent) == (1, 1)


def test_requests_that_the_vendor_does_not_count_cost_nothing() -> None:
    wire, budget = Wire(reply({})), CallBudget(0)
    with client(wire, budget) as http:
        http.request(Ask(method="GET", url="https://x.test/versions", counted=False))
    assert http.calls == 0


def test_an_address_that_is_none_is_the_users_mistake() -> None:
    budget = CallBudget(5)
    with client(Wire(), budget) as http, pytest.raises(UsageError):
        http.request(Ask(method="GET", url="https://x.test:port/"))
    assert budget.spent == 0


SECRET = "hunter2-and-more"
TOKEN = "00D5g000001AbCd!AQsomething.very_secret"


def leaking(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError(f"cannot send Bearer {SECRET} nor {TOKEN}", request=request)


@pytest.mark.parametrize("fault", [leaking, lambda request: empty(503)])
def test_no_error_shows_a_secret(
    fault: Callable[[httpx.Request], httpx.Response], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    redactor = Redactor()
    redactor.learn(Secret(SECRET))
    wire = Wire(*[fault] * 6)
    ask = Ask(
        method="PATCH",
        url=f"https://x.test/thing?email=a%40b.c&token={SECRET}",
        effect=Effect.SAME,
        headers={"Authorization": f"Bearer {SECRET}"},
        content=SECRET.encode(),
    )
    with (
        HttpClient(system="test", limits=NO_WAITS, transport=wire.transport, redactor=redactor) as http,
        pytest.raises(ConnectionTrouble) as caught,
    ):
        http.request(ask)
    shown = f"{caught.value!r}{caught.value.hint}" + "".join(traceback.format_exception(caught.value))
    logged = "".join(str(record.__dict__) for record in caplog.records)
    assert SECRET not in shown + logged + repr(ask)
    assert TOKEN not in shown + logged
    assert "a%40b.c" not in shown + logged
    assert "PATCH x.test/thing" in logged


@pytest.mark.parametrize(
    "text",
    [f"token={TOKEN}", f"access_token={SECRET}&x=1", f"Authorization: Bearer {SECRET}", f"client_secret={SECRET}"],
)
def test_tokens_are_known_by_their_shape(text: str) -> None:
    shown = Redactor().redact(text)
    assert SECRET not in shown
    assert TOKEN not in shown


def test_the_servers_clock_is_read_from_its_answers() -> None:
    wire, clock = Wire(reply({})), FakeClock()
    with client(wire, clock=clock) as http:
        assert http.server_clock.now() == clock.now()
        http.request(READ)
        clock.sleep(10)
        assert http.server_clock.now() == datetime(2025, 6, 10, 9, 0, 10, tzinfo=UTC)


def test_the_moment_before_an_answer_is_dated_back() -> None:
    clock = FakeClock()
    server = ServerClock(clock)
    began = clock.now()
    clock.sleep(90)
    server.saw(datetime(2025, 6, 10, 9, 0, 0, tzinfo=UTC))
    assert server.at(began) == datetime(2025, 6, 10, 9, 0, 0, tzinfo=UTC) - timedelta(seconds=90)


@pytest.mark.parametrize("date", ["", "yesterday", "2025-06-10"])
def test_a_date_that_cannot_be_read_is_none(date: str) -> None:
    wire = Wire(httpx.Response(200, headers={"Date": date}))
    with client(wire) as http:
        assert http.request(READ).server_date is None

"""Waits that the user cuts short: no further try, no further question about a job."""

import threading
import time

import httpx
import pytest

from pardotflow.connectors import Limits
from pardotflow.connectors.http import Ask, HttpClient
from pardotflow.connectors.polling import Polling
from pardotflow.connectors.waits import Waits
from pardotflow.core.clock import SystemClock
from pardotflow.core.errors import OutcomeUnknown, ServerTrouble

from .imports_test import UPDATES, script, state
from .wire import FakeClock, pardot, reply

HOUR = 3600.0


def test_who_waits_for_another_try_is_woken() -> None:
    asked = list[float]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(time.monotonic())
        return httpx.Response(503)

    client = HttpClient(
        system="pardot",
        limits=Limits(first_wait=HOUR, longest_wait=HOUR, jitter=0),
        transport=httpx.MockTransport(answer),
    )
    ended = list[str]()

    def ask() -> None:
        try:
            client.request(Ask(method="GET", url="https://pi.example/x"))
        except ServerTrouble:
            ended.append("trouble")

    waiting = threading.Thread(target=ask)
    waiting.start()
    until = time.monotonic() + 20
    while not asked and time.monotonic() < until:
        time.sleep(0.01)
    client.waits.stop()
    waiting.join(timeout=20)
    assert ended == ["trouble"]
    # One try was still to come when it was woken; from then on there is none.
    assert len(asked) <= 2
    with pytest.raises(ServerTrouble):
        client.request(Ask(method="GET", url="https://pi.example/x"))
    assert len(asked) <= 3
    client.close()


def test_a_job_is_not_asked_about_any_more() -> None:
    wire = script(reply(state("Processing")))
    unit = pardot(wire, clock=FakeClock())
    wire.answers[3] = lambda _: unit.stop_waiting() or reply(state("Processing"))  # type: ignore[func-returns-value]
    with pytest.raises(OutcomeUnknown, match="still processing"):
        unit.send(unit.prepare(UPDATES))
    assert len(wire.requests) == 4


def test_the_steps_of_a_job_end_with_the_waits() -> None:
    waits, asked = Waits(SystemClock()), list[int]()
    waits.stop()
    found = Polling(first_wait=HOUR).wait_for(waits, lambda: asked.append(1) or "runs", lambda s: s == "over")  # type: ignore[func-returns-value]
    assert (found, asked) == ("runs", [1])

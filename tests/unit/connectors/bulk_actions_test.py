"""Bulk actions: many prospects into the recycle bin by one file of ids."""

import httpx
import pytest

from pardotflow.connectors import Batch, Operation, RowResult
from pardotflow.core.errors import JobStillOpen, OutcomeUnknown, ServerTrouble

from .routed import Routed, batch_of, rows
from .wire import FakeClock, Wire, empty, pardot, pardot_error, reply

TWO = batch_of(Operation.BULK_DELETES, rows(["17", "18"]), "prospect")


def state(status: str, processed: int | None = None, errors: int | None = None) -> httpx.Response:
    return reply({"id": 5, "status": status, "count": 2, "processedCount": processed, "errorCount": errors})


def script(*after_start: httpx.Response | Exception) -> Wire:
    return Wire(reply({"id": 5, "status": "Open"}, 201), empty(204), *after_start)


def table(text: str) -> httpx.Response:
    return httpx.Response(200, content=text.encode(), headers={"Content-Type": "text/csv"})


def test_prospects_go_into_the_bin_and_what_is_there_already_is_told(routed: Routed) -> None:
    ids = routed.prospects(3, "bin")
    routed.emulator.pardot.delete(f"/objects/prospects/{ids[1]}")
    noted = list[str]()
    prepared = routed.unit.prepare(batch_of(Operation.BULK_DELETES, rows(ids), "prospect"))
    answer = routed.unit.send(prepared, note=noted.append)
    assert [(r.id, r.ok, r.error_code) for r in answer.rows] == [
        (ids[0], True, ""),
        (ids[1], False, "109"),
        (ids[2], True, ""),
    ]
    assert len(noted) == 1
    gone = {str(r["id"]): r["isDeleted"] for r in routed.unit.find("prospect", "", ("id", "isDeleted"))}
    assert {gone[i] for i in ids} == {True}


def test_the_life_of_an_action_to_the_byte() -> None:
    wire, clock, noted = script(state("Processing"), state("Complete", 2, 0)), FakeClock(), list[str]()
    unit = pardot(wire, clock=clock)
    answer = unit.send(unit.prepare(TWO), note=noted.append)
    assert [f"{r.method} {r.url.path}" for r in wire.requests] == [
        "POST /api/v5/bulk-actions",
        "PATCH /api/v5/bulk-actions/5",
        "GET /api/v5/bulk-actions/5",
        "GET /api/v5/bulk-actions/5",
    ]
    sent = wire.requests[0].content
    assert b'{"object":"Prospect","bulkAction":"delete"}' in sent
    assert b'filename="ids.csv"\r\nContent-Type: text/csv\r\n\r\nid\n17\n18\n' in sent
    assert wire.requests[1].content == b'{"status": "Ready"}'
    assert (noted, clock.slept, answer.calls) == (["5"], [2, 4], 4)
    assert answer.rows == tuple(RowResult(key=k, ok=True, id=i, created=False) for k, i in (("0", "17"), ("1", "18")))


@pytest.mark.parametrize(
    "end",
    [
        [state("Failed", 0, 0)],
        [state("Cancelled", 1, 0)],
        [state("Complete")],
        [state("Complete", 1, 0)],
        [state("Complete", 2, 1), table("id,errorCode\n")],
        [state("Complete", 2, 1), table("id,errorCode\n99,109\n")],
        [httpx.ConnectError("down")] * 6,
        [state("Paused", 1, 0)] * 40,
    ],
)
def test_what_is_not_certain_for_every_row_is_unknown(end: list[httpx.Response | Exception]) -> None:
    unit = pardot(script(*end))
    with pytest.raises(OutcomeUnknown, match="bulk action 5"):
        unit.send(unit.prepare(TWO))


def test_an_action_that_was_never_started_is_cancelled_and_nothing_happened(routed: Routed) -> None:
    ids = routed.prospects(1, "never")
    noted = list[str]()

    class Killed(BaseException):
        pass

    def note(action: str) -> None:
        noted.append(action)
        raise Killed

    prepared = routed.unit.prepare(batch_of(Operation.BULK_DELETES, rows(ids), "prospect"))
    with pytest.raises(Killed):
        routed.unit.send(prepared, note=note)
    with pytest.raises(ServerTrouble, match="nothing was written"):
        routed.unit.resume(prepared, noted[0])
    routed.emulator.advance(60)
    assert routed.emulator.read(int(ids[0]), "id,isDeleted")["isDeleted"] is False


def test_an_action_that_is_over_is_found_again(routed: Routed) -> None:
    ids = routed.prospects(1, "over")
    noted = list[str]()
    prepared = routed.unit.prepare(batch_of(Operation.BULK_DELETES, rows(ids), "prospect"))
    routed.unit.send(prepared, note=noted.append)
    assert [r.ok for r in routed.unit.resume(prepared, noted[0]).rows] == [True]


def test_an_action_that_cannot_be_found_is_unknown() -> None:
    unit = pardot(Wire(pardot_error(404, 109)))
    with pytest.raises(OutcomeUnknown):
        unit.resume(unit.prepare(TWO), "5")


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (batch_of(Operation.BULK_DELETES, rows(["1"]), "list"), "only prospects"),
        (batch_of(Operation.BULK_DELETES, rows(["1", "1"]), "prospect"), "id of its own"),
        (batch_of(Operation.BULK_DELETES, rows(["x"]), "prospect"), "needs an id"),
        (batch_of(Operation.BULK_DELETES, rows([]), "prospect"), "100000 records"),
    ],
)
def test_rows_that_an_action_cannot_carry(batch: Batch, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pardot(Wire()).prepare(batch)
    assert len(list(pardot(Wire()).split(batch_of(Operation.BULK_DELETES, rows(["1"] * 100_001), "prospect")))) == 2


@pytest.mark.parametrize(
    "trouble", [[httpx.ConnectError("down")] * 6, [pardot_error(429, 122)], [httpx.Response(200, text="<html>")]]
)
def test_an_action_that_cannot_be_asked_for_now_stays_open(trouble: list[httpx.Response | Exception]) -> None:
    unit = pardot(Wire(*trouble))
    with pytest.raises(JobStillOpen, match="bulk action 5"):
        unit.resume(unit.prepare(TWO), "5")

"""Imports: exact bytes, life cycle, certainty about every row."""

import httpx
import pytest

from pardotflow.connectors import Batch, CallBudget, Operation, Row, RowResult
from pardotflow.core.errors import BudgetSpent, JobStillOpen, OutcomeUnknown, RequestRefused, ServerTrouble

from .wire import FakeClock, Wire, empty, pardot, pardot_error, reply

UPDATES = Batch(
    operation=Operation.IMPORT_UPDATES,
    object="prospect",
    rows=(
        Row(key="a", id="17", values={"phone": '1, "2"', "score": 5}),
        Row(key="b", id="18", values={"isDoNotCall": False, "phone": "=3"}),
    ),
)
CREATES = Batch(
    operation=Operation.IMPORT_CREATES,
    object="prospect",
    rows=(
        Row(key="a", id="00Q4S000002sSacUAE", values={"email": "a@x.test"}),
        Row(key="b", id="0034S000005YJYcQAO", values={"email": "b@x.test", "city": "Malmö"}),
    ),
)
UNDELETES = Batch(
    operation=Operation.IMPORT_UNDELETES, object="prospect", rows=(Row(key="a", id="17"), Row(key="b", id="18"))
)
OPENED = {"id": 900, "status": "Open"}


def state(status: str, created: int | None = None, updated: int | None = None, errors: int | None = None) -> object:
    return {
        "id": 900,
        "status": status,
        "isExpired": False,
        "createdAt": "2026-03-02T10:00:00+01:00",
        "createdById": 712,
        "createdCount": created,
        "updatedCount": updated,
        "errorCount": errors,
    }


def csv(text: str) -> httpx.Response:
    return httpx.Response(200, content=text.encode(), headers={"Content-Type": "text/csv"})


def script(*after_submit: httpx.Response | Exception) -> Wire:
    """One batch, uploaded and submitted."""
    return Wire(reply(OPENED, 201), empty(204), empty(204), *after_submit)


def test_the_options_of_updates_to_the_byte() -> None:
    prepared = pardot(Wire()).prepare(UPDATES)
    assert prepared.body == (
        b'{"operation":"Upsert","object":"Prospect","createOnNoMatch":false,"restoreDeleted":false,"fields":['
        b'{"field":"matchId","overwrite":true,"nullOverwrite":false},'
        b'{"field":"isDoNotCall","overwrite":true,"nullOverwrite":false},'
        b'{"field":"phone","overwrite":true,"nullOverwrite":false},'
        b'{"field":"score","overwrite":true,"nullOverwrite":false}]}'
    )
    assert prepared.files == (b'matchId,isDoNotCall,phone,score\n17,,"1, ""2""",5\n18,false,=3,\n',)
    assert (prepared.rows, prepared.ids) == (("a", "b"), ("17", "18"))


def test_the_options_of_creates_to_the_byte() -> None:
    prepared = pardot(Wire()).prepare(CREATES)
    assert prepared.body.startswith(
        b'{"operation":"Upsert","object":"Prospect","createOnNoMatch":true,"restoreDeleted":false,"fields":['
        b'{"field":"matchSalesforceId","overwrite":false,"nullOverwrite":false},'
    )
    assert prepared.files[0].decode() == (
        "matchSalesforceId,city,email,salesforceId\n"
        "00Q4S000002sSacUAE,,a@x.test,00Q4S000002sSacUAE\n"
        "0034S000005YJYcQAO,Malmö,b@x.test,0034S000005YJYcQAO\n"
    )


def test_the_options_of_undeletes_to_the_byte() -> None:
    """By id, out of the recycle bin, and no field is touched."""
    prepared = pardot(Wire()).prepare(UNDELETES)
    assert prepared.body == (
        b'{"operation":"Upsert","object":"Prospect","createOnNoMatch":false,"restoreDeleted":true,"fields":['
        b'{"field":"matchId","overwrite":false,"nullOverwrite":false},'
        b'{"field":"email","overwrite":false,"nullOverwrite":false}]}'
    )
    assert prepared.files == (b"matchId,email\n17,\n18,\n",)


def test_an_undelete_tells_each_row() -> None:
    errors = "matchId,email,errorCode,errorMessage\n18,,54,A prospect with this address exists\n"
    wire = script(reply(state("Complete", created=0, updated=1, errors=1)), csv(errors))
    unit = pardot(wire)
    good, bad = unit.send(unit.prepare(UNDELETES)).rows
    assert good == RowResult(key="a", ok=True, id="17", created=False)
    assert (bad.ok, bad.id, bad.error_code) == (False, "18", "54")


def test_the_life_of_an_import() -> None:
    wire = script(
        reply(state("Waiting")), reply(state("Processing")), reply(state("Complete", created=0, updated=2, errors=0))
    )
    clock, noted = FakeClock(), list[str]()
    unit = pardot(wire, clock=clock)
    answer = unit.send(unit.prepare(UPDATES), note=noted.append)
    assert [(r.method, r.url.path) for r in wire.requests] == [
        ("POST", "/api/v5/imports"),
        ("POST", "/api/v5/imports/900/batches"),
        ("PATCH", "/api/v5/imports/900"),
        ("GET", "/api/v5/imports/900"),
        ("GET", "/api/v5/imports/900"),
        ("GET", "/api/v5/imports/900"),
    ]
    upload = wire.requests[1]
    assert upload.headers["Content-Type"].startswith("multipart/form-data")
    assert b'name="file"; filename="batch-1.csv"\r\nContent-Type: text/csv\r\n\r\nmatchId,' in upload.content
    assert wire.requests[2].content == b'{"status":"Ready"}'
    assert "fields=id,status,isExpired,createdAt,createdById,createdCount,updatedCount,errorCount" in wire.paths[3]
    assert noted == ["900"]
    assert clock.slept == [2, 4, 5]
    assert (answer.calls, answer.status) == (6, 200)
    assert answer.rows == (
        RowResult(key="a", ok=True, id="17", created=False),
        RowResult(key="b", ok=True, id="18", created=False),
    )


def test_the_id_is_noted_after_the_upload_and_before_the_submission() -> None:
    wire = Wire(reply(OPENED, 201), empty(204))
    unit = pardot(wire)

    def crash(handle: str) -> None:
        assert [r.method for r in wire.requests] == ["POST", "POST"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unit.send(unit.prepare(UPDATES), note=crash)


def test_rows_that_failed_are_found_by_what_addressed_them() -> None:
    errors = "\ufeffmatchId,isDoNotCall,phone,score,errorCode,errorMessage\n18,false,=3,,57,Invalid number\n"
    wire = script(reply(state("Complete", created=0, updated=1, errors=1)), csv(errors))
    unit = pardot(wire)
    good, bad = unit.send(unit.prepare(UPDATES)).rows
    assert wire.requests[-1].url.path == "/api/v5/imports/900/errors"
    assert good == RowResult(key="a", ok=True, id="17", created=False)
    assert (bad.key, bad.ok, bad.id, bad.error_code) == ("b", False, "18", "57")
    assert bad.error_message == "57; Invalid number"


def test_an_error_without_code_column() -> None:
    wire = script(
        reply(state("Complete", created=0, updated=1, errors=1)),
        csv("matchId,isDoNotCall,phone,score,Errors\n17,,x,,archived\n"),
    )
    unit = pardot(wire)
    bad = unit.send(unit.prepare(UPDATES)).rows[0]
    assert (bad.error_code, bad.error_message) == ("IMPORT_ROW", "archived")


def prospects(*made: tuple[int, str], maker: int = 712) -> httpx.Response:
    """A page of prospects: id and Salesforce id."""
    values = [{"id": number, "salesforceId": fid, "createdById": maker} for number, fid in made]
    return reply({"values": values, "nextPageToken": None})


A, B = "00Q4S000002sSacUAE", "0034S000005YJYcQAO"


def test_what_was_made_is_read_by_the_time_of_its_creation() -> None:
    """The page holds somebody else's prospect too, and one of ours by its short id."""
    wire = script(reply(state("Complete", created=2, updated=0, errors=0)), prospects((5, B), (4, ""), (3, A[:15])))
    clock = FakeClock()
    unit = pardot(wire, clock=clock)
    answer = unit.send(unit.prepare(CREATES))
    assert answer.rows == (
        RowResult(key="a", ok=True, id="3", created=True),
        RowResult(key="b", ok=True, id="5", created=True),
    )
    assert answer.calls == len(wire.requests) == 5
    assert dict(wire.requests[4].url.params) == {
        "fields": "id,salesforceId,createdById",
        "limit": "1000",
        "orderBy": "id",
        "deleted": "all",
        "createdAtAfterOrEqualTo": "2026-03-02T08:59:58+00:00",
    }
    assert clock.slept == [2]


def test_a_read_that_lags_is_repeated_once() -> None:
    wire = script(
        reply(state("Complete", created=2, updated=0, errors=0)), prospects((5, B)), prospects((5, B), (6, A))
    )
    clock = FakeClock()
    unit = pardot(wire, clock=clock)
    assert [(r.ok, r.id) for r in unit.send(unit.prepare(CREATES)).rows] == [(True, "6"), (True, "5")]
    assert clock.slept == [2, 60]


def test_a_row_that_met_a_prospect_has_moved() -> None:
    wire = script(reply(state("Complete", created=1, updated=1, errors=0)), prospects((5, B)), prospects((2, A)))
    unit = pardot(wire)
    there, made = unit.send(unit.prepare(CREATES)).rows
    assert there == RowResult(key="a", ok=False, id="2", created=False, moved=True)
    assert made == RowResult(key="b", ok=True, id="5", created=True)
    assert wire.requests[-1].url.params["salesforceId"] == A


def test_of_rows_that_met_a_prospect_it_must_be_clear_which() -> None:
    """One row of two met a prospect that was made since the import was opened: by whom, tells which."""
    end = reply(state("Complete", created=1, updated=1, errors=0))
    theirs = {"id": 6, "salesforceId": A, "createdById": 9}
    ours = {"id": 5, "salesforceId": B, "createdById": 712}
    unit = pardot(script(end, reply({"values": [ours, theirs], "nextPageToken": None})))
    assert [(r.ok, r.moved, r.id) for r in unit.send(unit.prepare(CREATES)).rows] == [
        (False, True, "6"),
        (True, False, "5"),
    ]
    unit = pardot(script(end, prospects((5, B), (6, A))))
    with pytest.raises(OutcomeUnknown, match="2 of 2 rows cannot be told"):
        unit.send(unit.prepare(CREATES))


@pytest.mark.parametrize(
    "pages",
    [
        [prospects((5, B)), prospects((5, B))],
        [prospects((5, B), (6, A), (7, A))],
        [prospects((5, B), (6, A), maker=9)],
        [httpx.ConnectError("down")] * 6,
    ],
    ids=["one is missing", "two have one id", "somebody else made them", "nobody answers"],
)
def test_where_it_cannot_be_told_what_was_made_it_is_unknown(pages: list[httpx.Response | Exception]) -> None:
    unit = pardot(script(reply(state("Complete", created=2, updated=0, errors=0)), *pages))
    with pytest.raises(OutcomeUnknown, match="import 900"):
        unit.send(unit.prepare(CREATES))


def test_of_creates_that_all_failed_nothing_is_read() -> None:
    errors = csv(f"matchSalesforceId,city,email,salesforceId,errorCode\n{A},,a@x.test,{A},9\n{B},,b@x.test,{B},9\n")
    unit = pardot(script(reply(state("Complete", created=0, updated=0, errors=2)), errors))
    assert [(r.ok, r.error_code) for r in unit.send(unit.prepare(CREATES)).rows] == [(False, "9"), (False, "9")]


@pytest.mark.parametrize(
    "end",
    [
        [reply(state("Failed"))],
        [reply(state("Canceled", created=0, updated=0, errors=0))],
        [reply(state("Complete"))],
        [reply(state("Complete", created=1, updated=0, errors=0))],
        [reply({"id": 900, "status": "Waiting", "isExpired": True})],
        [reply(state("Complete", created=1, updated=0, errors=1)), csv("matchSalesforceId,Error\n,archived\n")],
        [reply(state("Complete", created=1, updated=0, errors=1)), csv("matchSalesforceId,Error\n00Q1,archived\n")],
        [reply(state("Complete", created=0, updated=0, errors=2)), csv("Row,Error\n1,archived\n2,archived\n")],
        [httpx.ConnectError("down")] * 6,
        [pardot_error(404, 109)],
    ],
)
def test_what_is_not_certain_for_every_row_is_unknown(end: list[httpx.Response | Exception]) -> None:
    unit = pardot(script(*end))
    with pytest.raises(OutcomeUnknown, match="import 900"):
        unit.send(unit.prepare(CREATES))


def test_patience_ends() -> None:
    clock = FakeClock()
    wire = script(*[reply(state("Processing"))] * 20)
    unit = pardot(wire, clock=clock)
    with pytest.raises(OutcomeUnknown, match="still processing"):
        unit.send(unit.prepare(UPDATES))
    assert sum(clock.slept) >= 60
    assert max(clock.slept) == 5


def test_a_doubtful_upload_abandons_the_import_and_nothing_was_written() -> None:
    wire = Wire(reply(OPENED, 201), httpx.ReadTimeout("slow"))
    unit = pardot(wire)
    with pytest.raises(ServerTrouble, match="nothing was written"):
        unit.send(unit.prepare(UPDATES))
    assert len(wire.requests) == 2


def test_opening_is_repeated_since_an_open_import_does_nothing() -> None:
    wire = Wire(empty(502), reply(OPENED, 201), empty(204), empty(204), reply(state("Complete", 0, 2, 0)))
    unit = pardot(wire)
    assert unit.send(unit.prepare(UPDATES)).calls == 5


def test_the_id_may_stand_in_the_location_only() -> None:
    wire = script(reply(state("Complete", 0, 2, 0)))
    wire.answers[0] = empty(201, Location="https://pi.pardot.com/api/v5/imports/900?fields=id")
    unit = pardot(wire)
    assert all(r.ok for r in unit.send(unit.prepare(UPDATES)).rows)


def test_an_opened_import_without_name_is_trouble() -> None:
    unit = pardot(Wire(empty(204)))
    with pytest.raises(ServerTrouble):
        unit.send(unit.prepare(UPDATES))


def test_a_lost_answer_to_the_submission_is_cleared_up_by_the_state() -> None:
    wire = Wire(
        reply(OPENED, 201),
        empty(204),
        httpx.ReadTimeout("slow"),
        pardot_error(400, 155, "not Open"),
        reply(state("Complete", 0, 2, 0)),
    )
    unit = pardot(wire)
    assert all(r.ok for r in unit.send(unit.prepare(UPDATES)).rows)


def test_a_refused_submission_wrote_nothing() -> None:
    wire = Wire(reply(OPENED, 201), empty(204), pardot_error(400, 130, "unknown column"), reply(state("Open")))
    unit = pardot(wire)
    with pytest.raises(RequestRefused, match="130"):
        unit.send(unit.prepare(UPDATES))


def test_a_budget_that_ends_before_the_submission_wrote_nothing_and_after_it_is_unknown() -> None:
    unit = pardot(Wire(reply(OPENED, 201), empty(204)), budget=CallBudget(2))
    with pytest.raises(BudgetSpent):
        unit.send(unit.prepare(UPDATES))
    unit = pardot(script(), budget=CallBudget(3))
    with pytest.raises(OutcomeUnknown):
        unit.send(unit.prepare(UPDATES))


def test_an_import_is_resumed_by_its_id() -> None:
    wire = Wire(reply(state("Processing")), reply(state("Complete", 0, 2, 0)))
    unit = pardot(wire)
    assert all(r.ok for r in unit.resume(unit.prepare(UPDATES), "900").rows)
    assert {r.method for r in wire.requests} == {"GET"}


@pytest.mark.parametrize(
    "then",
    [
        [reply(state("Canceling")), reply(state("Canceled", 0, 0, 0))],
        [reply(state("Canceled"))],
        [reply(state("Open"))],
    ],
)
@pytest.mark.parametrize("answer", [empty(204), pardot_error(400, 161)])
def test_a_resumed_import_that_was_never_submitted_is_cancelled(
    answer: httpx.Response, then: list[httpx.Response]
) -> None:
    """Whatever it would write is as old as the run that made it."""
    wire = Wire(reply(state("Open")), answer, *then)
    unit = pardot(wire)
    with pytest.raises(ServerTrouble, match="never submitted"):
        unit.resume(unit.prepare(UPDATES), "900")
    assert [(r.method, r.url.path) for r in wire.requests][1] == ("POST", "/api/v5/imports/900/do/cancel")
    assert {r.method for r in wire.requests} == {"GET", "POST"}


def test_an_import_that_was_cancelled_while_it_ran_is_not_called_nothing() -> None:
    unit = pardot(Wire(reply(state("Open")), empty(204), reply(state("Canceled", 0, 1, 0))))
    with pytest.raises(OutcomeUnknown, match="it ended as Canceled"):
        unit.resume(unit.prepare(UPDATES), "900")


def test_a_submission_that_comes_late_is_seen() -> None:
    wire = Wire(
        reply(state("Open")), pardot_error(400, 161), reply(state("Waiting")), reply(state("Complete", 0, 2, 0))
    )
    unit = pardot(wire)
    assert all(r.ok for r in unit.resume(unit.prepare(UPDATES), "900").rows)


HTML = httpx.Response(200, text="<html>maintenance")


@pytest.mark.parametrize(
    "trouble", [[httpx.ConnectError("down")] * 6, [empty(503)] * 6, [pardot_error(429, 122)], [HTML], [empty(200)]]
)
def test_an_import_that_cannot_be_asked_for_now_stays_open(trouble: list[httpx.Response | Exception]) -> None:
    unit = pardot(Wire(*trouble))
    with pytest.raises(JobStillOpen, match="import 900"):
        unit.resume(unit.prepare(UPDATES), "900")
    unit = pardot(script(*trouble))
    with pytest.raises(JobStillOpen, match="import 900"):
        unit.send(unit.prepare(UPDATES))


def test_without_calls_left_an_import_stays_open() -> None:
    unit = pardot(Wire(), budget=CallBudget(0))
    with pytest.raises(JobStillOpen):
        unit.resume(unit.prepare(UPDATES), "900")


def test_of_an_import_that_nobody_can_tell_any_more_nobody_asks_again() -> None:
    for answer in (pardot_error(404, 109), reply({**OPENED, "status": "Waiting", "isExpired": True})):
        unit = pardot(Wire(answer))
        with pytest.raises(OutcomeUnknown) as met:
            unit.resume(unit.prepare(UPDATES), "900")
        assert not isinstance(met.value, JobStillOpen)


def test_updates_that_are_not_all_told_are_unknown() -> None:
    unit = pardot(script(reply(state("Complete", created=0, updated=1, errors=0))))
    with pytest.raises(OutcomeUnknown, match="1 of 2 rows"):
        unit.send(unit.prepare(UPDATES))


def test_batches_stay_small_and_share_their_header() -> None:
    rows = tuple(Row(key=str(n), id=str(n), values={"city": "x" * 40}) for n in range(60))
    prepared = pardot(Wire(), import_batch_bytes=1000).prepare(
        Batch(operation=Operation.IMPORT_UPDATES, object="prospect", rows=rows)
    )
    assert len(prepared.files) == 3
    assert all(len(f) <= 1000 and f.startswith(b"matchId,city\n") for f in prepared.files)
    assert sum(f.count(b"\n") - 1 for f in prepared.files) == 60
    assert prepared.calls == 1 + 3 + 1 + 7


@pytest.mark.parametrize("size", [60, 200, 1000])
def test_rows_are_cut_into_imports_that_can_be_prepared(size: int) -> None:
    unit = pardot(Wire(), import_batch_bytes=size)
    rows = tuple(Row(key=str(n), id=str(n), values={"city": "x" * (n % 45 + 1)}) for n in range(100))
    batches = list(unit.split(Batch(operation=Operation.IMPORT_UPDATES, object="prospect", rows=rows)))
    assert tuple(r for b in batches for r in b.rows) == rows
    assert all(len(unit.prepare(b).files) <= 10 for b in batches)
    assert len(batches) == 1 or len(unit.prepare(batches[0]).files) == 10


def import_of(*rows: Row, object_name: str = "prospect") -> Batch:
    return Batch(operation=Operation.IMPORT_UPDATES, object=object_name, rows=rows)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (import_of(), "at least one"),
        (import_of(Row(key="a", values={"city": "x"})), "needs its matchId"),
        (import_of(*[Row(key=k, id="1", values={"city": "x"}) for k in "ab"]), "address the same record"),
        (import_of(Row(key="a", id="1", values={"city": None})), "city would be cleared"),
        (import_of(Row(key="a", id="1", values={"city": " "})), "city would be cleared"),
        (import_of(Row(key="a", id="1", values={"x__c": ["a"]})), "several values"),
        (import_of(Row(key="a", id="1", values={"name": "x"}), object_name="list"), "only prospects"),
        (import_of(*[Row(key=str(n), id=str(n), values={"city": "x" * 900}) for n in range(11)]), "10 batches"),
    ],
)
def test_rows_that_an_import_cannot_carry(asked: Batch, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pardot(Wire()).prepare(asked)

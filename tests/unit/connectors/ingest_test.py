"""Bulk 2.0 ingest jobs: what becomes of every row, and what is certain when a job is found again."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from pardotflow.connectors import Batch, Operation, Row, RowResult, explain_code
from pardotflow.connectors.salesforce.sizes import Sizes
from pardotflow.core.errors import JobStillOpen, OutcomeUnknown, RequestRefused, ServerTrouble
from pardotflow.core.values import System

from .routed import Routed, batch_of, rows
from .wire import FakeClock, Wire, empty, reply, salesforce, sf_error

A, B, C = "00Q4S000002sSacUAE", "00Q4S000002sSadUAE", "00Q4S000002sSaeUAE"
JOB = "7505e00000aaaaaAAA"
URL = "/services/data/v60.0/jobs/ingest"


@pytest.fixture(autouse=True)
def _usual(routed: Routed) -> Iterator[None]:
    yield
    routed.emulator.switch(bulk_delay=0.3)


def updates(*made: Row) -> Batch:
    return batch_of(Operation.BULK_UPDATES, made)


def test_updates_clears_and_refusals_by_id(routed: Routed) -> None:
    one, two, three = routed.leads(3, City="old", Phone="{n}")
    made = (
        Row(key="a", id=one[:15], values={"City": 'Köln, "Süd"\r\n', "DoNotCall": True}),
        Row(key="b", id=two, values={"City": None, "Prospect_Score__c": 5}),
        Row(key="c", id=three, values={"Region__c": "East"}),
    )
    noted = list[str]()
    answer = routed.org.send(routed.org.prepare(updates(*made)), note=noted.append)
    assert [(r.key, r.ok, r.id, r.created) for r in answer.rows[:2]] == [
        ("a", True, one[:15], False),
        ("b", True, two, False),
    ]
    assert (answer.rows[2].ok, answer.rows[2].id) == (False, three)
    assert answer.rows[2].error_code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert len(noted) == 1
    first, second = (routed.emulator.row("Lead", i) for i in (one, two))
    assert (first["City"].rstrip(), first["Phone"], first["DoNotCall"]) == ('Köln, "Süd"', "0", True)
    assert (second["City"], second["Phone"], second["Prospect_Score__c"]) == (None, "1", 5)


def test_upserts_by_key_and_deletes(routed: Routed) -> None:
    (known,) = routed.leads(1, Pardot_Prospect_Id__c="K1")
    values = {"LastName": "X", "Company": "Y"}
    made = (Row(key="a", id="K2", values=values), Row(key="b", id="K1", values=values))
    batch = batch_of(Operation.BULK_UPSERTS, made, key_field="Pardot_Prospect_Id__c")
    (answer,) = routed.send(routed.org, batch)
    assert [(r.key, r.ok, r.created) for r in answer.rows] == [("a", True, True), ("b", True, False)]
    assert answer.rows[1].id == known
    assert routed.emulator.row("Lead", answer.rows[0].id)["Pardot_Prospect_Id__c"] == "K2"
    ids = [r.id for r in answer.rows]
    (gone,) = routed.send(routed.org, batch_of(Operation.BULK_DELETES, rows([*ids, A])))
    assert [r.ok for r in gone.rows] == [True, True, False]
    assert routed.emulator.salesforce.get(f"/sobjects/Lead/{known}").status_code == 404


def test_new_records_are_found_by_their_content(routed: Routed) -> None:
    made = tuple(Row(key=k, values={"LastName": n, "Company": "C"}) for k, n in (("a", "2"), ("b", "1"), ("c", "1")))
    (answer,) = routed.send(routed.org, batch_of(Operation.BULK_CREATES, made))
    assert all(r.ok and r.created for r in answer.rows)
    assert [routed.emulator.row("Lead", r.id)["LastName"] for r in answer.rows] == ["2", "1", "1"]
    assert len({r.id for r in answer.rows}) == 3


def test_a_job_that_fails_as_a_whole_is_a_refusal(routed: Routed) -> None:
    (lead,) = routed.leads(1)
    routed.listen()
    with pytest.raises(RequestRefused, match="Field name not found") as refused:
        routed.org.send(routed.org.prepare(updates(*rows([lead], Nowhere__c="x"))))
    assert refused.value.code == "InvalidBatch"
    assert routed.written() == 0


def start(routed: Routed, lead: str, *, until: str) -> tuple[str, Batch]:
    """A job of which this process has seen the end while it was being made."""
    batch, noted = updates(*rows([lead], City="by job")), list[str]()
    prepared = routed.org.prepare(batch)

    class Killed(BaseException):
        pass

    def note(job: str) -> None:
        noted.append(job)
        if until == "Open":
            raise Killed

    if until == "Open":
        with pytest.raises(Killed):
            routed.org.send(prepared, note=note)
        return noted[0], batch
    job = routed.emulator.salesforce.post("/jobs/ingest", content=prepared.body, headers=dict(prepared.headers)).json()
    path = f"/jobs/ingest/{job['id']}"
    routed.emulator.salesforce.put(f"{path}/batches", content=prepared.files[0], headers={"Content-Type": "text/csv"})
    if until != "Uploaded":
        routed.emulator.salesforce.patch(path, json={"state": "UploadComplete"})
    return str(job["id"]), batch


def city(routed: Routed, lead: str) -> object:
    return routed.emulator.row("Lead", lead)["City"]


@pytest.mark.parametrize("until", ["Open", "Uploaded"])
def test_a_job_that_was_never_closed_is_aborted_and_nothing_happened(routed: Routed, until: str) -> None:
    (lead,) = routed.leads(1)
    job, batch = start(routed, lead, until=until)
    with pytest.raises(ServerTrouble, match="nothing was written"):
        routed.org.resume(routed.org.prepare(batch), job)
    assert routed.emulator.salesforce.get(f"/jobs/ingest/{job}").json()["state"] == "Aborted"
    routed.emulator.advance(100)
    assert city(routed, lead) is None


def test_a_job_under_way_is_waited_for(routed: Routed) -> None:
    routed.emulator.switch(bulk_delay=20)
    (lead,) = routed.leads(1)
    job, batch = start(routed, lead, until="UploadComplete")
    routed.emulator.advance(11)
    assert routed.emulator.salesforce.get(f"/jobs/ingest/{job}").json()["state"] == "InProgress"
    assert [r.ok for r in routed.org.resume(routed.org.prepare(batch), job).rows] == [True]
    assert city(routed, lead) == "by job"


def test_a_job_that_is_over_is_asked_once(routed: Routed) -> None:
    (lead,) = routed.leads(1)
    job, batch = start(routed, lead, until="UploadComplete")
    routed.emulator.advance(5)
    routed.listen()
    assert [r.ok for r in routed.org.resume(routed.org.prepare(batch), job).rows] == [True]
    assert routed.asked() == [f"GET {URL}/{job}"]


def test_a_job_that_somebody_aborted_wrote_nothing_of_the_rows_it_did_not_come_to(routed: Routed) -> None:
    routed.emulator.switch(bulk_delay=20)
    (lead,) = routed.leads(1)
    job, batch = start(routed, lead, until="UploadComplete")
    routed.emulator.salesforce.patch(f"/jobs/ingest/{job}", json={"state": "Aborted"})
    (row,) = routed.org.resume(routed.org.prepare(batch), job).rows
    assert (row.ok, row.error_code) == (False, "NOT_PROCESSED")
    known = explain_code(System.SALESFORCE, "NOT_PROCESSED")
    assert known is not None and known.transient
    assert city(routed, lead) is None


def test_a_failed_job_is_refused_when_it_is_found_again(routed: Routed) -> None:
    (lead,) = routed.leads(1)
    batch = updates(*rows([lead], Nowhere__c="x"))
    noted = list[str]()
    with pytest.raises(RequestRefused):
        routed.org.send(routed.org.prepare(batch), note=noted.append)
    with pytest.raises(RequestRefused, match="Field name not found"):
        routed.org.resume(routed.org.prepare(batch), noted[0])


def test_a_job_that_the_org_has_forgotten_is_unknown(routed: Routed) -> None:
    with pytest.raises(OutcomeUnknown):
        routed.org.resume(routed.org.prepare(updates(*rows([A], City="x"))), JOB)


# -- what the emulator does not do


def state(name: str, processed: int | None = None, failed: int | None = None, **more: object) -> httpx.Response:
    counts = {} if processed is None else {"numberRecordsProcessed": processed, "numberRecordsFailed": failed}
    return reply({"id": JOB, "state": name, **counts, **more})


def table(text: str) -> httpx.Response:
    return httpx.Response(200, content=text.encode(), headers={"Content-Type": "text/csv"})


def script(*after_close: httpx.Response | Exception) -> Wire:
    return Wire(state("Open"), empty(201), state("UploadComplete"), *after_close)


TWO = updates(Row(key="a", id=A, values={"City": "x"}), Row(key="b", id=B, values={"City": "y"}))
UPSERTS = Batch(
    operation=Operation.BULK_UPSERTS,
    object="Lead",
    key_field="Number__c",
    rows=(Row(key="a", id="912260031", values={"City": "x"}), Row(key="b", id="7", values={"City": "y"})),
)


def test_the_life_of_a_job_to_the_byte() -> None:
    wire, clock, noted = script(state("InProgress"), state("JobComplete", 2, 0)), FakeClock(), list[str]()
    org = salesforce(wire, clock=clock)

    def note(job: str) -> None:
        assert [r.method for r in wire.requests] == ["POST"]
        noted.append(job)

    answer = org.send(org.prepare(TWO), note=note)
    assert [f"{r.method} {r.url.path}" for r in wire.requests] == [
        f"POST {URL}",
        f"PUT {URL}/{JOB}/batches",
        f"PATCH {URL}/{JOB}",
        f"GET {URL}/{JOB}",
        f"GET {URL}/{JOB}",
    ]
    assert wire.requests[0].content == (
        b'{"object":"Lead","operation":"update","contentType":"CSV","columnDelimiter":"COMMA","lineEnding":"LF"}'
    )
    assert wire.requests[1].content == f'Id,City\n"{A}","x"\n"{B}","y"\n'.encode()
    assert wire.requests[1].headers["Content-Type"] == "text/csv"
    assert wire.requests[2].content == b'{"state":"UploadComplete"}'
    assert (noted, clock.slept) == ([JOB], [2, 4])
    assert (answer.calls, answer.status) == (5, 200)
    assert answer.rows == tuple(RowResult(key=k, ok=True, id=i, created=False) for k, i in (("a", A), ("b", B)))


def test_numbers_that_are_written_anew_are_the_same_key() -> None:
    told = f'"sf__Id","sf__Created",Number__c,City\n"{A}","true","9.12260031E8","x"\n"{B}","false","7.0","y"\n'
    org = salesforce(script(state("JobComplete", 2, 0), table(told)), clock=FakeClock())
    assert [(r.id, r.created) for r in org.send(org.prepare(UPSERTS)).rows] == [(A, True), (B, False)]


@pytest.mark.parametrize(
    "end",
    [
        [state("JobComplete")],
        [state("JobComplete", 3, 0)],
        [state("JobComplete", 2, 1), table(f'"sf__Id","sf__Error",Id,City\n"{C}","X:no:--","{C}","x"\n')],
        [state("JobComplete", 2, 1), table('"sf__Id","sf__Error",Id,City\n')],
        [state("JobComplete", 2, 2), table(f'"sf__Id","sf__Error",Id,City\n"{A}","X:no:--","{A}","x"\n')],
        [state("JobComplete", 1, 0), table(f'Id,City\n"{C}","x"\n')],
        [state("Aborted", 1, 0), table("Id,City\n")],
        [state("Failed", 2, 1), table("")],
        [state("Failed")],
        [httpx.ConnectError("down")] * 6,
        [sf_error(404, "NOT_FOUND")],
    ],
)
def test_what_is_not_certain_for_every_row_is_unknown(end: list[httpx.Response | Exception]) -> None:
    org = salesforce(script(*end), clock=FakeClock())
    with pytest.raises(OutcomeUnknown, match=JOB):
        org.send(org.prepare(TWO))


@pytest.mark.parametrize(
    "told",
    [
        '"sf__Id","sf__Created",Number__c,City\n"{A}","true","912260031","x"\n',
        '"sf__Id","sf__Created",Number__c,City\n"{A}","true","912260031","x"\n"{B}","true","912260031","x"\n',
        '"sf__Id","sf__Created",Number__c,City\n"{A}","true","912260031","x"\n"{B}","true","8","y"\n',
    ],
)
def test_a_key_that_is_missing_doubled_or_foreign_is_unknown(told: str) -> None:
    org = salesforce(
        script(state("JobComplete", 2, 0), table(told.replace("{A}", A).replace("{B}", B))), clock=FakeClock()
    )
    with pytest.raises(OutcomeUnknown):
        org.send(org.prepare(UPSERTS))


def test_a_job_that_ended_half_way_tells_what_it_did() -> None:
    batch = updates(*(Row(key=k, id=i, values={"City": "x"}) for k, i in zip("abc", (A, B, C), strict=True)))
    failed = f'"sf__Id","sf__Error",Id,City\n"{B}","UNABLE_TO_LOCK_ROW:busy:--","{B}","x"\n'
    wire = script(
        state("Failed", 2, 1, errorMessage="TooManyLockFailure"), table(failed), table(f'Id,City\n"{C}","x"\n')
    )
    org = salesforce(wire, clock=FakeClock())
    answer = org.send(org.prepare(batch))
    assert [(r.key, r.ok, r.error_code) for r in answer.rows] == [
        ("a", True, ""),
        ("b", False, "UNABLE_TO_LOCK_ROW"),
        ("c", False, "NOT_PROCESSED"),
    ]


def test_a_doubtful_upload_and_a_refused_closing_wrote_nothing() -> None:
    org = salesforce(Wire(state("Open"), httpx.ReadTimeout("slow")), clock=FakeClock())
    with pytest.raises(ServerTrouble, match="nothing was written"):
        org.send(org.prepare(TWO))
    wire = Wire(state("Open"), empty(201), sf_error(400, "INVALIDJOBSTATE"), state("Open"))
    org = salesforce(wire, clock=FakeClock())
    with pytest.raises(RequestRefused):
        org.send(org.prepare(TWO))


def test_a_lost_answer_to_the_closing_is_cleared_up_by_the_state() -> None:
    wire = Wire(
        state("Open"),
        empty(201),
        httpx.ReadTimeout("slow"),
        sf_error(400, "INVALIDJOBSTATE"),
        state("InProgress"),
        state("JobComplete", 2, 0),
    )
    org = salesforce(wire, clock=FakeClock())
    assert all(r.ok for r in org.send(org.prepare(TWO)).rows)


def test_an_open_job_that_was_closed_while_it_was_aborted_is_waited_for() -> None:
    wire = Wire(state("Open"), sf_error(400, "INVALIDJOBSTATE"), state("InProgress"), state("JobComplete", 2, 0))
    org = salesforce(wire, clock=FakeClock())
    assert all(r.ok for r in org.resume(org.prepare(TWO), JOB).rows)


@pytest.mark.parametrize(
    "trouble",
    [
        [httpx.ConnectError("down")] * 6,
        [empty(503)] * 6,
        [sf_error(403, "REQUEST_LIMIT_EXCEEDED")],
        [httpx.Response(200, text="<html>maintenance")],
    ],
)
def test_a_job_that_cannot_be_asked_for_now_stays_open(trouble: list[httpx.Response | Exception]) -> None:
    org = salesforce(Wire(*trouble), clock=FakeClock())
    with pytest.raises(JobStillOpen, match="7505e00000aaaaaAAA"):
        org.resume(org.prepare(TWO), JOB)


def test_a_declared_rule_is_the_jobs_own_and_the_active_one_cannot_be_asked_for() -> None:
    org = salesforce(Wire())
    rule = ("Sforce-Auto-Assign", "01Q5e000000aaaaAAA")
    assert b'"assignmentRuleId":"01Q5e000000aaaaAAA"' in org.prepare(replace(TWO, headers=(rule,))).body
    for header in (("Sforce-Auto-Assign", "TRUE"), ("Sforce-Duplicate-Rule-Header", "allowSave=true")):
        assert org.barred(Operation.BULK_UPSERTS, "Lead", (header,))
        with pytest.raises(ValueError, match=r"Bulk 2\.0"):
            org.prepare(replace(TWO, headers=(header,)))
    assert not org.barred(Operation.BULK_DELETES, "Lead", (("Sforce-Auto-Assign", "TRUE"),))


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (updates(), "at least one"),
        (updates(Row(key="a", values={"City": "x"})), "needs an id"),
        (updates(*(Row(key=k, id=A, values={"City": "x"}) for k in "ab")), "address the same record"),
        (updates(Row(key="a", id=A, values={"City": "#N/A"})), "would clear it"),
        (updates(Row(key="a", id=A, values={"Id": B})), "cannot be written"),
        (replace(UPSERTS, key_field=""), "external id field"),
    ],
)
def test_rows_that_a_job_cannot_carry(batch: Batch, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        salesforce(Wire()).prepare(batch)


def test_files_stay_small(routed: Routed) -> None:
    org = routed.salesforce(sizes=Sizes(job=600))
    batch = updates(*(Row(key=str(n), id=f"00Q4S00000{n:05d}", values={"City": "x" * 50}) for n in range(20)))
    parts = list(org.split(batch))
    assert tuple(r for p in parts for r in p.rows) == batch.rows
    assert len(parts) > 2 and all(len(org.prepare(p).files[0]) <= 600 for p in parts)

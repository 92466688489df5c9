"""Exports: procedures, states, result files, limits and mistakes."""

import csv
import io
from pathlib import Path
from typing import Any

import httpx
import pytest

from pardotflow.emulator.seeding import seed
from tests.emulator.running import Emulator, pardot_error, running

ALL = {"name": "filter_by_updated_at", "arguments": {"updatedAfter": "2023-01-15T00:00:00+00:00", "deleted": "all"}}
PAST = {
    "name": "filter_by_updated_at",
    "arguments": {"updatedAfter": "2023-01-15T00:00:00+00:00", "updatedBefore": "2023-12-01T00:00:00+00:00"},
}


def post(emulator: Emulator, **body: object) -> httpx.Response:
    return emulator.pardot.post("/exports", json={"object": "Prospect", "procedure": PAST, "fields": ["id"], **body})


def start(emulator: Emulator, **body: object) -> int:
    answer = post(emulator, **body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def read(emulator: Emulator, export_id: int, fields: str = "status,resultRefs,isExpired") -> dict[str, Any]:
    found: dict[str, Any] = emulator.pardot.get(f"/exports/{export_id}", params={"fields": fields}).json()
    return found


def run(emulator: Emulator, **body: object) -> list[str]:
    """The lines of an export's only file, or nothing."""
    export_id = start(emulator, **body)
    emulator.advance(5)
    done = read(emulator, export_id)
    assert done["status"] == "Complete"
    files = [emulator.pardot.get(ref) for ref in done["resultRefs"]]
    assert all(file.status_code == 200 and file.headers["content-type"].startswith("text/csv") for file in files)
    return [line for file in files for line in file.text.splitlines()]


def within(**arguments: object) -> dict[str, object]:
    return {"name": "filter_by_updated_at", "arguments": {**PAST["arguments"], **arguments}}  # type: ignore[dict-item]


def test_the_life_of_an_export(emulator: Emulator) -> None:
    emulator.switch(export_delay=10)
    body = {"object": "prospect", "fields": ["id", "email"], "procedure": PAST}
    answer = emulator.pardot.post("/exports?fields=id,status,object", json=body)
    made = answer.json()
    assert answer.status_code == 201 and answer.headers["location"].endswith(
        f"/api/v5/exports/{made['id']}?fields=id,status,object"
    )
    assert made == {"id": made["id"], "object": "prospect", "status": "Waiting"}
    assert read(emulator, made["id"]) == {"isExpired": False, "resultRefs": None, "status": "Waiting"}
    assert pardot_error(emulator.pardot.get(f"/exports/{made['id']}/results/1")) == (400, 178)
    emulator.advance(6)
    assert read(emulator, made["id"], "status") == {"status": "Processing"}
    emulator.advance(6)
    (ref,) = read(emulator, made["id"])["resultRefs"]
    assert emulator.pardot.get(ref).text == 'id,email\n1,"ann@x.test"\n2,"bob@x.test"\n3,"bob@x.test"\n5,"eve@x.test"\n'
    assert read(emulator, made["id"], "procedure,fields") == {"fields": ["id", "email"], "procedure": PAST}
    assert pardot_error(emulator.plain.get(ref)) == (401, 49)


def test_an_export_expires_after_a_week(emulator: Emulator) -> None:
    emulator.switch(session_seconds=10**7)
    export_id = start(emulator)
    emulator.advance(5)
    (ref,) = read(emulator, export_id)["resultRefs"]
    emulator.advance(7 * 86_400 - 60)
    assert emulator.pardot.get(ref).status_code == 200
    emulator.advance(120)
    assert pardot_error(emulator.pardot.get(ref)) == (400, 178)
    assert read(emulator, export_id) == {"isExpired": True, "resultRefs": None, "status": "Complete"}


def test_exports_run_one_after_the_other(emulator: Emulator) -> None:
    emulator.switch(export_delay=10)
    first, second = start(emulator), start(emulator)
    emulator.advance(12)
    assert [read(emulator, e)["status"] for e in (first, second)] == ["Complete", "Waiting"]
    emulator.advance(10)
    assert read(emulator, second)["status"] == "Complete"


def test_cancel(emulator: Emulator) -> None:
    emulator.switch(export_delay=10)
    export_id = start(emulator)
    answer = emulator.pardot.post(f"/exports/{export_id}/do/cancel?fields=status")
    assert answer.status_code == 200 and answer.json() == {"status": "Canceled"}
    assert pardot_error(emulator.pardot.post(f"/exports/{export_id}/do/cancel")) == (400, 178)
    emulator.advance(30)
    assert read(emulator, export_id, "status") == {"status": "Canceled"}


def test_values_in_a_file(emulator: Emulator) -> None:
    emulator.pardot.patch("/objects/prospects/1", json={"firstName": '=1+"2"', "lastName": "+49", "company": "@home"})
    emulator.set("prospect/1", updatedAt="2023-02-01T08:00:00Z")
    fields = ["firstName", "lastName", "company", "phone", "score", "optedOut", "age__c", "campaign.name", "createdAt"]
    emulator.set("prospect/1", createdAt="2023-02-01T08:00:00Z", campaignId=1202)
    now = {
        "name": "filterByCreatedAt",
        "arguments": {"created_after": "2023-02-01 00:59:59", "created_before": "2023-02-01T08:00:01Z"},
    }
    lines = run(emulator, fields=fields, procedure=now)
    assert lines[0] == ",".join(fields)
    assert lines[1] == '"\\=1+""2""","\\+49","\\@home",,10,false,41,"Fair","2023-02-01T01:00:00-07:00"'
    row = next(csv.DictReader(io.StringIO("\n".join(lines))))
    assert row["firstName"] == '\\=1+"2"'
    legacy = run(emulator, fields=["createdAt"], procedure=now, legacyDateFormat=True, includeByteOrderMark=True)
    assert legacy == ["\ufeffcreatedAt", '"2023-02-01 01:00:00"']


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({}, ["1", "2", "3", "5"]),
        ({"deleted": True}, ["4"]),
        ({"deleted": "all"}, ["1", "2", "3", "4", "5"]),
        ({"updatedAfter": "2023-02-02T08:00:00+00:00"}, ["5"]),
        ({"updatedBefore": "2023-02-02T08:00:00+00:00"}, ["1"]),
    ],
)
def test_bounds_are_exclusive(emulator: Emulator, arguments: dict[str, object], found: list[str]) -> None:
    assert run(emulator, procedure=within(**arguments))[1:] == found


def test_an_export_without_records_has_no_file(emulator: Emulator) -> None:
    assert run(emulator, procedure=within(updatedAfter="2023-11-01T00:00:00+00:00")) == []


def test_without_an_end_it_runs_to_its_creation(emulator: Emulator) -> None:
    emulator.switch(export_delay=10)
    record_id = emulator.prospect(email="new@x.test")
    procedure = {"name": "filter_by_created_at", "arguments": {"createdAfter": "yesterday"}}
    export_id = start(emulator, procedure=procedure)
    emulator.advance(5)
    emulator.prospect(email="later@x.test")
    emulator.advance(10)
    (ref,) = read(emulator, export_id)["resultRefs"]
    assert emulator.pardot.get(ref).text.splitlines()[-1] == str(record_id)


def test_other_objects(emulator: Emulator) -> None:
    emulator.pardot.post("/objects/list-memberships", json={"listId": 11, "prospectId": 2})
    body = {"name": "filter_by_created_at", "arguments": {"created_after": "today"}}
    lines = run(emulator, object="listMembership", fields=["list.name", "prospect.email"], procedure=body)
    assert '"News","bob@x.test"' in lines
    activity = {"name": "filter_by_created_at", "arguments": {"created_after": "2010-01-01", "type": [1, 2]}}
    assert run(emulator, object="VisitorActivity", procedure=activity) == []
    account = {"name": "filter_by_prospect_updated_at", "arguments": {"prospect_updated_after": "last_7_days"}}
    assert run(emulator, object="ProspectAccount", procedure=account) == []


def test_arrays_cannot_be_exported(emulator: Emulator) -> None:
    field = {"name": "Tongues", "fieldId": "tongues", "type": "Multi-Select"}
    assert emulator.pardot.post("/objects/custom-fields", json=field).status_code == 201
    assert pardot_error(post(emulator, fields=["tongues__c"])) == (400, 224)
    assert run(emulator)[0] == "id"


def test_an_export_whose_field_is_gone_fails(emulator: Emulator) -> None:
    made = emulator.pardot.post("/objects/custom-fields", json={"name": "Pet", "fieldId": "pet", "type": "Text"})
    export_id = start(emulator, fields=["pet__c"])
    assert emulator.pardot.delete(f"/objects/custom-fields/{made.json()['id']}").status_code == 204
    emulator.advance(5)
    assert read(emulator, export_id) == {"isExpired": False, "resultRefs": None, "status": "Failed"}


def test_query_shows_no_arrays(emulator: Emulator) -> None:
    export_id = start(emulator)
    page = emulator.pardot.get(
        "/exports", params={"fields": "id,object", "updatedAtAfter": "2023-01-01T00:00:00+00:00"}
    )
    assert page.json()["values"] == [{"id": export_id, "object": "Prospect"}]
    assert pardot_error(emulator.pardot.get("/exports", params={"fields": "resultRefs"})) == (400, 224)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"object": "Shoe"}, 154),
        ({"object": "Email"}, 154),
        ({"object": None}, 153),
        ({"procedure": None}, 153),
        ({"color": "red"}, 180),
        ({"fields": ["nope"]}, 180),
        ({"fields": ["topics__c"]}, 180),
        ({"fields": ["id"] * 151}, 180),
        ({"fields": "id"}, 154),
        ({"fields": []}, 154),
        ({"procedure": "all"}, 174),
        ({"procedure": {"name": "filter_by_email"}}, 174),
        ({"procedure": {"name": "filter_by_prospect_updated_at"}}, 174),
        ({"procedure": {"name": "filter_by_updated_at"}}, 176),
        ({"procedure": {"name": "filter_by_updated_at", "arguments": {"updatedBefore": "today"}}}, 176),
        ({"procedure": {"name": "filter_by_updated_at", "arguments": 5}}, 177),
        ({"procedure": within(color="red")}, 175),
        ({"procedure": within(type=1)}, 175),
        ({"procedure": within(deleted="maybe")}, 177),
        ({"procedure": within(updatedAfter="soon")}, 177),
        ({"procedure": within(updatedAfter=7)}, 177),
        ({"procedure": within(updatedAfter="2023-12-24T00:00:00Z")}, 8),
        ({"procedure": within(updatedAfter="2021-01-01T00:00:00Z")}, 8),
        ({"procedure": ALL}, 8),
        ({"maxFileSizeBytes": 9_999_999}, 231),
        ({"maxFileSizeBytes": 200_000_001}, 232),
        ({"maxFileSizeBytes": "big"}, 56),
        ({"legacyDateFormat": "yes"}, 50),
    ],
)
def test_mistakes(shared: Emulator, body: dict[str, object], code: int) -> None:
    assert pardot_error(post(shared, **body)) == (400, code)


def test_mistakes_in_addresses(shared: Emulator) -> None:
    assert pardot_error(shared.pardot.get("/exports/77?fields=id")) == (404, 109)
    assert pardot_error(shared.pardot.get("/exports/x/results/1")) == (400, 16)
    assert pardot_error(shared.pardot.delete("/exports/77")) == (405, 60)
    assert pardot_error(shared.pardot.get("/objects/exports?fields=id")) == (404, 192)


def test_the_legacy_form_is_that_of_date_times_only(emulator: Emulator) -> None:
    time = "2023-02-01T08:00:00+00:00"
    emulator.set("prospect/1", comments=time, salesforceLastSync=time, updatedAt=time)
    fields = ["comments", "salesforceLastSync", "campaign.createdAt"]
    line = run(emulator, fields=fields, legacyDateFormat=True)[1]
    assert line == f'"{time}","2023-02-01 01:00:00",'


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2023-02-29"])
@pytest.mark.parametrize("bound", ["updatedAfter", "updatedBefore"])
def test_times_that_there_are_not(shared: Emulator, bound: str, time: str) -> None:
    assert pardot_error(post(shared, procedure=within(**{bound: time}))) == (400, 177)


def test_bounds_without_an_offset_are_of_the_users_zone(emulator: Emulator) -> None:
    emulator.switch(pardot_time_zone="Europe/Berlin")
    for bound, found in (("2023-02-01 08:59:59", 1), ("2023-02-01T09:00:00", 2), ("2023-02-01 08:00:00 UTC", 2)):
        assert run(emulator, procedure=within(updatedAfter=bound))[1] == str(found)


def test_a_file_is_as_long_as_it_may_be(emulator: Emulator) -> None:
    for record_id in (1, 2, 3):
        emulator.set(f"prospect/{record_id}", comments=str(record_id) * 4_000_000, updatedAt="2023-02-01T08:00:00Z")
    export_id = start(emulator, fields=["id", "comments"], maxFileSizeBytes=10_000_000)
    emulator.advance(5)
    files = [emulator.pardot.get(ref) for ref in read(emulator, export_id)["resultRefs"]]
    assert [len(file.content) <= 10_000_000 for file in files] == [True, True]
    lines = [line for file in files for line in file.text.splitlines()]
    assert [line[:8] for line in lines] == ["id,comme", '1,"11111', '2,"22222', "id,comme", '3,"33333', "5,"]
    assert pardot_error(emulator.pardot.get(f"/exports/{export_id}/results/3")) == (404, 109)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({}, ["1", "2", "3"]),
        ({"type": 4}, ["2"]),
        ({"type": "1, 4"}, ["1", "2"]),
        ({"type": [6]}, ["3"]),
        ({"prospect_only": True}, ["1", "3"]),
        ({"prospectOnly": "false", "type": "1,6"}, ["1", "3"]),
    ],
)
def test_visitor_activities(tmp_path: Path, arguments: dict[str, object], found: list[str]) -> None:
    rows = "1,1,1,2015-01-01T00:00:00Z\n2,4,,2020-01-01T00:00:00Z\n3,6,1,2023-01-01T00:00:00Z\n"
    (tmp_path / "visitor_activities.csv").write_text(f"id,type,prospectId,createdAt\n{rows}")
    seed(tmp_path / "a.db", tmp_path)
    with running(tmp_path / "a.db") as emulator:
        procedure = {"name": "filter_by_created_at", "arguments": {"created_after": "2010-01-01", **arguments}}
        assert run(emulator, object="visitorActivity", procedure=procedure)[1:] == found
        for wrong in ({"type": ""}, {"type": "click"}, {"prospectOnly": "maybe"}):
            asked = {"name": "filter_by_created_at", "arguments": {"createdAfter": "2010-01-01", **wrong}}
            assert pardot_error(post(emulator, object="VisitorActivity", procedure=asked)) == (400, 177)

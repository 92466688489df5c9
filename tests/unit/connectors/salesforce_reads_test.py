"""Reading an org: queries, cursors, ids, completeness."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pytest

from pardotflow.connectors import CallBudget, ReadRequest
from pardotflow.connectors.salesforce.soql import LONGEST_URI
from pardotflow.core.errors import BudgetSpent, QuotaSpent, RateLimited, RequestRefused, UsageError

from .wire import FakeClock, Wire, reply, salesforce, sf_error

LEAD = ReadRequest(object="Lead", fields=("Email", "Account.Name"))


def page(ids: list[str], *, total: int, after: str = "") -> httpx.Response:
    records = [{"attributes": {"type": "Lead", "url": f"/services/data/v60.0/sobjects/Lead/{i}"}, "Id": i} for i in ids]
    body: dict[str, Any] = {"totalSize": total, "done": not after, "records": records}
    if after:
        body["nextRecordsUrl"] = f"/services/data/v60.0/query/{after}"
    return reply(body)


def lead_id(number: int) -> str:
    return f"00Q5g{number:010d}"


def soql(request: httpx.Request) -> str:
    return parse_qs(request.url.query.decode())["q"][0]


def test_pages_are_landed_as_they_come(tmp_path: Path) -> None:
    wire = Wire(page(["a", "b"], total=3, after="01gRO0000016PIAYA2-2"), page(["c"], total=3))
    clock = FakeClock()
    extract = salesforce(wire, clock=clock).read(LEAD, tmp_path / "lead")
    assert [p.name for p in extract.files] == ["00001-000001.json", "00001-000002.json"]
    rows = [r["Id"] for f in extract.files for r in json.loads(f.read_bytes())["records"]]
    assert rows == ["a", "b", "c"]
    assert (extract.rows, extract.calls, extract.complete, extract.records_pointer) == (3, 2, True, "/records")
    assert extract.server_time_at_start == datetime(2025, 6, 10, 9, tzinfo=UTC)
    assert wire.paths[1] == "/services/data/v60.0/query/01gRO0000016PIAYA2-2"
    assert wire.requests[0].headers["Sforce-Query-Options"] == "batchSize=2000"
    assert wire.requests[0].headers["Sforce-Call-Options"] == "client=pardotflow"


def test_landed_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    extract = salesforce(Wire(page([], total=0))).read(LEAD, tmp_path / "lead")
    assert extract.files[0].stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "lead").stat().st_mode & 0o777 == 0o700


def test_a_full_read_sees_deleted_rows_too(tmp_path: Path) -> None:
    wire = Wire(page([], total=0))
    salesforce(wire).read(LEAD, tmp_path)
    assert urlsplit(wire.paths[0]).path == "/services/data/v60.0/queryAll"
    assert soql(wire.requests[0]) == "SELECT Id, Email, Account.Name FROM Lead ORDER BY Id"


def test_a_delta_asks_from_the_cursor_on_in_utc(tmp_path: Path) -> None:
    wire = Wire(page([], total=0))
    since = datetime(2025, 6, 1, 12, 0, 0, 900, tzinfo=timezone(timedelta(hours=2)))
    request = ReadRequest(
        object="Lead", fields=("Id", "Email"), since=since, where="City = 'A' OR City = 'B'", include_deleted=False
    )
    salesforce(wire).read(request, tmp_path)
    assert soql(wire.requests[0]) == (
        "SELECT Id, Email FROM Lead WHERE SystemModstamp >= 2025-06-01T10:00:00Z "
        "AND (City = 'A' OR City = 'B') ORDER BY SystemModstamp, Id"
    )
    assert urlsplit(wire.paths[0]).path.endswith("/query")


def test_another_stamp_can_be_asked_for(tmp_path: Path) -> None:
    wire = Wire(page([], total=0))
    request = ReadRequest(object="LoginHistory", fields=(), since=datetime(2025, 6, 1, tzinfo=UTC), stamp="LoginTime")
    salesforce(wire).read(request, tmp_path)
    assert "LoginTime >= 2025-06-01T00:00:00Z ORDER BY LoginTime, Id" in soql(wire.requests[0])


def test_ids_are_read_in_chunks_with_short_addresses(tmp_path: Path) -> None:
    asked = [lead_id(n) for n in range(700)]

    def answer(request: httpx.Request) -> httpx.Response:
        inside = soql(request).partition("Id IN (")[2].partition(")")[0]
        ids = [i.strip("'") for i in inside.split(",")]
        return page(ids, total=len(ids))

    wire = Wire(*[answer] * 3)
    extract = salesforce(wire).read(ReadRequest(object="Lead", fields=("Email",), ids=(*asked, asked[0])), tmp_path)
    found = [r["Id"] for f in extract.files for r in json.loads(f.read_bytes())["records"]]
    assert sorted(found) == asked
    assert all(len(p) <= LONGEST_URI for p in wire.paths)
    assert extract.calls == len(wire.paths) == 3


def test_many_fields_leave_room_for_fewer_ids(tmp_path: Path) -> None:
    fields = tuple(f"Field_with_a_long_name_{n}__c" for n in range(300))
    wire = Wire(*[page([], total=0)] * 2)
    request = ReadRequest(object="Lead", fields=fields, ids=tuple(lead_id(n) for n in range(200)))
    salesforce(wire).read(request, tmp_path)
    assert all(LONGEST_URI < len(p) < 16_384 for p in wire.paths)


def test_a_query_that_no_address_can_hold_is_refused_here(tmp_path: Path) -> None:
    fields = tuple(f"Field_with_a_long_name_{n}__c" for n in range(700))
    with pytest.raises(UsageError, match="read fewer fields"):
        salesforce(Wire()).read(ReadRequest(object="Lead", fields=fields), tmp_path)


@pytest.mark.parametrize(
    "request_of",
    [
        lambda: ReadRequest(object="Lead FROM", fields=()),
        lambda: ReadRequest(object="Lead", fields=("Id FROM User--",)),
        lambda: ReadRequest(object="Lead", fields=(), ids=("' OR Id != '",)),
        lambda: ReadRequest(object="Lead", fields=(), ids=("00Q1",)),
    ],
)
def test_nothing_that_is_no_name_or_id_gets_into_a_query(request_of: Callable[[], ReadRequest], tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        salesforce(Wire()).read(request_of(), tmp_path)


def test_a_cursor_that_is_gone_starts_its_part_again(tmp_path: Path) -> None:
    lost = sf_error(400, "INVALID_QUERY_LOCATOR")
    wire = Wire(page(["a"], total=2, after="01g-1"), lost, page(["a"], total=2, after="01g-1"), page(["b"], total=2))
    extract = salesforce(wire).read(LEAD, tmp_path)
    rows = [r["Id"] for f in extract.files for r in json.loads(f.read_bytes())["records"]]
    assert rows == ["a", "b"]
    assert sorted(tmp_path.iterdir()) == sorted(extract.files)
    assert (extract.calls, extract.complete) == (4, True)


def test_a_cursor_that_is_always_gone_ends_the_read(tmp_path: Path) -> None:
    wire = Wire(*[sf_error(400, "INVALID_QUERY_LOCATOR")] * 3)
    with pytest.raises(RequestRefused, match="INVALID_QUERY_LOCATOR"):
        salesforce(wire).read(LEAD, tmp_path)


def test_fewer_rows_than_announced_are_not_complete(tmp_path: Path) -> None:
    assert not salesforce(Wire(page(["a"], total=2))).read(LEAD, tmp_path).complete


def test_a_folder_that_is_in_use_is_not_read_into(tmp_path: Path) -> None:
    (tmp_path / "old.json").touch()
    with pytest.raises(UsageError, match="not empty"):
        salesforce(Wire()).read(LEAD, tmp_path)


def test_a_budget_ends_a_read(tmp_path: Path) -> None:
    wire = Wire(page(["a"], total=2, after="01g-1"))
    with pytest.raises(BudgetSpent):
        salesforce(wire, budget=CallBudget(1)).read(LEAD, tmp_path)


def test_an_error_names_code_and_way_out_but_not_the_query(tmp_path: Path) -> None:
    wire = Wire(sf_error(400, "INVALID_FIELD", "No such column 'foo' on entity 'Lead'."))
    with pytest.raises(RequestRefused) as caught:
        salesforce(wire).read(ReadRequest(object="Lead", fields=(), where="Email = 'ada@x.test'"), tmp_path)
    assert "INVALID_FIELD No such column 'foo'" in str(caught.value)
    assert "ada@x.test" not in str(caught.value)
    assert "rights" in caught.value.hint


def test_an_answer_that_is_not_json_is_refused(tmp_path: Path) -> None:
    wire = Wire(httpx.Response(200, text="<html>captive portal</html>"))
    with pytest.raises(RequestRefused, match="not the vendor's"):
        salesforce(wire).read(LEAD, tmp_path)


def test_too_many_requests_at_once_are_repeated(tmp_path: Path) -> None:
    busy = sf_error(403, "REQUEST_LIMIT_EXCEEDED", Sforce_Limit_Info="api-usage=40/15000")
    extract = salesforce(Wire(busy, page([], total=0))).read(LEAD, tmp_path)
    assert extract.calls == 2
    with pytest.raises(RateLimited):
        salesforce(Wire(*[busy] * 6)).usage()


@pytest.mark.parametrize("header", [{"Sforce_Limit_Info": "api-usage=15000/15000"}, {}])
def test_the_daily_limit_is_not_hammered(header: dict[str, str]) -> None:
    wire = Wire(sf_error(403, "REQUEST_LIMIT_EXCEEDED", **header))
    with pytest.raises(QuotaSpent):
        salesforce(wire).usage()
    assert len(wire.requests) == 1


def test_one_record() -> None:
    wire = Wire(reply({"attributes": {"type": "Lead"}, "Id": lead_id(1), "Email": "a@b.c"}))
    record = salesforce(wire).read_record("Lead", lead_id(1), ["Email", "City"])
    assert record is not None
    assert record["Email"] == "a@b.c"
    assert wire.paths == [f"/services/data/v60.0/sobjects/Lead/{lead_id(1)}?fields=Email,City"]


def test_no_record() -> None:
    wire = Wire(sf_error(404, "NOT_FOUND"), sf_error(400, "MALFORMED_ID"))
    org = salesforce(wire)
    assert org.read_record("Lead", lead_id(1), ["Email"]) is None
    with pytest.raises(RequestRefused):
        org.read_record("Lead", "x", ["Email"])


def test_records_are_found_by_key_whatever_it_holds() -> None:
    wire = Wire(page(["a"], total=2, after="01g-1"), page(["b"], total=2))
    found = salesforce(wire).find_by_key("Lead", "Key__c", ["o'neill/1", "back\\slash"], ["IsDeleted"])
    assert [r["Id"] for r in found] == ["a", "b"]
    assert soql(wire.requests[0]) == (
        r"SELECT Id, Key__c, IsDeleted FROM Lead WHERE Key__c IN ('o\'neill/1','back\\slash') ORDER BY Id"
    )


def test_deleted_ids_and_what_the_log_covers() -> None:
    body = {
        "deletedRecords": [{"id": lead_id(1), "deletedDate": "2025-06-07T22:07:19.000+0000"}],
        "earliestDateAvailable": "2025-06-05T00:00:00.000+0000",
        "latestDateCovered": "2025-06-09T08:17:00.000+0000",
    }
    wire = Wire(reply(body))
    start, end = datetime(2025, 6, 1, tzinfo=UTC), datetime(2025, 6, 10, tzinfo=UTC)
    deleted = salesforce(wire).read_deleted("Lead", start, end)
    assert deleted.ids == (lead_id(1),)
    assert deleted.covered_from == datetime(2025, 6, 5, tzinfo=UTC)
    assert deleted.covered_to == datetime(2025, 6, 9, 8, 17, tzinfo=UTC)
    assert "start=2025-06-01T00:00:00%2B00:00" in wire.paths[0]
    assert unquote(wire.paths[0]).startswith("/services/data/v60.0/sobjects/Lead/deleted/?")


def test_since_needs_a_zone_and_excludes_ids() -> None:
    with pytest.raises(ValueError, match="time zone"):
        ReadRequest(object="Lead", fields=(), since=datetime(2025, 6, 1))
    with pytest.raises(ValueError, match="excludes"):
        ReadRequest(object="Lead", fields=(), since=datetime(2025, 6, 1, tzinfo=UTC), ids=())

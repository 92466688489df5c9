"""Reading a business unit: queries, page tokens, the ceiling, ids, passes."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from pardotflow.connectors import ReadRequest
from pardotflow.connectors.pardot import reads
from pardotflow.connectors.pardot.query import LONGEST_URI
from pardotflow.core.errors import QuotaSpent, RateLimited, RequestRefused, ServerTrouble, UsageError

from .wire import UNIT, FakeClock, Wire, pardot, pardot_error, reply, token_text

PROSPECTS = ReadRequest(object="prospect", fields=("email", "campaign.name"))


def page(*ids: int, token: str | None = None, warning: str = "") -> httpx.Response:
    body = {"nextPageToken": token, "nextPageUrl": "https://elsewhere.test/" if token else None}
    values = [{"id": i, "email": f"{i}@x.test"} for i in ids]
    return reply({**body, "values": values}, Pardot_Warning=warning)


def query(request: httpx.Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}


def rows(files: tuple[Path, ...]) -> list[int]:
    return [r["id"] for f in files for r in json.loads(f.read_bytes())["values"]]


def test_a_full_read_is_ordered_by_id_and_sees_the_recycle_bin(tmp_path: Path) -> None:
    wire = Wire(page(1, 2, token="eyJvIjoiIn0=="), page(3))
    extract = pardot(wire).read(PROSPECTS, tmp_path)
    assert wire.paths == [
        "/api/v5/objects/prospects?fields=id,email,campaign.name&limit=1000&orderBy=id&deleted=all",
        "/api/v5/objects/prospects?fields=id,email,campaign.name&nextPageToken=eyJvIjoiIn0%3D%3D",
    ]
    assert rows(extract.files) == [1, 2, 3]
    assert (extract.rows, extract.calls, extract.passes) == (3, 2, 1)
    assert (extract.complete, extract.records_pointer) == (True, "/values")
    assert all(r.url.host == "pi.pardot.com" for r in wire.requests)
    assert wire.requests[0].headers["Pardot-Business-Unit-Id"] == UNIT
    assert wire.requests[0].headers["Authorization"] == f"Bearer {token_text(1)}"


def test_a_delta_sends_times_with_an_offset_in_digits(tmp_path: Path) -> None:
    wire = Wire(page())
    since = datetime(2025, 6, 10, 1, 2, 3, 999, tzinfo=timezone(timedelta(hours=-7)))
    extract = pardot(wire).read(
        ReadRequest(object="prospects", fields=("email",), since=since, include_deleted=False), tmp_path
    )
    assert wire.paths[0].endswith("&orderBy=id&updatedAtAfterOrEqualTo=2025-06-10T08:02:03%2B00:00")
    assert extract.rows == 0
    assert extract.server_time_at_start == datetime(2025, 6, 10, 9, tzinfo=UTC)


def test_objects_without_a_stamp_or_a_bin_are_read_whole(tmp_path: Path) -> None:
    wire = Wire(page())
    unit = pardot(wire)
    unit.read(
        ReadRequest(object="prospect_account", fields=("name",), since=datetime(2025, 6, 1, tzinfo=UTC)), tmp_path
    )
    assert query(wire.requests[0]) == {"fields": "id,name", "limit": "1000", "orderBy": "id"}
    assert not unit.has_delta("prospect-accounts")
    assert unit.has_delta("prospect")


def test_filters_of_a_source_are_sent_encoded(tmp_path: Path) -> None:
    wire = Wire(page())
    request = ReadRequest(object="prospect", fields=(), where="email=a%2Bb%40x.test&userId=5")
    pardot(wire).read(request, tmp_path)
    assert wire.paths[0].endswith("&deleted=all&email=a%2Bb%40x.test&userId=5")


@pytest.mark.parametrize(
    "request_of",
    [
        ReadRequest(object="prospect", fields=(), where="userId"),
        ReadRequest(object="prospect", fields=(), where="user Id=5"),
        ReadRequest(object="prospect", fields=("email&limit=1",)),
        ReadRequest(object="prospect", fields=(), ids=("12,13",)),
        ReadRequest(object="person", fields=()),
    ],
)
def test_nothing_that_is_no_name_or_id_gets_into_an_address(request_of: ReadRequest, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        pardot(Wire()).read(request_of, tmp_path)


def test_behind_the_ceiling_the_read_goes_on_after_the_last_id(tmp_path: Path) -> None:
    warning = "203;Record count for nextPageToken sequence has been exceeded. No page token returned."
    wire = Wire(page(1, 2, token="t1"), page(3, 7, warning=warning), page(8), page())
    since = datetime(2025, 6, 1, tzinfo=UTC)
    extract = pardot(wire).read(ReadRequest(object="prospect", fields=("email",), since=since), tmp_path)
    assert rows(extract.files) == [1, 2, 3, 7, 8]
    assert query(wire.requests[2]) == query(wire.requests[0]) | {"idGreaterThan": "7"}
    assert (len(wire.requests), extract.complete) == (3, True)


def test_the_ceiling_is_known_even_where_no_warning_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "CEILING", 4)
    wire = Wire(page(1, 2, token="t1"), page(3, 7), page(8))
    assert rows(pardot(wire).read(PROSPECTS, tmp_path).files) == [1, 2, 3, 7, 8]
    assert query(wire.requests[2])["idGreaterThan"] == "7"


@pytest.mark.parametrize("code", [210, 211])
def test_a_page_token_that_died_is_replaced_by_the_last_id(code: int, tmp_path: Path) -> None:
    wire = Wire(page(1, 2, token="t1"), pardot_error(400, code), page(3))
    assert rows(pardot(wire).read(PROSPECTS, tmp_path).files) == [1, 2, 3]
    assert query(wire.requests[2])["idGreaterThan"] == "2"


def test_rows_that_were_kept_back_make_a_read_incomplete(tmp_path: Path) -> None:
    wire = Wire(page(1, warning="202;Record(s) have been redacted from output due to access rules"))
    assert not pardot(wire).read(PROSPECTS, tmp_path).complete


def test_ids_are_read_a_hundred_at_a_time(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return page(*(int(i) for i in query(request)["idList"].split(",")))

    wire = Wire(*[answer] * 3)
    extract = pardot(wire).read(
        ReadRequest(object="prospect", fields=("email",), ids=tuple(str(n) for n in [*range(250), 0])), tmp_path
    )
    assert sorted(rows(extract.files)) == list(range(250))
    assert extract.calls == 3
    assert query(wire.requests[0])["deleted"] == "all"


def test_no_ids_need_no_call(tmp_path: Path) -> None:
    extract = pardot(Wire()).read(ReadRequest(object="prospect", fields=(), ids=()), tmp_path)
    assert (extract.rows, extract.calls, extract.files) == (0, 0, ())


def test_many_fields_are_read_in_passes_over_the_same_records(tmp_path: Path) -> None:
    fields = tuple(f"Custom_Field_Number_{n}__c" for n in range(200))

    def answer(request: httpx.Request) -> httpx.Response:
        asked = query(request)
        first = "Number_0__c" in asked["fields"] and "nextPageToken" not in asked
        return page(1, 2, token="t" * 600) if first else page(3)

    wire = Wire(*[answer] * 3)
    extract = pardot(wire).read(ReadRequest(object="prospect", fields=fields), tmp_path)
    asked = [query(r)["fields"].split(",") for r in wire.requests]
    assert all(len(p) <= LONGEST_URI for p in wire.paths)
    assert {f for a in asked for f in a} == {"id", *fields}
    assert all(a[0] == "id" for a in asked)
    assert (extract.passes, extract.rows, len(extract.files), extract.calls) == (2, 3, 3, 3)


def test_long_ids_leave_an_address_short(tmp_path: Path) -> None:
    fields = tuple(f"Custom_Field_Number_{n}__c" for n in range(90))
    wire = Wire(*[page()] * 4)
    ids = tuple(str(10**18 + n) for n in range(150))
    pardot(wire).read(ReadRequest(object="prospect", fields=fields, ids=ids), tmp_path)
    assert all(len(p) <= LONGEST_URI for p in wire.paths)


def test_arrays_are_refused_once_they_are_known(tmp_path: Path) -> None:
    custom = {"id": 1, "fieldId": "language", "name": "Language", "type": "multi-select"}
    wire = Wire(reply({"nextPageToken": None, "nextPageUrl": None, "values": [custom]}))
    unit = pardot(wire)
    unit.describe("prospect")
    with pytest.raises(UsageError, match="language__c"):
        unit.read(ReadRequest(object="prospect", fields=("email", "language__c")), tmp_path)


def test_one_record_even_from_the_recycle_bin() -> None:
    wire = Wire(reply({"id": 7, "language__c": ["de", "sv"]}))
    assert pardot(wire).read_record("prospect", "7", ["id", "language__c"]) == {"id": 7, "language__c": ["de", "sv"]}
    assert wire.paths == ["/api/v5/objects/prospects/7?fields=id,language__c&deleted=true"]


def test_no_record() -> None:
    wire = Wire(pardot_error(404, 109), pardot_error(400, 13))
    unit = pardot(wire)
    assert unit.read_record("prospect", "7", ["id"]) is None
    with pytest.raises(RequestRefused, match="13"):
        unit.read_record("prospect", "7", [])


def test_a_record_is_found_by_its_salesforce_id() -> None:
    wire = Wire(page(5))
    assert pardot(wire).find("prospect", "salesforceId=00Q4S000002sSacUAE", ["email"])[0]["id"] == 5
    assert query(wire.requests[0])["salesforceId"] == "00Q4S000002sSacUAE"


@pytest.mark.parametrize("status", [200, 400, 403, 429])
def test_the_sixth_request_waits_whatever_the_status(status: int, tmp_path: Path) -> None:
    busy = pardot_error(status, 66)
    if status == 200:
        busy = httpx.Response(200, text='<rsp stat="fail" version="1.0"><err code="66">wait</err></rsp>')
    extract = pardot(Wire(busy, busy, page(1))).read(PROSPECTS, tmp_path)
    assert extract.calls == 3
    with pytest.raises(RateLimited):
        pardot(Wire(*[busy] * 6)).usage()


@pytest.mark.parametrize("status", [400, 429])
def test_the_daily_limit_is_not_hammered(status: int) -> None:
    wire = Wire(pardot_error(status, 122, "Daily API rate limit met"))
    with pytest.raises(QuotaSpent):
        pardot(wire).usage()
    assert len(wire.requests) == 1


def test_a_query_that_timed_out_is_repeated() -> None:
    with pytest.raises(ServerTrouble):
        pardot(Wire(*[pardot_error(400, 214)] * 6)).usage()


def test_the_units_time_runs_on_between_answers() -> None:
    clock = FakeClock()
    unit = pardot(Wire(reply({"apiCallsUsed": 3, "maximumDailyApiCalls": 25000})), clock=clock)
    unit.usage()
    clock.sleep(60)
    assert unit.server_now() == datetime(2025, 6, 10, 9, 1, tzinfo=UTC)
    unit.close()

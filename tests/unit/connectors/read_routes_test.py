"""The same records by pages and by a job: equal in every cell once they are loaded, at the computed price."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pardotflow.connectors import Connector, Extract, Operation, ReadRequest
from pardotflow.core.describe import Catalog
from pardotflow.core.values import FieldType
from pardotflow.engine.columns import system_columns
from pardotflow.engine.landed import landed
from pardotflow.engine.session import prepared

from .routed import Routed

FIELDS = (
    *("LastName", "FirstName", "City", "Description", "Email", "DoNotCall", "NumberOfEmployees", "AnnualRevenue"),
    *("Prospect_Score__c", "CreatedDate", "ConvertedDate", "Owner.Name", "CreatedBy.Name", "CreatedBy.CreatedDate"),
)
ODD = (
    {"LastName": 'Quote " and, comma', "City": "=1+1", "Description": 'two\nlines "quoted"\r\nthree'},
    {"LastName": "Unicode Zoë 東京", "City": "\\=x", "Description": " blank before"},
    {"LastName": "2021-12-02T18:23:39.000Z", "City": "#N/A", "NumberOfEmployees": 0, "AnnualRevenue": 0},
    {"LastName": "1e5", "City": "007", "AnnualRevenue": 1234567.89, "Prospect_Score__c": -3},
    {"LastName": "true", "City": "null", "DoNotCall": True, "AnnualRevenue": 10000000000},
    {"LastName": "a", "City": "'", "Email": "a.b+c@x.test", "NumberOfEmployees": 12},
)
MANY = 2_450


@pytest.fixture(scope="module", name="org")
def _org(routed: Routed) -> Routed:
    """More leads than fit well on pages, some of them odd, one of them deleted."""
    ids = routed.leads(MANY, City="c{n}", AnnualRevenue="{n}.5", DoNotCall="false")
    for values in ODD:
        routed.emulator.create("Lead", Company="C", **values)
    routed.emulator.salesforce.delete(f"/sobjects/Lead/{ids[7]}")
    return routed


def asked(connector: Connector, **more: Any) -> ReadRequest:
    infos = {("salesforce", name.lower()): connector.describe(name) for name in ("Lead", "User", "Group")}
    lead = Catalog(objects=infos).find("salesforce", "Lead")
    assert lead is not None
    fields = tuple(dict.fromkeys([*system_columns("salesforce", "Lead").all, *FIELDS]))
    types = {f: found.type for f in fields if (found := lead.field(f)) is not None}
    assert set(types) == set(fields)
    return ReadRequest(object="Lead", fields=fields, types=types, **more)


def forms(extract: Extract) -> set[str]:
    return {file.suffix for file in extract.files}


def load(extract: Extract) -> dict[str, dict[str, Any]]:
    """The records as the engine has them."""
    with prepared() as con, landed(con, system_columns("salesforce", "Lead"), FIELDS, extract):
        found = con.execute("from landed")
        names = [c[0] for c in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {str(row["_id"]): {k: v for k, v in row.items() if k != "_read_at"} for row in rows}


def test_a_job_brings_what_pages_bring_in_every_cell(org: Routed, tmp_path: Path) -> None:
    connector = org.salesforce(page_rows=200)
    request = asked(connector)
    org.listen()
    by_job = connector.read(request, tmp_path / "job")
    calls = len(org.asked())
    by_pages = connector.read(ReadRequest(object="Lead", fields=request.fields), tmp_path / "pages")
    assert (forms(by_job), forms(by_pages)) == ({".csv"}, {".json"})
    assert by_job.complete and by_job.rows == by_pages.rows >= MANY + len(ODD)
    price = connector.price(Operation.READ_BY_JOB, by_job.rows, job_seconds=0.3)
    assert by_job.calls == calls == price.calls == 4
    assert by_pages.calls == connector.price(Operation.READ, by_pages.rows).calls
    one, other = load(by_job), load(by_pages)
    assert one.keys() == other.keys()
    assert {k: v for k, v in one.items() if v != other[k]} == {}
    assert sum(row["_deleted"] for row in one.values()) == 1
    revenues = {row["AnnualRevenue"] for row in one.values()}
    assert len(revenues) > MANY and None in revenues


def test_numbers_and_blanks_of_a_file_are_spelled_as_in_json(tmp_path: Path) -> None:
    """As a vendor might write them; the emulator writes numbers alike by both routes."""
    head = "Id,SystemModstamp,LastModifiedById,IsDeleted,IsConverted,MasterRecordId,ConvertedContactId,A__c,B__c"
    lines = [
        '"1","2026-01-01T00:00:00.000Z","u","false","false","","","9.12260031E8","9.12260031E8"',
        '"2","2026-01-01T00:00:00.000Z","u","true","false","","","50000.00",""',
    ]
    (tmp_path / "1.csv").write_text("\n".join([head, *lines, ""]), "utf-8")
    extract = Extract(
        files=(tmp_path / "1.csv",),
        rows=2,
        calls=1,
        server_time_at_start=datetime(2026, 1, 1, tzinfo=UTC),
        complete=True,
        records_pointer="/records",
        respelled={"SystemModstamp": "instant", "A__c": "number"},
    )
    with prepared() as con, landed(con, system_columns("salesforce", "Lead"), ("A__c", "B__c"), extract):
        found = con.execute("select _id, A__c, B__c, _deleted from landed order by 1").fetchall()
    assert found == [("1", "912260031.0", "9.12260031E8", False), ("2", "50000.0", None, True)]


def test_a_long_job_is_polled_and_read_in_pages(org: Routed, tmp_path: Path) -> None:
    connector = org.salesforce(page_rows=200)
    request = asked(connector)
    org.emulator.switch(bulk_delay=20, bulk_query_page=1_000)
    try:
        org.listen()
        read = connector.read(request, tmp_path / "job")
        assert len(org.asked()) == read.calls == connector.price(Operation.READ_BY_JOB, read.rows, job_seconds=20).calls
    finally:
        org.emulator.switch(bulk_delay=0.3, bulk_query_page=50_000)
    assert read.complete and len(load(read)) == read.rows


@pytest.mark.parametrize("spelling", ["Z", "+0000"])
def test_either_spelling_of_time_is_the_same_value(org: Routed, tmp_path: Path, spelling: str) -> None:
    connector = org.salesforce(page_rows=200)
    org.emulator.switch(bulk_query_datetime=spelling)
    try:
        read = connector.read(asked(connector), tmp_path / "job")
    finally:
        org.emulator.switch(bulk_query_datetime="Z")
    rows = load(read).values()
    assert all(row["CreatedDate"].endswith("+0000") for row in rows)
    assert "2021-12-02T18:23:39.000Z" in {row["LastName"] for row in rows}


@pytest.mark.parametrize("what", ["pages are cheaper", "an unknown type", "changes only", "few rows"])
def test_pages_are_read_where_a_job_is_dearer_or_cannot_do_it(org: Routed, tmp_path: Path, what: str) -> None:
    connector = org.salesforce(page_rows=2000 if what == "pages are cheaper" else 200)
    request = asked(connector)
    more: dict[str, Any] = {"types": request.types}
    if what == "an unknown type":
        more["types"] = {**request.types, "City": FieldType.UNKNOWN}
    if what == "changes only":
        more["since"] = org.clock.now().replace(year=2000)
    if what == "few rows":
        more["where"] = "City LIKE 'c1%'"
    org.listen()
    read = connector.read(ReadRequest(object="Lead", fields=request.fields, **more), tmp_path / "pages")
    assert forms(read) == {".json"} and read.complete
    assert not [a for a in org.asked() if "/jobs/" in a]
    assert read.calls == len(org.asked()) == connector.price(Operation.READ, read.rows).calls


def test_a_job_that_the_org_refuses_leaves_the_pages(org: Routed, tmp_path: Path) -> None:
    connector = org.salesforce(page_rows=200)
    request = asked(connector)
    org.emulator.switch(bulk_query_jobs_limit=0)
    try:
        read = connector.read(request, tmp_path / "pages")
    finally:
        org.emulator.switch(bulk_query_jobs_limit=10_000)
    assert forms(read) == {".json"} and read.complete
    assert read.rows == len(load(read))

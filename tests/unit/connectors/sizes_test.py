"""Limits are checked before anything is sent: what no request can carry is a refusal of its own, all others fit."""

import pytest

from pardotflow.connectors import Batch, Operation, Row, SalesforceConnector, SalesforceSettings, explain_code
from pardotflow.connectors.pardot.sizes import OlderLimits
from pardotflow.connectors.salesforce.sizes import MOST_FIELD_CHARS, MOST_RECORD_CHARS, Sizes, json_size
from pardotflow.core.values import System

from .routed import Routed, batch_of
from .wire import NO_WAITS, Wire, grant, pardot, salesforce

A = "00Q4S000002sSacUAE"
BULK = (Operation.BULK_UPDATES, Operation.BULK_UPSERTS)


def small(body: int = 4_000, job: int = 4_000) -> SalesforceConnector:
    settings = SalesforceSettings(limits=NO_WAITS, sizes=Sizes(body=body, job=job))
    return SalesforceConnector(grant(), settings, transport=Wire().transport)


def lead(key: str, **values: str) -> Row:
    return Row(key=key, id=A[:12] + f"{int(key):03d}", values=values)


def test_a_field_that_no_record_can_hold_is_refused_alone() -> None:
    batch = batch_of(Operation.UPDATE, (lead("1", City="x"), lead("2", City="x" * (MOST_FIELD_CHARS + 1))))
    (refused,) = salesforce(Wire()).unsendable(batch)
    assert (refused.key, refused.ok, refused.error_code) == ("2", False, "FIELD_TOO_LARGE")
    assert refused.error_fields == ("City",)
    assert "131,072" in refused.error_message
    longest = batch_of(Operation.UPDATE, (lead("1", City="x" * MOST_FIELD_CHARS),))
    assert salesforce(Wire()).unsendable(longest) == ()


@pytest.mark.parametrize("operation", [Operation.UPDATE, *BULK])
def test_a_record_that_is_too_long_for_a_job_alone(operation: Operation) -> None:
    values = {f"F{n}__c": "x" * 100_100 for n in range(4)}
    batch = Batch(operation=operation, object="Lead", rows=(lead("1", **values),), key_field="Key__c")
    refused = [r.error_code for r in salesforce(Wire()).unsendable(batch)]
    assert refused == (["ROW_TOO_LARGE"] if operation in BULK else [])
    assert sum(map(len, values.values())) > MOST_RECORD_CHARS


@pytest.mark.parametrize("letter", ["x", "é", "\x01", '"'])
def test_every_request_is_smaller_than_the_limit_whatever_it_holds(letter: str) -> None:
    org = small()
    made = tuple(lead(str(n), City=letter * (n * 37 % 500), Description=letter * 40) for n in range(60))
    for operation in (Operation.UPDATE, Operation.UPDATE_UNMODIFIED, Operation.UPSERT, Operation.CREATE):
        batch = Batch(operation=operation, object="Lead", rows=made, key_field="Key__c")
        keys = {r.key for r in org.unsendable(batch)}
        parts = list(org.split(batch_of(operation, tuple(r for r in made if r.key not in keys), key_field="Key__c")))
        assert [r.key for p in parts for r in p.rows] == [r.key for r in made if r.key not in keys]
        prepared = [org.prepare(part) for part in parts]
        assert max(len(p.body) for p in prepared) <= 4_000
        assert sum(len(p.body) for p in prepared) > 4_000


@pytest.mark.parametrize("letter", ["x", "é", "\x01"])
def test_the_size_of_a_row_is_never_less_than_what_travels(letter: str) -> None:
    for count in (1, 100, 9_000, 20_000):
        row = lead("1", City=letter * count)
        for operation in (Operation.UPDATE, Operation.UPDATE_UNMODIFIED):
            body = small(body=10**6).prepare(batch_of(operation, (row,))).body
            assert len(body) <= json_size(row) + 450


def test_a_row_that_fits_in_no_request_is_refused_and_the_others_go() -> None:
    org = small(body=2_000)
    batch = batch_of(Operation.UPDATE, (lead("1", City="x"), lead("2", City="\x01" * 2_000), lead("3", City="y")))
    (refused,) = org.unsendable(batch)
    assert (refused.key, refused.error_code) == ("2", "ROW_TOO_LARGE")
    assert "2,000 bytes" in refused.error_message


def test_addresses_stay_far_below_what_an_org_takes() -> None:
    org = salesforce(Wire())
    made = tuple(Row(key=str(n), id=A[:12] + f"{n:03d}") for n in range(200))
    (part,) = org.split(batch_of(Operation.DELETE, made))
    assert len(org.prepare(part).path) < 16_384 / 3


def test_a_row_that_an_import_cannot_carry_is_refused_alone() -> None:
    unit = pardot(Wire(), import_batch_bytes=30_000)
    rows = (Row(key="a", id="1", values={"city": "x"}), Row(key="b", id="2", values={"city": "x" * 31_000}))
    batch = batch_of(Operation.IMPORT_UPDATES, rows, "prospect")
    (refused,) = unit.unsendable(batch)
    assert (refused.key, refused.id, refused.error_code) == ("b", "2", "ROW_TOO_LARGE")
    assert pardot(Wire(), import_batch_bytes=60_000).unsendable(batch) == ()
    assert unit.unsendable(batch_of(Operation.UPDATE, rows, "prospect")) == ()


def test_limits_of_older_versions_are_off_and_can_be_set(routed: Routed) -> None:
    rows = tuple(Row(key=str(n), id=str(n + 1), values={"city": "x" * (8_000 if n == 3 else 5)}) for n in range(12))
    batch = batch_of(Operation.IMPORT_UPDATES, rows, "prospect")
    assert routed.unit.unsendable(batch) == () and len(list(routed.unit.split(batch))) == 1
    strict = routed.pardot(older=OlderLimits(row_chars=7_500, payload_rows=5))
    assert [r.key for r in strict.unsendable(batch)] == ["3"]
    assert [len(b.rows) for b in strict.split(batch)] == [5, 5, 2]


def test_a_single_write_asks_for_what_was_stored_only_where_the_address_stays_short() -> None:
    unit = pardot(Wire())
    few = unit.prepare(batch_of(Operation.UPDATE, (Row(key="a", id="1", values={"city": "x"}),), "prospect"))
    assert "fields=city,updatedAt,updatedById" in few.path
    names = {f"a_very_long_custom_field_name_number_{n}__c": "x" for n in range(120)}
    many = unit.prepare(batch_of(Operation.UPDATE, (Row(key="a", id="1", values=names),), "prospect"))
    assert many.path == "/api/v5/objects/prospects/1?fields=id,updatedAt,updatedById"


@pytest.mark.parametrize("code", ["ROW_TOO_LARGE", "FIELD_TOO_LARGE", "NOT_PROCESSED"])
def test_our_own_refusals_are_explained_for_both_systems(code: str) -> None:
    for system in (System.SALESFORCE, System.PARDOT):
        known = explain_code(system, code)
        assert known is not None and known.way_out

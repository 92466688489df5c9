"""Look-ups by id, stamp, address and key go through an index."""

from datetime import date
from pathlib import Path

import pytest

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.salesforce.records.catalog import read_catalog
from pardotflow.emulator.salesforce.soql.compile import compile_soql
from pardotflow.emulator.salesforce.soql.compiled import Scope
from pardotflow.emulator.salesforce.soql.parser import parse_soql

SINCE = "2022-01-01T00:00:00Z"


def explain(data: Path, sql: str, values: tuple[object, ...] = ()) -> str:
    file = DataFile(data)
    try:
        return "; ".join(row[3] for row in file.read().execute(f"EXPLAIN QUERY PLAN {sql}", values))
    finally:
        file.close()


@pytest.mark.parametrize(
    "condition",
    [
        "Id = '0035e000000con1'",
        "Id IN ('0035e000000con1', '0035e000000con2')",
        "Email = 'a@x.test'",
        "Pardot_Prospect_Id__c = 'a'",
        f"SystemModstamp >= {SINCE}",
        f"SystemModstamp >= {SINCE} AND SystemModstamp < 2023-01-01T00:00:00Z ORDER BY SystemModstamp, Id",
        f"LastModifiedDate > {SINCE} ORDER BY LastModifiedDate",
    ],
)
def test_soql(data: Path, condition: str) -> None:
    file = DataFile(data)
    try:
        query = parse_soql(f"SELECT Name, Account.Name FROM Contact WHERE {condition}")
        catalog = read_catalog(file.read())
        made = compile_soql(query, Scope(catalog=catalog, include_deleted=True, today=date(2024, 1, 1), levels=1))
    finally:
        file.close()
    columns = ", ".join(column.sql for column in made.columns)
    plan = explain(data, f"SELECT {columns} FROM {made.source}{made.where}{made.order}", made.values)
    assert "SCAN" not in plan and "TEMP B-TREE" not in plan and "SEARCH t0 USING INDEX" in plan


@pytest.mark.parametrize(
    "rest",
    [
        '"email" = ?',
        '"email" COLLATE NOCASE = ?',
        '"salesforceId" = ?',
        '"updatedAt" >= ? ORDER BY "updatedAt", "id"',
        '"updatedAt" >= ? AND ("updatedAt" > ? OR "id" > ?) ORDER BY "updatedAt", "id"',
        '"id" > ? ORDER BY "id"',
    ],
)
def test_prospects(data: Path, rest: str) -> None:
    plan = explain(data, f'SELECT * FROM "pd_prospects" WHERE {rest}', ("a",) * rest.count("?"))
    assert plan.startswith("SEARCH") and "TEMP B-TREE" not in plan

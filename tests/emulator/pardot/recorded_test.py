"""Recorded answers of the real service, reproduced key by key, and the documented fields of every collection.

The recordings are not part of the repository; without them these tests are skipped.
"""

from __future__ import annotations

import base64
import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from pardotflow.emulator.pardot.schema.objects import COLLECTIONS
from pardotflow.emulator.seeding import seed
from pardotflow.emulator.seeding.pardot import file_name
from tests.emulator.running import Emulator, pardot_error, running

VARIABLE = "PARDOTFLOW_OUTSIDE_DATA"
FOLDER = Path(os.environ.get(VARIABLE, "")) / "pardot_v5"
pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} names no folder of outside data"),
]
EMAIL_FIELDS = "id,name,subject,clientType,prospectId,listEmailId,updatedAt"
# The vendor's table lists the two parts of an export's procedure as if they were fields of the export.
NOT_FIELDS = {("exports", "name"), ("exports", "arguments")}


def recorded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "amp-labs_recorded" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator that holds the records of the recorded pages, and a third e-mail for the page after."""
    base = tmp_path_factory.mktemp("recorded")
    emails = recorded("read__emails__1-first-page")["values"]
    write_csv(base / "emails.csv", [*emails, {**emails[-1], "id": emails[-1]["id"] + 1}])
    write_csv(base / "prospects.csv", recorded("read__prospects")["values"])
    write_csv(base / "custom_fields.csv", recorded("metadata__prospects-custom-fields")["values"])
    report = seed(base / "emulator.db", base)
    assert not report.problems and not report.unknown_columns and not report.unknown_files
    with running(base / "emulator.db") as made:
        yield made


def same(answer: httpx.Response, status: int, name: str) -> None:
    """Same status, same keys in the same order, same values."""
    assert answer.status_code == status
    assert json.dumps(answer.json()) == json.dumps(recorded(name))


def test_a_first_page(vendor: Emulator) -> None:
    expected = recorded("read__emails__1-first-page")
    page = vendor.pardot.get(f"/objects/emails?fields={EMAIL_FIELDS}&limit=2").json()
    assert list(page) == list(expected) and json.dumps(page["values"]) == json.dumps(expected["values"])
    token, wanted = (json.loads(base64.b64decode(p["nextPageToken"])) for p in (page, expected))
    assert list(token) == list(wanted)
    changing = {"expireTime": "", "limit": 0}
    assert token | changing == wanted | changing
    url, pattern = urlsplit(page["nextPageUrl"]), urlsplit(expected["nextPageUrl"])
    assert url.path == pattern.path
    assert url.query == pattern.query.replace(expected["nextPageToken"], page["nextPageToken"])


def test_an_empty_page(vendor: Emulator) -> None:
    answer = vendor.pardot.get("/objects/emails", params={"fields": EMAIL_FIELDS, "idGreaterThan": 99_999_999})
    same(answer, 200, "read__emails__2-empty-page")


def test_a_page_of_prospects(vendor: Emulator) -> None:
    fields = "id,email,firstName,lastName,biography__c,hobby__c"
    same(vendor.pardot.get("/objects/prospects", params={"fields": fields}), 200, "read__prospects")


def test_a_page_of_custom_fields(vendor: Emulator) -> None:
    answer = vendor.pardot.get("/objects/custom-fields", params={"fields": "id,fieldId,isRequired,name,type"})
    same(answer, 200, "metadata__prospects-custom-fields")


def test_a_new_prospect(vendor: Emulator) -> None:
    expected = recorded("write__prospect__new")
    body = {name: value for name, value in expected.items() if name != "id"}
    answer = vendor.pardot.post("/objects/prospects?fields=id,email,firstName,lastName", json=body)
    made = answer.json()
    assert answer.status_code == 201
    assert json.dumps({**made, "id": expected["id"]}) == json.dumps(expected)
    assert vendor.pardot.delete(f"/objects/prospects/{made['id']}").status_code == 204


def test_errors(vendor: Emulator) -> None:
    same(vendor.pardot.delete("/objects/prospects/1"), 404, "delete__err-not-found")
    same(vendor.pardot.get("/objects/emails"), 400, "read__emails__err-missing-query")
    bearer = {"Authorization": vendor.pardot.headers["Authorization"]}
    same(vendor.plain.get("/api/v5/objects/emails", headers=bearer), 400, "read__emails__err-missing-header")


# -- the fields of the vendor's tables

Table = dict[str, dict[str, Any]]
TYPES = {
    "Integer": ("integer",),
    "Float": ("float",),
    "Boolean": ("boolean",),
    "DateTime": ("datetime",),
    "Datetime": ("datetime",),
    "String": ("string", "fid", "email", "ref"),
    "Enum": ("string",),
    "Array": ("array", "json", "refs"),
    "Object": ("json",),
    "Fields{}": ("json",),
}
SHOWN = {
    "integer": 7,
    "float": 1.5,
    "boolean": True,
    "datetime": "2024-01-01T00:00:00-07:00",
    "string": "x",
    "fid": "0015e000000acc1AAA",
    "email": "a@x.test",
    "array": ["a", "b"],
}


def documented() -> dict[str, Table]:
    """The fields of every collection in the vendor's tables."""
    if VARIABLE not in os.environ:
        return {}
    modules = json.loads((FOLDER / "amp-labs_schemas.json").read_text(encoding="utf-8"))["modules"]
    tables = {path: dict(table["fields"]) for path, table in modules["account-engagement"]["objects"].items()}
    for path in ("imports", "exports"):
        tables[path] |= json.loads((FOLDER / f"amp-labs_{path}-fields.json").read_text(encoding="utf-8"))
    return {
        path: {name: about for name, about in table.items() if (path, name) not in NOT_FIELDS}
        for path, table in tables.items()
    }


def test_the_tables_are_those_of_the_vendor() -> None:
    """None of the cases below is about nothing."""
    assert {path: len(table) for path, table in documented().items() if len(table) < 4} == {"form-handler-fields": 3}
    assert sorted({*COLLECTIONS} - {*documented()}) == ["bulk-actions", "custom-fields"]


@pytest.mark.parametrize("path", documented())
def test_names_types_and_rights_are_the_documented_ones(path: str) -> None:
    collection = COLLECTIONS[path]
    for name, about in documented()[path].items():
        if about["providerType"] == "User":
            assert collection.relations[name][1] == "users"
            continue
        attribute = collection.attributes[name]
        assert attribute.type in TYPES[about["providerType"]], name
        if about.get("readOnly"):
            assert not attribute.createable and not attribute.updateable, name
        elif "readOnly" in about and "C" in collection.verbs:
            assert attribute.createable, name


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator with one record in every collection, with a value in every field; relations lead to record 7."""
    base = tmp_path_factory.mktemp("full")
    for path, collection in COLLECTIONS.items():
        if not collection.outside:
            row = {name: SHOWN[a.type] for name, a in collection.attributes.items() if a.type in SHOWN and not a.hidden}
            row = {name: json.dumps(value) if isinstance(value, list) else value for name, value in row.items()}
            extra = {"type": "text", "fieldId": "x", "apiFieldId": "x__c"} if path == "custom-fields" else {}
            bin_ = {"isDeleted": False} if "isDeleted" in row else {}
            write_csv(base / file_name(path), [{**row, **extra, **bin_}])
    report = seed(base / "emulator.db", base)
    assert not report.problems and not report.unknown_columns and not report.unknown_files
    with running(base / "emulator.db") as made:
        body = {"email": "a@x.test", "extension": "Shop", "type": "Bought", "value": "x"}
        assert made.pardot.post("/external-activities", json=body).status_code == 201
        made.start_import("email,phone\nnobody@x.test,1\nbroken,1\n", fields=[{"field": "phone"}, {"field": "email"}])
        procedure = {"name": "filter_by_updated_at", "arguments": {"updatedAfter": "yesterday"}}
        export = {"object": "User", "fields": ["id"], "procedure": procedure, "maxFileSizeBytes": 10_000_000}
        assert made.pardot.post("/exports", json=export).status_code == 201
        made.advance(5)
        yield made


@pytest.mark.parametrize("path", documented())
def test_every_documented_field_is_answered(full: Emulator, path: str) -> None:
    """By a query and by a read; arrays by a read only. What a seed has set comes back in its type."""
    collection = COLLECTIONS[path]
    base = f"/{path}" if collection.outside else f"/objects/{path}"
    names = list(documented()[path])
    arrays = [name for name in names if name in collection.attributes and collection.attributes[name].is_array]
    asked = {name: f"{name}.id" if name in collection.relations else name for name in names}
    wanted = ",".join(asked[name] for name in names if name not in arrays)
    page = full.pardot.get(base, params={"fields": f"{wanted},id", **({} if collection.outside else {"id": "7"})})
    assert page.status_code == 200, page.text
    (row,) = page.json()["values"]
    assert set(row) == {*names, "id"} - {*arrays}
    one = full.pardot.get(f"{base}/{row['id']}", params={"fields": ",".join([*asked.values(), "id"])})
    assert one.status_code == 200, one.text
    assert set(one.json()) == {*names, "id"} and row.items() <= one.json().items()
    for name in arrays:
        several = full.pardot.get(base, params={"fields": name})
        assert pardot_error(several) == (400, 224)
    for name in names if not collection.outside else ():
        if name in collection.attributes and name != "isDeleted":
            assert one.json()[name] == SHOWN[collection.attributes[name].type], name
    if collection.outside:
        empty = [name for name in names if one.json()[name] is None]
        assert not empty

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

from pardotflow.emulator.pardot.objects import COLLECTIONS
from pardotflow.emulator.seeding import seed

from .running import Emulator, running

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


def documented() -> dict[str, list[str]]:
    """The fields of every collection in the vendor's tables."""
    if VARIABLE not in os.environ:
        return {}
    modules = json.loads((FOLDER / "amp-labs_schemas.json").read_text(encoding="utf-8"))["modules"]
    tables = {path: list(table["fields"]) for path, table in modules["account-engagement"]["objects"].items()}
    for path in ("imports", "exports"):
        more = json.loads((FOLDER / f"amp-labs_{path}-fields.json").read_text(encoding="utf-8"))
        tables[path] = sorted({*tables[path], *more})
    return tables


@pytest.mark.parametrize("path", documented())
def test_every_documented_field_can_be_asked_for(vendor: Emulator, path: str) -> None:
    collection = COLLECTIONS[path]
    base = f"/{path}" if collection.outside else f"/objects/{path}"
    wanted = [name for name in documented()[path] if (path, name) not in NOT_FIELDS]
    alone = [name for name in wanted if name in collection.attributes and collection.attributes[name].is_array]
    plain = [f"{name}.id" if name in collection.relations else name for name in wanted if name not in alone]
    answer = vendor.pardot.get(base, params={"fields": ",".join(plain)})
    assert answer.status_code == 200, answer.text
    for name in alone:
        one = vendor.pardot.get(f"{base}/1", params={"fields": name})
        assert (one.status_code, one.json()["code"]) == (404, 109)
        several = vendor.pardot.get(base, params={"fields": name})
        assert (several.status_code, several.json()["code"]) == (400, 224)

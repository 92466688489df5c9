"""Several business units in one data file: the header chooses, and nothing of one is seen in another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from pardotflow.emulator import EmulatorError
from pardotflow.emulator.ids import mint_id, to_18
from pardotflow.emulator.seeding import seed
from pardotflow.emulator.testing import running_emulator
from tests.emulator.running import Emulator, pardot_error, running

EUROPE = to_18("0Uv5e0000000eur") or ""
ASIA = mint_id("0Uv", 3)
SCHEMA = f"""
org: {{business_unit_id: 0Uv5e0000000one, org_name: One}}
pardot:
  custom_fields: [{{fieldId: hobby, type: Text}}]
units:
  - id: {EUROPE}
    name: Europe
    folder: europe
    custom_fields: [{{fieldId: taste, type: Text}}]
    settings: {{ampsea: false, pardot_daily_limit: 6, pardot_time_zone: "+02:00"}}
  - {{folder: asia, connected: false}}
"""


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("units")
    for name in ("", "europe", "asia"):
        (base / "seed" / name).mkdir(exist_ok=True, parents=True)
    (base / "seed" / "schema.yml").write_text(SCHEMA)
    (base / "seed" / "prospects.csv").write_text("id,email,hobby__c\n1,ann@x.test,chess\n2,bob@x.test,\n")
    (base / "seed" / "europe" / "prospects.csv").write_text("id,email,taste__c\n1,eva@x.test,sweet\n7,ann@x.test,\n")
    (base / "seed" / "asia" / "nothing.csv").write_text("id\n1\n")
    report = seed(base / "units.db", base / "seed")
    assert report.rows == {"prospects.csv": 2, "europe/prospects.csv": 2}
    assert report.unknown_files == ("asia/nothing.csv",)
    return base / "units.db"


@pytest.fixture
def units(seeded: Path, tmp_path: Path) -> Iterator[Emulator]:
    data = tmp_path / "units.db"
    data.write_bytes(seeded.read_bytes())
    with running(data) as made:
        yield made


def ask(emulator: Emulator, method: str, path: str, unit: str = EUROPE, **options: Any) -> httpx.Response:
    return emulator.pardot.request(method, path, headers={"Pardot-Business-Unit-Id": unit}, **options)


def ids(answer: httpx.Response) -> list[int]:
    return [row["id"] for row in answer.json()["values"]]


def test_each_unit_has_its_own_records(units: Emulator) -> None:
    assert units.environment["PARDOT_BUSINESS_UNIT_ID"].startswith("0Uv5e0000000one")
    url = "/objects/prospects?fields=id,email"
    assert ids(units.pardot.get(url)) == [1, 2]
    assert ids(ask(units, "GET", url)) == [1, 7]
    made = ask(units, "POST", "/objects/prospects", json={"email": "new@x.test"})
    assert made.json() == {"id": 8}
    assert pardot_error(units.pardot.get("/objects/prospects/8?fields=id")) == (404, 109)
    assert ask(units, "DELETE", "/objects/prospects/1").status_code == 204
    assert units.read(1, "email") == {"email": "ann@x.test"}
    account = ask(units, "GET", "/objects/account?fields=company,id").json()
    assert account == {"id": 700002, "company": "Europe"}


def test_each_unit_has_its_own_custom_fields(units: Emulator) -> None:
    assert units.read(1, "hobby__c") == {"hobby__c": "chess"}
    assert ask(units, "GET", "/objects/prospects/1?fields=taste__c").json() == {"taste__c": "sweet"}
    assert pardot_error(ask(units, "GET", "/objects/prospects/1?fields=hobby__c")) == (400, 51)
    made = {"name": "Size", "fieldId": "size", "type": "Number"}
    assert ask(units, "POST", "/objects/custom-fields", json=made).status_code == 201
    assert ask(units, "PATCH", "/objects/prospects/1", json={"size__c": 4}).status_code == 204
    assert pardot_error(units.pardot.patch("/objects/prospects/1", json={"size__c": 4})) == (400, 180)


def test_each_unit_has_its_own_settings(units: Emulator) -> None:
    again = {"email": "ann@x.test"}
    assert units.pardot.post("/objects/prospects", json=again).status_code == 201
    assert pardot_error(ask(units, "POST", "/objects/prospects", json=again)) == (400, 9)
    stamp = ask(units, "GET", "/objects/prospects/1?fields=createdAt").json()["createdAt"]
    assert stamp.endswith("+02:00")
    assert units.read(1, "createdAt")["createdAt"].endswith("-07:00")


def test_each_unit_counts_its_own_calls(units: Emulator) -> None:
    url = "/objects/account?fields=apiCallsUsed,maximumDailyApiCalls"
    for used in range(6):
        assert ask(units, "GET", url).json() == {"apiCallsUsed": used, "maximumDailyApiCalls": 6}
    assert pardot_error(ask(units, "GET", url)) == (429, 122)
    answer = units.pardot.get(url, headers={"X-Return-Api-Usage": "1"})
    assert answer.json() == {"apiCallsUsed": 0, "maximumDailyApiCalls": 100000}
    assert answer.headers["x-api-usage"] == "1/100000"


def test_each_unit_has_its_own_places(units: Emulator) -> None:
    units.switch(latency=0.5, pardot_concurrency=1)
    url = "/objects/account?fields=id"
    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(lambda unit: ask(units, "GET", url, unit), (EUROPE, unit_of(units))))
    assert [answer.status_code for answer in both] == [200, 200]


def unit_of(emulator: Emulator) -> str:
    return emulator.environment["PARDOT_BUSINESS_UNIT_ID"]


def test_each_unit_has_its_own_jobs(units: Emulator) -> None:
    first = units.start_import("email\none@x.test\n")
    body = {"operation": "Upsert", "object": "Prospect", "status": "Ready"}
    form: dict[str, Any] = {
        "data": {"input": json.dumps(body)},
        "files": {"file": ("rows.csv", "email,taste__c\ntwo@x.test,sour\n")},
    }
    second = ask(units, "POST", "/imports", **form).json()["id"]
    assert second != first
    units.advance(5)
    done = ask(units, "GET", f"/imports/{second}?fields=createdCount,errorCount").json()
    assert done == {"createdCount": 1, "errorCount": 0}
    assert pardot_error(ask(units, "GET", f"/imports/{first}?fields=id")) == (404, 109)
    assert units.values(email="two@x.test") == []
    assert len(ids(ask(units, "GET", "/objects/prospects?fields=id&email=two@x.test"))) == 1
    assert len(units.values(email="one@x.test")) == 1


def test_each_unit_has_its_own_cache(units: Emulator) -> None:
    units.switch(cache_lag=60)
    ask(units, "PATCH", "/objects/prospects/1", json={"phone": "1"})
    units.pardot.patch("/objects/prospects/1", json={"phone": "2"})
    url = "/objects/prospects/1?fields=phone"
    assert ask(units, "GET", url).json() == units.read(1, "phone") == {"phone": None}
    units.advance(61)
    assert (ask(units, "GET", url).json(), units.read(1, "phone")) == ({"phone": "1"}, {"phone": "2"})


def test_a_sequence_of_pages_stays_in_its_unit(units: Emulator) -> None:
    page = ask(units, "GET", "/objects/prospects?fields=id&limit=1").json()
    assert [row["id"] for row in page["values"]] == [1]
    following = ask(units, "GET", "/objects/prospects", params={"fields": "id", "nextPageToken": page["nextPageToken"]})
    assert ids(following) == [7]


def test_a_user_who_is_not_in_the_unit(units: Emulator) -> None:
    url = "/objects/prospects?fields=id"
    answer = ask(units, "GET", url, ASIA)
    assert answer.status_code == 401 and answer.json() == {
        "code": 49,
        "message": "Access Denied: User associated with access token is not valid for the Pardot Business Unit ID"
        " specified in Pardot-Business-Unit-Id header",
    }
    units.switch(status_for_membership=403)
    assert pardot_error(ask(units, "GET", url, ASIA)) == (403, 49)
    assert units.requests()[-1]["api_calls"] == 0


def test_a_person_edits_in_one_unit(units: Emulator) -> None:
    edit = {"address": "prospect/1", "fields": {"phone": "7"}, "business_unit_id": EUROPE}
    assert units.plain.put("/__admin/set", json=edit).status_code == 200
    assert ask(units, "GET", "/objects/prospects/1?fields=phone").json() == {"phone": "7"}
    assert units.read(1, "phone") == {"phone": None}
    unknown = units.plain.put("/__admin/set", json={**edit, "business_unit_id": "0Uv"})
    assert unknown.status_code == 400 and "no business unit 0Uv" in unknown.text


def test_the_ids_of_all_units_can_be_asked_for(units: Emulator) -> None:
    health = units.plain.get("/__admin/health").json()
    one = {"id": units.environment["PARDOT_BUSINESS_UNIT_ID"], "name": "One"}
    assert health["business_units"] == [one, {"id": EUROPE, "name": "Europe"}, {"id": ASIA, "name": "Unit 3"}]


def test_the_fixture_edits_in_one_unit(seeded: Path, tmp_path: Path) -> None:
    data = tmp_path / "units.db"
    data.write_bytes(seeded.read_bytes())
    with running_emulator(data) as made:
        made.edit("prospect/1", business_unit_id=EUROPE, phone="europe")
        bearer = {"Authorization": f"Bearer {made.environment['SF_ACCESS_TOKEN']}"}
        phones = []
        for unit in (EUROPE, made.environment["PARDOT_BUSINESS_UNIT_ID"]):
            headers = bearer | {"Pardot-Business-Unit-Id": unit}
            read = httpx.get(f"{made.url}/api/v5/objects/prospects/1?fields=phone", headers=headers, trust_env=False)
            phones.append(read.json()["phone"])
        assert phones == ["europe", None]


def test_a_user_who_left_the_unit(units: Emulator) -> None:
    user = units.values("users", email="integration@emulator.test")[0]["id"]
    units.set(f"user/{user}", isDeleted=True)
    assert pardot_error(units.pardot.get("/objects/prospects?fields=id")) == (401, 49)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("units: [{id: 0Uv5e0000000eur}]", "folder must be"),
        ("units: [{folder: ../europe}]", "folder must be"),
        ("units: [{folder: gone}]", "there is no folder"),
        ("units: [{folder: europe, color: red}]", "unknown key under units: color"),
        ("units: [{folder: europe, id: 00D5e0000000eur}]", "starts with 0Uv"),
        ("units: [{folder: europe, settings: {latency: 3}}]", "no settings of its own for latency"),
        ("units: [{folder: europe, settings: {ampsea: 3}}]", "ampsea"),
        ("units: [{folder: europe}, {folder: europe, id: 0Uv5e0000000002}]", "a second unit"),
        ("units: [{folder: europe, connected: never}]", "true or false"),
        ("pardot: {abilities: [Fly]}", "abilities"),
        ("units: [{folder: europe, abilities: [Fly]}]", "abilities"),
    ],
)
def test_declarations_that_cannot_be_meant(tmp_path: Path, declared: str, message: str) -> None:
    (tmp_path / "seed" / "europe").mkdir(parents=True)
    (tmp_path / "seed" / "schema.yml").write_text(declared)
    with pytest.raises(EmulatorError, match=message):
        seed(tmp_path / "emulator.db", tmp_path / "seed")
    assert not (tmp_path / "emulator.db").exists()


def test_the_admin_where_their_number_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "seed"
    (folder / "europe").mkdir(parents=True)
    (folder / "schema.yml").write_text(f"units: [{{folder: europe, id: {EUROPE}}}]")
    (folder / "europe" / "pardot_users.csv").write_text("id,email\n9000002,other@x.test\n")
    (folder / "europe" / "prospects.csv").write_text("id,email\n1,eva@x.test\n")
    seed(tmp_path / "emulator.db", folder)
    with running(tmp_path / "emulator.db") as made:
        edit = {"address": "prospect/1", "fields": {"phone": "7"}, "business_unit_id": EUROPE}
        assert made.plain.put("/__admin/set", json=edit).status_code == 200
        shown = ask(made, "GET", "/objects/prospects/1?fields=updatedBy.email").json()
        account = ask(made, "GET", "/objects/account?fields=admin.email").json()
        assert shown["updatedBy"] == account["admin"] == {"email": "ada.admin@emulator.test"}

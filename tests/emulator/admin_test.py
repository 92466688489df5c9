"""The emulator's own endpoints: log, switches, clock, edits, faults."""

import json
import time
from dataclasses import fields

import httpx
import pytest

from pardotflow.emulator.switches import TABLE, Switches
from tests.emulator.running import DATA, Emulator

ANN = "0035e000000con1AAA"


def test_health(shared: Emulator) -> None:
    body = shared.plain.get("/__admin/health").json()
    assert body["status"] == "ok" and body["business_unit_id"] == shared.environment["PARDOT_BUSINESS_UNIT_ID"]


def test_requests_are_recorded_without_secrets(emulator: Emulator) -> None:
    e = emulator.environment
    form = {
        "grant_type": "refresh_token",
        "refresh_token": e["SF_REFRESH_TOKEN"],
        "client_id": e["SF_CLIENT_ID"],
        "client_secret": e["SF_CLIENT_SECRET"],
    }
    session = emulator.plain.post("/services/oauth2/token", data=form).json()["access_token"]
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "1"}, headers={"Sforce-Auto-Assign": "FALSE"})
    emulator.pardot.get("/objects/users", params={"fields": "id"})
    emulator.plain.get(DATA + "/limits")
    token, patch, get, refused = emulator.requests()
    assert [r["system"] for r in (token, patch, get, refused)] == ["oauth", "salesforce", "pardot", "salesforce"]
    assert [r["api_calls"] for r in (token, patch, get, refused)] == [0, 1, 1, 0]
    assert (patch["method"], patch["status"], patch["body"]) == ("PATCH", 204, '{"Phone":"1"}')
    assert patch["path"] == f"{DATA}/sobjects/Contact/{ANN}" and patch["headers"]["sforce-auto-assign"] == "FALSE"
    assert get["query"] == "fields=id" and '"id":9000001' in get["answer"] and get["seconds"] < 5
    text = emulator.plain.get("/__admin/requests").text
    for secret in (session, e["SF_ACCESS_TOKEN"], e["SF_REFRESH_TOKEN"], e["SF_CLIENT_SECRET"]):
        assert secret not in text


def test_the_log_can_be_read_from_a_number_on_cleared_and_switched_off(emulator: Emulator) -> None:
    for _ in range(3):
        emulator.salesforce.get("/limits")
    assert [r["n"] for r in emulator.requests()] == [1, 2, 3]
    rest = emulator.plain.get("/__admin/requests", params={"since": 2}).json()
    assert [r["n"] for r in rest["requests"]] == [3] and rest["last"] == 3
    assert emulator.plain.get("/__admin/requests", params={"limit": 1}).json()["last"] == 1
    assert emulator.plain.delete("/__admin/requests").status_code == 204
    emulator.switch(log=False)
    answer = emulator.salesforce.get("/limits")
    assert emulator.requests() == [] and answer.headers["sforce-limit-info"].startswith("api-usage=4/")


def test_recorded_bodies_are_cut(emulator: Emulator) -> None:
    emulator.switch(log_request_bytes=5, log_answer_bytes=4)
    emulator.salesforce.post("/composite/sobjects", json={"records": []})
    assert (emulator.requests()[0]["body"], len(emulator.requests()[0]["answer"])) == ('{"rec', 4)


def test_switches_are_one_table(shared: Emulator) -> None:
    assert {info.name for info in TABLE} == {f.name for f in fields(Switches)}
    assert all(info.fact for info in TABLE)
    values = shared.plain.get("/__admin/switches").json()
    assert values == {info.name: info.default for info in TABLE}
    table = shared.plain.get("/__admin/switches", params={"table": "true"}).json()
    assert set(table[0]) == {"name", "default", "choices", "fact", "value"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"nope": 1}, "there is no switch 'nope'"),
        ({"ampsea": 1}, "takes a value like True"),
        ({"clear_with": "magic"}, "takes 'both' or 'null' or 'empty'"),
        ({"status_for_unit": 500}, "takes 400 or 403"),
        ({"cache_lag": -1}, "takes a value like 0.0"),
        ({"cache_lag": True}, "takes a value like 0.0"),
        ({"query_cursors": 1.5}, "takes a value like 10"),
        ({"pardot_time_zone": "Mars/Base"}, "neither an offset"),
        ({"pardot_time_zone": "+99:00"}, "neither an offset"),
        ({"latency": 1e10}, "takes a value like 0.0"),
        ({"session_seconds": 10**20}, "takes a value like 7200"),
        ({"ampse": True}, "there is no switch 'ampse'; did you mean ampsea?"),
    ],
)
def test_switches_say_what_they_take(shared: Emulator, body: dict[str, object], words: str) -> None:
    answer = shared.plain.put("/__admin/switches", json=body)
    assert answer.status_code == 400 and words in answer.json()["error"]


def test_the_clock(emulator: Emulator) -> None:
    assert emulator.plain.get("/__admin/clock").json()["offset"] == 0
    emulator.advance(3600)
    emulator.advance(3600)
    assert emulator.plain.get("/__admin/clock").json()["offset"] == 7200
    shown = httpx.Response(200, headers=emulator.salesforce.get("/limits").headers).headers["date"]
    assert time.mktime(time.strptime(shown, "%a, %d %b %Y %H:%M:%S GMT")) - time.mktime(time.gmtime()) > 7000
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "1"})
    assert emulator.plain.put("/__admin/clock", json={"offset": 0}).json()["offset"] == 0
    later = emulator.row("Contact", ANN)["SystemModstamp"]
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "1"})
    assert emulator.row("Contact", ANN)["SystemModstamp"] < later
    assert emulator.plain.put("/__admin/clock", json={"offset": "soon"}).status_code == 400


def test_an_edit_is_signed_by_a_person(emulator: Emulator) -> None:
    assert emulator.set("Contact/ann@x.test", Phone="+1 555", pi__score__c=7) == f"Contact/{ANN}"
    names = "SELECT LastModifiedBy.Name, pi__score__c, Phone FROM Contact WHERE SystemModstamp = TODAY"
    (record,) = emulator.soql(names)["records"]
    assert record["LastModifiedBy"]["Name"] == "Ada Admin"
    assert (record["pi__score__c"], record["Phone"]) == (7.0, "+1 555")
    assert emulator.set("prospect/1", score="99", optedOut=True, grade="A") == "prospect/1"
    assert emulator.read(1, "score,optedOut,grade,updatedBy.email") == {
        "grade": "A",
        "optedOut": True,
        "score": 99,
        "updatedBy": {"email": "ada.admin@emulator.test"},
    }


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"address": "Contact", "fields": {}},
        {"address": "Unicorn/1", "fields": {"a": 1}},
        {"address": "Contact/0035e000000zzzz", "fields": {"Phone": "1"}},
        {"address": f"Contact/{ANN}", "fields": {"Nope": "1"}},
        {"address": f"Contact/{ANN}", "fields": {"Birthdate": "soon"}},
        {"address": "prospect/bob@x.test", "fields": {"phone": "1"}},
        {"address": "prospect/1", "fields": {"score": "high"}},
    ],
)
def test_edits_that_cannot_be_made(shared: Emulator, body: dict[str, object]) -> None:
    answer = shared.plain.put("/__admin/set", json=body)
    assert answer.status_code == 400 and list(answer.json()) == ["error"]


def test_unknown_admin_paths_and_bodies(shared: Emulator) -> None:
    assert shared.plain.get("/__admin/nope").status_code == 404
    assert shared.plain.post("/__admin/health").status_code == 404
    assert shared.plain.put("/__admin/switches", content=b"{").status_code == 400
    assert shared.plain.put("/__admin/switches", content=b"[]").status_code == 400
    assert shared.plain.get("/__admin/requests?since=x").status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("set", {"address": "prospect/1", "fields": {"phone": "\ud800"}}),
        ("set", {"address": "Contact/\ud800", "fields": {"Phone": "1"}}),
        ("switches", {"redirect_uris": "\ud800"}),
        ("rules", {"sharing": [{"object": "\ud800", "hidden": "Id = null"}]}),
    ],
)
def test_half_of_a_character_is_refused(shared: Emulator, path: str, body: dict[str, object]) -> None:
    answer = shared.plain.put(f"/__admin/{path}", content=json.dumps(body))
    assert answer.status_code == 400 and list(answer.json()) == ["error"]
    assert shared.plain.get("/__admin/switches").json()["redirect_uris"] == ""


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_pages_of_other_sites_are_refused(emulator: Emulator, origin: str) -> None:
    answer = emulator.plain.post("/__admin/reset", headers={"Origin": origin})
    assert (answer.status_code, list(answer.json())) == (403, ["error"])


def test_a_page_of_its_own_is_not(emulator: Emulator) -> None:
    own = emulator.plain.get("/__admin/health", headers={"Origin": emulator.environment["SF_INSTANCE_URL"]})
    assert own.status_code == 200

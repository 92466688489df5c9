"""Fault plans: rules, named troubles, when they hit, and what is refused."""

import json
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from pardotflow.emulator import EmulatorError
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.faults import list_faults, read_plan, read_plan_file
from pardotflow.emulator.seeding import seed
from tests.emulator.conftest import FOLDER
from tests.emulator.process_test import process
from tests.emulator.running import Emulator, pardot_error

ANN, BOB = "0035e000000con1AAA", "0035e000000con2AAA"


def plan(emulator: Emulator, *rules: dict[str, Any], **more: object) -> None:
    answer = emulator.plain.put("/__admin/faults", json={"rules": rules, **more})
    assert answer.status_code == 200, answer.text


def statuses(emulator: Emulator, count: int) -> list[int]:
    return [emulator.salesforce.get("/limits").status_code for _ in range(count)]


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({"system": "pardot"}, [False, False, True]),
        ({"method": "patch"}, [False, True, False]),
        ({"path": "limits$"}, [True, False, False]),
        ({"query": "fields=id"}, [False, False, True]),
        ({"body": '"Phone": ?"9"'}, [False, True, False]),
        ({"system": "salesforce", "method": "GET"}, [True, False, False]),
    ],
)
def test_what_a_rule_matches(emulator: Emulator, match: dict[str, str], hit: list[bool]) -> None:
    plan(emulator, {"match": match, "status": 418, "times": "always"})
    answers = [
        emulator.salesforce.get("/limits"),
        emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "9"}),
        emulator.pardot.get("/objects/users", params={"fields": "id"}),
    ]
    assert [answer.status_code == 418 for answer in answers] == hit


def test_a_code_becomes_the_systems_own_error(emulator: Emulator) -> None:
    plan(
        emulator,
        {"code": "STORAGE_LIMIT_EXCEEDED", "match": {"system": "salesforce"}},
        {"code": 66},
        {"code": 999, "status": 400, "message": "new"},
        {"code": "unknown_error", "match": {"system": "oauth"}, "status": 503},
    )
    assert emulator.salesforce_error(emulator.salesforce.get("/limits")) == (403, "STORAGE_LIMIT_EXCEEDED")
    assert pardot_error(emulator.pardot.get("/objects/users?fields=id")) == (429, 66)
    assert pardot_error(emulator.pardot.get("/objects/users?fields=id")) == (400, 999)
    answer = emulator.plain.post("/services/oauth2/token")
    assert answer.status_code == 503 and answer.json()["error"] == "unknown_error"
    assert emulator.plain.get("/__admin/faults").json() == {"faults": []}


def test_an_expired_token_stays_expired(emulator: Emulator) -> None:
    plan(emulator, {"trouble": "expired_token", "match": {"system": "pardot"}})
    users = "/objects/users?fields=id"
    assert [pardot_error(emulator.pardot.get(users)) for _ in range(2)] == [(401, 184)] * 2
    assert emulator.salesforce_error(emulator.salesforce.get("/limits")) == (401, "INVALID_SESSION_ID")


def test_quota_and_rate_as_each_system_says_it(emulator: Emulator) -> None:
    emulator.switch(status_for_concurrency=503)
    for trouble, code in (("quota_reached", (429, 122)), ("rate_limited", (503, 66))):
        rule = {"trouble": trouble, "times": 2, "headers": {"Retry-After": "9"}}
        plan(emulator, rule)
        refused = emulator.salesforce.get("/limits")
        assert emulator.salesforce_error(refused) == (403, "REQUEST_LIMIT_EXCEEDED")
        assert refused.headers["retry-after"] == "9"
        assert pardot_error(emulator.pardot.get("/objects/users?fields=id")) == code
    plan(emulator, {"trouble": "rate_limited"})
    assert emulator.plain.post("/services/oauth2/token").json()["error"] == "rate_limit_exceeded"


def contacts() -> dict[str, Any]:
    return {"records": [{"attributes": {"type": "Contact"}, "id": i, "Phone": "7"} for i in (ANN, BOB)]}


@pytest.mark.parametrize(("rows", "saved"), [([1], [False, True]), ([2], [True, False]), ([1, 2], [False, False])])
def test_locked_rows_of_a_collection(emulator: Emulator, rows: list[int], saved: list[bool]) -> None:
    plan(emulator, {"trouble": "row_lock", "rows": rows})
    emulator.salesforce.get("/limits")  # a read meets no lock
    results = emulator.salesforce.patch("/composite/sobjects", json=contacts()).json()
    assert [result["success"] for result in results] == saved
    assert [emulator.row("Contact", i)["Phone"] == "7" for i in (ANN, BOB)] == saved
    (error,) = results[rows[0] - 1]["errors"]
    assert error["statusCode"] == "UNABLE_TO_LOCK_ROW" and error["message"].endswith((ANN, BOB))


def test_a_locked_single_row_and_one_inside_a_composite(emulator: Emulator) -> None:
    plan(emulator, {"trouble": "row_lock"}, {"trouble": "row_lock", "rows": [2]})
    answer = emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "7"})
    assert emulator.salesforce_error(answer) == (400, "UNABLE_TO_LOCK_ROW")
    url = "/services/data/v60.0/sobjects/Contact/"
    parts = [{"method": "PATCH", "url": url + i, "referenceId": f"r{i}", "body": {"Phone": "8"}} for i in (ANN, BOB)]
    done = emulator.salesforce.post("/composite", json={"compositeRequest": parts}).json()["compositeResponse"]
    assert [part["httpStatusCode"] for part in done] == [204, 400]
    assert emulator.row("Contact", ANN)["Phone"] == "8"


def test_a_random_share_of_rows_is_the_same_each_time(emulator: Emulator) -> None:
    body = {"records": [{"attributes": {"type": "Contact"}, "LastName": str(n)} for n in range(60)]}
    seen = []
    for number in (1, 1, 2):
        plan(emulator, {"trouble": "row_lock", "share": 0.3}, seed=number)
        results = emulator.salesforce.post("/composite/sobjects", json=body).json()
        seen.append([result["success"] for result in results])
    assert seen[0] == seen[1] != seen[2] and 5 < seen[0].count(False) < 35


@pytest.mark.parametrize("status", [500, 502, 503])
def test_server_errors(emulator: Emulator, status: int) -> None:
    plan(emulator, {"trouble": "server_error", "status": status, "effect": True, "times": 2})
    answer = emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "5"})
    assert answer.status_code == status and answer.content
    assert emulator.pardot.get("/objects/users?fields=id").status_code == status
    assert emulator.row("Contact", ANN)["Phone"] == "5"


def test_the_cache_lags_from_a_request_on(emulator: Emulator) -> None:
    before = emulator.read(1, "phone")
    plan(emulator, {"match": {"method": "PATCH"}, "trouble": "cache_lag", "seconds": 30})
    emulator.pardot.patch("/objects/prospects/1", json={"phone": "late"})
    assert emulator.read(1, "phone") == before
    emulator.advance(31)
    assert emulator.read(1, "phone") == {"phone": "late"}


def test_a_cut_answer_has_its_true_length(emulator: Emulator) -> None:
    whole = emulator.salesforce.get("/sobjects/Contact/describe")
    plan(emulator, {"match": {"path": "describe"}, "truncate": 100})
    url = emulator.plain.base_url
    with socket.create_connection((url.host, url.port or 80), timeout=10) as raw:
        token = emulator.environment["SF_ACCESS_TOKEN"]
        head = f"GET {whole.request.url.path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        raw.sendall(head.encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    sent, _, body = answer.partition(b"\r\n\r\n")
    assert f"content-length: {len(whole.content)}".encode() in sent.lower()
    assert body == whole.content[:100]
    assert len(emulator.requests()[-1]["answer"]) == 100
    plan(emulator, {"match": {"path": "describe"}, "truncate": 100})
    with pytest.raises(httpx.RemoteProtocolError):
        emulator.salesforce.get("/sobjects/Contact/describe")
    plan(emulator, {"truncate": 10**6})
    assert emulator.salesforce.get("/limits").json()


def test_null_is_as_if_the_key_were_not_there(emulator: Emulator) -> None:
    plan(emulator, {"trouble": None, "status": 500, "code": None, "times": None, "match": None})
    assert statuses(emulator, 2) == [500, 200]


def test_every_skip_and_times(emulator: Emulator) -> None:
    plan(emulator, {"status": 500, "every": 3, "skip": 1, "times": 2})
    assert statuses(emulator, 9) == [200, 200, 200, 500, 200, 200, 500, 200, 200]


def test_chance_is_the_same_for_the_same_requests(emulator: Emulator) -> None:
    rules: list[dict[str, Any]] = [{"status": 500, "probability": 0.4}, {"status": 503, "probability": 0.4}]
    seen = []
    for number in (3, 3, 4):
        plan(emulator, *rules, seed=number)
        seen.append(statuses(emulator, 25))
    assert seen[0] == seen[1] != seen[2] and {200, 500, 503} == set(seen[0])


def test_times_and_chance_are_counted_over_processes_and_restarts(data: Path) -> None:
    rule = {"status": 500, "probability": 0.5, "times": 6}
    with process(data) as (_, one):
        plan(one, rule, seed=9)
        alone = statuses(one, 30)
        assert alone.count(500) == 6
        plan(one, rule, seed=9)
        begun = statuses(one, 4)
    with process(data) as (_, one), process(data) as (_, other):
        rest = [answer for k in range(26) for answer in statuses((one, other)[k % 2], 1)]
        assert begun + rest == alone
        plan(one, {"status": 500, "times": 10})
        with ThreadPoolExecutor(4) as pool:
            served = list(pool.map(lambda k: statuses((one, other)[k % 2], 1)[0], range(40)))
        assert served.count(500) == 10


def test_faults_of_signing_in_bulk_and_imports(emulator: Emulator) -> None:
    e = emulator.environment
    form = {"grant_type": "refresh_token", "refresh_token": e["SF_REFRESH_TOKEN"], "client_id": e["SF_CLIENT_ID"]}
    plan(emulator, {"code": "rate_limit_exceeded"}, {"match": {"system": "oauth"}, "drop": "after"})
    limited = emulator.plain.post("/services/oauth2/token", data=form)
    assert (limited.status_code, limited.json()["error"]) == (400, "rate_limit_exceeded")
    with pytest.raises(httpx.RemoteProtocolError):
        emulator.plain.post("/services/oauth2/token", data=form)
    job = emulator.salesforce.post("/jobs/ingest", json={"object": "Lead", "operation": "insert"}).json()["id"]
    plan(emulator, {"match": {"path": "/batches$", "system": "salesforce"}, "drop": "before"})
    batches, rows, csv = f"/jobs/ingest/{job}/batches", "LastName,Company\nA,B\n", {"Content-Type": "text/csv"}
    with pytest.raises(httpx.RemoteProtocolError):
        emulator.salesforce.put(batches, content=rows, headers=csv)
    assert emulator.salesforce.put(batches, content=rows, headers=csv).status_code == 201
    plan(emulator, {"match": {"path": "/imports$", "body": "Upsert"}, "drop": "after"})
    with pytest.raises(httpx.RemoteProtocolError):
        emulator.start_import("matchEmail,phone\nann@x.test,after\n")
    emulator.advance(5)
    assert emulator.read(1, "phone") == {"phone": "after"}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("text", "rule 1: must be a mapping"),
        ({"color": 1, "status": 500}, "unknown key: color; there are: body"),
        ({"match": {"url": "x"}, "status": 500}, "unknown key in match: url"),
        ({"match": {"path": "("}, "status": 500}, "path is no regular expression"),
        ({"match": {"path": "a"}, "path": "b", "status": 500}, "path stands in match and beside it"),
        ({"match": {"system": "sap"}, "status": 500}, "match.system is salesforce, pardot, oauth, not 'sap'"),
        ({"match": {}}, "does nothing"),
        ({"status": 9}, "status must be from 200 to 599"),
        ({"trouble": "rain"}, "there is no trouble 'rain'; there are: expired_token"),
        ({"trouble": "row_lock", "rows": [0]}, "rows is a list of places"),
        ({"trouble": "row_lock", "rows": [1], "share": 0.5}, "write rows or share"),
        ({"trouble": "row_lock", "match": {"system": "pardot"}}, "pardot has no trouble row_lock"),
        ({"trouble": "quota_reached", "status": 500}, "trouble quota_reached takes no status"),
        ({"trouble": "server_error", "status": 501}, "has status 500, 502, 503"),
        ({"code": 12345}, "write its status and message too"),
        ({"code": 66, "match": {"system": "salesforce"}}, "salesforce has no code 66"),
        ({"status": 500, "rows": [1]}, "rows belongs to a trouble"),
        ({"status": 500, "probability": 2}, "probability must be from 0 to 1"),
        ({"status": 500, "every": 0}, "every must be 1 or more"),
        ({"status": 500, "times": "often"}, "times must be a number"),
        ({"drop": "now"}, "drop is before or after"),
        ({"truncate": -1}, "truncate must be 0 or more"),
        ({"drop": []}, "drop is before or after"),
        ({"status": 500, "effect": "no"}, "effect is true or false, not 'no'"),
        ({"trouble": {}}, "there is no trouble {}"),
        ({"status": 204, "body": "x"}, "an answer with status 204 has no body"),
        ({"status": 500, "headers": {"a b": "x"}}, "is no header that can be sent"),
        ({"status": 500, "headers": {"a": "x\r\nb: y"}}, "is no header that can be sent"),
        ({"status": 500, "headers": {"a": "\u2603"}}, "is no header that can be sent"),
        ({"status": 500, "headers": {"Content-Length": 3}}, "Content-Length is made by the server"),
        ({"status": 500, "body": "\ud800"}, "a text cannot be sent"),
        ({"code": "X", "message": "\ud800"}, "a text cannot be sent"),
    ],
)
def test_rules_that_cannot_be_meant(shared: Emulator, rule: object, words: str) -> None:
    answer = shared.plain.put("/__admin/faults", content=json.dumps([rule]))
    assert answer.status_code == 400 and words in answer.json()["error"]
    assert answer.json()["error"].startswith("rule 1: ")
    assert shared.plain.get("/__admin/faults").json() == {"faults": []}


@pytest.mark.parametrize("document", [{"rule": []}, {"rules": 1}, "text"])
def test_plans_that_cannot_be_meant(document: object) -> None:
    with pytest.raises(EmulatorError, match="fault plan"):
        read_plan(document)


def test_a_plan_comes_from_a_file_or_a_seed(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "plan.yml"
    file.write_text("seed: 1\nrules:\n  - {match: {path: limits}, trouble: server_error}\n")
    with process(data, "--faults", str(file)) as (_, emulator):
        assert statuses(emulator, 2) == [503, 200]
    folder = Path(shutil.copytree(FOLDER, tmp_path / "seed"))
    with (folder / "schema.yml").open("a") as schema:
        schema.write("\nfaults:\n  - {status: 500, every: 2}\n")
    seed(tmp_path / "seeded.db", folder)
    seeded = DataFile(tmp_path / "seeded.db")
    assert list_faults(seeded) == [
        {"seed": "0.1", "status": 500, "every": 2, "n": 1, "skip": 0, "times": "always", "met": 0}
    ]
    seeded.close()
    file.write_text(json.dumps([{"status": "x"}]))
    with pytest.raises(EmulatorError, match=r"plan\.yml: rule 1: status must be a number"):
        read_plan_file(file)

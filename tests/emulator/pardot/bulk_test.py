"""Bulk actions: states, what they do, errors and mistakes."""

import json
from typing import Any

import httpx
import pytest

from tests.emulator.running import Emulator, pardot_error

FIELDS = "status,count,processedCount,percentComplete,errorCount,fileName,bulkAction"


def post(emulator: Emulator, table: str | None = "id\n1\n", **body: object) -> httpx.Response:
    body = {"object": "Prospect", "bulkAction": "delete", "status": "Ready", **body}
    files: dict[str, Any] = {"input": (None, json.dumps(body))}
    if table is not None:
        files["file"] = ("ids.csv", table)
    return emulator.pardot.post("/bulk-actions?fields=id,status", files=files)


def read(emulator: Emulator, action_id: int, fields: str = "status") -> dict[str, Any]:
    found: dict[str, Any] = emulator.pardot.get(f"/bulk-actions/{action_id}", params={"fields": fields}).json()
    return found


def change(emulator: Emulator, action_id: int, status: str) -> httpx.Response:
    return emulator.pardot.patch(f"/bulk-actions/{action_id}?fields=status", json={"status": status})


def test_delete_to_the_recycle_bin(emulator: Emulator) -> None:
    emulator.switch(bulk_action_delay=10)
    answer = post(emulator, "id\n1\n4\n77\nx\n2\n")
    made = answer.json()
    assert answer.status_code == 201 and made["status"] == "Waiting"
    assert answer.headers["location"].endswith(f"/api/v5/bulk-actions/{made['id']}?fields=id,status")
    emulator.advance(6)
    assert read(emulator, made["id"]) == {"status": "Processing"}
    emulator.advance(6)
    assert read(emulator, made["id"], FIELDS) == {
        "bulkAction": "delete",
        "count": 5,
        "errorCount": 3,
        "fileName": "ids.csv",
        "percentComplete": 100,
        "processedCount": 5,
        "status": "Complete",
    }
    assert [row["id"] for row in emulator.values(deleted="true")] == [1, 2, 4]
    lines = emulator.pardot.get(read(emulator, made["id"], "errorsRef")["errorsRef"]).text.splitlines()
    assert [line.split(",")[:2] for line in lines] == [["id", "errorCode"], ["4", "109"], ["77", "109"], ["x", "16"]]


def test_destroy_what_is_in_the_recycle_bin(emulator: Emulator) -> None:
    action_id = post(emulator, "id\n4\n1\n", bulkAction="Permanently Delete").json()["id"]
    emulator.advance(5)
    assert read(emulator, action_id, "errorCount,bulkAction") == {"bulkAction": "permanentlyDelete", "errorCount": 1}
    assert pardot_error(emulator.pardot.get("/objects/prospects/4?fields=id&deleted=true")) == (404, 109)
    assert emulator.read(1, "id") == {"id": 1}


def test_pause_resume_and_cancel(emulator: Emulator) -> None:
    emulator.switch(bulk_action_delay=10)
    action_id = post(emulator, status=None).json()["id"]
    assert read(emulator, action_id) == {"status": "Open"}
    assert pardot_error(change(emulator, action_id, "Paused")) == (400, 161)
    assert change(emulator, action_id, "Ready").json() == {"status": "Waiting"}
    assert change(emulator, action_id, "Paused").json() == {"status": "Paused"}
    emulator.advance(30)
    assert read(emulator, action_id) == {"status": "Paused"} and emulator.read(1, "id")
    assert change(emulator, action_id, "Ready").json() == {"status": "Waiting"}
    assert change(emulator, action_id, "Cancelled").json() == {"status": "Cancelled"}
    emulator.advance(30)
    assert read(emulator, action_id) == {"status": "Cancelled"} and emulator.read(1, "id")
    assert pardot_error(change(emulator, action_id, "Ready")) == (400, 161)
    assert pardot_error(emulator.pardot.get(f"/bulk-actions/{action_id}/errors")) == (404, 109)


@pytest.mark.parametrize(
    ("table", "body", "code"),
    [
        (None, {}, 162),
        ("", {}, 204),
        ("id\n", {}, 159),
        ("email\na@x.test\n", {}, 130),
        ("id\n" + "1\n" * 100_001, {}, 63),
        ("id\n1\n", {"object": "List"}, 154),
        ("id\n1\n", {"object": None}, 153),
        ("id\n1\n", {"bulkAction": None}, 153),
        ("id\n1\n", {"bulkAction": "explode"}, 154),
        ("id\n1\n", {"status": "Done"}, 154),
        ("id\n1\n", {"color": "red"}, 180),
    ],
)
def test_mistakes(shared: Emulator, table: str | None, body: dict[str, object], code: int) -> None:
    assert pardot_error(post(shared, table, **body)) == (400, code)


def test_mistakes_in_requests(shared: Emulator) -> None:
    assert pardot_error(shared.pardot.post("/bulk-actions", json={"object": "Prospect"})) == (400, 151)
    assert pardot_error(shared.pardot.get("/bulk-actions/77?fields=id")) == (404, 109)
    assert pardot_error(shared.pardot.patch("/bulk-actions/77", json={"status": "Ready"})) == (404, 109)
    assert pardot_error(shared.pardot.delete("/bulk-actions/77")) == (405, 60)


def test_query_and_wrong_changes(emulator: Emulator) -> None:
    made = [post(emulator, status=None).json()["id"] for _ in range(2)]
    page = emulator.pardot.get("/bulk-actions", params={"fields": "id,status,origin", "idGreaterThan": made[0]})
    assert page.json()["values"] == [{"id": made[1], "origin": "API", "status": "Open"}]
    url = f"/bulk-actions/{made[0]}"
    for body, code in (({"status": "Done"}, 154), ({"status": ["Ready"]}, 154), ({}, 154), ({"object": "List"}, 180)):
        assert pardot_error(emulator.pardot.patch(url, json=body)) == (400, code)


def test_a_file_with_more_than_ids(shared: Emulator) -> None:
    assert pardot_error(post(shared, "id\n1,2\n")) == (400, 159)
    assert pardot_error(post(shared, "id,x\n1,2\n")) == (400, 130)

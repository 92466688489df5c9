"""The life of an import: create, batches, submit, states, errors, cancel, expiry."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.emulator.running import Emulator, pardot_error, running

TABLE = "matchId,phone\n1,77\n"
BODY = {"operation": "Upsert", "object": "Prospect"}


def opened(emulator: Emulator, **more: object) -> int:
    answer = emulator.pardot.post("/imports", json={**BODY, **more})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def add(emulator: Emulator, import_id: int, *tables: str) -> httpx.Response:
    files = [("file", (f"{k}.csv", table)) for k, table in enumerate(tables)]
    return emulator.pardot.post(f"/imports/{import_id}/batches", files=files)


def status(emulator: Emulator, import_id: int, fields: str = "status") -> dict[str, Any]:
    found: dict[str, Any] = emulator.pardot.get(f"/imports/{import_id}", params={"fields": fields}).json()
    return found


def test_the_long_way(emulator: Emulator) -> None:
    emulator.switch(import_delay=10)
    answer = emulator.pardot.post("/imports?fields=id,status,batchesRef,createOnNoMatch", json=BODY)
    body = answer.json()
    assert answer.status_code == 201 and f"/api/v5/imports/{body['id']}?fields=id" in answer.headers["location"]
    assert body["status"] == "Open" and body["createOnNoMatch"] is True
    for phone in ("77", "78"):
        added = emulator.pardot.post(body["batchesRef"], files={"file": ("a.csv", f"matchId,phone\n1,{phone}\n")})
        assert added.status_code == 204 and not added.content
    ready = emulator.pardot.patch(f"/imports/{body['id']}?fields=status", json={"status": "Ready"})
    assert ready.status_code == 200 and ready.json() == {"status": "Waiting"}
    emulator.advance(6)
    assert status(emulator, body["id"]) == {"status": "Processing"}
    assert emulator.read(1, "phone") == {"phone": None}
    emulator.advance(6)
    assert emulator.read(1, "phone,updatedById") == {"phone": "78", "updatedById": 9000001}
    done = status(emulator, body["id"], "status,createdCount,updatedCount,errorCount,errorRef,errorsRef,isExpired")
    assert done == {
        "createdCount": 0,
        "errorCount": 0,
        "errorRef": None,
        "errorsRef": None,
        "isExpired": False,
        "status": "Complete",
        "updatedCount": 2,
    }


def test_ready_without_fields_has_no_body(emulator: Emulator) -> None:
    import_id = opened(emulator)
    add(emulator, import_id, TABLE)
    assert emulator.pardot.patch(f"/imports/{import_id}", json={"status": "Ready"}).status_code == 204


def test_the_short_way(emulator: Emulator) -> None:
    emulator.switch(import_delay=4)
    import_id = emulator.start_import(TABLE)
    assert status(emulator, import_id) == {"status": "Waiting"}
    emulator.advance(5)
    assert status(emulator, import_id) == {"status": "Complete"}


def test_nobody_has_to_poll(emulator: Emulator) -> None:
    emulator.start_import(TABLE)
    emulator.advance(5)
    assert emulator.values(fields="phone", idList="1") == [{"phone": "77"}]


def test_an_import_survives_a_restart_and_runs_once(data: Path) -> None:
    with running(data) as emulator:
        emulator.switch(import_delay=10)
        import_id = emulator.start_import("matchEmail,email,phone\nnew@x.test,new@x.test,1\n")
    with running(data) as again:
        assert status(again, import_id)["status"] == "Waiting"
        again.advance(20)
    with running(data) as last:
        assert status(last, import_id, "createdCount,status") == {"createdCount": 1, "status": "Complete"}
        assert len(last.values(email="new@x.test")) == 1


def test_many_that_ask_at_once_carry_an_import_out_once(emulator: Emulator) -> None:
    rows = "".join(f"many{k}@x.test,{k}\n" for k in range(2000))
    import_id = emulator.start_import("email,phone\n" + rows)
    emulator.advance(5)
    with ThreadPoolExecutor(5) as threads:
        shown = list(threads.map(lambda _: status(emulator, import_id, "status,createdCount"), range(5)))
    assert shown == [{"createdCount": 2000, "status": "Complete"}] * 5
    assert emulator.values(fields="phone", email="many7@x.test") == [{"phone": "7"}]


def test_a_refused_file_leaves_no_import(emulator: Emulator) -> None:
    body = {"input": json.dumps({**BODY, "status": "Ready"})}
    answer = emulator.pardot.post("/imports", data=body, files={"file": ("a.csv", "matchId,nope\n1,1\n")})
    assert pardot_error(answer) == (400, 130)
    assert emulator.pardot.get("/imports?fields=id").json()["values"] == []


def test_errors_are_told_as_csv(emulator: Emulator) -> None:
    table = 'matchId,phone,lastName\n1,77,"A, B"\n99,1,x\nzz,2,"say ""no"""\n4,3,\n1,5,\n'
    done = emulator.run_import(table, createOnNoMatch=False)
    assert (done["createdCount"], done["updatedCount"], done["errorCount"]) == (0, 2, 3)
    ref = status(emulator, done["id"], "errorRef,errorsRef")
    assert ref["errorRef"] == ref["errorsRef"]
    answer = emulator.pardot.get(ref["errorRef"])
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines() == [
        "matchId,phone,lastName,errorCode,errorMessage",
        "99,1,x,92,Prospect record could not be found",
        'zz,2,"say ""no""",3,Invalid prospect ID',
        "4,3,,219,Deleted records can't be updated. Please undelete before updating.",
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 153),
        ({"operation": "Upsert"}, 153),
        ({**BODY, "operation": "Delete"}, 154),
        ({**BODY, "object": "Visitor"}, 154),
        ({**BODY, "status": "Complete"}, 154),
        ({**BODY, "color": "red"}, 180),
        ({**BODY, "createOnNoMatch": "yes"}, 50),
        ({**BODY, "fields": "phone"}, 165),
        ({**BODY, "fields": [{"field": "phone", "overwrite": "yes"}]}, 165),
        ({**BODY, "status": "Ready"}, 156),
    ],
)
def test_imports_that_are_refused(shared: Emulator, body: dict[str, Any], code: int) -> None:
    assert pardot_error(shared.pardot.post("/imports", json=body)) == (400, code)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("", 204),
        ("matchId,phone\n", 159),
        ("matchId,phone\n1\n", 159),
        ("matchId,matchId\n1,1\n", 159),
        ('matchId,phone\n1,"open\n', 159),
        ("matchId,nope\n1,1\n", 130),
        ("matchId,grade\n1,A\n", 130),
        ("matchId,isDeleted\n1,true\n", 130),
        ("phone,lastName\n1,1\n", 197),
    ],
)
def test_batches_that_are_refused(emulator: Emulator, table: str, code: int) -> None:
    assert pardot_error(add(emulator, opened(emulator), table)) == (400, code)


def test_rules_of_batches(emulator: Emulator) -> None:
    import_id = opened(emulator)
    empty = emulator.pardot.post(f"/imports/{import_id}/batches")
    assert pardot_error(empty) == (400, 162)
    assert pardot_error(add(emulator, import_id, TABLE, TABLE)) == (400, 163)
    for _ in range(10):
        assert add(emulator, import_id, TABLE).status_code == 204
    assert pardot_error(add(emulator, import_id, TABLE)) == (400, 160)
    other = opened(emulator)
    add(emulator, other, TABLE)
    assert pardot_error(add(emulator, other, "phone,matchId\n1,1\n")) == (400, 159)
    emulator.switch(import_batch_bytes=10)
    assert pardot_error(add(emulator, other, TABLE)) == (400, 204)


def test_an_import_changes_only_while_it_is_open(emulator: Emulator) -> None:
    import_id = emulator.start_import(TABLE)
    assert pardot_error(add(emulator, import_id, TABLE)) == (400, 161)
    again = emulator.pardot.patch(f"/imports/{import_id}", json={"status": "Ready"})
    assert pardot_error(again) == (400, 155)
    empty = opened(emulator)
    assert pardot_error(emulator.pardot.patch(f"/imports/{empty}", json={"status": "Ready"})) == (400, 156)
    assert pardot_error(emulator.pardot.patch(f"/imports/{empty}", json={"status": "Done"})) == (400, 154)


@pytest.mark.parametrize(("wait", "state"), [(None, "Open"), (0, "Waiting"), (6, "Processing")])
def test_cancel(emulator: Emulator, wait: float | None, state: str) -> None:
    emulator.switch(import_delay=10)
    import_id = opened(emulator) if wait is None else emulator.start_import(TABLE)
    emulator.advance(wait or 0)
    assert status(emulator, import_id) == {"status": state}
    answer = emulator.pardot.post(f"/imports/{import_id}/do/cancel?fields=status")
    assert answer.json() == {"status": "Canceling"}
    emulator.advance(60)
    assert emulator.pardot.get(f"/imports/{import_id}?fields=status").json() == {"status": "Canceled"}
    assert emulator.read(1, "phone") == {"phone": None}
    assert pardot_error(emulator.pardot.post(f"/imports/{import_id}/do/cancel")) == (400, 161)


def test_query_of_imports(emulator: Emulator) -> None:
    first, second = opened(emulator), opened(emulator, fields=[{"field": "phone", "overwrite": False}])
    body = emulator.pardot.get("/imports", params={"fields": "id,status", "limit": 1}).json()
    assert body["values"] == [{"id": first, "status": "Open"}]
    assert body["nextPageUrl"].startswith(f"{emulator.environment['PARDOT_URL']}/api/v5/imports?fields=")
    assert emulator.pardot.get(body["nextPageUrl"]).json()["values"][0]["id"] == second
    options = status(emulator, second, "fields")
    assert options == {"fields": [{"field": "phone", "overwrite": False}]}


def test_expiry(emulator: Emulator) -> None:
    waiting = opened(emulator)
    done = emulator.run_import("matchId,phone\n99,1\n", createOnNoMatch=False)["id"]
    emulator.advance(86_400 + 60)
    assert status(emulator, waiting, "isExpired") == {"isExpired": True}
    assert status(emulator, done, "isExpired") == {"isExpired": False}
    emulator.advance(7 * 86_400)
    assert status(emulator, done, "isExpired") == {"isExpired": True}
    assert pardot_error(emulator.pardot.get(f"/imports/{done}/errors")) == (404, 109)


def test_an_import_that_was_not_submitted_in_time_is_lost(emulator: Emulator) -> None:
    emulator.switch(session_seconds=10**6)
    import_id = opened(emulator)
    add(emulator, import_id, TABLE)
    emulator.advance(86_400 + 60)
    assert pardot_error(add(emulator, import_id, TABLE)) == (400, 161)
    assert pardot_error(emulator.pardot.patch(f"/imports/{import_id}", json={"status": "Ready"})) == (400, 155)
    assert pardot_error(emulator.pardot.post(f"/imports/{import_id}/do/cancel")) == (400, 161)
    assert status(emulator, import_id, "status,isExpired") == {"isExpired": True, "status": "Open"}


def test_errors_of_an_import_that_expired(emulator: Emulator) -> None:
    emulator.switch(session_seconds=10**6)
    done = emulator.run_import("matchId,phone\n99,1\n", createOnNoMatch=False)["id"]
    emulator.advance(7 * 86_400 + 60)
    assert pardot_error(emulator.pardot.get(f"/imports/{done}/errors")) == (404, 109)


def test_a_part_whose_name_is_no_text(shared: Emulator) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--b--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert pardot_error(shared.pardot.post("/imports", content=body, headers=headers)) == (400, 152)


def test_multipart_that_cannot_be_read(shared: Emulator) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    assert pardot_error(shared.pardot.post("/imports", content=b"x", headers=headers)) == (400, 166)
    no_input = shared.pardot.post("/imports", files={"file": ("a.csv", TABLE)})
    assert pardot_error(no_input) == (400, 152)
    two = shared.pardot.post(
        "/imports", data={"input": json.dumps(BODY)}, files=[("file", ("a", TABLE)), ("file", ("b", TABLE))]
    )
    assert pardot_error(two) == (400, 163)

"""The clock: an instant, standing still, moved on; and everything that looks at it."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.emulator.running import Emulator, pardot_error

ANN = "0035e000000con1AAA"
NOON = "2031-05-06T12:00:00+00:00"


def put(emulator: Emulator, **wanted: object) -> dict[str, Any]:
    answer = emulator.plain.put("/__admin/clock", json=wanted)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_instant_that_stands_still(emulator: Emulator) -> None:
    shown = put(emulator, now="2031-05-06T12:00:00Z", frozen=True)
    assert (shown["now"], shown["frozen"]) == (NOON, True)
    time.sleep(0.02)
    assert emulator.plain.get("/__admin/clock").json()["now"] == NOON
    answer = emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Phone": "1"})
    assert answer.headers["date"] == "Tue, 06 May 2031 12:00:00 GMT"
    assert emulator.row("Contact", ANN)["LastModifiedDate"] == "2031-05-06T12:00:00.000+0000"
    emulator.pardot.patch("/objects/prospects/1", json={"phone": "1"})
    assert emulator.read(1, "updatedAt") == {"updatedAt": "2031-05-06T05:00:00-07:00"}
    at = datetime(2031, 5, 6, 12, tzinfo=UTC).timestamp()
    assert {entry["at"] for entry in emulator.requests()} == {at}
    assert all(0 < entry["seconds"] < 5 for entry in emulator.requests())
    assert emulator.plain.get("/__admin/health").headers["date"] == answer.headers["date"]


def test_a_frozen_clock_can_be_moved_and_goes_on_from_there(emulator: Emulator) -> None:
    put(emulator, now=NOON, frozen=True)
    assert put(emulator, advance=90)["now"] == "2031-05-06T12:01:30+00:00"
    assert put(emulator, now="2030-01-01")["frozen"] is True
    shown = put(emulator, frozen=False)
    assert shown["now"].startswith("2030-01-01T00:00:0") and shown["frozen"] is False
    time.sleep(0.02)
    assert emulator.plain.get("/__admin/clock").json()["now"] > shown["now"]
    assert abs(datetime.fromisoformat(put(emulator, offset=0)["now"]).timestamp() - time.time()) < 5


def test_sessions_and_limits_follow(emulator: Emulator) -> None:
    put(emulator, now=NOON, frozen=True)
    emulator.switch(pardot_daily_limit=1, session_seconds=60)
    e = emulator.environment
    form = {"grant_type": "refresh_token", "refresh_token": e["SF_REFRESH_TOKEN"], "client_id": e["SF_CLIENT_ID"]}
    token = emulator.plain.post("/services/oauth2/token", data=form).json()["access_token"]
    users = "/objects/users?fields=id"
    assert emulator.pardot.get(users).status_code == 200
    assert pardot_error(emulator.pardot.get(users)) == (429, 122)
    put(emulator, advance=61)
    bearer = {"Authorization": f"Bearer {token}"}
    assert emulator.salesforce.get("/limits", headers=bearer).status_code == 401
    put(emulator, advance=86_400)
    assert emulator.pardot.get(users).status_code == 200


def test_imports_the_cache_and_cursors_wait_for_it(emulator: Emulator) -> None:
    put(emulator, now=NOON, frozen=True)
    emulator.switch(import_delay=10, cache_lag=30, page_token_seconds=60)
    page = emulator.pardot.get("/objects/prospects", params={"fields": "id", "limit": 1}).json()["nextPageToken"]
    started = emulator.start_import("matchEmail,phone\nnew@x.test,1\n")
    state = f"/imports/{started}?fields=status"
    assert emulator.pardot.get(state).json() == {"status": "Waiting"}
    put(emulator, advance=10)
    assert emulator.pardot.get(state).json() == {"status": "Complete"}
    before = emulator.read(1, "phone")
    emulator.pardot.patch("/objects/prospects/1", json={"phone": "late"})
    assert emulator.read(1, "phone") == before
    put(emulator, advance=31)
    assert emulator.read(1, "phone") == {"phone": "late"}
    put(emulator, advance=60)
    answer = emulator.pardot.get("/objects/prospects", params={"fields": "id", "nextPageToken": page})
    assert pardot_error(answer) == (400, 210)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "write one of now, offset and advance"),
        ({"now": NOON, "advance": 1}, "write one of"),
        ({"now": "noon"}, "now is an instant like"),
        ({"now": 5}, "now is an instant like"),
        ({"advance": "1"}, "advance is a number of seconds"),
        ({"offset": True}, "offset is a number of seconds"),
        ({"frozen": 1}, "frozen is true or false"),
        ({"stop": True}, "unknown key: stop"),
        ({"offset": 1e15}, "from 1970 to 9998"),
        ({"now": "0001-01-01"}, "from 1970 to 9998"),
    ],
)
def test_clocks_that_cannot_be_meant(shared: Emulator, wanted: dict[str, object], words: str) -> None:
    answer = shared.plain.put("/__admin/clock", json=wanted)
    assert answer.status_code == 400 and words in answer.json()["error"]

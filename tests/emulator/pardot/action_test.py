"""Record actions of prospects."""

from typing import Any

import httpx
import pytest

from tests.emulator.running import Emulator, pardot_error


def upsert(emulator: Emulator, **body: object) -> httpx.Response:
    return emulator.pardot.post("/objects/prospects/do/upsertLatestByEmail", json=body)


def test_upsert_updates_the_one_with_the_latest_activity(emulator: Emulator) -> None:
    emulator.pardot.patch("/objects/prospects/2", json={"phone": "55"})
    answer = upsert(emulator, matchEmail="bob@x.test", prospect={"phone": "1"}, fields=["id", "phone"])
    assert answer.status_code == 200 and answer.json() == {"id": 3, "phone": "1"}
    assert emulator.read(2, "phone") == {"phone": "55"}


def test_upsert_may_change_the_address(emulator: Emulator) -> None:
    body = {"matchEmail": "eve@x.test", "prospect": {"email": "eva@x.test"}, "fields": ["email"]}
    assert upsert(emulator, **body).json() == {"email": "eva@x.test"}


def test_upsert_creates_where_nothing_matches(emulator: Emulator) -> None:
    assert upsert(emulator, prospect={"email": "new@x.test", "firstName": "N"}).json() == {"id": 6}
    assert upsert(emulator, matchEmail="newer@x.test", prospect={}).json() == {"id": 7}
    assert upsert(emulator, matchEmail="gone@x.test", prospect={}).json() == {"id": 8}


def test_upsert_in_the_recycle_bin(emulator: Emulator) -> None:
    body: dict[str, Any] = {"matchEmail": "gone@x.test", "prospect": {"phone": "1"}}
    assert upsert(emulator, **body, secondaryDeletedSearch=True).json() == {"id": 4}
    assert emulator.read(4, "phone") == {"phone": "1"}
    emulator.pardot.delete("/objects/prospects/4")
    emulator.switch(ampsea=False)
    assert upsert(emulator, **body).json() == {"id": 4}


@pytest.mark.parametrize(
    ("switch", "created", "updated"), [("200", 200, 200), ("201_when_created", 201, 200), ("204", 204, 204)]
)
def test_status_of_upsert_is_a_switch(emulator: Emulator, switch: str, created: int, updated: int) -> None:
    emulator.switch(upsert_status=switch)
    assert upsert(emulator, prospect={"email": "new@x.test"}).status_code == created
    assert upsert(emulator, prospect={"email": "new@x.test"}).status_code == updated


def test_mistakes_of_upsert(shared: Emulator) -> None:
    assert pardot_error(upsert(shared, matchEmail="a@x.test")) == (400, 207)
    assert pardot_error(upsert(shared, prospect={})) == (400, 4)
    assert pardot_error(upsert(shared, prospect={"email": "a@x.test"}, color="red")) == (400, 208)
    assert pardot_error(upsert(shared, prospect={"email": "a@x.test"}, fields=["nope"])) == (400, 180)
    assert pardot_error(upsert(shared, prospect={"email": "a@x.test", "grade": "A"})) == (400, 180)


def test_fields_of_upsert_in_the_query(emulator: Emulator) -> None:
    url = "/objects/prospects/do/upsertLatestByEmail?fields=email"
    assert emulator.pardot.post(url, json={"prospect": {"email": "eve@x.test"}}).json() == {"email": "eve@x.test"}


def test_undelete_by_address_and_by_id(emulator: Emulator) -> None:
    url = "/objects/prospects/do/undelete"
    assert emulator.pardot.post(url, json={"matchEmail": "gone@x.test", "fields": ["id"]}).json() == {"id": 4}
    assert emulator.read(4, "isDeleted") == {"isDeleted": False}
    assert pardot_error(emulator.pardot.post(url, json={"matchEmail": "gone@x.test"})) == (404, 109)
    emulator.pardot.delete("/objects/prospects/4")
    assert emulator.pardot.post("/objects/prospects/4/do/undelete").status_code == 200
    assert emulator.read(4, "isDeleted") == {"isDeleted": False}


def test_undelete_of_an_address_that_was_taken(emulator: Emulator) -> None:
    emulator.switch(ampsea=False)
    emulator.prospect(email="gone@x.test")
    answer = emulator.pardot.post("/objects/prospects/do/undelete", json={"matchEmail": "gone@x.test"})
    assert pardot_error(answer) == (400, 54)

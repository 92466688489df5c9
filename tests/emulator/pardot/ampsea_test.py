"""Several prospects for one address, or one for each: every way by which a prospect comes to an address.

Facts: pardot_api sections 3.1, 4.2 and 4.3. Of the seed, 2 and 3 share an address (3 was active last), 4 is recycled.
"""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.emulator.running import Emulator

URL = "/objects/prospects"
Way = Callable[[Emulator, str], str]


def told(answer: httpx.Response) -> str:
    """`ok`, or the code of the refusal."""
    return "ok" if answer.is_success else str(answer.json()["code"])


def rows(emulator: Emulator, table: str, **options: object) -> str:
    """`ok`, or the code of the only row's error."""
    done = emulator.run_import(table, **options)
    return done["errors"][0].rsplit(",", 2)[1] if done["errors"] else "ok"


def create(emulator: Emulator, email: str) -> str:
    return told(emulator.pardot.post(URL, json={"email": email}))


def update(emulator: Emulator, email: str) -> str:
    return told(emulator.pardot.patch(f"{URL}/5", json={"email": email}))


def upsert_new(emulator: Emulator, email: str) -> str:
    body = {"matchEmail": "nobody@x.test", "prospect": {"email": email}}
    return told(emulator.pardot.post(f"{URL}/do/upsertLatestByEmail", json=body))


def upsert_other(emulator: Emulator, email: str) -> str:
    body = {"matchEmail": "eve@x.test", "prospect": {"email": email}}
    return told(emulator.pardot.post(f"{URL}/do/upsertLatestByEmail", json=body))


def import_new(emulator: Emulator, email: str) -> str:
    return rows(emulator, f"email\n{email}\n")


def import_by_id(emulator: Emulator, email: str) -> str:
    return rows(emulator, f"matchId,email\n5,{email}\n")


def import_by_email(emulator: Emulator, email: str) -> str:
    return rows(emulator, f"matchEmail,email\neve@x.test,{email}\n")


def import_by_salesforce_id(emulator: Emulator, email: str) -> str:
    emulator.pardot.patch(f"{URL}/5", json={"salesforceId": "00Q5e000000led1"})
    return rows(emulator, f"matchSalesforceId,email\n00Q5e000000led1,{email}\n")


def import_unmatched(emulator: Emulator, email: str) -> str:
    return rows(emulator, f"matchSalesforceId,email\n00Q5e000000led9,{email}\n", createOnNoMatch=True)


def undelete_by_id(emulator: Emulator, email: str) -> str:
    emulator.set("prospect/4", email=email)
    return told(emulator.pardot.post(f"{URL}/4/do/undelete"))


def undelete_by_email(emulator: Emulator, email: str) -> str:
    emulator.set("prospect/4", email=email)
    return told(emulator.pardot.post(f"{URL}/do/undelete", json={"matchEmail": email}))


def import_restoring(emulator: Emulator, email: str) -> str:
    emulator.set("prospect/4", email=email)
    return rows(emulator, "matchId,phone\n4,1\n", restoreDeleted=True)


CREATES = (create, upsert_new, import_new, import_unmatched)
CHANGES = (update, upsert_other, import_by_id, import_by_email, import_by_salesforce_id)
RESTORES = (undelete_by_id, undelete_by_email, import_restoring)


@pytest.mark.parametrize("way", [*CREATES, *CHANGES, *RESTORES], ids=lambda way: way.__name__)
def test_a_taken_address(emulator: Emulator, way: Way) -> None:
    emulator.switch(ampsea=False)
    assert way(emulator, "ann@x.test") == ("9" if way in CREATES else "54")
    assert [row["id"] for row in emulator.values(email="ann@x.test")] == [1]
    emulator.switch(ampsea=True)
    assert way(emulator, "ann@x.test") == "ok"
    assert len(emulator.values(email="ann@x.test")) == 2


@pytest.mark.parametrize("way", [*CREATES, *CHANGES], ids=lambda way: way.__name__)
def test_an_address_in_the_recycle_bin_is_free(emulator: Emulator, way: Way) -> None:
    emulator.switch(ampsea=False)
    assert way(emulator, "gone@x.test") == "ok"
    assert emulator.values(email="gone@x.test") != [{"id": 4}]


@pytest.mark.parametrize("ampsea", [True, False])
def test_the_one_that_was_active_last_is_meant(emulator: Emulator, *, ampsea: bool) -> None:
    emulator.switch(ampsea=ampsea)
    body = {"matchEmail": " bob@x.test ", "prospect": {"phone": "1"}, "fields": ["id"]}
    assert emulator.pardot.post(f"{URL}/do/upsertLatestByEmail", json=body).json() == {"id": 3}
    assert rows(emulator, "matchEmail,fax\nbob@x.test,2\n") == "ok"
    assert emulator.read(3, "phone,fax") == {"fax": "2", "phone": "1"}
    emulator.pardot.delete(f"{URL}/2")
    emulator.pardot.delete(f"{URL}/3")
    assert emulator.pardot.post(f"{URL}/do/undelete", json={"matchEmail": "bob@x.test"}).json() == {"id": 3}


def test_what_secondary_search_is_for(emulator: Emulator) -> None:
    body = {"matchEmail": "bob@x.test", "prospect": {"phone": "1"}, "secondaryDeletedSearch": True}
    emulator.pardot.delete(f"{URL}/3")
    assert emulator.pardot.post(f"{URL}/do/upsertLatestByEmail", json=body).json() == {"id": 2}
    emulator.pardot.delete(f"{URL}/2")
    assert emulator.pardot.post(f"{URL}/do/upsertLatestByEmail", json=body).json() == {"id": 3}
    assert emulator.read(3, "isDeleted,phone") == {"isDeleted": False, "phone": "1"}


def test_case_makes_another_address_unless_the_switch_says_otherwise(emulator: Emulator) -> None:
    emulator.switch(ampsea=False)
    assert create(emulator, "Ann@x.test") == "ok"
    emulator.switch(email_match_case_sensitive=False)
    assert create(emulator, "ANN@x.test") == "9"
    assert import_new(emulator, "ANN@x.test") == "9"
    assert update(emulator, "ANN@x.test") == "54"
    assert emulator.pardot.patch(f"{URL}/5", json={"email": "EVE@x.test"}).status_code == 204

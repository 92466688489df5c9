"""The read cache that lags behind the writes."""

from tests.emulator.running import Emulator


def test_reads_show_the_state_before_recent_writes(emulator: Emulator) -> None:
    emulator.switch(cache_lag=60)
    answer = emulator.pardot.patch("/objects/prospects/1?fields=phone", json={"phone": "1"})
    assert answer.json() == {"phone": "1"}
    emulator.advance(30)
    emulator.pardot.patch("/objects/prospects/1", json={"phone": "2"})
    assert emulator.read(1, "phone") == {"phone": None}
    assert emulator.values(fields="phone", idList="1") == [{"phone": None}]
    emulator.advance(31)
    assert emulator.read(1, "phone") == {"phone": "1"}
    emulator.advance(31)
    assert emulator.read(1, "phone") == {"phone": "2"}


def test_filters_see_what_the_cache_has(emulator: Emulator) -> None:
    emulator.switch(cache_lag=60)
    emulator.pardot.patch("/objects/prospects/1", json={"phone": "1"})
    recent = {"updatedAtAfter": "2024-01-01T00:00:00+00:00"}
    assert emulator.values(**recent) == []
    emulator.advance(61)
    assert emulator.values(**recent) == [{"id": 1}]


def test_new_and_deleted_records(emulator: Emulator) -> None:
    emulator.switch(cache_lag=60)
    made = emulator.prospect(email="new@x.test")
    emulator.pardot.delete("/objects/prospects/2")
    emulator.pardot.post("/objects/list-memberships", json={"listId": 11, "prospectId": 3})
    assert emulator.pardot.get(f"/objects/prospects/{made}?fields=id").status_code == 404
    assert emulator.values(email="new@x.test") == []
    assert {"id": 2} in emulator.values()
    assert len(emulator.values("list-memberships")) == 1
    emulator.advance(61)
    assert emulator.values(email="new@x.test") == [{"id": made}]
    assert {"id": 2} not in emulator.values()
    assert len(emulator.values("list-memberships")) == 2


def test_writes_work_on_the_primary(emulator: Emulator) -> None:
    emulator.switch(cache_lag=60)
    emulator.pardot.delete("/objects/prospects/1")
    assert emulator.pardot.patch("/objects/prospects/1", json={"phone": "1"}).json()["code"] == 219


def test_imports_are_polled_without_lag(emulator: Emulator) -> None:
    emulator.switch(cache_lag=60)
    done = emulator.run_import("matchId,phone\n1,9\n")
    assert done["updatedCount"] == 1
    assert emulator.read(1, "phone") == {"phone": None}
    emulator.advance(61)
    assert emulator.read(1, "phone") == {"phone": "9"}


def test_pages_and_custom_fields_under_lag(emulator: Emulator) -> None:
    emulator.switch(cache_lag=60)
    emulator.pardot.patch("/objects/prospects/3", json={"hobby__c": "golf"})
    params: dict[str, str | int] = {"fields": "id,hobby__c", "limit": 2, "orderBy": "id DESC"}
    page = emulator.pardot.get("/objects/prospects", params=params).json()
    assert [v["id"] for v in page["values"]] == [5, 3] and page["values"][1]["hobby__c"] is None
    assert [v["id"] for v in emulator.pardot.get(page["nextPageUrl"]).json()["values"]] == [2, 1]


def test_what_a_person_edits_lags_too(emulator: Emulator) -> None:
    emulator.switch(cache_lag=60)
    emulator.set("prospect/1", phone="1")
    emulator.pardot.patch("/objects/prospects/1", json={"fax": "2"})
    assert emulator.read(1, "fax,phone") == {"fax": None, "phone": None}
    emulator.advance(61)
    assert emulator.read(1, "fax,phone") == {"fax": "2", "phone": "1"}


def test_a_field_that_comes_again_under_lag(emulator: Emulator) -> None:
    emulator.switch(cache_lag=60)
    made = emulator.pardot.post("/objects/custom-fields", json={"name": "Pet", "fieldId": "Pet", "type": "Text"})
    emulator.pardot.patch("/objects/prospects/1", json={"Pet__c": "cat"})
    emulator.pardot.patch("/objects/prospects/1", json={"Pet__c": "dog"})
    emulator.pardot.delete(f"/objects/custom-fields/{made.json()['id']}")
    emulator.pardot.post("/objects/custom-fields", json={"name": "Pet", "fieldId": "pet", "type": "Number"})
    emulator.pardot.patch("/objects/prospects/1", json={"pet__c": 2})
    assert emulator.read(1, "pet__c") == {"pet__c": None}
    emulator.advance(61)
    assert emulator.read(1, "pet__c") == {"pet__c": 2}

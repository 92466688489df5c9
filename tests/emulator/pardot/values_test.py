"""Values of prospects by type: texts, numbers, days, several values, and what a custom field leaves behind."""

from __future__ import annotations

import pytest

from tests.emulator.running import Emulator, pardot_error

URL = "/objects/prospects"


def declare(emulator: Emulator, field_id: str, kind: str, **more: object) -> int:
    body = {"name": field_id, "fieldId": field_id, "type": kind, **more}
    answer = emulator.pardot.post("/objects/custom-fields", json=body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


@pytest.mark.parametrize(
    "text", ["😀 Zoë", "a\nb", " spaces stay ", "x" * 100_000, 'quotes "and" \\', "\x00", "=1+1", "0"]
)
def test_texts_come_back_as_they_were(emulator: Emulator, text: str) -> None:
    assert emulator.pardot.patch(f"{URL}/1?fields=comments", json={"comments": text}).json() == {"comments": text}
    assert emulator.values(fields="comments", id=1) == [{"comments": text}]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (7, 7),
        ("7", 7),
        (" 7 ", 7),
        ("-0.5", -0.5),
        ("+.5", 0.5),
        (1.25, 1.25),
        ("999999999999999999", 999999999999999999),
    ],
)
def test_numbers(emulator: Emulator, sent: object, stored: object) -> None:
    assert emulator.pardot.patch(f"{URL}/1?fields=age__c", json={"age__c": sent}).json() == {"age__c": stored}


@pytest.mark.parametrize(
    "sent", ["1e5", "9" * 400, "0" * 5000, "1" * 19, 10**18, "٣", "1,5", "inf", "nan", "0x1", "--1"]
)
def test_what_is_no_number(emulator: Emulator, sent: object) -> None:
    assert pardot_error(emulator.pardot.patch(f"{URL}/1", json={"age__c": sent})) == (400, 56)
    done = emulator.run_import(f'matchId,age__c\n1,"{sent}"\n')
    assert done["errorCount"] == 1 and ",56," in done["errors"][0]
    assert emulator.read(1, "age__c") == {"age__c": 41}


@pytest.mark.parametrize(
    ("sent", "stored"),
    [("2024-02-29", "2024-02-29"), (" 2024-02-29 ", "2024-02-29"), ("2024-02-29T23:30:00-07:00", "2024-02-29")],
)
def test_days(emulator: Emulator, sent: str, stored: str) -> None:
    declare(emulator, "born", "Date")
    assert emulator.pardot.patch(f"{URL}/1?fields=born__c", json={"born__c": sent}).json() == {"born__c": stored}


@pytest.mark.parametrize(
    "sent", ["2023-02-29", "2024-02-29xyz", "20240229", "2024-W01-1", "29.02.2024", "2024-02-29T25:00:00"]
)
def test_what_is_no_day(emulator: Emulator, sent: str) -> None:
    declare(emulator, "born", "Date")
    assert pardot_error(emulator.pardot.patch(f"{URL}/1", json={"born__c": sent})) == (400, 57)
    assert ",57," in emulator.run_import(f"matchId,born__c\n1,{sent}\n")["errors"][0]


@pytest.mark.parametrize("clear", [None, ""])
def test_every_type_can_be_cleared(emulator: Emulator, clear: object) -> None:
    declare(emulator, "born", "Date")
    full = {"age__c": 5, "born__c": "2024-01-01", "language__c": ["en"], "hobby__c": "golf", "profileId": 3}
    flags = {"isDoNotCall": True}
    fields = ",".join(sorted(full | flags))
    assert emulator.pardot.patch(f"{URL}/1", json=full | flags).status_code == 204
    cleared = emulator.pardot.patch(f"{URL}/1?fields={fields}", json=dict.fromkeys(full | flags, clear)).json()
    assert cleared == dict.fromkeys(full) | {"isDoNotCall": False}


def test_a_time_without_an_offset_is_one_of_the_user_also_where_clocks_change(emulator: Emulator) -> None:
    emulator.switch(pardot_time_zone="Europe/Berlin")
    body = {"extension": "Shop", "type": "Bought", "email": "ann@x.test", "value": "v"}
    shown = []
    for time in ("2026-01-01T12:00:00", "2026-03-29T02:30:00", "2026-10-25T02:30:00", "2026-07-01T12:00:00+00:00"):
        url = "/external-activities?fields=activityDate"
        shown.append(emulator.pardot.post(url, json={**body, "activityDate": time}).json()["activityDate"])
    assert shown == [
        "2026-01-01T12:00:00+01:00",
        "2026-03-29T03:30:00+02:00",
        "2026-10-25T02:30:00+02:00",
        "2026-07-01T14:00:00+02:00",
    ]


def test_z_in_a_body_is_the_same_switch_as_in_a_filter(emulator: Emulator) -> None:
    body = {"extension": "a", "type": "b", "email": "ann@x.test", "value": "v", "activityDate": "2026-01-01T00:00:00Z"}
    assert emulator.pardot.post("/external-activities", json=body).status_code == 201
    emulator.switch(z_suffix_accepted=False)
    assert pardot_error(emulator.pardot.post("/external-activities", json=body)) == (400, 57)


# -- custom fields that change


@pytest.mark.parametrize(("first", "then"), [("Pet", "pet"), ("pet", "pet")])
def test_a_field_may_come_again_with_another_type_and_case(emulator: Emulator, first: str, then: str) -> None:
    record_id = declare(emulator, first, "Text")
    emulator.pardot.patch(f"{URL}/1", json={f"{first}__c": "cat"})
    assert emulator.pardot.delete(f"/objects/custom-fields/{record_id}").status_code == 204
    declare(emulator, then, "Number")
    assert emulator.read(1, f"{then}__c") == {f"{then}__c": None}
    options = [{"field": f"{then}__c", "overwrite": False}]
    assert emulator.run_import(f"matchId,{then}__c\n1,44\n", fields=options)["updatedCount"] == 1
    assert emulator.read(1, f"{then}__c") == {f"{then}__c": 44}


def test_one_value_of_a_field_that_takes_several_now(emulator: Emulator) -> None:
    for record_id in (247672, 247704):
        body = {"isRecordMultipleResponses": True}
        assert emulator.pardot.patch(f"/objects/custom-fields/{record_id}", json=body).status_code == 204
    assert emulator.read(1, "hobby__c,age__c") == {"age__c": ["41"], "hobby__c": ["swimming"]}
    assert pardot_error(emulator.pardot.get(f"{URL}?fields=age__c")) == (400, 224)


@pytest.mark.parametrize("field_id", ["É", "aé", "two words", "1a", "", "a-b"])
def test_ids_that_a_field_cannot_have(shared: Emulator, field_id: str) -> None:
    body = {"name": "x", "fieldId": field_id, "type": "Text"}
    code = 153 if not field_id else 154
    assert pardot_error(shared.pardot.post("/objects/custom-fields", json=body)) == (400, code)

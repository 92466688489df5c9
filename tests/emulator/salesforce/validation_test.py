"""Validation of values on every write."""

from typing import Any

import pytest

from tests.emulator.running import Emulator
from tests.emulator.salesforce.life import code_of, convert

ANN = "0035e000000con1AAA"


def refusals(emulator: Emulator, kind: str, **fields: object) -> list[dict[str, Any]]:
    answer = emulator.salesforce.post(f"/sobjects/{kind}", json=fields)
    assert answer.status_code == 400, answer.text
    body: list[dict[str, Any]] = answer.json()
    return body


def test_unknown_field(shared: Emulator) -> None:
    message = "No such column 'AccountNumer' on sobject of type Account"
    assert refusals(shared, "Account", Name="A", AccountNumer="1") == [
        {"message": message, "errorCode": "INVALID_FIELD"}
    ]


def test_required_fields(shared: Emulator) -> None:
    (error,) = refusals(shared, "Contact", FirstName="A")
    assert error == {
        "message": "Required fields are missing: [LastName]",
        "errorCode": "REQUIRED_FIELD_MISSING",
        "fields": ["LastName"],
    }
    assert refusals(shared, "Lead", Email="a@b.io")[0]["fields"] == ["LastName", "Company"]
    assert refusals(shared, "Lead", LastName="   ", Company="C")[0]["fields"] == ["LastName"]
    answer = shared.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"LastName": ""})
    assert shared.salesforce_error(answer) == (400, "REQUIRED_FIELD_MISSING")


@pytest.mark.parametrize("field", ["MasterRecordId", "pi__score__c", "SystemModstamp", "Name", "IsDeleted"])
def test_fields_that_cannot_be_written(shared: Emulator, field: str) -> None:
    answer = shared.salesforce.patch(f"/sobjects/Contact/{ANN}", json={field: None})
    (error,) = answer.json()
    assert answer.status_code == 400
    assert error["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE" and error["fields"] == [field]
    assert error["message"] == (
        f"Unable to create/update fields: {field}. Please check the security settings of this field and verify that it "
        "is read/write for your profile or permission set."
    )


def test_an_id_cannot_be_given_on_create(shared: Emulator) -> None:
    assert refusals(shared, "Contact", LastName="A", Id=ANN)[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("FirstName", "x" * 41, "STRING_TOO_LONG"),
        ("Email", "badone", "INVALID_EMAIL_ADDRESS"),
        ("Email", "a b@x.test", "INVALID_EMAIL_ADDRESS"),
        ("Region__c", "West", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ("FirstName", 5, "JSON_PARSER_ERROR"),
        ("FirstName", ["a"], "JSON_PARSER_ERROR"),
        ("DoNotCall", "maybe", "JSON_PARSER_ERROR"),
        ("DoNotCall", None, "JSON_PARSER_ERROR"),
        ("AnnualRevenue", "much", "JSON_PARSER_ERROR"),
        ("NumberOfEmployees", 1.5, "JSON_PARSER_ERROR"),
        ("NumberOfEmployees", 123456789, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("AnnualRevenue", 1e18, "NUMBER_OUTSIDE_VALID_RANGE"),
        ("AnnualRevenue", "1_000", "JSON_PARSER_ERROR"),
        ("AnnualRevenue", "\u0661", "JSON_PARSER_ERROR"),
        ("AnnualRevenue", "1e99999999999999999999", "JSON_PARSER_ERROR"),
        ("OwnerId", "nobody", "MALFORMED_ID"),
        ("OwnerId", "0055e000000none", "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_values_that_a_lead_refuses(shared: Emulator, field: str, value: object, code: str) -> None:
    errors = refusals(shared, "Lead", **{"LastName": "L", "Company": "C", field: value})
    assert [e["errorCode"] for e in errors] == [code]


def test_messages_name_the_label_and_the_value(shared: Emulator) -> None:
    long, email = refusals(shared, "Contact", LastName="L", FirstName="x" * 41, Email="badone")
    assert long["message"] == f"First Name: data value too large: {'x' * 41} (max length=40)"
    assert long["fields"] == ["FirstName"]
    assert email == {
        "message": "Email: invalid email address: badone",
        "errorCode": "INVALID_EMAIL_ADDRESS",
        "fields": ["Email"],
    }


def test_references_must_point_at_a_live_record_of_the_right_object(shared: Emulator) -> None:
    wrong = refusals(shared, "Contact", LastName="L", AccountId=ANN)
    assert wrong[0]["errorCode"] == "MALFORMED_ID" and wrong[0]["fields"] == ["AccountId"]
    deleted = refusals(shared, "Contact", LastName="L", ReportsToId="0035e000000con4")
    assert deleted[0]["message"] == "invalid cross reference id"


def test_unique_keys(emulator: Emulator) -> None:
    first = emulator.create("Contact", LastName="A", Pardot_Prospect_Id__c="Key")
    (error,) = refusals(emulator, "Contact", LastName="B", Pardot_Prospect_Id__c="kEY")
    assert error["errorCode"] == "DUPLICATE_VALUE"
    assert error["message"] == (
        f"duplicate value found: Pardot_Prospect_Id__c duplicates value on record with id: {first[:15]}"
    )
    same = emulator.salesforce.patch(f"/sobjects/Contact/{first}", json={"Pardot_Prospect_Id__c": "key"})
    assert same.status_code == 204
    emulator.salesforce.delete(f"/sobjects/Contact/{first}")
    emulator.create("Contact", LastName="B", Pardot_Prospect_Id__c="key")


def test_values_take_their_stored_form(emulator: Emulator) -> None:
    made = emulator.create(
        "Lead",
        LastName=" L\t",
        Company="C",
        AnnualRevenue="1234.5",
        NumberOfEmployees=12,
        DoNotCall="TRUE",
        Latitude=1.25,
        Region__c="North",
        Website="",
        OwnerId=emulator.row("Contact", ANN)["OwnerId"][:15],
    )
    row = emulator.row("Lead", made)
    assert row["LastName"] == "L" and row["Website"] is None and row["DoNotCall"] is True
    assert row["AnnualRevenue"] == 1235.0 and row["NumberOfEmployees"] == 12 and row["Latitude"] == 1.25
    assert len(row["OwnerId"]) == 18


def test_dates_and_times(emulator: Emulator) -> None:
    emulator.salesforce.patch(
        f"/sobjects/Contact/{ANN}",
        json={"Birthdate": "1990-05-06", "EmailBouncedDate": "2024-01-02T03:04:05.678+02:00"},
    )
    row = emulator.row("Contact", ANN)
    assert row["Birthdate"] == "1990-05-06" and row["EmailBouncedDate"] == "2024-01-02T01:04:05.000+0000"
    assert row["IsEmailBounced"] is True
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Birthdate": "1990-05-06T23:00:00-02:00"})
    assert emulator.row("Contact", ANN)["Birthdate"] == "1990-05-06"
    for text in ("6 May", "2021-12-02junk", "2021-W48-4", "20211202", "2021-02-30", ["2021-12-02"], 20211202):
        wrong = emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Birthdate": text})
        assert emulator.salesforce_error(wrong) == (400, "JSON_PARSER_ERROR")
    assert emulator.row("Contact", ANN)["Birthdate"] == "1990-05-06"


def test_switches_of_values(emulator: Emulator) -> None:
    emulator.switch(trim_text=False, boolean_null="false")
    row = emulator.row("Contact", emulator.create("Contact", LastName=" L ", DoNotCall=None))
    assert row["LastName"] == " L " and row["DoNotCall"] is False


def test_instants_at_the_ends_of_time(emulator: Emulator) -> None:
    for text in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        for field in ("Birthdate", "EmailBouncedDate"):
            answer = emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={field: text})
            assert emulator.salesforce_error(answer) == (400, "JSON_PARSER_ERROR")
        params = {"start": text, "end": text}
        answer = emulator.salesforce.get("/sobjects/Contact/updated", params=params)
        assert emulator.salesforce_error(answer) == (400, "INVALID_REPLICATION_DATE")
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"EmailBouncedDate": "0999-01-01T00:00:00Z"})
    assert emulator.row("Contact", ANN)["EmailBouncedDate"] == "0999-01-01T00:00:00.000+0000"


def test_an_owner_who_is_not_active_any_more(emulator: Emulator) -> None:
    user = emulator.create("User", Username="ex@x.test", LastName="Ex", Email="ex@x.test", IsActive=False)
    answer = emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"OwnerId": user})
    (error,) = answer.json()
    assert (answer.status_code, error["errorCode"], error["fields"]) == (400, "INACTIVE_OWNER_OR_USER", ["OwnerId"])
    lead = emulator.create("Lead", LastName="L", Company="C")
    emulator.set(f"Lead/{lead}", OwnerId=user)
    assert emulator.salesforce.patch(f"/sobjects/Lead/{lead}", json={"Phone": "1"}).status_code == 204
    assert code_of(convert(emulator, lead)) == "INACTIVE_OWNER_OR_USER"

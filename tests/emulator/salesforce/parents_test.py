"""Parents that a body names by one of their own values."""

from __future__ import annotations

import pytest

from tests.emulator.running import Emulator


def member(emulator: Emulator, **parents: object) -> tuple[int, object]:
    answer = emulator.salesforce.post("/sobjects/CampaignMember", json=parents)
    body = answer.json()
    return answer.status_code, body["id"] if answer.status_code == 201 else body[0]


def test_a_parent_by_its_external_id_and_by_its_name(emulator: Emulator) -> None:
    contact = emulator.create("Contact", LastName="Keyed", Pardot_Prospect_Id__c="P-1")
    campaign = emulator.create("Campaign", Name="Spring")
    status, made = member(emulator, Contact={"Pardot_Prospect_Id__c": "P-1"}, Campaign={"Name": "Spring"})
    assert status == 201, made
    row = emulator.row("CampaignMember", str(made))
    assert (row["ContactId"], row["CampaignId"]) == (contact, campaign)


def test_the_type_of_a_polymorphic_parent_may_be_said(emulator: Emulator) -> None:
    user = emulator.soql("SELECT Id, Email FROM User WHERE Email != null LIMIT 1")["records"][0]
    owner = {"attributes": {"type": "User"}, "Email": user["Email"]}
    made = emulator.create("Lead", LastName="Owned", Company="C", Owner=owner)
    assert emulator.row("Lead", made)["OwnerId"] == user["Id"]


@pytest.mark.parametrize(
    ("parent", "message"),
    [
        (
            {"Pardot_Prospect_Id__c": "none"},
            "Foreign key external ID: none not found for field Pardot_Prospect_Id__c in entity Contact",
        ),
        ({"LastName": "Keyed"}, "The external foreign key reference does not reference a valid entity: Contact"),
        ({}, "The external foreign key reference does not reference a valid entity: Contact"),
        (
            {"attributes": {"type": "Case"}, "Pardot_Prospect_Id__c": "P-1"},
            "The external foreign key reference does not reference a valid entity: Contact",
        ),
    ],
)
def test_a_parent_that_is_not_there(emulator: Emulator, parent: dict[str, object], message: str) -> None:
    campaign = emulator.create("Campaign", Name="Spring")
    status, problem = member(emulator, Contact=parent, CampaignId=campaign)
    assert status == 400 and isinstance(problem, dict)
    assert (problem["errorCode"], problem["message"]) == ("INVALID_FIELD", message)


def test_several_parents_are_none(emulator: Emulator) -> None:
    for name in ("Twice", "Twice"):
        emulator.create("Campaign", Name=name)
    contact = emulator.create("Contact", LastName="Keyed")
    status, problem = member(emulator, ContactId=contact, Campaign={"Name": "Twice"})
    assert status == 400 and isinstance(problem, dict)
    assert problem["message"] == "More than one record found for external ID: Twice for field Name in entity Campaign"

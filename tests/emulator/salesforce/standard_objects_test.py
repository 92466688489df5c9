"""Campaign members, opportunities, contact roles and tasks: what describe says, and what saving them means."""

from pathlib import Path

import pytest

from pardotflow.emulator.seeding import seed
from tests.emulator.running import Emulator, running
from tests.emulator.salesforce.discovery_test import FIELD_KEYS, OBJECT_KEYS

ANN = "0035e000000con1AAA"


def campaign(emulator: Emulator) -> str:
    return emulator.create("Campaign", Name="Fair")


def lead(emulator: Emulator, **fields: object) -> str:
    return emulator.create("Lead", **{"LastName": "Lund", "Company": "Lund AB", **fields})


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("CampaignMember", "00v"),
        ("CampaignMemberStatus", "01Y"),
        ("Opportunity", "006"),
        ("OpportunityContactRole", "00K"),
        ("Task", "00T"),
        ("Group", "00G"),
        ("LeadHistory", "017"),
        ("ContactHistory", "017"),
    ],
)
def test_describe(shared: Emulator, name: str, prefix: str) -> None:
    body = shared.salesforce.get(f"/sobjects/{name}/describe").json()
    assert sorted(body) == sorted(OBJECT_KEYS) and body["keyPrefix"] == prefix
    assert all(sorted(field) == sorted(FIELD_KEYS) for field in body["fields"])
    assert body["mergeable"] is False and body["createable"] is not name.endswith("History")


def test_children_that_go_with_their_parent(shared: Emulator) -> None:
    for parent, expected in {
        "Campaign": {"CampaignMembers": True, "CampaignMemberStatuses": True, "Opportunities": False, "Tasks": True},
        "Lead": {"CampaignMembers": True, "Tasks": True, "Histories": True},
        "Contact": {"CampaignMembers": True, "OpportunityContactRoles": True, "Tasks": True, "Histories": True},
    }.items():
        children = shared.salesforce.get(f"/sobjects/{parent}/describe").json()["childRelationships"]
        named = {child["relationshipName"]: child["cascadeDelete"] for child in children}
        assert expected.items() <= named.items()


def test_a_new_campaign_has_two_statuses(emulator: Emulator) -> None:
    made = campaign(emulator)
    fields = "Label, SortOrder, IsDefault, HasResponded"
    found = emulator.soql(f"SELECT {fields} FROM CampaignMemberStatus WHERE CampaignId = '{made}' ORDER BY SortOrder")
    assert [list(record.values())[1:] for record in found["records"]] == [
        ["Sent", 1, True, False],
        ["Responded", 2, False, True],
    ]


def test_a_member_shows_its_person(emulator: Emulator) -> None:
    person = lead(emulator, FirstName="Lea", Email="lea@lund.test", City="Lund")
    made = emulator.create("CampaignMember", CampaignId=campaign(emulator), LeadId=person)
    row = emulator.row("CampaignMember", made)
    assert (row["Name"], row["Email"], row["City"], row["CompanyOrAccount"]) == (
        "Lea Lund",
        "lea@lund.test",
        "Lund",
        "Lund AB",
    )
    assert (row["Type"], row["LeadOrContactId"], row["Status"], row["HasResponded"]) == ("Lead", person, "Sent", False)
    emulator.salesforce.patch(f"/sobjects/Lead/{person}", json={"Email": "new@lund.test"})
    assert emulator.row("CampaignMember", made)["Email"] == "new@lund.test"
    assert emulator.column("SELECT Lead.Name FROM CampaignMember") == [
        {**_parent(emulator, person), "Name": "Lea Lund"}
    ]


def _parent(emulator: Emulator, record_id: str) -> dict[str, object]:
    return {"attributes": emulator.row("Lead", record_id)["attributes"]}


def test_a_contact_wins_over_a_lead_and_shows_its_account(emulator: Emulator) -> None:
    account = emulator.create("Account", Name="Old name")
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"AccountId": account})
    made = emulator.create("CampaignMember", CampaignId=campaign(emulator), LeadId=lead(emulator), ContactId=ANN)
    emulator.salesforce.patch(f"/sobjects/Account/{account}", json={"Name": "New name"})
    row = emulator.row("CampaignMember", made)
    assert (row["LeadId"], row["ContactId"], row["Type"], row["CompanyOrAccount"]) == (None, ANN, "Contact", "New name")


def test_one_member_for_each_person_and_campaign(emulator: Emulator) -> None:
    fair = campaign(emulator)
    first = emulator.create("CampaignMember", CampaignId=fair, ContactId=ANN)
    again = emulator.salesforce.post("/sobjects/CampaignMember", json={"CampaignId": fair, "ContactId": ANN})
    assert emulator.salesforce_error(again) == (400, "DUPLICATE_VALUE")
    assert again.json()[0]["message"] == "Already a campaign member."
    nobody = emulator.salesforce.post("/sobjects/CampaignMember", json={"CampaignId": fair})
    assert emulator.salesforce_error(nobody) == (400, "REQUIRED_FIELD_MISSING")
    moved = emulator.salesforce.patch(f"/sobjects/CampaignMember/{first}", json={"CampaignId": campaign(emulator)})
    assert emulator.salesforce_error(moved) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert emulator.salesforce.delete(f"/sobjects/CampaignMember/{first}").status_code == 204
    emulator.create("CampaignMember", CampaignId=fair, ContactId=ANN)


def test_the_status_decides_whether_a_member_has_responded(emulator: Emulator) -> None:
    made = emulator.create("CampaignMember", CampaignId=campaign(emulator), ContactId=ANN)
    url = f"/sobjects/CampaignMember/{made}"
    assert emulator.salesforce.patch(url, json={"Status": "responded"}).status_code == 204
    row = emulator.row("CampaignMember", made)
    assert (row["Status"], row["HasResponded"]) == ("Responded", True) and row["FirstRespondedDate"]
    emulator.salesforce.patch(url, json={"Status": "Lost"})
    assert emulator.row("CampaignMember", made)["Status"] == "Lost"
    emulator.switch(campaign_member_unknown_status="default")
    emulator.salesforce.patch(url, json={"Status": "Nowhere"})
    assert emulator.row("CampaignMember", made)["Status"] == "Sent"


def test_members_go_with_their_campaign_and_their_person(emulator: Emulator) -> None:
    fair, other = campaign(emulator), campaign(emulator)
    person = lead(emulator)
    for where in (fair, other):
        emulator.create("CampaignMember", CampaignId=where, LeadId=person)
    emulator.salesforce.delete(f"/sobjects/Campaign/{fair}")
    assert emulator.column("SELECT CampaignId FROM CampaignMember") == [other]
    emulator.salesforce.delete(f"/sobjects/Lead/{person}")
    assert emulator.soql("SELECT Id FROM CampaignMember")["totalSize"] == 0
    assert emulator.soql("SELECT Id FROM CampaignMember", "queryAll")["totalSize"] == 2


def test_the_stage_of_an_opportunity(emulator: Emulator) -> None:
    made = emulator.create(
        "Opportunity", Name="Deal", StageName="Qualification", CloseDate="2026-05-31", Amount=1000, ContactId=ANN
    )
    row = emulator.row("Opportunity", made)
    assert (row["Probability"], row["ExpectedRevenue"], row["Fiscal"]) == (10.0, 100.0, "2026 2")
    assert (row["IsClosed"], row["IsWon"], row["ForecastCategory"]) == (False, False, "Pipeline")
    emulator.salesforce.patch(f"/sobjects/Opportunity/{made}", json={"StageName": "Closed Won"})
    row = emulator.row("Opportunity", made)
    assert (row["IsClosed"], row["IsWon"], row["ExpectedRevenue"]) == (True, True, 1000.0)
    roles = f"SELECT IsPrimary FROM OpportunityContactRole WHERE OpportunityId = '{made}'"
    assert emulator.column(roles) == [True]
    other = emulator.create("Contact", LastName="Other")
    emulator.create("OpportunityContactRole", OpportunityId=made, ContactId=other, IsPrimary=True)
    assert sorted(emulator.column(roles)) == [False, True]


def test_a_task_of_a_lead_or_a_contact(emulator: Emulator) -> None:
    account = emulator.create("Account", Name="A")
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"AccountId": account})
    made = emulator.create("Task", WhoId=ANN, Subject="Call", Priority="High")
    row = emulator.row("Task", made)
    assert (row["Status"], row["IsClosed"], row["IsHighPriority"], row["AccountId"]) == (
        "Not Started",
        False,
        True,
        account,
    )
    emulator.salesforce.patch(f"/sobjects/Task/{made}", json={"Status": "Completed"})
    assert emulator.row("Task", made)["IsClosed"] is True
    both = emulator.salesforce.post("/sobjects/Task", json={"WhoId": lead(emulator), "WhatId": account})
    assert emulator.salesforce_error(both) == (400, "FIELD_INTEGRITY_EXCEPTION")
    emulator.create("Task", WhoId=lead(emulator))
    types = emulator.soql("SELECT Who.Type, Who.Name FROM Task ORDER BY CreatedDate, Id")["records"]
    assert [record["Who"]["Type"] for record in types] == ["Contact", "Lead"]


def test_a_queue_owns_a_lead(emulator: Emulator) -> None:
    queue = emulator.create("Group", Name="Inbound", Type="Queue")
    lead(emulator, OwnerId=queue)
    found = emulator.soql(f"SELECT Owner.Name, Owner.Type FROM Lead WHERE OwnerId = '{queue}'")["records"]
    assert (found[0]["Owner"]["Name"], found[0]["Owner"]["Type"]) == ("Inbound", "Group")


def test_seeds_of_all_of_them(tmp_path: Path) -> None:
    files = {
        "Campaign": "Id,Name\n7015e000000fair,Fair\n7015e000000show,Show\n",
        "CampaignMember": "CampaignId,LeadId,Status\n7015e000000fair,00Q5e000000led1,Sent\n",
        "CampaignMemberStatus": "CampaignId,Label,IsDefault\n7015e000000fair,Invited,true\n",
        "Lead": "Id,LastName,Company\n00Q5e000000led1,Lund,Lund AB\n",
        "LeadHistory": "Id,LeadId,Field,OldValue,CreatedDate\n0175e0000000001,00Q5e000000led1,Title,Boss,2024-05-06\n",
        "Task": "WhoId,Subject\n00Q5e000000led1,Call\n",
        "Thing__c": "Name\nBox\n",
        "schema": "salesforce: {Lead: [{name: Title, trackHistory: true}]}",
    }
    for name, text in files.items():
        (tmp_path / f"{name}{'.yml' if name == 'schema' else '.csv'}").write_text(text)
    report = seed(tmp_path / "people.db", tmp_path)
    assert not report.problems and not report.unknown_columns and not report.unknown_files
    with running(tmp_path / "people.db") as emulator:
        assert emulator.column("SELECT CompanyOrAccount FROM CampaignMember") == ["Lund AB"]
        labels = "SELECT Label FROM CampaignMemberStatus WHERE Campaign.Name = '{}' ORDER BY SortOrder"
        assert emulator.column(labels.format("Fair")) == ["Invited"]
        assert emulator.column(labels.format("Show")) == ["Sent", "Responded"]
        (lead,) = emulator.column("SELECT Id FROM Lead")
        emulator.salesforce.patch(f"/sobjects/Lead/{lead}", json={"Title": "Chief"})
        assert emulator.column("SELECT OldValue FROM LeadHistory ORDER BY CreatedDate") == ["Boss", None]
        (thing,) = emulator.column("SELECT Id FROM Thing__c")
        emulator.create("Task", WhatId=thing)


@pytest.mark.parametrize(
    ("kind", "flags"),
    [
        ("Lead", {"LastName": "CU", "Email": "NCUL", "Status": "CUD", "IsConverted": "CD", "EmailBouncedDate": "NU"}),
        ("Lead", {"JigsawContactId": "N", "CompanyDunsNumber": "NCU", "DandbCompanyId": "NCU", "OwnerId": "CUD"}),
        ("Contact", {"EmailBouncedReason": "NCU", "EmailBouncedDate": "NCU", "IsEmailBounced": "D", "Name": ""}),
        ("Account", {"Name": "CU", "IsPartner": "D", "IsCustomerPortal": "D", "AccountSource": "NCU"}),
        ("Opportunity", {"Name": "CUL", "Probability": "NCUD", "ContactId": "NC", "ExpectedRevenue": "N"}),
        ("Campaign", {"NumberOfWonOpportunities": "D", "AmountAllOpportunities": "D", "Type": "NCUD"}),
    ],
)
def test_what_may_be_done_with_a_field(shared: Emulator, kind: str, flags: dict[str, str]) -> None:
    """The letters are those of the facts, salesforce_api.md §2.3."""
    letters = {"nillable": "N", "createable": "C", "updateable": "U", "defaultedOnCreate": "D", "idLookup": "L"}
    fields = {field["name"]: field for field in shared.salesforce.get(f"/sobjects/{kind}/describe").json()["fields"]}
    shown = {name: "".join(letter for key, letter in letters.items() if fields[name][key]) for name in flags}
    assert shown == flags


def test_roll_ups_are_none_and_not_unknown(emulator: Emulator) -> None:
    row = emulator.row("Campaign", campaign(emulator))
    assert (row["NumberOfOpportunities"], row["AmountAllOpportunities"]) == (0, 0.0)

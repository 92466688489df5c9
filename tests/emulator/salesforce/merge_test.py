"""Merging: losers, winner and children."""

from tests.emulator.running import Emulator
from tests.emulator.salesforce.life import code_of, merge, undelete


def contacts(emulator: Emulator, count: int = 2) -> list[str]:
    return [emulator.create("Contact", LastName=f"C{n}") for n in range(count)]


def test_losers_point_at_the_winner_and_only_query_all_shows_them(emulator: Emulator) -> None:
    first, second, third = contacts(emulator, 3)
    before = emulator.row("Contact", first)["SystemModstamp"]
    emulator.advance(5)
    result = merge(emulator, "Contact", first, second, third, Phone="+1", FirstName="Kept")
    assert (result["id"], result["mergedRecordIds"], result["success"]) == (first, [second, third], "true")
    row = emulator.row("Contact", first)
    assert (row["Name"], row["Phone"]) == ("Kept C0", "+1") and row["SystemModstamp"] > before
    lost = "SELECT Id, MasterRecordId FROM Contact WHERE IsDeleted = true AND MasterRecordId != null"
    assert emulator.soql(lost)["totalSize"] == 0
    assert emulator.column(lost, "queryAll") == [first, first]
    gone = emulator.salesforce.patch(f"/sobjects/Contact/{second}", json={"Phone": "2"})
    assert emulator.salesforce_error(gone) == (404, "ENTITY_IS_DELETED")


def test_children_become_the_winners_without_an_event_of_their_own(emulator: Emulator) -> None:
    first, second = contacts(emulator)
    fair, show = emulator.create("Campaign", Name="Fair"), emulator.create("Campaign", Name="Show")
    emulator.create("CampaignMember", CampaignId=fair, ContactId=first)
    both = emulator.create("CampaignMember", CampaignId=fair, ContactId=second)
    moved = emulator.create("CampaignMember", CampaignId=show, ContactId=second)
    task = emulator.create("Task", WhoId=second)
    deal = emulator.create("Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-01-01", ContactId=second)
    before = emulator.row("Task", task)
    emulator.advance(5)
    result = merge(emulator, "Contact", first, second)
    assert {moved, task} <= set(result["updatedRelatedIds"])
    after = emulator.row("Task", task)
    assert after["WhoId"] == first and after["LastModifiedDate"] == before["LastModifiedDate"]
    assert after["SystemModstamp"] > before["SystemModstamp"]
    assert emulator.row("CampaignMember", moved)["Name"] == "C0"
    assert emulator.salesforce.get(f"/sobjects/CampaignMember/{both}").status_code == 404
    roles = f"SELECT ContactId FROM OpportunityContactRole WHERE OpportunityId = '{deal}'"
    assert emulator.column(roles) == [first]


def test_the_stamps_of_children_are_a_switch(emulator: Emulator) -> None:
    first, second, third = contacts(emulator, 3)
    tasks = [emulator.create("Task", WhoId=each) for each in (second, third)]
    before = emulator.row("Task", tasks[0])["SystemModstamp"]
    emulator.advance(5)
    emulator.switch(merge_child_stamps="none")
    merge(emulator, "Contact", first, second)
    assert emulator.row("Task", tasks[0])["SystemModstamp"] == before
    emulator.switch(merge_child_stamps="all")
    merge(emulator, "Contact", first, third)
    assert emulator.row("Task", tasks[1])["LastModifiedDate"] > before


def test_contacts_of_a_merged_account(emulator: Emulator) -> None:
    first, second = (emulator.create("Account", Name=name) for name in "AB")
    person = emulator.create("Contact", LastName="P", AccountId=second)
    assert merge(emulator, "Account", first, second)["updatedRelatedIds"] == [person]
    assert emulator.row("Contact", person)["AccountId"] == first


def test_the_winner_may_take_a_unique_value_of_a_loser(emulator: Emulator) -> None:
    first = emulator.create("Lead", LastName="A", Company="A")
    second = emulator.create("Lead", LastName="B", Company="B", Pardot_Prospect_Id__c="key")
    assert merge(emulator, "Lead", first, second, Pardot_Prospect_Id__c="key")["success"] == "true"
    assert emulator.row("Lead", first)["Pardot_Prospect_Id__c"] == "key"


def test_a_loser_comes_back_without_its_children(emulator: Emulator) -> None:
    first, second = contacts(emulator)
    task = emulator.create("Task", WhoId=second)
    merge(emulator, "Contact", first, second)
    assert undelete(emulator, second)[0]["success"] == "true"
    assert emulator.row("Contact", second)["MasterRecordId"] is None
    assert emulator.row("Task", task)["WhoId"] == first


def test_what_cannot_be_merged(emulator: Emulator) -> None:
    first, second, third, fourth = contacts(emulator, 4)
    lead = emulator.create("Lead", LastName="A", Company="A")
    campaign = emulator.create("Campaign", Name="A")
    assert code_of(merge(emulator, "Contact", first, second, third, fourth)) == "MERGE_FAILED"
    assert code_of(merge(emulator, "Contact", first)) == "MERGE_FAILED"
    assert code_of(merge(emulator, "Contact", first, first)) == "MERGE_FAILED"
    assert code_of(merge(emulator, "Contact", first, lead)) == "MALFORMED_ID"
    assert code_of(merge(emulator, "Campaign", campaign, campaign)) == "INVALID_TYPE"
    assert code_of(merge(emulator, "Nothing", first, second)) == "INVALID_TYPE"
    assert code_of(merge(emulator, "Contact", first, second, LastName="")) == "REQUIRED_FIELD_MISSING"
    assert code_of(merge(emulator, "Lead", lead, "00Q5e000000led2")) == "CANNOT_UPDATE_CONVERTED_LEAD"
    assert emulator.row("Contact", second)["IsDeleted"] is False
    emulator.salesforce.delete(f"/sobjects/Contact/{second}")
    assert code_of(merge(emulator, "Contact", first, second)) == "ENTITY_IS_DELETED"

"""Lead conversion: what is made, what is copied, what is relinked, and what is refused."""

from typing import Any

from tests.emulator.running import Emulator
from tests.emulator.salesforce.life import ANN, code_of, convert

LEAD = {"FirstName": "Lea", "LastName": "Lund", "Company": "Lund AB", "Email": "lea@lund.test"}


def lead(emulator: Emulator, **fields: object) -> str:
    return emulator.create("Lead", **{**LEAD, **fields})


def test_a_lead_becomes_a_contact_of_a_new_account(emulator: Emulator) -> None:
    made = lead(emulator, Street="Main 1", City="Lund", Website="lund.test", DoNotCall=True, LeadSource="Web")
    before = emulator.row("Lead", made)
    emulator.advance(5)
    result = convert(emulator, made)
    assert (result["leadId"], result["opportunityId"], result["success"]) == (made, None, "true")
    contact, account = emulator.row("Contact", result["contactId"]), emulator.row("Account", result["accountId"])
    assert (contact["Name"], contact["Email"], contact["AccountId"]) == ("Lea Lund", "lea@lund.test", account["Id"])
    assert (contact["MailingStreet"], contact["DoNotCall"], contact["LeadSource"]) == ("Main 1", True, "Web")
    assert (account["Name"], account["BillingCity"], account["Website"]) == ("Lund AB", "Lund", "lund.test")
    after = emulator.row("Lead", made)
    assert (after["IsConverted"], after["Status"], after["IsUnreadByOwner"]) == (True, "Closed - Converted", False)
    assert after["ConvertedDate"] == after["LastModifiedDate"][:10]
    assert (after["ConvertedContactId"], after["ConvertedAccountId"]) == (contact["Id"], account["Id"])
    assert after["ConvertedOpportunityId"] is None and after["IsDeleted"] is False
    assert after["SystemModstamp"] > before["SystemModstamp"]


def test_a_converted_lead_can_be_read_and_deleted_but_not_written(emulator: Emulator) -> None:
    made = lead(emulator)
    convert(emulator, made)
    refused = emulator.salesforce.patch(f"/sobjects/Lead/{made}", json={"Phone": "1"})
    assert emulator.salesforce_error(refused) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")
    member = {"CampaignId": emulator.create("Campaign", Name="C"), "LeadId": made}
    refused = emulator.salesforce.post("/sobjects/CampaignMember", json=member)
    assert emulator.salesforce_error(refused) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")
    assert emulator.salesforce.delete(f"/sobjects/Lead/{made}").status_code == 204


def test_an_existing_contact_is_only_completed(emulator: Emulator) -> None:
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"LeadSource": "Other"})
    before = emulator.row("Contact", ANN)
    made = lead(emulator, Phone="+46", Title="Boss", LeadSource="Web")
    result = convert(emulator, made, contactId=ANN)
    assert (result["contactId"], result["accountId"]) == (ANN, before["AccountId"])
    row = emulator.row("Contact", ANN)
    assert (row["Phone"], row["Email"], row["Title"]) == (before["Phone"], before["Email"], "Boss")
    assert row["LeadSource"] == "Other"
    convert(emulator, lead(emulator, LeadSource="Web"), contactId=ANN, overwriteLeadSource="true")
    assert emulator.row("Contact", ANN)["LeadSource"] == "Web"


def test_an_opportunity_with_its_contact_and_its_campaign(emulator: Emulator) -> None:
    made, campaign = lead(emulator), emulator.create("Campaign", Name="Fair")
    emulator.create("CampaignMember", CampaignId=campaign, LeadId=made)
    result = convert(emulator, made, doNotCreateOpportunity="false", opportunityName="Big deal")
    row = emulator.row("Opportunity", result["opportunityId"])
    assert (row["Name"], row["StageName"], row["CampaignId"]) == ("Big deal", "Prospecting", campaign)
    assert row["AccountId"] == result["accountId"] and row["CloseDate"][5:] in {"03-31", "06-30", "09-30", "12-31"}
    role = emulator.soql("SELECT ContactId, IsPrimary FROM OpportunityContactRole")["records"][0]
    assert (role["ContactId"], role["IsPrimary"]) == (result["contactId"], True)
    assert emulator.row("Lead", made)["ConvertedOpportunityId"] == row["Id"]
    unnamed = convert(emulator, lead(emulator), doNotCreateOpportunity="false")
    assert emulator.row("Opportunity", unnamed["opportunityId"])["Name"] == "Lund AB-"


def test_members_gain_the_contact_and_tasks_move(emulator: Emulator) -> None:
    made = lead(emulator)
    member = emulator.create("CampaignMember", CampaignId=emulator.create("Campaign", Name="Fair"), LeadId=made)
    task = emulator.create("Task", WhoId=made)
    result = convert(emulator, made)
    row = emulator.row("CampaignMember", member)
    assert (row["LeadId"], row["ContactId"], row["Type"]) == (made, result["contactId"], "Contact")
    assert emulator.row("Task", task)["WhoId"] == result["contactId"]
    emulator.switch(conversion_moves_tasks=False)
    other = lead(emulator)
    stays = emulator.create("Task", WhoId=other)
    convert(emulator, other)
    assert emulator.row("Task", stays)["WhoId"] == other


def test_the_writes_of_a_conversion(emulator: Emulator) -> None:
    made = lead(emulator)
    emulator.plain.delete("/__admin/requests")
    convert(emulator, made, doNotCreateOpportunity="false")
    (request,) = emulator.plain.get("/__admin/requests", params={"writes": "true"}).json()["requests"]
    writes: list[dict[str, Any]] = request["writes"]
    assert [(write["action"], write["object"]) for write in writes] == [
        ("create", "Account"),
        ("create", "Contact"),
        ("create", "Opportunity"),
        ("create", "OpportunityContactRole"),
        ("update", "Lead"),
    ]


def test_what_cannot_be_converted(emulator: Emulator) -> None:
    made = lead(emulator)
    assert code_of(convert(emulator, made, status="Nonsense")) == "INVALID_STATUS"
    assert code_of(convert(emulator, made, status="Working - Contacted")) == "INVALID_STATUS"
    assert code_of(convert(emulator, ANN)) == "MALFORMED_ID"
    assert code_of(convert(emulator, "00Q5e0000000zzz")) == "INVALID_CROSS_REFERENCE_KEY"
    assert code_of(convert(emulator, "00Q5e000000led2")) == "CANNOT_UPDATE_CONVERTED_LEAD"
    other = emulator.create("Account", Name="Other")
    assert code_of(convert(emulator, made, contactId=ANN, accountId=other)) == "INVALID_CROSS_REFERENCE_KEY"
    assert emulator.row("Lead", made)["IsConverted"] is False
    queue = emulator.create("Group", Name="Q", Type="Queue")
    queued = lead(emulator, OwnerId=queue)
    assert code_of(convert(emulator, queued)) == "INVALID_OWNER"
    owner = emulator.row("Contact", ANN)["OwnerId"]
    result = convert(emulator, queued, ownerId=owner)
    assert emulator.row("Contact", result["contactId"])["OwnerId"] == owner

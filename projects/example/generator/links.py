"""Kinds of dirt in who belongs to whom: missing, wrong, doubled and dead links.

Each function hits exactly the number of records that its docstring names. Most add people of their own; the others
take clean linked pairs, and retire those whose link is no longer clear.
"""

from collections.abc import Iterator
from dataclasses import replace

from generator.org import Org, link, stamps
from generator.people import Person
from generator.rows import Pair, Row, agrees


def kinds_of_record(count: int, contacts: int) -> Iterator[str]:
    """First that many contacts, then leads, `count` in all."""
    return ("Contact" if place < contacts else "Lead" for place in range(count))


def without_email(org: Org) -> None:
    """297 contacts and 252 leads (a tenth of all records) have no e-mail address and no prospect."""
    for kind in kinds_of_record(549, 297):
        person, account = org.person(kind)
        org.record(kind, person, account)["Email"] = ""


def new_leads(org: Org) -> None:
    """60 leads of the last ten days have no prospect yet."""
    for _ in range(60):
        person, account = org.person("Lead")
        row = org.record("Lead", person, account)
        row["CreatedDate"], row["SystemModstamp"] = stamps(org.rng, days=10)


def matched_by_email(org: Org) -> None:
    """120 prospects (70 of contacts, 50 of leads) carry no Salesforce id; only the e-mail address tells whose they are.

    34 of the addresses are equal only when case is ignored (22) or when spaces around them are cut off too (12).
    """
    for place, kind in enumerate(kinds_of_record(120, 70)):
        prospect = org.unlinked(kind).prospect
        if place % 5 == 0 and place < 110:
            prospect["email"] = prospect["email"].title()
        elif place % 10 == 1:
            prospect["email"] = f"{prospect['email']} " if place % 20 == 1 else f" {prospect['email']}"


def matched_by_prospect_id(org: Org) -> None:
    """25 prospects carry no Salesforce id, but 15 contacts and 10 leads know theirs."""
    for kind in kinds_of_record(25, 15):
        pair = org.unlinked(kind)
        pair.record["Pardot_Prospect_Id__c"] = pair.prospect["id"]


def matched_by_customer_number(org: Org) -> None:
    """30 contacts have no e-mail address; the customer number finds the prospect, which has one."""
    for _ in range(30):
        pair = org.unlinked("Contact")
        pair.record["Email"] = ""
        number = next(org.ids.customer)
        pair.prospect["customer_number__c"] = number
        pair.set_theirs("customer_number__c", number)


def assigned_without_record(org: Org) -> None:
    """40 prospects are assigned to a user and have no Salesforce record; three do not say where they work."""
    for place in range(40):
        person, _ = org.person("Lead")
        prospect = org.prospect(person, org.rng.choice(org.leads)["OwnerId"])
        if place < 3:
            prospect["company"] = ""


def unassigned_without_record(org: Org) -> None:
    """50 prospects belong to nobody and have no Salesforce record: downloads of a whitepaper."""
    for _ in range(50):
        person, _ = org.person("Lead")
        org.prospect(person).update(phone="", jobTitle="")


def record_deleted(org: Org) -> None:
    """60 prospects point at a contact (40) or lead (20) that lies in the Salesforce recycle bin."""
    for kind in kinds_of_record(60, 40):
        org.linked(kind).record["IsDeleted"] = "true"


def record_merged(org: Org) -> None:
    """24 prospects point at a contact that lost a merge; three of the winners lost another one later."""
    for place in range(24):
        loser = org.linked("Contact")
        winner = _merge(org, loser.record)
        if place < 3:
            _merge(org, winner)


def lead_converted(org: Org) -> None:
    """300 leads are converted: 220 prospects moved on to the contact, 80 still point at the lead."""
    for pair in org.choose(220, lambda pair: pair.object == "Contact", agrees("email")):
        _convert(org, _lead_of(org, pair), pair.record)
    for _ in range(80):
        person, account = org.person("Contact")
        contact = org.record("Contact", person, account)
        lead = org.record("Lead", person, "")
        link(Pair(object="Lead", record=lead, prospect=org.prospect(person, contact["OwnerId"])))
        _convert(org, lead, contact)


def record_never_existed(org: Org) -> None:
    """25 prospects point at an id that is in no list, deleted or not: they came from an old sandbox."""
    for kind in kinds_of_record(25, 15):
        person, _ = org.person(kind)
        ids = org.ids.contact if kind == "Contact" else org.ids.lead
        org.prospect(person)["salesforceId"] = next(ids)


def two_prospects_one_email(org: Org) -> None:
    """15 contacts have two prospects with their e-mail address, and neither prospect knows the contact."""
    for _ in range(15):
        first = org.unlinked("Contact").prospect
        second = dict(first, id=next(org.ids.prospect), score="0", company="")
        org.prospects.append(second)


def shared_mailbox(org: Org) -> None:
    """10 times two linked people use one mailbox, so both sides hold its address twice."""
    chosen = org.choose(20, agrees("email"))
    for first, second in zip(chosen[::2], chosen[1::2], strict=True):
        address = f"info{first.prospect['id']}@example.org"
        for pair in (first, second):
            pair.prospect["email"] = address
            pair.set_theirs("email", address)
    org.retire(chosen)


def two_contacts_one_email(org: Org) -> None:
    """25 linked contacts have a double without prospect; 12 unlinked prospects could be either of two contacts."""
    for pair in org.choose(25, lambda pair: pair.object == "Contact", agrees("email")):
        _double(org, pair)
    for _ in range(12):
        _double(org, org.unlinked("Contact"))


def contact_and_lead_one_email(org: Org) -> None:
    """18 unlinked prospects could be a contact or a lead; contacts go first."""
    for _ in range(18):
        person, account = org.person("Contact")
        contact = org.record("Contact", person, account)
        org.record("Lead", person, "")
        org.prospect(person, contact["OwnerId"])


def two_prospects_one_record(org: Org) -> None:
    """6 records are the Salesforce record of two prospects, one of them with an older address."""
    chosen = org.choose(6, agrees("email"))
    for pair in chosen:
        twin = dict(pair.prospect, id=next(org.ids.prospect), customer_number__c="")
        org.prospects.append(twin | {"email": twin["email"].replace("@", ".old@")})
    org.retire(chosen)


def in_recycle_bin(org: Org) -> None:
    """110 prospects lie in the Pardot recycle bin: 40 of people whom Salesforce still has, 70 of nobody."""
    for kind in kinds_of_record(40, 25):
        org.linked(kind).prospect["isDeleted"] = "true"
    for _ in range(70):
        person, _ = org.person("Lead")
        org.prospect(person).update(isDeleted="true", phone="", company="")


def prospect_id_missing(org: Org) -> None:
    """100 linked records (one in forty) do not know the id of their prospect."""
    for pair in org.choose(100):
        pair.record["Pardot_Prospect_Id__c"] = ""


def fifteen_characters(org: Org) -> None:
    """A fifth of the linked prospects hold the Salesforce id in its 15-character form."""
    for pair in org.choose(len(org.pairs) // 5):
        pair.prospect["salesforceId"] = pair.prospect["salesforceId"][:15]


def _double(org: Org, pair: Pair) -> None:
    twin = dict(pair.record, Id=next(org.ids.contact), Title="", Phone="")
    twin.update(Pardot_Prospect_Id__c="", Prospect_Score__c="", Customer_Number__c="")
    org.contacts.append(twin)


def _merge(org: Org, loser: Row) -> Row:
    winner = dict(loser, Id=next(org.ids.contact), Pardot_Prospect_Id__c="", IsDeleted="false")
    org.contacts.append(winner)
    loser.update(IsDeleted="true", MasterRecordId=winner["Id"])
    return winner


def _lead_of(org: Org, pair: Pair) -> Row:
    person, _ = org.person("Lead")
    lead = org.record("Lead", _named(person, pair), "")
    lead["Pardot_Prospect_Id__c"] = pair.prospect["id"]
    return lead


def _named(person: Person, pair: Pair) -> Person:
    """That person under the name and address of the pair."""
    held = pair.prospect
    return replace(person, first=held["firstName"], last=held["lastName"], email=held["email"])


def _convert(org: Org, lead: Row, contact: Row) -> None:
    lead.update(
        Status="Closed - Converted",
        IsConverted="true",
        ConvertedDate=lead["SystemModstamp"][:10],
        ConvertedContactId=contact["Id"],
        ConvertedAccountId=contact["AccountId"],
    )

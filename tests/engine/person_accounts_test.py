"""Person accounts: one person under two ids, written through the account, and never taken for two."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.harness import SavedPlan, World, Yaml
from tests.engine.persons import ANA, EVERYBODY, configure, new_org, person
from tests.engine.troubles import add_warehouse, usage


@pytest.fixture
def org(tmp_path: Path) -> Iterator[World]:
    """A world with person accounts."""
    with new_org(tmp_path / "world") as made:
        yield made


def settled(org: World) -> SavedPlan:
    """A plan that is applied, after which nothing is left to send."""
    org.clock.tick(600)
    plan = org.settle()
    assert not org.plan().sendable
    return plan


def fields_of(plan: SavedPlan) -> list[tuple[str, ...]]:
    """Object, record, field and new value of what is sent."""
    return [tuple(f[k] for k in ("object", "id", "field", "after")) for f in plan.sendable]


def links_of(plan: SavedPlan) -> list[tuple[str, str, str]]:
    """Object and id in Salesforce, and the prospect, of each link that is remembered."""
    return [(link["a_object"], link["a_id"], link["b_id"]) for link in plan["links"]]


def left_out(plan: SavedPlan) -> list[tuple[str, int]]:
    """Reason and number of what takes no part."""
    return sorted((row["reason"], row["records"]) for row in plan["left_out"])


@pytest.mark.parametrize("length", [15, 18])
@pytest.mark.parametrize("which", [0, 1])
def test_it_is_found_under_either_of_its_ids_and_written_as_the_account(org: World, which: int, length: int) -> None:
    configure(org)
    ids = person(org)
    unit = org.unit.add("prospect", {"salesforceId": ids[which][:length], "firstName": "Ana", "jobTitle": "CEO"})
    plan = settled(org)
    assert links_of(plan) == [("Account", ids[0], unit)]
    written = [("Account", ids[0], "PersonTitle", "CEO"), ("Account", ids[0], "Prospect_Id__c", unit)]
    assert sorted(fields_of(plan)) == written and not plan["ambiguities"]
    assert left_out(plan) == [("person_contact", 1)]


@pytest.mark.parametrize("objects", [EVERYBODY, ("Account",)])
def test_found_by_address_its_prospect_is_told_the_id_of_its_contact(org: World, objects: tuple[str, ...]) -> None:
    configure(org, *objects)
    account, contact = person(org, PersonEmail="Ana@x.org")
    unit = org.unit.add("prospect", {"email": "ana@x.org", "firstName": "Ana"})
    plan = settled(org)
    assert links_of(plan) == [("Account", account, unit)]
    assert ("prospect", unit, "salesforceId", contact) in fields_of(plan)


def test_found_by_lookup(org: World) -> None:
    configure(org)
    unit = org.unit.add("prospect", {"firstName": "Ana"})
    account, contact = person(org, Prospect_Id__c=unit)
    plan = settled(org)
    assert links_of(plan) == [("Account", account, unit)]
    assert fields_of(plan) == [("prospect", unit, "salesforceId", contact)]


def test_business_accounts_are_no_people(org: World) -> None:
    configure(org, create={"pardot": {}})
    work = org.crm.add("Account", {"Name": "Work Inc."})
    unit = org.unit.add("prospect", {"salesforceId": work})
    org.clock.tick(600)
    plan = org.plan()
    assert not plan["changes"] and not plan["links"]
    assert left_out(plan) == [("business_account", 1)]
    assert [(h["id"], h["reason"]) for h in plan["held"]] == []
    configure(
        org, create={"salesforce": {"object": "Lead", "when": "true", "set": {"LastName": "'?'", "Company": "'?'"}}}
    )
    (held,) = org.plan()["held"]
    assert (held["id"], held["reason"]) == (unit, f"salesforce_id finds Account/{work} (a business account)")


@pytest.mark.parametrize("objects", [EVERYBODY, ("Account", "Lead", "Contact"), ("Lead", "Account", "Contact")])
def test_the_first_object_of_the_side_is_taken_of_several_with_one_address(
    org: World, objects: tuple[str, ...]
) -> None:
    configure(org, *objects)
    address = {"Email": "ana@x.org"}
    found = {
        "Account": person(org, PersonEmail="ana@x.org")[0],
        "Contact": org.crm.add("Contact", {**ANA, **address}),
        "Lead": org.crm.add("Lead", {**ANA, **address, "Company": "?"}),
    }
    unit = org.unit.add("prospect", {"email": "ana@x.org", "firstName": "Ana"})
    assert links_of(settled(org)) == [(objects[0], found[objects[0]], unit)]


def test_without_accounts_on_the_side_contacts_of_person_accounts_are_left_out_with_the_reason(org: World) -> None:
    configure(org, "Contact", "Lead")
    contact = org.crm.add("Contact", {**ANA, "Email": "ana@x.org"})
    unit = org.unit.add("prospect", {"email": "ana@x.org", "firstName": "Ana", "salesforceId": contact})
    assert links_of(settled(org)) == [("Contact", contact, unit)]
    org.crm.edit("Contact", contact, {"IsPersonAccount": True})
    org.unit.edit("prospect", unit, {"firstName": "Anna"})
    other = org.crm.add("Contact", {**ANA, "Email": "eve@x.org", "IsPersonAccount": True})
    second = org.unit.add("prospect", {"email": "eve@x.org"})
    configure(
        org,
        *("Contact", "Lead"),
        create={
            "salesforce": {"object": "Lead", "when": "true", "set": {"LastName": "'?'", "Company": "'?'"}},
            "pardot": {},
        },
    )
    plan = settled(org)
    assert not plan["changes"]
    assert [(s["id"], s["reason"]) for s in plan["skipped"]] == [(contact, "person_contact")]
    assert left_out(plan) == [("person_contact", 1)]
    told = f"email finds Contact/{other} (the contact of a person account)"
    assert [(h["id"], h["kind"], h["reason"]) for h in plan["held"]] == [(second, "would_duplicate", told)]


def test_a_link_to_the_contact_follows_to_the_account_with_its_bases(org: World) -> None:
    configure(org)
    contact = org.crm.add("Contact", dict(ANA))
    unit = org.unit.add("prospect", {"firstName": "Ana", "salesforceId": contact})
    settled(org)
    org.crm.edit("Contact", contact, {"IsPersonAccount": True})
    known = {**ANA, "Name": "Ana Alba", "IsPersonAccount": True, "PersonContactId": contact}
    account = org.crm.add("Account", known | {"FirstName": "Anna", "Prospect_Id__c": unit})
    plan = settled(org)
    assert links_of(plan) == [("Account", account, unit)]
    assert fields_of(plan) == [("prospect", unit, "firstName", "Anna")] and not plan["conflicts"]


def test_a_lead_that_became_a_person_account_is_followed(org: World) -> None:
    configure(org)
    lead = org.crm.add("Lead", {**ANA, "Company": "?"})
    unit = org.unit.add("prospect", {"firstName": "Ana", "salesforceId": lead})
    settled(org)
    account, contact = person(org, Prospect_Id__c=unit)
    org.crm.edit("Lead", lead, {"IsConverted": True, "ConvertedContactId": contact})
    plan = settled(org)
    assert links_of(plan) == [("Account", account, unit)]
    assert fields_of(plan) == [("prospect", unit, "salesforceId", contact)]


def test_merged_person_accounts_lead_to_the_one_that_is_left(org: World) -> None:
    configure(org)
    account, contact = person(org)
    unit = org.unit.add("prospect", {"firstName": "Ana", "salesforceId": contact})
    settled(org)
    kept, kept_contact = person(org, Prospect_Id__c=unit)
    org.crm.delete("Account", account, into=kept)
    org.crm.delete("Contact", contact, into=kept_contact)
    plan = settled(org)
    assert links_of(plan) == [("Account", kept, unit)]
    assert fields_of(plan) == [("prospect", unit, "salesforceId", kept_contact)]


def test_a_prospect_of_a_person_account_is_made_under_the_id_of_the_contact(org: World) -> None:
    configure(org, create={"pardot": {}})
    _, contact = person(org, PersonEmail="ana@x.org")
    plan = settled(org)
    made = [f for f in fields_of(plan) if f[0] == "prospect"]
    assert [f[2:] for f in made if f[2] == "salesforceId"] == [("salesforceId", contact)]
    assert left_out(plan) == [("person_contact", 1)] and len(org.unit.objects["prospect"]) == 1


def test_a_new_person_account_has_a_last_name_and_no_name(org: World) -> None:
    rule = {
        "object": "Account",
        "when": "true",
        "key": "Prospect_Id__c",
        "set": {"LastName": "coalesce(pardot.lastName, '?')"},
    }
    configure(org, create={"salesforce": rule})
    unit = org.unit.add("prospect", {"firstName": "Ana", "lastName": "Alba"})
    org.clock.tick(600)
    plan = org.settle()
    made = {f[2]: f[3] for f in fields_of(plan)}
    assert made == {"LastName": "Alba", "FirstName": "Ana", "Prospect_Id__c": unit}
    assert [u["field"] for u in plan["unsettled"]] == ["salesforceId"]
    (record,) = org.crm.live("Account")
    contact = org.crm.add("Contact", {**ANA, "IsPersonAccount": True})
    org.crm.edit("Account", record.id, {"IsPersonAccount": True, "PersonContactId": contact})
    assert fields_of(settled(org)) == [("prospect", unit, "salesforceId", contact)]


@pytest.mark.parametrize("named", ["account", "prospect", "address"])
def test_one_record_alone(org: World, named: str) -> None:
    configure(org)
    account, contact = person(org, PersonEmail="ana@x.org")
    unit = org.unit.add("prospect", {"firstName": "Ana", "salesforceId": contact, "email": "ana@x.org"})
    settled(org)
    org.crm.edit("Account", account, {"FirstName": "Anne"})
    record = {"account": f"Account/{account}", "prospect": f"prospect/{unit}", "address": "Account/ana@x.org"}[named]
    org.clock.tick(600)
    assert fields_of(org.plan(record=record)) == [("prospect", unit, "firstName", "Anne")]


def test_the_name_of_a_person_account_is_no_target(org: World) -> None:
    with pytest.raises(AssertionError, match="a person account has a first and a last name instead"):
        configure(org, fields=[{"salesforce": {"Account": "Name"}, "pardot": "lastName"}])


def test_accounts_alone_opposite_a_warehouse_are_not_people(org: World) -> None:
    add_warehouse(org, "k,name", "1,Work")
    key: Yaml = {"warehouse": "k", "salesforce": "Prospect_Id__c"}
    name: Yaml = {"warehouse": "name", "salesforce": "Name", "direction": "to_salesforce"}
    org.configure(usage("usage", {"salesforce": {"objects": ["Account"]}}, [key], [name]))
    work = org.crm.add("Account", {"Name": "Work Inc.", "Prospect_Id__c": "1"})
    plan = settled(org)
    assert fields_of(plan) == [("Account", work, "Name", "Work")] and not plan["left_out"]

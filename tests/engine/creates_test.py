"""New records: one for a person, with the key that makes a retry harmless, and none where one may exist."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
import yaml

from pardotflow.core.describe import FieldInfo
from pardotflow.core.values import FieldType, System
from tests.engine.harness import SOURCES, SavedPlan, World, Yaml, new_world, people
from tests.engine.troubles import LEADS, PROSPECTS, add_warehouse, fill_warehouse, filtering, usage

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
PHONE: Yaml = {"salesforce": "Phone", "pardot": "phone"}
MAIL: Yaml = {"salesforce": "Email", "pardot": "email", "direction": "to_pardot"}
ORG: Yaml = {"salesforce": "Org_Id__c", "pardot": "org_id__c"}
LOOKUP: Yaml = {"salesforce": "Prospect_Id__c", "pardot": "id"}
PROSPECT: Yaml = {"pardot": {"when": "Email is not null"}}
FILLED: Yaml = {"LastName": "'?'", "Company": "'?'"}


def new_lead(**more: object) -> Yaml:
    """The rule that makes a lead of a prospect."""
    return {"salesforce": {"object": "Lead", "when": "true", "set": FILLED, **more}}


def creates(plan: SavedPlan) -> list[tuple[str, str, str]]:
    """Object, key field and key of every new record."""
    return [(c["object"], c["key_field"], c["key_value"]) for c in plan["changes"] if c["action"] == "create"]


def held(plan: SavedPlan) -> list[tuple[str, str]]:
    """Record and kind of everything that is held."""
    return [(h["id"], h["kind"]) for h in plan["held"]]


def test_a_symmetric_match_key_is_the_key_of_the_new_record(world: World) -> None:
    create = new_lead(key="Org_Id__c")
    world.configure(people([NAME, ORG], match=[ORG], create=create))
    world.unit.add("prospect", {"org_id__c": "o1", "firstName": "a"})
    world.clock.tick(600)
    assert creates(world.settle()) == [("Lead", "Org_Id__c", "o1")]
    (lead,) = world.crm.live("Lead")
    assert lead.last.values["Org_Id__c"] == "o1"
    assert not world.plan().sendable


def test_a_new_record_whose_key_would_be_blank_is_held(world: World) -> None:
    world.configure(people([NAME, ORG], match=[ORG], create=new_lead(key="Org_Id__c")))
    unit = world.unit.add("prospect", {"firstName": "a"})
    world.clock.tick(600)
    plan = world.settle()
    assert held(plan) == [(unit, "required_missing")]
    assert not creates(plan)


def test_a_shared_email_does_not_hide_the_record_that_a_later_key_finds(world: World) -> None:
    (world.root / "environments/dev.yml").write_text("type: emulator\nampsea: true\n", "utf-8")
    create = {"pardot": {"when": "Email is not null", "share_email": True}}
    world.configure(people([NAME, MAIL], match=["email", ORG], create=create))
    world.crm.add("Contact", {"LastName": "Zero", "FirstName": "z", "Email": "e@x.org"})
    world.unit.add("prospect", {"email": "e@x.org", "firstName": "z"})
    world.clock.tick(600)
    world.settle()
    crm = world.crm.add("Contact", {"LastName": "One", "FirstName": "a", "Email": "e@x.org", "Org_Id__c": "o1"})
    unit = world.unit.add("prospect", {"email": "other@x.org", "org_id__c": "o1"})
    world.clock.tick(600)
    plan = world.plan()
    assert not creates(plan)
    assert (crm, unit) in {(link["a_id"], link["b_id"]) for link in plan["links"]}


@pytest.mark.parametrize(("said", "made"), [({}, ["b"]), ({"when": "true"}, ["a", "b"])])
def test_a_prospect_of_nobody_becomes_a_lead_only_where_a_rule_says_so(
    tmp_path: Path, said: Yaml, made: list[str]
) -> None:
    """The vendor's connector links it, and makes no record of it."""
    rule = {"object": "Lead", "key": "Prospect_Id__c", "set": FILLED, **said}
    user = {System.PARDOT: [FieldInfo(name="userId", type=FieldType.INTEGER)]}
    with new_world(tmp_path / "world", user) as world:
        world.configure(people([NAME], match=["salesforce_id", LOOKUP], create={"salesforce": rule}))
        world.unit.add("prospect", {"firstName": "a"})
        world.unit.add("prospect", {"firstName": "b", "userId": 201})
        world.crm.add("Contact", {"LastName": "x", "FirstName": "c"}, id="003000000000009AAA")
        world.unit.add("prospect", {"firstName": "c", "salesforceId": "003000000000009AAA"})
        world.clock.tick(600)
        plan = world.settle()
        assert [lead.last.values["FirstName"] for lead in world.crm.live("Lead")] == made
        assert [k["a_id"] for k in plan["links"] if k["a_object"] == "Contact"] == ["003000000000009AAA"]
        skipped = [(s["reason"], s["note"]) for s in plan["skipped"]]
        assert skipped == ([] if said else [("create_condition", "pardot.userId is not null")])


def test_a_new_record_with_a_blank_match_key_is_told(world: World) -> None:
    """Somebody who is there already under that key is not found: the vendor's documentation warns of the duplicates."""
    world.configure(people([NAME, MAIL, ORG], match=[ORG, "email"], create=PROSPECT))
    for number, org in enumerate(("o1", "o2", None, None)):
        world.crm.add("Contact", {"LastName": "N", "Email": f"{number}@x.org", "Org_Id__c": org})
    world.clock.tick(600)
    plan = world.settle()
    assert [n["note"] for n in plan["notes"] if "match key" in n["note"]] == [
        "prospect: 2 records to be made without a value for the match key Org_Id__c = org_id__c; a counterpart that is"
        " there already is not found by it, and would be doubled"
    ]


def sharing(world: World, *, ampsea: bool, **create: object) -> list[str]:
    """Two contacts with one address, of which a prospect has the first; returns their ids."""
    (world.root / "environments/dev.yml").write_text(f"type: emulator\nampsea: {str(ampsea).lower()}\n", "utf-8")
    rule = {"pardot": {"when": "Email is not null", **create}}
    world.configure(people([NAME, MAIL], match=["salesforce_id", "email"], create=rule))
    ids = [world.crm.add("Contact", {"LastName": n, "FirstName": n, "Email": "e@x.org"}) for n in ("One", "Two")]
    world.unit.add("prospect", {"firstName": "One", "email": "e@x.org", "salesforceId": ids[0]})
    world.clock.tick(600)
    return ids


@pytest.mark.parametrize("others", [0, 2])
def test_where_prospects_may_share_an_address_a_rule_may_say_so(world: World, others: int) -> None:
    first, second = sharing(world, ampsea=True, share_email=True)
    more = [world.crm.add("Contact", {"LastName": "Three", "Email": "E@x.org"}) for _ in range(others)]
    plan = world.settle()
    assert sorted(creates(plan)) == [("prospect", "salesforceId", c) for c in sorted([second, *more])]
    assert sorted(r.last.values["salesforceId"] for r in world.unit.live("prospect")) == sorted([first, second, *more])
    assert not world.plan().sendable


@pytest.mark.parametrize(("ampsea", "rule"), [(True, {}), (False, {"share_email": True}), (False, {})])
def test_else_a_second_prospect_with_the_address_is_held(world: World, ampsea: bool, rule: Yaml) -> None:
    _, second = sharing(world, ampsea=ampsea, **rule)
    plan = world.settle()
    assert not creates(plan)
    assert held(plan) == [(second, "would_duplicate")]


def test_in_a_unit_with_unique_addresses_a_new_prospect_needs_a_free_one(world: World) -> None:
    """Whatever the match keys are: the system would refuse the others."""
    sharing(world, ampsea=False)
    world.configure(people([NAME, MAIL], match=["salesforce_id"], create=PROSPECT))
    twins = [world.crm.add("Contact", {"LastName": "T", "Email": e}) for e in ("T@x.org", "t@x.org")]
    free = world.crm.add("Contact", {"LastName": "F", "Email": "f@x.org"})
    world.clock.tick(600)
    plan = world.settle()
    (second,) = {h["id"] for h in plan["held"]} - set(twins)
    assert sorted(held(plan)) == sorted((c, "email_taken") for c in [second, *twins])
    assert creates(plan) == [("prospect", "salesforceId", free)]
    assert not world.plan().sendable


@pytest.mark.parametrize("strength", ["apply", "observe"])
def test_two_syncs_that_lack_one_record_make_it_once(world: World, strength: str) -> None:
    one = people([NAME, MAIL], match=["salesforce_id"], create=PROSPECT)
    two = people([PHONE], match=[ORG], create=PROSPECT, strength=strength, sync="second")
    world.configure(one, two)
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Phone": "1", "Email": "a@x.org"})
    world.clock.tick(600)
    world.settle()
    assert [r.last.values["salesforceId"] for r in world.unit.live("prospect")] == [crm]


def test_two_syncs_that_make_records_of_one_row_link_each_its_own(world: World) -> None:
    add_warehouse(world, "k,email,name", "r1,a@x.org,Ann")
    prospect = {"when": "true", "set": {"org_id__c": "warehouse.k", "email": "warehouse.email"}}
    lead = {"object": "Lead", "set": {**FILLED, "Org_Id__c": "warehouse.k"}}
    world.configure(
        usage(
            "prospects",
            PROSPECTS,
            [{"warehouse": "k", "pardot": "org_id__c"}],
            [{"warehouse": "name", "pardot": "firstName", "direction": "to_pardot"}],
            create={"pardot": prospect},
        ),
        usage(
            "leads",
            LEADS,
            [{"warehouse": "k", "salesforce": "Org_Id__c"}],
            [{"warehouse": "name", "salesforce": "FirstName", "direction": "to_salesforce"}],
            create={"salesforce": lead},
        ),
    )
    world.clock.tick(600)
    world.settle()
    (made,) = world.unit.live("prospect")
    (other,) = world.crm.live("Lead")
    with duckdb.connect(str(world.layout.memory), read_only=True) as con:
        found = con.execute("select sync, a_id, b_object, b_id from links order by all").fetchall()
    assert found == [("leads", "r1", "Lead", other.id), ("prospects", "r1", "prospect", made.id)]
    fill_warehouse(world, "k,email,name", "r1,a@x.org,Bob")
    assert {(f["id"], f["after"]) for f in world.plan().sendable} == {(made.id, "Bob"), (other.id, "Bob")}


def test_a_contact_that_was_committed_late_stops_a_new_lead(world: World) -> None:
    """Its transaction began five minutes before the plan's read, and so says its stamp."""
    world.configure(people([NAME], match=["salesforce_id", "email"], create=new_lead()))
    world.unit.add("prospect", {"email": "a@x.org", "firstName": "a"})
    world.clock.tick(3600)
    plan = world.plan()
    assert [name for name, *_ in creates(plan)] == ["Lead"]
    world.clock.tick(30)
    record = world.crm.objects["Contact"][world.crm.add("Contact", {"LastName": "Berg", "Email": "a@x.org"})]
    record.versions[-1] = replace(record.last, stamp=record.last.stamp - timedelta(minutes=5))
    world.clock.tick(30)
    assert world.apply(plan).report.moved == len(plan["changes"])
    assert not list(world.crm.live("Lead"))


def test_a_converted_lead_that_a_key_finds_is_not_made_again(world: World) -> None:
    """An upsert by that key would write to the converted lead."""
    world.configure(people([NAME], match=["salesforce_id", LOOKUP, "email"], create=new_lead(key="Prospect_Id__c")))
    unit = world.unit.add("prospect", {"email": "a@x.org", "firstName": "a"})
    contact = world.crm.add("Contact", {"LastName": "Berg", "Email": "new@x.org"})
    was = {"IsConverted": True, "ConvertedContactId": contact}
    values = {"LastName": "Berg", "Company": "Acme", "Email": "a@x.org", "Prospect_Id__c": unit}
    world.crm.add("Lead", {**values, **was})
    world.clock.tick(600)
    plan = world.settle()
    assert not creates(plan)
    assert not [s for s in world.log if s.object == "Lead"]


def test_false_is_given_to_a_new_record_whose_default_is_true(tmp_path: Path) -> None:
    """Else the default would flow back as an edit: an opt-in that nobody gave."""
    more = {
        System.SALESFORCE: [FieldInfo(name="News__c", type=FieldType.BOOLEAN, default="true")],
        System.PARDOT: [FieldInfo(name="news__c", type=FieldType.BOOLEAN)],
    }
    news = {"salesforce": "News__c", "pardot": "news__c"}
    with new_world(tmp_path / "world", more) as world:
        create = new_lead(key="Prospect_Id__c")
        world.configure(people([NAME, news], match=["salesforce_id", LOOKUP], create=create))
        unit = world.unit.add("prospect", {"email": "a@x.org", "firstName": "a", "news__c": False})
        world.clock.tick(600)
        world.settle()
        (lead,) = world.crm.live("Lead")
        assert (lead.last.values["News__c"], world.unit.value("prospect", unit, "news__c")) == (False, False)


def test_a_side_that_is_read_through_a_filter_gets_no_new_record(world: World) -> None:
    """The counterpart may be among the records that the filter leaves out."""
    sources = [{**s, "where": "Title != 'x'"} if s["object"] == "Contact" else s for s in SOURCES["sources"]]
    (world.root / "sources/all.yml").write_text(yaml.safe_dump({"sources": sources}), "utf-8")
    create = new_lead(key="Prospect_Id__c")
    world.configure(people([NAME], match=["salesforce_id", LOOKUP, "email"], create=create))
    world.crm.add("Contact", {"LastName": "Berg", "Email": "a@x.org", "Title": "x"})
    unit = world.unit.add("prospect", {"email": "a@x.org"})
    world.clock.tick(600)
    with filtering(world, System.SALESFORCE):
        plan = world.plan()
    assert not creates(plan)
    assert held(plan) == [(unit, "filtered_source")]

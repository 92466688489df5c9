"""What `why` tells of one record: its fields in every situation, how it is linked, and why it stands alone."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pardotflow.core.errors import UsageError
from pardotflow.core.values import System
from pardotflow.plan.explanation import Accepted, Explanation, FieldExplanation, Outcome, RecordState, SyncExplanation
from pardotflow.plan.whyjson import why_json
from tests.engine.harness import World, Yaml, people
from tests.engine.troubles import filtering
from tests.house.source import ROOT

NAME: dict[str, Any] = {"salesforce": "FirstName", "pardot": "firstName"}
PHONE: Yaml = {"salesforce": "Phone", "pardot": "phone", "pii": "phone"}
TITLE: Yaml = {"salesforce": "Title", "pardot": "jobTitle"}
CREATE: Yaml = {"pardot": {"when": "Email is not null"}}


def only(explained: Explanation) -> SyncExplanation:
    """The one sync of a world."""
    (sync,) = explained.syncs
    return sync


def cell_of(explained: Explanation) -> FieldExplanation:
    """The one field that was asked for."""
    (cell,) = only(explained).fields
    return cell


def told(cell: FieldExplanation) -> tuple[str, str, str | None, str | None]:
    """What would happen, why, and the two values."""
    d = cell.decision
    return (d.outcome, d.kind or d.reason, d.before, d.after)


def settled_pair(world: World, fields: list[Yaml], crm: Yaml, unit: Yaml) -> tuple[str, str]:
    """A pair at rest."""
    world.configure(people(fields))
    found = world.pair(crm, unit)
    world.settle()
    return found


EDITS: Mapping[str, tuple[Yaml, Yaml, Yaml, tuple[str, str, str | None, str | None], str]] = {
    "salesforce moved": (NAME, {"FirstName": "b"}, {}, ("write", "salesforce moved", "a", "b"), "salesforce_moved"),
    "pardot moved": (NAME, {}, {"firstName": "b"}, ("write", "pardot moved", "a", "b"), "pardot_moved"),
    "a policy decides": (
        NAME | {"policy": "pardot"},
        {"FirstName": "b"},
        {"firstName": "c"},
        ("write", "both moved; policy pardot", "b", "c"),
        "both_moved",
    ),
    "nobody decides": (
        NAME | {"policy": "ask"},
        {"FirstName": "b"},
        {"firstName": "c"},
        ("held", "open_conflict", None, None),
        "both_moved",
    ),
    "drift": (
        NAME | {"direction": "to_pardot"},
        {},
        {"firstName": "c"},
        ("write", "edited on a one-way field; put back", "c", "a"),
        "pardot_moved",
    ),
    "a blank": (NAME, {"FirstName": None}, {}, ("held", "blank", "a", None), "salesforce_moved"),
    "a blank that clears": (
        NAME | {"on_blank": "clear"},
        {"FirstName": None},
        {},
        ("write", "salesforce moved; clears", "a", None),
        "salesforce_moved",
    ),
    "a blank that is refilled": (
        NAME | {"on_blank": "refill"},
        {"FirstName": None},
        {},
        ("write", "a blank is refilled", None, "a"),
        "salesforce_moved",
    ),
    "both came to the same": (NAME, {"FirstName": "b"}, {"firstName": "b "}, ("agree", "", None, None), "both_moved"),
    "nobody did anything": (NAME, {}, {}, ("agree", "", None, None), "same"),
    "only blanks are filled": (
        NAME | {"into": "blank"},
        {"FirstName": "b"},
        {},
        ("accepted", Accepted.TARGET_FILLED, None, None),
        "salesforce_moved",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_field_in_each_situation(name: str, world: World) -> None:
    mapping, crm_edit, unit_edit, expected, situation = EDITS[name]
    crm, unit = settled_pair(world, [mapping], {"FirstName": "a"}, {"firstName": "a"})
    if crm_edit:
        world.crm.edit("Contact", crm, crm_edit)
    if unit_edit:
        world.unit.edit("prospect", unit, unit_edit)
    world.clock.tick(600)
    cell = cell_of(world.why(f"Contact/{crm}#FirstName"))
    assert told(cell) == expected
    assert cell.situation == situation
    assert (cell.a.base, cell.b.base) == ("a", "a")


def test_a_field_may_be_named_by_either_side_and_in_any_case(world: World) -> None:
    crm, unit = settled_pair(world, [NAME, PHONE], {"FirstName": "a"}, {"firstName": "a"})
    cell = cell_of(world.why(f"Contact/{crm}#FirstName"))
    assert cell.rule.key == "firstName"
    assert cell == cell_of(world.why(f"prospect/{unit}#FIRSTNAME"))


def test_a_changed_mapping_and_a_pair_without_a_base(world: World) -> None:
    crm, _ = settled_pair(world, [NAME], {"FirstName": "a", "Title": "x"}, {"firstName": "a"})
    world.configure(people([TITLE, {"salesforce": "LastName", "pardot": "firstName"}]))
    world.clock.tick(600)
    new, changed = only(world.why(f"Contact/{crm}")).fields
    assert (changed.situation, changed.has_base, changed.decision.kind) == ("mapping_changed", False, "open_conflict")
    assert (new.situation, new.has_base, new.a.base) == ("new", False, None)
    assert told(new) == ("write", "no base yet; on_link fill", None, "x")


def test_what_was_sent_counts_until_it_is_read(world: World) -> None:
    crm, unit = settled_pair(world, [NAME], {"FirstName": "a"}, {"firstName": "a"})
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.clock.tick(600)
    world.settle(wait=1)
    cell = cell_of(world.why(f"Contact/{crm}#FirstName", offline=True))
    assert (cell.b.value, cell.b.base, cell.b.is_stale) == ("b", "b", True)
    assert cell.b.sent_at and not cell.a.sent_at
    assert told(cell)[0] == Outcome.AGREE
    world.clock.tick(600)
    cell = cell_of(world.why(f"Contact/{crm}#FirstName"))
    assert (cell.b.sent_at, cell.b.is_stale) == ("", False)
    (write,) = cell.writes
    assert (write.record.id, write.field, write.before, write.after) == (unit, "firstName", "a", "b")
    assert write.run_id and write.line == cell.rule.line


def test_how_values_are_compared(world: World) -> None:
    count: Yaml = {"salesforce": "Count__c", "pardot": "count__c"}
    world.write("map.csv", "salesforce,pardot\nWeb,web\n")
    source: Yaml = {"salesforce": "Source__c", "pardot": "source", "values": "map.csv", "direction": "to_pardot"}
    crm, _ = settled_pair(world, [count, source], {"Count__c": 5.0, "Source__c": "Web"}, {"count__c": "5"})
    number, mapped = only(world.why(f"Contact/{crm}")).fields
    assert (number.a.form, number.b.form, number.rule.compared_as) == ("5", "5", "number")
    assert (mapped.a.value, mapped.a.form, mapped.rule.values) == ("Web", "web", "syncs/map.csv")
    world.crm.edit("Contact", crm, {"Source__c": "Fair"})
    world.clock.tick(600)
    cell = cell_of(world.why(f"Contact/{crm}#source"))
    assert (cell.decision.kind, cell.a.form) == ("unmapped_value", None)


def test_a_rewritten_value_is_left_as_it_is(world: World) -> None:
    world.crm.habits.rewrites = {"FirstName": lambda v: v.upper() if v else v}
    crm, unit = settled_pair(world, [NAME], {"FirstName": "a"}, {"firstName": "a"})
    world.unit.edit("prospect", unit, {"firstName": "b"})
    world.clock.tick(600)
    world.settle()
    assert told(cell_of(world.why(f"Contact/{crm}#firstName")))[:2] == (Outcome.ACCEPTED, Accepted.REWRITTEN)


def test_a_refused_change_is_told_with_the_words_of_the_system(world: World) -> None:
    crm, unit = settled_pair(world, [PHONE], {"Phone": "1"}, {"phone": "1"})
    world.crm.habits.refuses = lambda *_: "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    world.unit.edit("prospect", unit, {"phone": "2"})
    world.clock.tick(600)
    world.settle()
    explained = world.why(f"prospect/{unit}#phone")
    cell = cell_of(explained)
    assert (cell.decision.outcome, cell.decision.kind) == ("held", "refused")
    assert cell.decision.reason.startswith("FIELD_CUSTOM_VALIDATION_EXCEPTION: ")
    (refusal,) = only(explained).refusals
    assert (refusal.record.id, refusal.action, refusal.code) == (crm, "update", "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    assert refusal.run_id and refusal.at
    shared = json.loads(why_json(explained))["syncs"][0]
    assert shared["refusals"][0]["message"] == ""
    assert shared["fields"][0]["decision"]["reason"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"


def test_every_sync_of_a_record_is_told_and_one_that_only_plans_says_so(world: World) -> None:
    titles = dict(people([TITLE], strength="plan")) | {"sync": "titles"}
    world.configure(people([NAME], strength="apply"), titles)
    crm, _ = world.pair({"FirstName": "a", "Title": "t"}, {})
    world.clock.tick(600)
    found = {sync.sync: [told(c)[0] for c in sync.fields] for sync in world.why(f"Contact/{crm}").syncs}
    assert found == {"people": [Outcome.WRITE], "titles": [Outcome.SHOWN]}
    assert only(world.why(f"Contact/{crm}#Title")).sync == "titles"


def test_how_a_pair_was_linked(world: World) -> None:
    world.configure(people([NAME], match=["salesforce_id", "email"], create=CREATE))
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a", "Email": "a@x.org"})
    world.clock.tick(600)
    sync = only(world.why(f"Contact/{crm}"))
    assert sync.b and sync.b.state == RecordState.NEW
    assert [told(c) for c in sync.fields] == [("write", "new record", None, "a")]
    world.settle()
    sync = only(world.why(f"Contact/{crm}"))
    assert sync.link and sync.link.origin == "created:pardot" and sync.link.run_id and sync.link.linked_at
    assert sync.link.agreeing == ("salesforce_id",)
    assert sync.b and (sync.b.state, sync.b.is_ours) == (RecordState.LIVE, True)


def test_a_link_follows_a_conversion(world: World) -> None:
    world.configure(people([NAME]))
    lead, unit = world.pair({"FirstName": "a"}, {"firstName": "a"}, object_name="Lead")
    world.settle()
    contact = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "a"})
    world.crm.edit("Lead", lead, {"IsConverted": True, "ConvertedContactId": contact})
    world.clock.tick(600)
    world.plan()
    for record in (f"Lead/{lead}", f"prospect/{unit}", f"Contact/{contact}"):
        sync = only(world.why(record))
        assert sync.a and sync.b and (sync.a.record.id, sync.b.record.id) == (contact, unit)
        assert sync.link and [r.id for r in sync.link.was] == [lead, unit]
        assert [i.after for i in sync.ids] == [contact]


@pytest.mark.parametrize("kind", ["ambiguous", "create_condition", "no_create_rule", "counterpart_gone", "dangling"])
def test_why_a_record_stands_alone(kind: str, world: World) -> None:
    create = {} if kind == "no_create_rule" else CREATE
    world.configure(people([NAME], match=["salesforce_id", "email"], create=create))
    email = "a@x.org" if kind == "ambiguous" else None
    crm = world.crm.add("Contact", {"LastName": "Berg", "Email": email})
    record = f"Contact/{crm}"
    if kind == "ambiguous":
        for _ in range(2):
            world.unit.add("prospect", {"email": email})
    if kind == "dangling":
        record = f"prospect/{world.unit.add('prospect', {'salesforceId': '003000000000777AAA'})}"
    if kind == "counterpart_gone":
        unit = world.unit.add("prospect", {"salesforceId": crm})
        world.settle()
        world.unit.delete("prospect", unit)
    world.clock.tick(600)
    world.plan()
    assert [s.kind for s in only(world.why(record)).standings] == [kind]
    assert not only(world.why(record)).fields


def test_a_counterpart_that_would_be_deleted(world: World) -> None:
    world.configure(people([NAME], deletes={"salesforce": "archive"}))
    crm, unit = world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.settle()
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    sync = only(world.why(f"prospect/{unit}"))
    assert sync.a and sync.a.state == RecordState.DELETED
    assert [(s.kind, s.record.id) for s in sync.standings] == [("delete", unit)]


def test_little_is_read_and_nothing_is_kept(world: World) -> None:
    crm, unit = settled_pair(world, [NAME], {"FirstName": "a"}, {"firstName": "a"})
    world.unit.edit("prospect", unit, {"firstName": "b"})
    world.clock.tick(600)
    before = [c.calls for c in world.fakes.values()], world.ledger.latest_plan()
    offline = world.why(f"Contact/{crm}", offline=True)
    assert ([c.calls for c in world.fakes.values()], world.ledger.latest_plan()) == before
    assert (offline.is_offline, offline.syncs[0].fields[0].decision.outcome) == (True, Outcome.AGREE)
    with filtering(world, System.SALESFORCE) as _, filtering(world, System.PARDOT) as _:
        fresh = world.why(f"Contact/{crm}")
    assert fresh.syncs[0].fields[0].decision.outcome == Outcome.WRITE
    assert sum(c.calls for c in world.fakes.values()) - sum(before[0]) <= 4
    assert world.ledger.latest_plan() == before[1]
    assert not list(world.layout.plans.glob("draft*"))


def test_what_was_never_read_whole_is_said(world: World) -> None:
    world.configure(people([NAME]))
    crm, _ = world.pair({}, {})
    notes = world.why(f"Contact/{crm}").notes
    assert [n.split(" was ")[0] for n in notes] == ["salesforce Contact", "salesforce Lead", "pardot prospect"]
    world.plan()
    assert world.why(f"Contact/{crm}").notes == ()


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        ("Contact/{crm}#Fone", "no sync maps a field 'Fone' of Contact", 'Did you mean "Phone"?'),
        ("Contact/{crm}#Company", "no sync maps a field 'Company' of Contact", "Mapped fields: Phone"),
        ("Contact/003000000000999AAA", "no Contact 003000000000999AAA is remembered", "Without --offline it is read."),
        ("Opportunity/1", "no sync has an object 'Opportunity'", "Objects: "),
    ],
)
def test_an_unknown_record_or_field(asked: str, message: str, hint: str, world: World) -> None:
    company: Yaml = {"salesforce": {"Lead": "Company"}, "pardot": "company"}
    crm, _ = settled_pair(world, [PHONE, company], {}, {})
    with pytest.raises(UsageError, match=message) as caught:
        world.why(asked.format(crm=crm), offline=True)
    assert caught.value.hint.startswith(hint)


def test_the_json_follows_its_schema_and_keeps_personal_values_to_itself(world: World) -> None:
    crm, _ = settled_pair(
        world, [PHONE, NAME], {"Phone": "555-1", "FirstName": "Zoe"}, {"phone": "555-1", "email": "z@x.org"}
    )
    world.crm.edit("Contact", crm, {"Phone": "555-2"})
    world.clock.tick(600)
    explained = world.why("prospect/z@x.org")
    text = why_json(explained)
    document = json.loads((ROOT / "schemas" / "why.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(document)
    for shown in (text, why_json(explained, clear_values=True)):
        Draft202012Validator(document).validate(json.loads(shown))
    assert "555-2" not in text and "z@x.org" not in text and "Zoe" in text
    phone = next(f for f in json.loads(text)["syncs"][0]["fields"] if f["rule"]["key"] == "phone")
    assert phone["a"]["value"] == phone["decision"]["after"] != phone["b"]["value"] == phone["a"]["base"]
    assert "555-2" in why_json(explained, clear_values=True)

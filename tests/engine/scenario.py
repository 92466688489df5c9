"""Made-up small businesses: a configuration, people on two sides, and what people do to them between two runs.

Values come from small vocabularies, so that sides often agree, often differ, and are often blank.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from pardotflow.core.values import System
from tests.engine.harness import World, Yaml, people
from tests.engine.vendor import Vendor

Draw = st.DrawFn
CRM, UNIT = System.SALESFORCE, System.PARDOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A field of each side that a mapping may join, and what people write there."""

    crm: str
    unit: str
    crm_values: tuple[Any, ...]
    unit_values: tuple[Any, ...]


def alike(crm: str, unit: str, *values: Any) -> Pair:
    """A pair of fields with the same values on both sides, or none."""
    return Pair(crm=crm, unit=unit, crm_values=(None, *values), unit_values=(None, *values))


PAIRS = (
    alike("FirstName", "firstName", "Ada", "Bo", "Bo "),
    alike("Phone", "phone", "1", "+1 2", "3"),
    alike("Title", "jobTitle", "CEO", "cto", "e\u0301", "\u00e9"),
    Pair(crm="Note__c", unit="note__c", crm_values=(None, "abc", "abcde"), unit_values=(None, "abc", "abcdef", "xyz")),
    Pair(crm="Flag__c", unit="flag__c", crm_values=(True, False), unit_values=(None, True, False)),
    Pair(crm="Count__c", unit="count__c", crm_values=(None, 5, 5.0, 6.5), unit_values=(None, "5", "5.0", 7)),
    alike("Day__c", "day__c", "2024-01-02", "2024-02-29"),
    Pair(
        crm="When__c",
        unit="when__c",
        crm_values=(None, "2024-01-02T03:04:05.000+0000", "2024-01-02T03:04:06.000+0000"),
        unit_values=(None, "2024-01-01T22:04:05-05:00", "2024-03-02T03:04:05-05:00"),
    ),
    Pair(crm="Many__c", unit="many__c", crm_values=(None, "a;b", "c"), unit_values=(None, "b;a", "a", "c;")),
    Pair(crm="Pick__c", unit="pick__c", crm_values=(None, "A", "B"), unit_values=(None, "A", "C", "Q")),
    Pair(crm="Source__c", unit="source", crm_values=(None, "Web", "Fair", "X"), unit_values=(None, "web", "fair", "y")),
    Pair(crm="OptOut__c", unit="optedOut", crm_values=(True, False), unit_values=(True, False, None)),
    Pair(crm="Score__c", unit="score", crm_values=(None, 1, 2), unit_values=(0, 1, 2)),
    alike("Email", "email", "a@x.org", "A@x.org", "b@x.org", "c@x.org"),
)
EXTRAS: tuple[tuple[Yaml, ...], ...] = (
    (),
    ({"pardot": "company", "direction": "to_pardot", "sql": "upper(coalesce(salesforce.LastName, salesforce.Id))"},),
    ({"salesforce": {"Lead": "Company"}, "pardot": "company"},),
    ({"salesforce": "LastName", "pardot": "lastName", "on_link": "salesforce"},),
)
"""A computed field, one that only leads have, and one that Salesforce always has."""
TRACKED = frozenset({"FirstName", "Phone", "Count__c", "Pick__c"})
"""The fields that Salesforce keeps a history of."""
LINKS = ("id", "short id", "lookup", "org", "email", "none", "crm only", "unit only")
KEYS: Mapping[str, Any] = {
    "id": "salesforce_id",
    "lookup": {"salesforce": "Prospect_Id__c", "pardot": "id"},
    "org": {"salesforce": "Org_Id__c", "pardot": "org_id__c"},
    "email": "email",
}


CRM_CONDITIONS: tuple[Yaml, ...] = (
    {},
    {},
    {"select": "Title is distinct from 'CEO'"},
    {"select": "Source__c = 'Web'", "on_leave": "unlink"},
    {"select": "Source__c = 'Web'", "on_leave": "archive"},
    {"do_not_sync": "Flag__c"},
    {"select": "Count__c > 5", "do_not_sync": "salesforce.Phone = '1'"},
)
UNIT_CONDITIONS: tuple[Yaml, ...] = (
    {},
    {},
    {},
    {"select": "coalesce(jobTitle, '') <> 'CEO'", "on_leave": "unlink"},
    {"do_not_sync": "flag__c"},
)
"""Who takes part: by fields that people edit, and that mappings may write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person: a record on one side or on both, and how the two could find each other."""

    object: str
    link: str
    crm: Mapping[str, Any]
    unit: Mapping[str, Any]
    seconds: int
    """How long after the person before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What somebody does to a record: sets fields, deletes it, takes it out of the recycle bin, merges it into the
    record of `other`, converts it, or loses the right to see it."""

    person: int
    other: int
    system: System
    action: str
    values: Mapping[str, Any]
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """All of it."""

    sync: Yaml
    people: tuple[Person, ...]
    edits: tuple[Edit, ...]


@st.composite
def mappings(draw: Draw, pair: Pair) -> Yaml:
    """One mapping with random rules."""
    mapping: dict[str, Any] = {"salesforce": pair.crm, "pardot": pair.unit}
    is_score = pair.crm == "Score__c"
    direction = (
        "to_salesforce" if is_score else draw(st.sampled_from(("two_way", "two_way", "to_pardot", "to_salesforce")))
    )
    mapping["direction"] = direction
    mapping["into"] = draw(st.sampled_from(("any", "any", "blank")))
    mapping["too_long"] = draw(st.sampled_from(("hold", "cut")))
    if pair.crm == "Source__c":
        mapping["values"] = "sources.csv"
    if pair.crm == "OptOut__c":
        return mapping | {"policy": "consent"} | draw(st.sampled_from(({}, {"allow": "opt_in"})))
    if direction == "two_way" and draw(st.integers(0, 3)) == 0:
        rule = draw(st.sampled_from(("salesforce", "pardot", "most_recent")))
        clears = {"on_blank": "clear"} if rule == "salesforce" and draw(st.booleans()) else {}
        return mapping | {"preset": "connector", "policy": rule, "into": "any"} | clears
    mapping["on_blank"] = draw(st.sampled_from(("hold", "clear", "refill")))
    mapping["most_recent"] = draw(st.sampled_from(("record", "field")))
    if direction == "two_way":
        mapping["policy"] = draw(st.sampled_from(("salesforce", "pardot", "most_recent", "ask")))
        mapping["on_link"] = draw(st.sampled_from(("fill", "salesforce", "pardot", "most_recent", "ask")))
    return mapping


@st.composite
def syncs(draw: Draw) -> Yaml:
    """A sync over some of the pairs, with some of the keys, that creates on no side, one, or both."""
    chosen = draw(st.lists(st.sampled_from(PAIRS), min_size=3, max_size=9, unique=True))
    fields = [draw(mappings(pair)) for pair in chosen]
    fields += draw(st.sampled_from(EXTRAS))
    keys = draw(st.lists(st.sampled_from(tuple(KEYS)), min_size=1, max_size=4, unique=True))
    create: dict[str, Any] = {}
    if draw(st.booleans()):
        create["pardot"] = {"when": "Email is not null", "set": {"campaignId": "7"}}
    if "lookup" in keys and draw(st.booleans()):
        values = {"LastName": "coalesce(pardot.lastName, 'Unknown')", "Company": "coalesce(pardot.company, '?')"}
        create["salesforce"] = {"object": "Lead", "when": "true", "set": values, "key": "Prospect_Id__c"}
    deletes = {str(s): draw(st.sampled_from(("keep", "unlink", "archive", "recreate"))) for s in (CRM, UNIT)}
    deletes = {s: rule if rule != "recreate" or s in create else "keep" for s, rule in deletes.items()}
    # What our own write pushes out of a selection is deleted by the plan after it; `converge_test` looks at that.
    is_pushed = "salesforce" in create or any(f["salesforce"] == "Source__c" for f in fields if "salesforce" in f)
    kept = [c for c in CRM_CONDITIONS if not (is_pushed and c.get("on_leave") == "archive")]
    sides = {
        "salesforce": {"objects": ["Contact", "Lead"], **draw(st.sampled_from(kept))},
        "pardot": {"object": "prospect", **draw(st.sampled_from(UNIT_CONDITIONS))},
    }
    return people(fields, match=[KEYS[k] for k in keys], create=create, deletes=deletes, sides=sides)


def _values(draw: Draw, system: System) -> dict[str, Any]:
    """A value of every field, for one side."""
    if system is CRM:
        return {p.crm: draw(st.sampled_from(p.crm_values)) for p in PAIRS}
    return {p.unit: draw(st.sampled_from(p.unit_values)) for p in PAIRS}


@st.composite
def persons(draw: Draw) -> Person:
    """One person; half of the values of the second side are those of the first."""
    crm, unit = _values(draw, CRM), _values(draw, UNIT)
    for pair in PAIRS:
        if draw(st.booleans()) and crm[pair.crm] in pair.unit_values:
            unit[pair.unit] = crm[pair.crm]
    return Person(
        object=draw(st.sampled_from(("Contact", "Lead"))),
        link=draw(st.sampled_from(LINKS)),
        crm=crm,
        unit=unit,
        seconds=draw(st.integers(0, 3)),
    )


@st.composite
def edits(draw: Draw, count: int) -> Edit:
    """One thing that somebody does."""
    system = draw(st.sampled_from((CRM, UNIT)))
    values = _values(draw, system)
    touched = draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=3, unique=True))
    return Edit(
        person=draw(st.integers(0, count - 1)),
        other=draw(st.integers(0, count - 1)),
        system=system,
        action=draw(
            st.sampled_from(("set", "set", "set", "set", "set", "delete", "undelete", "merge", "convert", "hide"))
        ),
        values={f: values[f] for f in touched},
        seconds=draw(st.integers(0, 3)),
    )


@st.composite
def scenarios(draw: Draw) -> Scenario:
    """A business of one to twelve people."""
    made = draw(st.lists(persons(), min_size=1, max_size=12))
    done = draw(st.lists(edits(len(made)), max_size=12))
    return Scenario(sync=draw(syncs()), people=tuple(made), edits=tuple(done))


Records = list[dict[System, tuple[str, str]]]
"""By person and system: object and id."""


def populate(world: World, scenario: Scenario) -> Records:
    """Put the people into the two systems."""
    world.write("sources.csv", "salesforce,pardot\nWeb,web\nFair,fair\n")
    world.crm.habits.tracked = TRACKED
    return [_add(world, n, person) for n, person in enumerate(scenario.people)]


def _add(world: World, number: int, person: Person) -> dict[System, tuple[str, str]]:
    found: dict[System, tuple[str, str]] = {}
    world.clock.tick(person.seconds)
    org = {"Org_Id__c": f"O{number}"} if person.link == "org" else {}
    if person.link != "unit only":
        head = {"LastName": "Berg"} | ({"Company": "Acme"} if person.object == "Lead" else {})
        found[CRM] = (person.object, world.crm.add(person.object, {**head, **person.crm, **org}))
    if person.link == "crm only":
        return found
    world.clock.tick(person.seconds)
    link = {"org_id__c": f"O{number}"} if person.link == "org" else {}
    if person.link in ("id", "short id"):
        link = {"salesforceId": found[CRM][1][: 18 if person.link == "id" else 15]}
    email = {"email": person.crm["Email"]} if person.link == "email" else {}
    found[UNIT] = ("prospect", world.unit.add("prospect", {**person.unit, **link, **email}))
    if person.link == "lookup":
        world.crm.edit(person.object, found[CRM][1], {"Prospect_Id__c": found[UNIT][1]})
    return found


def disturb(world: World, scenario: Scenario, records: Records) -> None:
    """Do to the records what people do."""
    for edit in scenario.edits:
        world.clock.tick(edit.seconds)
        vendor = world.crm if edit.system is CRM else world.unit
        if edit.system in records[edit.person]:
            name, id = records[edit.person][edit.system]
            if vendor.objects[name][id].last.deleted == (edit.action == "undelete"):
                _do(world, edit, name, id, records[edit.other].get(edit.system))


def _do(world: World, edit: Edit, name: str, id: str, other: tuple[str, str] | None) -> None:
    vendor = world.crm if edit.system is CRM else world.unit
    if edit.action == "delete":
        vendor.delete(name, id)
    elif edit.action == "undelete":
        vendor.undelete(name, id)
    elif edit.action == "merge":
        if edit.system is CRM and other is not None and _can_take(vendor, name, id, other):
            vendor.delete(name, id, into=other[1])
    elif edit.action == "hide":
        vendor.hide(name, id)
    elif edit.action == "convert" and name == "Lead" and not vendor.value(name, id, "IsConverted"):
        kept = {f.name: vendor.value(name, id, f.name) for f in vendor.infos["Contact"].fields if f.name != "Id"}
        contact = vendor.add("Contact", kept)
        vendor.edit(name, id, {"IsConverted": True, "ConvertedContactId": contact})
    else:
        vendor.edit(name, id, edit.values)


def _can_take(vendor: Vendor, name: str, id: str, other: tuple[str, str]) -> bool:
    """A merge is of two live records of one object, and no lead that was converted takes part."""
    if other[0] != name or other[1] == id or vendor.objects[name][other[1]].last.deleted:
        return False
    return not any(vendor.value(name, each, "IsConverted") for each in (id, other[1]))

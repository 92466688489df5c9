"""Where each side stands for the other, with mirrored rules and values, the plan is the mirror of the plan.

What has no mirror is left out: links by a record's id, assignment, several objects, `on_leave: archive`, addresses that
several people share.
"""

from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from tests.cycles.draws import TEXTS
from tests.engine.harness import SavedPlan, World, Yaml, new_world, people

SIDES = {"salesforce": "pardot", "pardot": "salesforce", "to_salesforce": "to_pardot", "to_pardot": "to_salesforce"}
PAIRS = {**{p.crm: p.unit for p in TEXTS}, "OptOut__c": "optedOut", "Org_Id__c": "org_id__c", "Email": "email"}
NAMES = PAIRS | {unit: crm for crm, unit in PAIRS.items()}
OBJECTS = {"salesforce": "Contact", "pardot": "prospect"}
VALUES = (None, "1", "2", "a", "b")
RULES = ("salesforce", "pardot", "most_recent", "ask")
DIRECTIONS = ("two_way", "two_way", "to_pardot", "to_salesforce")
ORG: Yaml = {"salesforce": "Org_Id__c", "pardot": "org_id__c"}
MAIL: Yaml = {"salesforce": "Email", "pardot": "email", "on_link": "salesforce"}
KEYS: tuple[list[Any], ...] = (["email"], [ORG, "email"], ["email", ORG])
CONDITIONS: tuple[Yaml, ...] = (
    {},
    {},
    {"select": "Title is distinct from 'a'"},
    {"select": "Title is distinct from 'a'", "on_leave": "unlink"},
    {"select": "Phone = '1' or Title is null"},
    {"do_not_sync": "FirstName = 'b'"},
)
"""Who takes part, said of Salesforce."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What each side holds, or nothing where the person is not there; and whether it knows the organisation."""

    salesforce: Yaml | None
    pardot: Yaml | None
    orgs: tuple[bool, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What somebody does, on the side of the first world."""

    person: int
    side: str
    action: str
    field: str
    value: Any
    seconds: int


@st.composite
def mappings(draw: st.DrawFn) -> list[Yaml]:
    """Mappings of texts and of consent in any direction; every rule has a mirror."""
    found: list[Yaml] = [MAIL, ORG]
    for pair in draw(st.lists(st.sampled_from(TEXTS), min_size=1, unique=True)):
        mapping: dict[str, Any] = {"salesforce": pair.crm, "pardot": pair.unit}
        mapping["direction"] = draw(st.sampled_from(DIRECTIONS))
        if mapping["direction"] == "two_way":
            mapping["policy"] = draw(st.sampled_from(RULES))
            mapping["on_link"] = draw(st.sampled_from(("fill", *RULES)))
        mapping["on_blank"] = draw(st.sampled_from(("hold", "clear", "refill")))
        mapping["into"] = draw(st.sampled_from(("any", "blank")))
        found.append(mapping)
    if draw(st.booleans()):
        consent = {"salesforce": "OptOut__c", "pardot": "optedOut", "policy": "consent"}
        allowed: Yaml = {"allow": "opt_in"} if draw(st.booleans()) else {}
        found.append(consent | {"direction": draw(st.sampled_from(DIRECTIONS))} | dict(allowed))
    return found


@st.composite
def syncs(draw: st.DrawFn) -> Yaml:
    """A sync of which every part has a mirror."""
    creates = {side: draw(st.booleans()) for side in OBJECTS}
    gone = ("archive", "keep", "unlink")
    return {
        "fields": draw(mappings()),
        "match": draw(st.sampled_from(KEYS)),
        "sides": {side: draw(st.sampled_from(CONDITIONS)) for side in OBJECTS},
        "create": {side: draw(st.booleans()) for side, wanted in creates.items() if wanted},
        "deletes": {side: draw(st.sampled_from((*gone, "recreate") if creates[side] else gone)) for side in OBJECTS},
    }


def declared(drawn: Yaml, *, mirror: bool) -> Yaml:
    """The sync as it is written, in the first world or in its mirror."""

    def side(name: str) -> str:
        return SIDES[name] if mirror else name

    sides: dict[str, Any] = {}
    for name, conditions in drawn["sides"].items():
        here = side(name)
        sides[here] = {"object": OBJECTS[here], **{k: _said(v, here) for k, v in conditions.items()}}
    creates: dict[str, Any] = {}
    for name, only in drawn["create"].items():
        filled = {"LastName": "'Berg'"} if side(name) == "salesforce" else {}
        creates[side(name)] = {"when": "true", "insert_only": only} | ({"set": filled} if filled else {})
    return people(
        [_mirrored(f) if mirror else f for f in drawn["fields"]],
        match=drawn["match"],
        sides=sides,
        create=creates,
        deletes={side(name): rule for name, rule in drawn["deletes"].items()},
    )


def _mirrored(mapping: Yaml) -> Yaml:
    """The same rule where each side stands for the other."""
    return {k: SIDES.get(v, v) if k in ("policy", "on_link", "direction") else v for k, v in mapping.items()}


def _said(condition: str, side: str) -> str:
    if side == "pardot":
        for crm, unit in PAIRS.items():
            condition = condition.replace(crm, unit)
    return condition


def _person(number: int) -> Person:
    """A number is a person: drawn evenly, since small and equal values would leave nothing to send."""
    rng = Random(number)

    def row() -> Yaml:
        return {**{p.crm: rng.choice(VALUES) for p in TEXTS}, "OptOut__c": rng.random() < 0.3}

    crm, unit = row(), row()
    only = rng.choice(("both", "both", "both", "salesforce", "pardot"))
    orgs = (rng.random() < 0.5, rng.random() < 0.5)
    return Person(
        salesforce=crm if only != "pardot" else None, pardot=unit if only != "salesforce" else None, orgs=orgs
    )


def _edit(number: int) -> Edit:
    """And so is an edit."""
    rng = Random(number)
    action = rng.choice(("edit", "edit", "edit", "edit", "delete", "undelete"))
    field = rng.choice([p.crm for p in TEXTS] + ["OptOut__c"])
    return Edit(
        person=rng.randrange(6),
        side=rng.choice(tuple(OBJECTS)),
        action=action,
        field=field,
        value=rng.random() < 0.5 if field == "OptOut__c" else rng.choice(VALUES),
        seconds=rng.randrange(4),
    )


persons = st.integers(0, 10**6).map(_person)
edits = st.integers(0, 10**6).map(_edit)


class Telling:
    """One of the two worlds, told in the words of the first."""

    def __init__(self, world: World, *, mirror: bool) -> None:
        self.world, self.mirror = world, mirror
        self.vendors = {"salesforce": world.crm, "pardot": world.unit}

    def side(self, name: str) -> str:
        """The side of this world that stands for one of the first, and the other way round."""
        return SIDES.get(name, name) if self.mirror else name

    def field(self, name: str) -> str:
        """A field of Salesforce or of Account Engagement, as the first world calls it."""
        return NAMES.get(name, name) if self.mirror else name

    def add(self, n: int, person: Person) -> None:
        """Make a person, who is known by an address of their own."""
        for place, name in enumerate(OBJECTS):
            row = getattr(person, name)
            if row is None:
                continue
            values = {**row, "Email": f"p{n}@x.org", "Org_Id__c": f"o{n}" if person.orgs[place] else None}
            here = self.side(name)
            if here == "pardot":
                values = {NAMES[f]: v for f, v in values.items()}
            else:
                values["LastName"] = "Berg"
            self.vendors[here].add(OBJECTS[here], values)

    def edit(self, done: Edit, count: int) -> None:
        """Do it to the oldest record of a person on that side, if it is there."""
        here = self.side(done.side)
        vendor, name = self.vendors[here], OBJECTS[here]
        id = next((i for i, n in self._who(here).items() if n == str(done.person % count)), None)
        if id is None:
            return
        is_deleted = vendor.objects[name][id].last.deleted
        if done.action == "delete" and not is_deleted:
            vendor.delete(name, id)
        elif done.action == "undelete" and is_deleted:
            vendor.undelete(name, id)
        elif done.action == "edit" and not is_deleted:
            vendor.edit(name, id, {NAMES[done.field] if here == "pardot" else done.field: done.value})

    def _who(self, side: str) -> dict[str, str]:
        """By id of a record: the person, as the address says it."""
        mail = "email" if side == "pardot" else "Email"
        records = self.vendors[side].objects[OBJECTS[side]]
        return {id: str(r.last.values[mail]).removeprefix("p").partition("@")[0] for id, r in records.items()}

    def tell(self, plan: SavedPlan) -> list[tuple[str, ...]]:
        """What is sent, in conflict, held, ambiguous and skipped."""
        who = self._who("salesforce") | self._who("pardot")

        def person(id: str) -> str:
            return who[id.rpartition("/")[2]]

        rows: list[tuple[Any, ...]] = []
        for f in (f for f in plan.sendable if f["field"] in NAMES):
            where = (f["action"], person(f["id"]), self.side(f["system"]), self.field(f["field"]))
            rows.append(("sent", *where, f["before"], f["after"], f["section"]))
        rows += [("turned", action, person(id)) for action, id in plan.turned]
        for h in plan["held"]:
            place = (person(h["id"]), self.side(h["system"]), self.field(h["field"] or ""))
            rows.append(("held", *place, h["before"], h["after"], h["kind"]))
        for c in plan["conflicts"]:
            values = (c["a_value"], c["b_value"])
            told = values[::-1] if self.mirror else values
            rows.append(("conflict", person(c["a_id"]), self.side(c["winner"]), c["field"], *told))
        rows += [("skipped", person(s["id"]), s["reason"]) for s in plan["skipped"]]
        return sorted(tuple(map(str, row)) for row in rows)


def _plans(sync: Yaml, everybody: list[Person], done: list[Edit], *, mirror: bool) -> list[list[tuple[str, ...]]]:
    """What is told by the plan of the first link, and by that after the edits."""
    with TemporaryDirectory() as folder, new_world(Path(folder) / "world") as world:
        world.configure(declared(sync, mirror=mirror))
        telling = Telling(world, mirror=mirror)
        for n, one in enumerate(everybody):
            telling.add(n, one)
        world.clock.tick(600)
        first = telling.tell(world.settle())
        for edit in done:
            world.clock.tick(edit.seconds)
            telling.edit(edit, len(everybody))
        world.clock.tick(600)
        return [first, telling.tell(world.plan())]


@given(syncs(), st.lists(persons, min_size=4, max_size=6), st.lists(edits, min_size=5, max_size=10))
def test_mirrored_sides_and_rules_give_the_mirrored_plan(sync: Yaml, everybody: list[Person], done: list[Edit]) -> None:
    plain = _plans(sync, everybody, done, mirror=False)
    note(str(plain))
    assert plain == _plans(sync, everybody, done, mirror=True)

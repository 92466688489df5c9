"""Person accounts beside contacts and leads, whatever becomes of them: an apply settles them, each stays one person,
and the contact of a person account is never written."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.engine.harness import World
from tests.engine.judge import describe_plan
from tests.engine.persons import ANA, TITLES, configure, new_org, person
from tests.engine.vendor import OURS

FEWER = settings(max_examples=max(8, settings().max_examples // 3))
LINKS = ("id", "id of the account", "short id", "lookup", "address", "none", "crm only", "unit only")
ACTIONS = ("delete", "undelete", "merge", "convert", "become", "drop", "bring", *["set"] * 3, *["set there"] * 2)
VALUES = (None, "a", "b")


@dataclass(slots=True, kw_only=True)
class Known:
    """One person, as it is now: the record in Salesforce, the contact of a person account, how much was
    sent before it was one, and the prospect, to which a key leads or not."""

    object: str = ""
    id: str = ""
    contact: str = ""
    since: int = 0
    unit: str = ""
    is_linked: bool = False


KINDS = ("Contact", "Lead", "Account", "Account")
_VALUES = st.sampled_from(VALUES)
_PEOPLE = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(LINKS), st.tuples(*[_VALUES] * 4)), min_size=1, max_size=6
)
_PLACES = st.integers(0, 5)
_DONE = st.lists(st.tuples(_PLACES, _PLACES, st.sampled_from(ACTIONS), _VALUES), max_size=8)
_RULES = st.fixed_dictionaries({s: st.sampled_from(("keep", "unlink", "archive")) for s in ("salesforce", "pardot")})


@FEWER
@given(_PEOPLE, _DONE, _RULES, st.booleans())
def test_an_apply_settles_person_accounts(
    people: list[tuple[str, str, tuple[str | None, ...]]],
    done: list[tuple[int, int, str, str | None]],
    rules: dict[str, str],
    creates: bool,
) -> None:
    with TemporaryDirectory() as folder, new_org(Path(folder) / "world") as org:
        configure(org, deletes=rules, **({"create": {"pardot": {}}} if creates else {}))
        known = [_add(org, number, *one) for number, one in enumerate(people)]
        for part in ([], done[::2], done[1::2]):
            for number, other, action, value in part:
                _do(org, known[number % len(known)], known[other % len(known)], action, value)
            _settles(org)
            _holds(org, known)


def _add(org: World, number: int, kind: str, link: str, values: tuple[str | None, ...]) -> Known:
    """A person with a first name and a title on each side."""
    first, title, there, job = values
    found = Known()
    address = f"{number}@x.org"
    if link != "unit only":
        held = {"LastName": "Alba", "FirstName": first, TITLES[kind]: title}
        found.object = kind
        if kind == "Account":
            found.id, found.contact = person(org, PersonEmail=address, **held)
        else:
            more = {"Company": "?"} if kind == "Lead" else {}
            found.id = org.crm.add(kind, {**held, **more, "Email": address})
    if link == "crm only":
        return found
    named = {
        "id": found.contact or found.id,
        "id of the account": found.id,
        "short id": (found.contact or found.id)[:15],
    }.get(link)
    head = {"firstName": there, "jobTitle": job, "salesforceId": named}
    found.unit = org.unit.add("prospect", {**head, **({"email": address} if link == "address" else {})})
    found.is_linked = link not in ("none", "unit only")
    if link == "lookup":
        org.crm.edit(kind, found.id, {"Prospect_Id__c": found.unit})
    return found


def _do(org: World, one: Known, other: Known, action: str, value: str | None) -> None:
    """What somebody does; what cannot be done to such a record is not."""
    org.clock.tick(2)
    is_there = bool(one.id) and not org.crm.objects[one.object][one.id].last.deleted
    is_known = bool(one.unit) and not org.unit.objects["prospect"][one.unit].last.deleted
    if action == "set" and is_there:
        org.crm.edit(one.object, one.id, {TITLES[one.object]: value})
    elif action == "set there" and is_known:
        org.unit.edit("prospect", one.unit, {"jobTitle": value})
    elif action == "drop" and is_known:
        org.unit.delete("prospect", one.unit)
    elif action == "bring" and one.unit and not is_known:
        org.unit.undelete("prospect", one.unit)
    elif action == "delete" and is_there:
        _turn(org, one, org.crm.delete)
    elif action == "undelete" and one.id and not is_there and not _is_lost(org, one):
        _turn(org, one, org.crm.undelete)
    elif action == "merge" and is_there and other.object == one.object and other.id != one.id:
        if not org.crm.objects[other.object][other.id].last.deleted:
            org.crm.delete(one.object, one.id, into=other.id)
            if one.contact:
                org.crm.delete("Contact", one.contact, into=other.contact)
    elif action == "convert" and is_there and one.object == "Lead":
        account, contact = _made_of(org, one)
        org.crm.edit("Lead", one.id, {"IsConverted": True, "ConvertedContactId": contact})
        one.object, one.id, one.contact = "Account", account, contact
    elif action == "become" and is_there and one.object == "Contact":
        org.crm.edit("Contact", one.id, {"IsPersonAccount": True})
        one.contact, one.object, one.since = one.id, "Account", len(org.log)
        one.id = org.crm.add("Account", _as_account(org, "Contact", one.contact, one.contact))


def _turn(org: World, one: Known, act: Callable[[str, str], None]) -> None:
    act(one.object, one.id)
    if one.contact:
        act("Contact", one.contact)


def _is_lost(org: World, one: Known) -> bool:
    """A record that a merge took away stays away."""
    return bool(org.crm.value(one.object, one.id, "MasterRecordId"))


def _made_of(org: World, lead: Known) -> tuple[str, str]:
    values = _as_account(org, "Lead", lead.id, "")
    return person(org, **{f: v for f, v in values.items() if f != "PersonContactId"})


def _as_account(org: World, kind: str, id: str, contact: str) -> dict[str, object]:
    held = org.crm.objects[kind][id].last.values
    return {
        **ANA,
        "Name": "Ana Alba",
        "FirstName": held.get("FirstName"),
        "PersonTitle": held.get("Title"),
        "PersonEmail": held.get("Email"),
        "Prospect_Id__c": held.get("Prospect_Id__c"),
        "IsPersonAccount": True,
        "PersonContactId": contact,
    }


def _settles(org: World) -> None:
    org.clock.tick(600)
    plan = org.plan(full=True)
    note("\n".join(describe_plan(plan)))
    org.clock.tick(20)
    applied = org.apply(plan).report
    assert (applied.refused, applied.unknown, applied.moved) == (0, 0, 0)
    org.clock.tick(600)
    again = org.plan()
    assert not again.sendable, "\n".join(describe_plan(again))


def _holds(org: World, known: list[Known]) -> None:
    """No contact of a person account was written, and nobody who had a prospect was given another one."""
    for one in known:
        assert not [sent for sent in org.log_since(one.since) if one.contact and sent.id == one.contact]
    made = [r for r in org.unit.live("prospect") if r.versions[0].writer == OURS[org.unit.system]]
    names = [r.last.values.get("salesforceId") for r in made]
    assert len(names) == len(set(names))
    had = {name for one in known if one.is_linked for name in (one.id, one.contact)}
    assert not had & set(names)

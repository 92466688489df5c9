"""What people do to records between two runs, in the products' own screens and through other tools."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from tests.cycles.draws import PAIRS, crm_row, draw_values
from tests.cycles.owners import USERS, draw_owner, draw_user
from tests.cycles.schema import LOCKED, SHARING
from tests.cycles.state import Key, State
from tests.cycles.world import World
from tests.emulator.salesforce import life as soap

CRM_FIELDS = tuple(p.crm for p in PAIRS)
UNIT_FIELDS = tuple(p.unit for p in PAIRS)
LONG = "x" * 60


def permit(world: World, rng: Random, share: float) -> str:
    """The permission to edit some fields is taken away in this share of all cases, or else given back."""
    is_locked = rng.random() < share
    rules = {"sharing": SHARING} | ({"field_security": LOCKED} if is_locked else {})
    assert world.emulator.plain.put("/__admin/rules", json=rules).status_code == 200
    return f"fields are locked: {is_locked}"


def disturb(world: World, rng: Random, share: float) -> list[str]:
    """Let people work on a share of all records; returns what they did, for a failed test."""
    state = world.state()
    people = _People(world, rng, state)
    done = []
    for _ in range(max(1, int(len(state.records) * share))):
        if rng.random() < 0.3:
            world.tick(rng.choice((0, 1, 2, 30)))
        action, weight = rng.choice(ACTIONS)
        if rng.random() < weight:
            done.append(action(people))
    return [d for d in done if d]


class _People:
    """Somebody, and the records as they were when the work began."""

    def __init__(self, world: World, rng: Random, state: State) -> None:
        self.world, self.rng, self.state = world, rng, state
        self.keys = sorted(state.records)
        self.touched: set[Key] = set()

    def pick(self, accepts: Callable[[Key], bool]) -> Key | None:
        """A record that nobody has done anything fatal to since the beginning."""
        for _ in range(20):
            key = self.rng.choice(self.keys)
            if key not in self.touched and accepts(key):
                return key
        return None

    def is_alive(self, key: Key) -> bool:
        """True for a record that somebody can edit."""
        return not (self.state.is_deleted(key) or self.state.is_converted(key))

    def set(self, key: Key, values: Mapping[str, Any]) -> str:
        """Edit a record."""
        self.world.emulator.set("/".join(key), **values)
        return f"{'/'.join(key)} {dict(values)}"


def edit(people: _People) -> str:
    """Some fields get other values; some get none, one gets a long one."""
    key = people.pick(people.is_alive)
    if key is None:
        return ""
    names = UNIT_FIELDS if key[0] == "prospect" else CRM_FIELDS
    chosen = people.rng.sample(names, people.rng.randint(1, 4))
    drawn = draw_values(people.rng, crm=key[0] != "prospect")
    values = {name: drawn[name] for name in chosen}
    if key[0] == "prospect" and people.rng.random() < 0.1:
        values["phone"] = LONG
    return people.set(key, values)


def edit_both(people: _People) -> str:
    """Both sides of a linked pair are edited, often to the same."""
    key = people.pick(lambda k: k[0] == "prospect" and people.is_alive(k) and bool(_crm_of(people.state, k)))
    other = _crm_of(people.state, key) if key else None
    if key is None or other is None or not people.is_alive(other) or other in people.touched:
        return ""
    pair = people.rng.choice(PAIRS)
    crm = people.rng.choice(pair.crm_values)
    same = crm if crm in pair.unit_values else people.rng.choice(pair.unit_values)
    unit = same if people.rng.random() < 0.5 else people.rng.choice(pair.unit_values)
    first = people.set(key, {pair.unit: unit})
    people.world.tick(people.rng.choice((0, 1, 5)))
    return f"{first}; {people.set(other, {pair.crm: crm})}"


def _crm_of(state: State, key: Key) -> Key | None:
    id = state.value_under("salesforce_id", key)
    return next((k for k in (("Contact", id), ("Lead", id)) if k in state.records), None)


def assign(people: _People) -> str:
    """Somebody else owns it; once in a while somebody leaves, or comes back."""
    if people.rng.random() < 0.05:
        user = people.rng.choice(USERS)["Id"]
        active = people.rng.random() < 0.5
        people.world.emulator.set(f"User/{user}", IsActive=active)
        return f"user {user} is active: {active}"
    key = people.pick(people.is_alive)
    if key is None:
        return ""
    if key[0] == "prospect":
        return people.set(key, {"userId": draw_user(people.rng)})
    return people.set(key, {"OwnerId": draw_owner(people.rng)})


def change_email(people: _People) -> str:
    """Another address, sometimes one that somebody else has."""
    key = people.pick(people.is_alive)
    if key is None:
        return ""
    mail = people.rng.choice(
        (f"new{people.rng.randint(0, 10**6)}@x.example", f"crm{people.rng.randint(0, 30)}@x.example")
    )
    taken = any(r.get("email") == mail for r in people.state.records.values())
    if key[0] == "prospect" and taken and not people.world.business.switches["ampsea"]:
        return ""
    if key[0] == "prospect":
        people.touched.add(key)
        return people.set(key, {"email": f"own{key[1]}-{people.rng.randint(0, 99)}@x.example"})
    return people.set(key, {"Email": mail})


def edit_counterpart(people: _People, key: Key) -> str:
    """Somebody else goes on working on the prospect of a record that goes."""
    found = (k for k in people.keys if k[0] == "prospect" and people.state.value_under("salesforce_id", k) == key[1])
    unit = next((k for k in found if people.is_alive(k) and k not in people.touched), None)
    if unit is None:
        return ""
    drawn = draw_values(people.rng, crm=False)
    return "; " + people.set(unit, {name: drawn[name] for name in people.rng.sample(UNIT_FIELDS, 6)})


def delete(people: _People) -> str:
    """Into the recycle bin."""
    key = people.pick(people.is_alive)
    if key is None:
        return ""
    people.touched.add(key)
    done = people.set(key, {"isDeleted" if key[0] == "prospect" else "IsDeleted": True})
    return done + edit_counterpart(people, key)


def undelete(people: _People) -> str:
    """Out of the recycle bin; a merged record stays in it."""
    dead = [k for k in people.keys if people.state.is_deleted(k) and k[1] not in people.state.became]
    key = people.rng.choice(dead) if dead else None
    if key is None or key in people.touched:
        return ""
    people.touched.add(key)
    return people.set(key, {"isDeleted" if key[0] == "prospect" else "IsDeleted": False})


def hide(people: _People) -> str:
    """The connected user does not see it any more, or again."""
    key = people.pick(lambda k: k[0] != "prospect" and people.is_alive(k))
    if key is None:
        return ""
    people.touched.add(key)
    return people.set(key, {"Secret__c": not people.state.is_hidden(key)}) + edit_counterpart(people, key)


def leave(people: _People) -> str:
    """It goes out of the selection, or comes back; or it is marked as not to be synced, or no longer."""
    key = people.pick(lambda k: k[0] != "prospect" and people.is_alive(k))
    if key is None:
        return ""
    people.touched.add(key)
    mark = people.rng.choice(("Away__c", "Keep_Out__c"))
    return people.set(key, {mark: not people.state.records[key][mark]}) + edit_counterpart(people, key)


def convert(people: _People) -> str:
    """A lead becomes a contact, or a part of one."""
    key = people.pick(lambda k: k[0] == "Lead" and people.state.is_target(k))
    if key is None:
        return ""
    people.touched.add(key)
    result = soap.convert(people.world.emulator, key[1])
    return f"convert {key}: {result.get('contactId') or result}"


def merge(people: _People) -> str:
    """Two records of an object become one."""
    master = people.pick(lambda k: k[0] != "prospect" and people.state.is_target(k))
    loser = people.pick(lambda k: master is not None and k[0] == master[0] and people.state.is_target(k))
    if master is None or loser is None or loser == master:
        return ""
    people.touched |= {master, loser}
    result = soap.merge(people.world.emulator, master[0], master[1], loser[1])
    return f"merge {loser} into {master}: {result['success']}"


def arrive(people: _People) -> str:
    """A new record that no run made."""
    n = people.rng.randint(10_000, 999_999)
    mail = f"new{n}@x.example"
    if people.rng.random() < 0.5:
        name = people.rng.choice(("Contact", "Lead"))
        row = crm_row(people.rng, name, n)
        row |= {"Email": mail, "Day__c": None}
        # The field permissions hold for whoever makes it.
        row = {name: value for name, value in row.items() if name not in ("Id", "Phone", "Title")}
        return f"new {name}/{people.world.emulator.create(name, **row)}"
    named = people.pick(lambda k: k[0] != "prospect" and people.state.is_target(k))
    link = {"salesforceId": named[1]} if named and people.rng.random() < 0.3 else {}
    if link and people.world.business.switches["salesforce_id_unique"]:
        link = {}
    return f"new prospect/{people.world.emulator.prospect(email=mail, person__c=f'unit p{n}', **link)} {link}"


ACTIONS: tuple[tuple[Callable[[_People], str], float], ...] = (
    (edit, 1.0),
    (edit, 1.0),
    (edit_both, 1.0),
    (edit_both, 1.0),
    (change_email, 0.5),
    (assign, 0.6),
    (delete, 0.3),
    (undelete, 0.4),
    (hide, 0.6),
    (leave, 0.4),
    (convert, 0.4),
    (merge, 0.4),
    (arrive, 0.5),
)
"""What is done, and how often where it is chosen."""

"""The laws, judged from outside: by what the two systems hold and by what their log says was written."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pardotflow.engine.apply import Applied
from tests.cycles.memory import FieldKey, Memory, finders
from tests.cycles.state import Key, State
from tests.cycles.world import World
from tests.engine.harness import SavedPlan

SIGNS = frozenset({"updatedById", "LastModifiedById", "SystemModstamp", "updatedAt"})
FOLLOWS: Mapping[str, frozenset[str]] = {
    "Contact": frozenset({"Name"}),
    "Lead": frozenset({"Name"}),
    "prospect": frozenset({"salesforceContactId", "salesforceLeadId", "salesforceOwnerId", "emailBounced"}),
}
"""What a system sets by itself when a record is saved."""


def describe(plan: SavedPlan) -> list[str]:
    """What a plan sends, for a failed test."""
    return [
        f"{f['action']} {f['object']}/{f['id']}#{f['field']}: {f['before']!r} -> {f['after'] or f['after_ref']!r}"
        f" ({f['section']}, {f['situation']}, {f['reason']})"
        for f in plan.sendable
    ]


def payloads(plan: SavedPlan) -> dict[Key, frozenset[tuple[str, str | None]]]:
    """What a plan sends to each record."""
    found: dict[Key, set[tuple[str, str | None]]] = {}
    for f in plan.sendable:
        found.setdefault((f["object"], f["id"]), set()).add((f["field"], f["after"] or f["after_ref"]))
    return {key: frozenset(values) for key, values in found.items()}


def check_plan(world: World, memory: Memory, state: State, plan: SavedPlan, doubtful: set[Key]) -> None:
    """Laws 4 to 7, of a plan against what the systems hold."""
    _only_to_what_is_there(memory, state, plan)
    _nobody_twice(world, memory, state, plan)
    _no_edit_is_lost(memory, state, plan)
    touched = {(f["object"], f["id"]) for f in plan.sendable}
    assert not touched & doubtful, f"law 6: {sorted(touched & doubtful)}"


def _only_to_what_is_there(memory: Memory, state: State, plan: SavedPlan) -> None:
    """Law 7."""
    for change in (c for c in plan["changes"] if c["sendable"]):
        key = (change["object"], change["id"])
        if change["action"] in ("update", "delete") and not change["id"].startswith("new:"):
            undeleted = any(c["action"] == "undelete" and (c["object"], c["id"]) == key for c in plan["changes"])
            assert state.is_target(key) or undeleted, f"law 7: {change}"
        if change["action"] == "undelete":
            assert state.is_deleted(key) and key in memory.deleted, f"law 7: resurrects {change}"


def _nobody_twice(world: World, memory: Memory, state: State, plan: SavedPlan) -> None:
    """Law 5: nothing is made for a record that finds, or had, a counterpart, dead or alive."""
    found = finders(state, world.business.keys)
    mails: Counter[tuple[str, str]] = Counter()
    for change in (c for c in plan["changes"] if c["action"] == "create" and c["sendable"]):
        name, _, id = change["id"].removeprefix("new:").partition("/")
        source = (name, id)
        side = change["system"]
        again = world.business.sync["deletes"][side] == "recreate"
        others = found.get(source, set()) | {k for k in (memory.pairs.get(source),) if k}
        if again:
            others = {k for k in others if k in state.records and not state.is_deleted(k)}
        assert not others, f"law 5: {change} has {sorted(others)}"
        mail = state.value_under("email", source)
        if mail and "email" in world.business.keys:
            mails[(side, mail)] += 1
    assert all(n == 1 for n in mails.values()), f"law 5: {mails.most_common(3)}"


def _no_edit_is_lost(memory: Memory, state: State, plan: SavedPlan) -> None:
    """Law 4: what is shown as a plain change replaces a value that was there when all was at rest."""
    for f in plan.sendable:
        if f["action"] != "update" or f["section"] != "change" or not str(f["situation"]).endswith("_moved"):
            continue
        rested = memory.rested.get((f["object"], f["id"], f["field"]))
        now = state.records[(f["object"], f["id"])][f["field"]]
        if rested and "refilled" not in f["reason"]:
            assert repr(now) in rested, f"law 4: {f} over {now!r}; at rest it was {rested}"


def check_sent(world: World, memory: Memory, plan: SavedPlan, applied: Applied) -> None:
    """Law 3: what the systems say was written is what the plan says, record for record and value for value."""
    writes = [w for r in world.requests() for w in r["writes"]]
    planned = {(c["object"], c["id"]): c for c in plan["changes"] if c["sendable"]}
    values = _values(plan)
    made = Counter[str]()
    for w in (w for w in writes if w["object"] in FOLLOWS or w["object"] == "prospects"):
        key = (w["object"].removesuffix("s") if w["system"] == "pardot" else w["object"], str(w["id"]))
        told = {k: v for k, v in w["fields"].items() if k not in SIGNS}
        if w["action"] == "create":
            made[key[0]] += 1
            _note_created(memory, key, told)
        elif w["action"] == "update":
            _check_update(key, told, w["before"], planned, values)
        else:
            assert planned[key]["action"] == w["action"] or (w["action"], key) in _turned(plan), f"law 3: {w}"
            if w["action"] == "delete":
                memory.deleted.add(key)
    wanted = Counter(c["object"] for c in planned.values() if c["action"] == "create")
    assert all(made[name] <= wanted[name] for name in made), f"law 3: made {made}, planned {wanted}"
    report = applied.report
    if not (report.refused or report.moved or report.unknown or report.not_started):
        assert made == wanted, f"law 3: made {made}, planned {wanted}"


def _turned(plan: SavedPlan) -> set[tuple[str, Key]]:
    return {(c["action"], (c["object"], c["id"])) for c in plan["changes"] if c["sendable"]}


def _values(plan: SavedPlan) -> dict[FieldKey, tuple[str | None, bool]]:
    """What is planned for each field of an existing record, and whether it is known yet."""
    return {
        (f["object"], f["id"], f["field"]): (f["after"], f["after_ref"] is None)
        for f in plan.sendable
        if f["action"] == "update"
    }


def _check_update(
    key: Key,
    told: Mapping[str, Any],
    before: Mapping[str, Any],
    planned: Mapping[Key, Mapping[str, Any]],
    values: Mapping[FieldKey, tuple[str | None, bool]],
) -> None:
    assert ("update", key) in {(c["action"], k) for k, c in planned.items()}, f"law 3: unplanned {key} {told}"
    for name, value in told.items():
        if name in FOLLOWS[key[0]] or (name in before and before[name] == value):
            continue
        assert (*key, name) in values, f"law 3: unplanned {key} {name}={value!r}"
        wanted, is_known = values[(*key, name)]
        if is_known:
            assert form(wanted) == form(value), f"law 3: {key} {name}: planned {wanted!r}, stored {value!r}"


def _note_created(memory: Memory, key: Key, told: Mapping[str, Any]) -> None:
    mark = str(told.get("Person__c") or told.get("person__c") or "")
    if mark:
        memory.made.setdefault(f"{'pardot' if key[0] == 'prospect' else 'salesforce'} {mark}", []).append(key)


def check_people(memory: Memory, state: State) -> None:
    """Law 5: of what the runs have made no person has two on one side."""
    for mark, made in memory.made.items():
        known = [k for k in made if k in state.records and k not in memory.was_dead]
        alive = [k for k in known if not (state.is_deleted(k) or state.is_converted(k))]
        assert len(alive) <= 1, f"law 5: {mark} has {alive}"


_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def form(value: Any) -> object:
    """A value in a form that a planned text and a stored value share."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return float(value)
    text = str(value).strip()
    if text.lower() in ("true", "false"):
        return float(text.lower() == "true")
    if _NUMBER.fullmatch(text):
        return float(text)
    if ";" in text:
        return frozenset(p for p in text.split(";") if p)
    if re.fullmatch(r"\d{4}-\d\d-\d\dT.*", text):
        return datetime.fromisoformat(text).astimezone(UTC)
    return text.lower() if "@" in text else text


def restless(plan: SavedPlan, names: Iterable[tuple[str, str]]) -> set[FieldKey]:
    """The fields of which a plan with nothing to send says that they are held or differ."""
    fields = {}
    for crm, unit in names:
        fields[crm] = fields[unit] = (crm, unit)
    found: set[FieldKey] = set()
    for row in plan["conflicts"]:
        for name in (n for crm, unit in names for n in (crm, unit)):
            found |= {(row["a_object"], row["a_id"], name), (row["b_object"], row["b_id"], name)}
    for row in [*plan["held"], *plan["accepted"]]:
        for name in fields:
            found.add((row["object"], row["id"], name))
    return found

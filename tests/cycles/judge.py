"""The laws, judged from outside: by what the two systems hold and by what their log says was written."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pardotflow.engine.apply import Applied
from tests.cycles.memory import FieldKey, Memory, finders
from tests.cycles.state import Key, State
from tests.cycles.world import World
from tests.engine.harness import SavedPlan

PEOPLE: Mapping[str, str] = {"Contact": "Contact", "Lead": "Lead", "prospect": "prospect", "prospects": "prospect"}
"""The words of the log for the objects of a sync."""
SIGNS = frozenset({"updatedById", "LastModifiedById", "SystemModstamp", "updatedAt"})
FOLLOWS: Mapping[str, frozenset[str]] = {
    "Contact": frozenset({"Name"}),
    "Lead": frozenset({"Name"}),
    "prospect": frozenset(
        {
            "salesforceContactId",
            "salesforceLeadId",
            "salesforceOwnerId",
            "assignedToId",
            "firstAssignedAt",
            "emailBounced",
        }
    ),
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
    """Laws 4 to 7, of a plan against what the systems hold; and everything in it says why."""
    assert all(item["reason"] for item in (*plan.sendable, *plan["conflicts"])), plan.sendable
    _only_to_what_is_there(memory, state, plan)
    _nobody_twice(world, memory, state, plan)
    _no_edit_is_lost(memory, state, plan)
    _nobody_who_is_left_out(world, memory, state, plan)
    _nobody_is_guessed(plan, doubtful)


def _nobody_is_guessed(plan: SavedPlan, doubtful: set[Key]) -> None:
    """Law 6: who cannot be told apart is not written, and nothing is made in the place of a counterpart."""
    touched = {(f["object"], f["id"]) for f in plan.sendable}
    made = (c["id"].removeprefix("new:").partition("/") for c in plan["changes"] if c["action"] == "create")
    touched |= {(name, id) for name, _, id in made}
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


def _nobody_who_is_left_out(world: World, memory: Memory, state: State, plan: SavedPlan) -> None:
    """Law 6: neither a record that does not take part is written, nor its counterpart; `on_leave` may archive that."""
    side = world.business.sync["sides"]["salesforce"]
    for change in (c for c in plan["changes"] if c["sendable"] and c["action"] in ("create", "update")):
        name, _, id = change["id"].removeprefix("new:").partition("/")
        key = (name, id) if id else (change["object"], change["id"])
        other = memory.pairs.get(key)
        # What became another record is judged by that one.
        for who in (k for k in (key, other) if k in state.records and k[1] not in state.became):
            assert not state.is_left_out(who, side), f"{who} takes no part: {change}"


def _no_edit_is_lost(memory: Memory, state: State, plan: SavedPlan) -> None:
    """Law 4: what is shown as a plain change replaces a value that was there when all was at rest, or that we wrote."""
    for f in plan.sendable:
        if f["action"] != "update" or f["section"] != "change" or not str(f["situation"]).endswith("_moved"):
            continue
        rested = memory.rested.get((f["object"], f["id"], f["field"]))
        now = state.records[(f["object"], f["id"])][f["field"]]
        if rested and "refilled" not in f["reason"]:
            ours = memory.written.get((f["object"], f["id"], f["field"]), set())
            forms = {_form(f["field"], value) for value in rested | ours}
            assert _form(f["field"], now) in forms, f"law 4: {f} over {now!r}; at rest it was {rested}"


def _form(field: str, value: Any) -> Any:
    """What a value says, however it is stored: beside a checkbox of Salesforce, which is never blank, a blank is false,
    and neither the order of several choices says anything nor zeros after the point."""
    match field.lower():
        case "flag__c":
            return str(value or "false").lower() in ("1", "true")
        case "many__c":
            return frozenset(part for part in str(value or "").split(";") if part)
        case "count__c" | "score__c" | "score" if value not in (None, ""):
            return float(value)
    return value


def check_sent(world: World, memory: Memory, plan: SavedPlan, applied: Applied) -> None:
    """Law 3: what the systems say was written is what the plan says, record for record and value for value."""
    planned = {(c["action"], (c["object"], c["id"])) for c in plan["changes"] if c["sendable"]}
    values = _values(plan)
    made = Counter[str]()
    for w in (w for r in world.requests() for w in r["writes"] if w["object"] in PEOPLE):
        key = (PEOPLE[w["object"]], str(w["id"]))
        told = {k: v for k, v in w["fields"].items() if k not in SIGNS}
        # Account Engagement's record of an undelete is an update of its mark.
        is_back = w["action"] == "update" and told.get("isDeleted") == 0
        action = "undelete" if is_back else w["action"]
        if action == "create":
            made[key[0]] += 1
            _note_created(memory, key, told)
            continue
        assert (action, key) in planned, f"law 3: unplanned {w}"
        if action == "update":
            _check_update(key, told, w["before"], values)
            for name, value in told.items():
                memory.written.setdefault((*key, name), set()).add(value)
        elif action == "delete":
            memory.deleted.add(key)
    wanted = Counter(name for action, (name, _) in planned if action == "create")
    report = applied.report
    is_whole = not (report.refused or report.moved or report.unknown or report.not_started)
    is_less = all(made[name] <= wanted[name] for name in made)
    assert made == wanted if is_whole else is_less, f"law 3: made {made}, planned {wanted}"


def _values(plan: SavedPlan) -> dict[FieldKey, Mapping[str, Any]]:
    """What is planned for each field of an existing record."""
    updates = (f for f in plan.sendable if f["action"] == "update")
    return {(f["object"], f["id"], f["field"]): f for f in updates}


def _check_update(
    key: Key, told: Mapping[str, Any], before: Mapping[str, Any], values: Mapping[FieldKey, Mapping[str, Any]]
) -> None:
    """The stored values are the planned ones, and they replaced what the plan showed."""
    for name, value in told.items():
        if name in FOLLOWS[key[0]] or (name in before and before[name] == value):
            continue
        planned = values.get((*key, name))
        assert planned, f"law 3: unplanned {key} {name}={value!r}"
        if planned["after_ref"] is None:
            assert form(planned["after"]) == form(value), f"law 3: {planned}, stored {value!r}"
        was = {form(planned["before"]), form(before.get(name))}
        # A checkbox that was never touched is false.
        assert len(was) == 1 or was == {None, 0.0}, f"law 4: {planned} replaced {before.get(name)!r}"


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


def restless(
    plan: SavedPlan,
    others: Mapping[Key, Collection[Key]],
    names: Collection[tuple[str, str]],
    refused: Mapping[Key, Collection[str]],
) -> set[FieldKey]:
    """The fields of which a plan with nothing to send says that they are held or differ: what a line of it names, of a
    refused record the fields that were `refused`, else all of the record; and the same of the `others` of that record.

    What a system stores in another way than it was sent, or cut, is at rest: the plan says so.
    """
    found: set[FieldKey] = set()
    for row in plan["conflicts"]:
        found |= _named(row["field"], [(row["a_object"], row["a_id"]), (row["b_object"], row["b_id"])], names)
    for row in [*plan["held"], *(r for r in plan["accepted"] if r["kind"] == "insert_only")]:
        key = (row["object"], row["id"])
        told = refused.get(key, ()) if row["kind"] == "refused" else ()
        for name in told or [row["field"]]:
            found |= _named(name, [key, *others.get(key, ())], names)
    return found


def _named(told: str, records: Iterable[Key], names: Collection[tuple[str, str]]) -> set[FieldKey]:
    pairs = [pair for pair in names if told in pair] or names
    return {(*record, name) for record in records for pair in pairs for name in pair}

"""Entries of a file against the newest plan: which become decisions, and which are about something that is no more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pardotflow.core.address import Address
from pardotflow.engine.conflictfile.entry import Entry, EntryKey, key_of, values_of
from pardotflow.plan.model import Conflict
from pardotflow.store.decisions import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A decided entry that is not recorded, and why."""

    entry: Entry
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a file comes to. `replaced` are earlier decisions, each with the new word."""

    decisions: tuple[Decision, ...]
    replaced: tuple[tuple[Decision, str], ...]
    skipped: tuple[Skipped, ...]
    undecided: int


def judge_entries(
    entries: Iterable[Entry], conflicts: Iterable[Conflict], earlier: Iterable[Decision], source: str, now: datetime
) -> Judged:
    """Sort out a file's entries: those that are about a conflict of the plan with both its values become decisions."""
    open_now = {key_of(conflict): conflict for conflict in conflicts}
    at = now.astimezone(UTC).isoformat(timespec="microseconds")
    decisions, skipped, undecided = [], [], 0
    for entry in entries:
        why = _why_not(entry, open_now)
        if not entry.decision:
            undecided += not why
        elif why:
            skipped.append(Skipped(entry=entry, why=why))
        else:
            decisions.append(_decision(open_now[entry.key], entry.decision, source, at))
    before = {decision.about: decision for decision in earlier}
    replaced = [(before[d.about], d.decision) for d in decisions if d.about in before]
    return Judged(
        decisions=tuple(decisions),
        replaced=tuple((old, word) for old, word in replaced if old.decision != word),
        skipped=tuple(skipped),
        undecided=undecided,
    )


def recorded_words(conflicts: Iterable[Conflict], decisions: Iterable[Decision]) -> dict[Conflict, str]:
    """What is recorded of these conflicts, with the values that they have."""
    known = {decision.about: decision for decision in decisions}
    found = {}
    for conflict in conflicts:
        a, b = conflict.a, conflict.b
        decision = known.get((conflict.sync, a.object, a.id, b.object, b.id, conflict.field))
        if decision and (decision.a_value, decision.b_value) == (conflict.a_value, conflict.b_value):
            found[conflict] = decision.decision
    return found


def decisions_about(
    address: Address, decisions: Iterable[Decision], fields: Mapping[tuple[str, str], Iterable[str]] | None = None
) -> list[Decision]:
    """The decisions about a record of either side; about one field of it where the address names one, by the mapping's
    name or by the field's on either side. Case says nothing, nor does the form of an id.

    `fields` are the fields of the mappings, by sync and mapping.
    """
    return [d for d in decisions if _is_about(d, address, (fields or {}).get((d.sync, d.mapping), ()))]


def _is_about(decision: Decision, address: Address, fields: Iterable[str]) -> bool:
    records = {(decision.a_object.lower(), _short(decision.a_id)), (decision.b_object.lower(), _short(decision.b_id))}
    names = {name.lower() for name in (decision.mapping, *decision.mapping.split("/"), *fields)}
    is_field = not address.field or address.field.lower() in names
    return (address.object.lower(), _short(address.id)) in records and is_field


def _short(id: str) -> str:
    """An id without what its 18-character form adds; those 15 are case-sensitive."""
    return id[:15] if len(id) == 18 else id


def _why_not(entry: Entry, conflicts: Mapping[EntryKey, Conflict]) -> str:
    """Why an entry cannot be recorded; empty where it can."""
    conflict = conflicts.get(entry.key)
    if conflict is None:
        return "it is no conflict any more"
    pairs = zip((conflict.a, conflict.b), entry.values, values_of(conflict), strict=True)
    moved = [
        side.system.capitalize()
        for side, written, now in pairs
        if written != now.replace("\r\n", "\n").replace("\r", "\n")
    ]
    return f"the value of {' and of '.join(moved)} is another one now" if moved else ""


def _decision(conflict: Conflict, word: str, source: str, at: str) -> Decision:
    return Decision(
        sync=conflict.sync,
        a_object=conflict.a.object,
        a_id=conflict.a.id,
        b_object=conflict.b.object,
        b_id=conflict.b.id,
        mapping=conflict.field,
        digest=conflict.digest,
        a_value=conflict.a_value,
        b_value=conflict.b_value,
        decision=word,
        decided_at=at,
        source=source,
    )

"""What a case expects against what is planned: every difference, with the reason that the plan gives.

Field changes and new records are compared exactly, whatever the case says; conflicts, held values, skipped records and
match keys where the case speaks of them.
"""

from collections.abc import Iterator, Mapping

from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.focus import OTHER
from pardotflow.plan.verdicts import Difference
from pardotflow.quality.load import NONE
from pardotflow.quality.outcome import OPEN, Outcome, Told, Written, writer_of
from pardotflow.quality.resolve import BoundCase, Changes

NOTHING = "nothing"


def differences(sync: CompiledSync, case: BoundCase, outcome: Outcome) -> tuple[Difference, ...]:
    """All of them, in the order of the sides; none where the case holds."""
    return (
        *_creates(sync, case, outcome),
        *_deletes(sync, case, outcome),
        *_match(case, outcome),
        *(d for role in "ab" for d in _changes(sync, case, outcome, role)),
        *_words("conflict", sync, case, case.conflicts, outcome.conflicts, outcome),
        *_held(sync, case, outcome),
        *_skipped(case, outcome),
    )


def expected_changes(case: BoundCase, outcome: Outcome, role: str) -> Mapping[str, Written]:
    """What of a side's changes the case has to name: nothing of other mappings, and no made-up id unless it does."""
    named = case.changes.get(role, {})
    return {
        field: written
        for field, written in outcome.changes[role].items()
        if field in named or (not written.is_id and (not case.only or written.mapping in case.only))
    }


def _creates(sync: CompiledSync, case: BoundCase, outcome: Outcome) -> Iterator[Difference]:
    for role in "ab":
        system = sync.side(role).system
        is_wanted, line = case.case.expect.create is system, outcome.creates.get(role)
        what = f"new record in {system}"
        if is_wanted and line is None:
            because = _why_not(sync, role, outcome)
            if role in case.rows:
                because = {"why": f"the case has a record in {system}", "line": case.case.expect.at("create").short}
            yield Difference(what=what, expected="created", planned=NOTHING, **because)
        elif line is not None and not is_wanted:
            yield Difference(what=what, expected=NOTHING, planned="created", why="a create rule applies", line=line)


def _deletes(sync: CompiledSync, case: BoundCase, outcome: Outcome) -> Iterator[Difference]:
    for role in "ab":
        system = sync.side(role).system
        is_wanted, told = case.case.expect.delete is system, outcome.deletes.get(role)
        what = f"record in {system}"
        if is_wanted and told is None:
            why = {"why": "deletes: does not ask for it", "line": sync.deletes_line}
            because = _because(outcome.skipped) if outcome.skipped else why
            yield Difference(what=what, expected="deleted", planned=NOTHING, **because)
        elif told is not None and not is_wanted:
            yield Difference(what=what, expected=NOTHING, planned="deleted", why=told.why, line=told.line)


def _why_not(sync: CompiledSync, role: str, outcome: Outcome) -> dict[str, str]:
    told = outcome.held_record or outcome.skipped or outcome.ambiguous
    if told is not None:
        return _because(told)
    system = sync.side(role).system
    if role not in {create.role for create in sync.creates}:
        return {"why": f"{sync.name} has no create rule for {system}", "line": sync.line}
    return {"why": "the records are a pair", "line": ""}


def _because(told: Told) -> dict[str, str]:
    return {"why": f"{told.word}: {told.why}" if told.why else told.word, "line": told.line}


def _match(case: BoundCase, outcome: Outcome) -> Iterator[Difference]:
    wanted = case.case.expect.match
    if wanted is not None and wanted != outcome.match:
        told = outcome.ambiguous or outcome.held_record or outcome.skipped
        because = _because(told) if told else {"why": "the first key that finds a pair takes it"}
        yield Difference(what="match key", expected=wanted, planned=outcome.match, **because)


def _changes(sync: CompiledSync, case: BoundCase, outcome: Outcome, role: str) -> Iterator[Difference]:
    system = sync.side(role).system
    if case.case.expect.create is system and (role not in outcome.creates or system not in case.case.expect.changes):
        return
    wanted: Changes = case.changes.get(role, {})
    planned = expected_changes(case, outcome, role)
    for field in dict.fromkeys((*wanted, *planned)):
        written = planned.get(field)
        if written is None:
            because = _why_unwritten(sync, case, outcome, role, field)
            yield _difference(f"{system} {field}", _said(wanted[field]), NOTHING, because)
        elif field not in wanted or wanted[field] != written.value:
            expected = _said(wanted[field]) if field in wanted else NOTHING
            because = {"why": written.why, "line": written.line}
            yield _difference(f"{system} {field}", expected, _said(written.value), because)


def _difference(what: str, expected: str, planned: str, because: Mapping[str, str]) -> Difference:
    return Difference(what=what, expected=expected, planned=planned, why=because["why"], line=because["line"])


def _said(value: str | None) -> str:
    return "a blank" if value is None else f'"{value}"'


def _why_unwritten(sync: CompiledSync, case: BoundCase, outcome: Outcome, role: str, field: str) -> dict[str, str]:
    """Why nothing is written to a field, in the words of the plan where it has some."""
    if not case.is_linked and outcome.match == NONE and len(case.rows) == 2:
        return _because(outcome.ambiguous) if outcome.ambiguous else {"why": "no match key finds the pair", "line": ""}
    if len(case.rows) == 1 or (outcome.skipped and not outcome.cells):
        return _why_not(sync, role, outcome)
    mapping = writer_of(sync, role, case.rows[role].object, field)
    if mapping is None:
        return {"why": f"no mapping writes it in {sync.side(role).system}", "line": sync.line}
    return {"why": why_of(sync, outcome, mapping.number), "line": mapping.mapping.span.short}


def why_of(sync: CompiledSync, outcome: Outcome, number: int) -> str:
    """What became of a mapping's cell, where nothing is written."""
    if number in outcome.held:
        return f"held: {outcome.held[number].why}"
    if number in outcome.conflicts:
        told = outcome.conflicts[number]
        return f"{'open conflict' if told.word == OPEN else f'{told.word} wins'}: {told.why}"
    cell = outcome.cells.get(number)
    if cell is None:
        return "the two sides agree"
    found = {"neither moved": "neither side moved since the base"}.get(cell.place.found, cell.place.found)
    if cell.outcome == "send":
        written = next(r for r in "ab" if any(w.mapping == number for w in outcome.changes[r].values()))
        return f"{found}: {sync.side(OTHER[written]).system} is written to {sync.side(written).system}"
    return f"{found}, {cell.place.values}: nothing is written"


def _words(
    noun: str,
    sync: CompiledSync,
    case: BoundCase,
    wanted: Mapping[int, str] | None,
    planned: Mapping[int, Told],
    outcome: Outcome,
) -> Iterator[Difference]:
    """Words by mapping, which are all where the case has any."""
    if wanted is None:
        return
    seen = {n: told for n, told in planned.items() if n in wanted or not case.only or n in case.only}
    for number in sorted({*wanted, *seen}):
        told, word = seen.get(number), wanted.get(number)
        if told is None or told.word != word:
            mapping = sync.mappings[number].mapping
            yield Difference(
                what=f"{noun} of {mapping.key}",
                expected=word or NONE,
                planned=told.word if told else NONE,
                why=told.why if told else _why_no_word(sync, outcome, number),
                line=mapping.span.short,
            )


def _why_no_word(sync: CompiledSync, outcome: Outcome, number: int) -> str:
    written = (w.why for role in "ab" for w in outcome.changes[role].values() if w.mapping == number)
    return next(written, why_of(sync, outcome, number))


def _held(sync: CompiledSync, case: BoundCase, outcome: Outcome) -> Iterator[Difference]:
    if not isinstance(case.held, str):
        yield from _words("held", sync, case, case.held, outcome.held, outcome)
        return
    told = outcome.held_record
    if told is None or told.word != case.held:
        other = told or outcome.skipped or outcome.ambiguous
        because = _because(other) if other else {"why": "the record is not held"}
        yield Difference(what="held record", expected=case.held, planned=told.word if told else NONE, **because)


def _skipped(case: BoundCase, outcome: Outcome) -> Iterator[Difference]:
    wanted, told = case.case.expect.skipped, outcome.skipped
    planned = told.word if told else NONE
    if wanted is not None and wanted != planned:
        other = told or outcome.held_record or outcome.ambiguous
        because = _because(other) if other else {"why": "the record is not left out"}
        yield Difference(what="skipped", expected=wanted, planned=planned, **because)

"""`state import`, `mv` and `rm`: change links and bases by hand. Each says first what it would do; `--yes` does it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pardotflow.cli.console import say, write
from pardotflow.cli.exits import Exit
from pardotflow.cli.remembered import changing, id_of, read_pairs, record_of, say_dry, sync_of
from pardotflow.cli.workspace import Choice, load
from pardotflow.core.errors import UsageError
from pardotflow.store import edits
from pardotflow.store.links import Link, Pair, list_links

if TYPE_CHECKING:
    import duckdb

    from pardotflow.config.project import Project

LISTED = 20
BY_HAND = "imported"
"""Stands in the place of a run."""
ANEW = (
    "The next plan looks for a counterpart by the match keys of the sync. A pair that it links has no bases: blanks are"
    " filled from the other side, and what differs is decided by on_link."
)
UNMAPPED = "To the next plan it is as if the field had just been mapped: on_link decides where both sides are filled."


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What the commands have in common."""

    yes: bool
    wait: float


def import_links(choice: Choice, file: Path, edit: Edit) -> Exit:
    """Remember the links of a CSV file; nothing where one of them cannot be right."""
    project, _ = load(choice)
    rows = read_pairs(file)
    problems: list[str] = []
    pairs: dict[Pair, int] = {}
    for line, row in rows:
        pair, problem = _pair(project, row)
        if pair in pairs:
            problem = f"the same link stands in line {pairs[pair]}"
        if problem:
            problems.append(f"{file}:{line}: {problem}")
        else:
            pairs[pair] = line
    problems += [f"{file}:{pairs[pair]}: {text}" for pair, text in _twice(pairs)]
    with changing(project, "state import", wait=edit.wait, writes=edit.yes) as (_, con):
        known = edits.find_known(con, list(pairs))
        new = []
        for pair, line in pairs.items():
            same = [k for k in known.get(pair, []) if k.pair == pair]
            live = [k for k in known.get(pair, []) if k.pair != pair and not k.tombstone]
            if same and same[0].tombstone:
                problems.append(f"{file}:{line}: {_named(pair)} is a tombstone: {same[0].tombstone} is gone")
            elif live:
                problems.append(f"{file}:{line}: one of its records is linked already: {_named(live[0].pair)}")
            elif not same:
                new.append(pair)
        if problems:
            for problem in problems[:LISTED]:
                say(problem, "red")
            if len(problems) > LISTED:
                say(f"… and {len(problems) - LISTED:,} more", "red")
            raise UsageError(
                f"{_counted(len(problems), 'line')} of {file} cannot be imported: nothing was",
                hint="Correct the file; a link that is wrong here is removed by: pardotflow state rm RECORD",
            )
        if edit.yes:
            edits.add_links(con, new, BY_HAND)
    there = len(pairs) - len(new)
    write(f"{_counted(len(new), 'link')} {'imported' if edit.yes else 'to import'}, {there:,} known already\n")
    say("They have no bases: the next plan fills blanks from the other side, and on_link decides what differs.")
    if not edit.yes:
        say_dry()
    return Exit.FINE


def _pair(project: Project, row: tuple[str, ...]) -> tuple[Pair, str]:
    """A row as a pair, with what is wrong about it."""
    sync, a_object, a_id, b_object, b_id = row
    pair = (sync, a_object, id_of(a_id), b_object, id_of(b_id))
    found = next((s for s in project.syncs if s.name == sync), None)
    if not all(row):
        return pair, "a cell is empty"
    if found is None:
        return pair, f"there is no sync {sync!r}"
    for name, side in ((a_object, found.a), (b_object, found.b)):
        if name not in side.names:
            return pair, f"{name!r} is not an object of the {side.system} side of {sync}: {', '.join(side.names)}"
    return pair, ""


def _twice(pairs: Iterable[Pair]) -> Iterable[tuple[Pair, str]]:
    """Pairs of a file with a record that an earlier one has."""
    seen: dict[tuple[str, str, str, str], Pair] = {}
    for pair in pairs:
        for role, item, record in (("a", *pair[1:3]), ("b", *pair[3:5])):
            first = seen.setdefault((pair[0], role, item, record), pair)
            if first != pair:
                yield pair, f"{item}/{record} stands in another link too: {_named(first)}"
                break


def move(choice: Choice, old: str, new: str, sync: str, edit: Edit) -> Exit:
    """A link to another record, or the bases of a field to the name that its mapping has now."""
    project, _ = load(choice)
    if "/" in old:
        return _move_link(project, old, new, sync, edit)
    return _move_bases(project, old, new, edit)


def _move_link(project: Project, old: str, new: str, sync: str, edit: Edit) -> Exit:
    source, target = record_of(old), record_of(new)
    if source.field or target.field:
        raise UsageError(
            "a link is moved by its record", hint="To rename a field: pardotflow state mv SYNC#OLD SYNC#NEW"
        )
    with changing(project, "state mv", wait=edit.wait, writes=edit.yes) as (_, con):
        link = _one_link(con, old, sync)
        is_a = (link.a_object.lower(), link.a_id) == (source.object.lower(), source.id)
        ends = (link.a_object, link.a_id), (link.b_object, link.b_id)
        side = sync_of(project, link.sync).a if is_a else sync_of(project, link.sync).b
        if target.object not in side.names:
            raise UsageError(f"{target.object} is not an object of the {side.system} side of {link.sync}")
        there = (target.object, target.id)
        pair: Pair = (link.sync, *there, *ends[1]) if is_a else (link.sync, *ends[0], *there)
        other = [k for k in list_links(con, sync=link.sync, record=there) if not k.tombstone]
        if other:
            raise UsageError(f"{target} is linked already: {_named(other[0].pair)}", hint="Remove that link first.")
        write(f"{_named(link.pair)} becomes {_named(pair)}, with {_counted(link.bases, 'base')}\n")
        say("The next plan compares the record's values with these bases: what differs counts as moved since.")
        if edit.yes:
            edits.move_link(con, link.pair, pair)
    if not edit.yes:
        say_dry()
    return Exit.FINE


def _move_bases(project: Project, old: str, new: str, edit: Edit) -> Exit:
    from pardotflow.graph.digest import mapping_digest

    (sync_name, field), (other_sync, other_field) = _field_of(old), _field_of(new)
    if sync_name != other_sync:
        raise UsageError("bases are moved within one sync", hint="A renamed sync says renamed_from: in its file.")
    sync = sync_of(project, sync_name)
    mapping = next((m for m in sync.fields if m.key == other_field), None)
    if mapping is None:
        known = ", ".join(m.key for m in sync.fields)
        raise UsageError(f"{sync_name} has no mapping {other_field!r}", hint=f"Its mappings: {known}.")
    with changing(project, "state mv", wait=edit.wait, writes=edit.yes) as (_, con):
        count = edits.count_bases(con, sync_name, field)
        if not count:
            raise UsageError(f"no base of {sync_name}#{field} is remembered")
        taken = edits.count_bases(con, sync_name, other_field)
        if taken:
            hint = f"Remove them first: pardotflow state rm {new}"
            raise UsageError(f"{new} has {_counted(taken, 'base')} of its own", hint=hint)
        write(f"{_counted(count, 'base')} of {old} become those of {new}\n")
        say("They count as made by the mapping as it is now: a value that differs from its half counts as moved since.")
        if edit.yes:
            edits.move_bases(con, sync_name, field, other_field, mapping_digest(sync, mapping))
    if not edit.yes:
        say_dry()
    return Exit.FINE


def remove(choice: Choice, what: str, sync: str, edit: Edit) -> Exit:
    """Forget a link with its bases, or the bases of a field, and say what the next plan makes of it."""
    project, _ = load(choice)
    with changing(project, "state rm", wait=edit.wait, writes=edit.yes) as (_, con):
        if "/" in what:
            link = _one_link(con, what, sync)
            write(f"{_named(link.pair)}: the link and {_counted(link.bases, 'base')} are forgotten\n")
            if link.tombstone:
                say(f"It is a tombstone: what was gone on the {link.tombstone} side may be made again.", "yellow")
            say(ANEW)
            if edit.yes:
                edits.remove_link(con, link.pair)
        else:
            name, field = _field_of(what)
            count = edits.count_bases(con, name, field)
            if not count:
                raise UsageError(f"no base of {what} is remembered", hint="See what is: pardotflow state show RECORD")
            write(f"{_counted(count, 'base')} of {what} are forgotten\n")
            say(UNMAPPED)
            if edit.yes:
                edits.remove_bases(con, name, field)
    if not edit.yes:
        say_dry()
    return Exit.FINE


def _one_link(con: duckdb.DuckDBPyConnection, record: str, sync: str) -> Link:
    address = record_of(record)
    found = list_links(con, sync=sync, record=(address.object, address.id))
    live = [link for link in found if not link.tombstone] or found
    if not live:
        raise UsageError(f"{address} has no link", hint="See them all: pardotflow state list --full")
    if len(live) > 1:
        names = ", ".join(dict.fromkeys(_named(link.pair) for link in live))
        raise UsageError(f"{address} has {len(live)} links: {names}", hint="Name one sync with --sync.")
    return live[0]


def _field_of(text: str) -> tuple[str, str]:
    sync, sign, field = text.partition("#")
    if not (sign and sync and field):
        raise UsageError(f"{text!r} is neither Object/id nor SYNC#FIELD")
    return sync, field


def _named(pair: Pair) -> str:
    return f"{pair[0]}: {pair[1]}/{pair[2]} ↔ {pair[3]}/{pair[4]}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"

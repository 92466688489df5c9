"""`state list` and `state show`: what is remembered; nothing is changed and no lock is taken."""

from __future__ import annotations

import json
from dataclasses import asdict

from pardotflow.cli.console import say, show, width, write
from pardotflow.cli.exits import Exit
from pardotflow.cli.planning import check_format
from pardotflow.cli.remembered import looking, record_of
from pardotflow.cli.state_home import read_ledger
from pardotflow.cli.workspace import Choice, load
from pardotflow.core.errors import UsageError
from pardotflow.store.links import Base, Link, count_links, list_bases, list_links, list_written
from pardotflow.views.tables import Column, render_table

MOST = 40
"""Links that are listed unless all are asked for."""


def list_state(choice: Choice, *, sync: str, record: str, full: bool, format: str) -> Exit:
    """The links, of one sync or record where it is named, and how many there are of what."""
    check_format(format)
    project, _ = load(choice)
    address = record_of(record) if record else None
    place = (address.object, address.id) if address else None
    with looking(project) as con:
        counts = [c for c in count_links(con) if not sync or c.sync == sync]
        every = full or format == "json" or place is not None
        links = list_links(con, sync=sync, record=place, most=None if every else MOST)
    if format == "json":
        told = {"counts": [asdict(c) for c in counts], "links": [asdict(link) for link in links]}
        write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return Exit.FINE
    numbers = [Column(title=t, is_number=True) for t in ("links", "tombstones", "bases")]
    lines = [(c.sync, f"{c.links:,}", f"{c.tombstones:,}", f"{c.bases:,}") for c in counts]
    if place is None:
        show(render_table([Column(title="sync"), *numbers], lines, width=width()))
        write("\n")
    _show_links(links)
    total = sum(c.links + c.tombstones for c in counts)
    if not every and total > len(links):
        say(f"{total - len(links):,} more: add --full, --sync or --record.")
    return Exit.FINE


def _show_links(links: list[Link]) -> None:
    titles = ("sync", "one side", "other side", "origin", "linked", "bases", "gone")
    columns = [Column(title=title, is_number=title == "bases") for title in titles]
    rows = [
        (k.sync, f"{k.a_object}/{k.a_id}", f"{k.b_object}/{k.b_id}", k.origin, k.linked_at, f"{k.bases}", k.tombstone)
        for k in links
    ]
    show(render_table(columns, rows, width=width()))


def show_record(choice: Choice, record: str, *, format: str) -> Exit:
    """Everything that is remembered of one record: its links, their bases, what we wrote, errors and decisions."""
    check_format(format)
    project, _ = load(choice)
    address = record_of(record)
    place = (address.object, address.id)
    with looking(project) as con:
        links = list_links(con, record=place)
        bases = [b for b in list_bases(con, record=place) if not address.field or b.field == address.field]
        records = dict.fromkeys([place, *((k.a_object, k.a_id) for k in links), *((k.b_object, k.b_id) for k in links)])
        written = list_written(con, list(records))
    with read_ledger(project) as ledger:
        errors = [e for e in (ledger.sync_errors() if ledger else []) if e.record in {i for _, i in records}]
        decisions = [d for d in (ledger.decisions() if ledger else []) if (d.a_object, d.a_id) in records]
    if not (links or bases or written or errors):
        raise UsageError(f"nothing is remembered of {address}", hint="See what is: pardotflow state list")
    if format == "json":
        told = {
            "links": [asdict(k) for k in links],
            "bases": [asdict(b) for b in bases],
            "written": [asdict(w) for w in written],
            "errors": [dict(zip(("system", "object", "record", "action"), e.about, strict=True)) for e in errors],
            "decisions": [asdict(d) for d in decisions],
        }
        write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return Exit.FINE
    _show_links(links)
    if bases:
        write("\n")
        _show_bases(bases)
    if written:
        write("\n")
        titles = ("written", "record", "field", "before", "after", "run")
        rows = [
            (w.written_at, f"{w.object}/{w.id}", w.field, w.before or "–", w.after or "–", w.run_id) for w in written
        ]
        show(render_table([Column(title=t) for t in titles], rows, width=width()))
    for e in errors:
        write(f"\nsync error: {e.action} of {e.system} {e.object}/{e.record}: {e.code} {e.message}\n")
    for each in decisions:
        write(f"\ndecision: {each.mapping}: {each.decision}, {each.decided_at[:16]}, from {each.source}\n")
    return Exit.FINE


def _show_bases(bases: list[Base]) -> None:
    titles = ("sync", "base of", "one side held", "other side held", "")
    rows = [
        (
            b.pair[0],
            b.field,
            b.a_value or "–",
            b.b_value or "–",
            f"{b.sent_side} was sent, unconfirmed" * bool(b.sent_side),
        )
        for b in bases
    ]
    show(render_table([Column(title=t) for t in titles], rows, width=width()))

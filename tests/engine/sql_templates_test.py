"""Every template renders from the example project and stays in SQL that another engine's dialect can be made from.

A template that the parser does not understand would have to stand in `EXCEPTIONS`, with the reason.
"""

import csv
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from pardotflow.config.load import load_project
from pardotflow.config.project import OnGone
from pardotflow.config.user_map import Queues, UserKey, UserMap
from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.values import FieldType, System
from pardotflow.engine.assemble import ASSEMBLED, COPIED
from pardotflow.engine.compile import compile_project, snapshot_table
from pardotflow.engine.compiled import CompiledSync, CompiledUsers, FieldHistory
from pardotflow.engine.focus import Focus
from pardotflow.engine.overlay import OverlayTable, RecycledTable, overlay_name
from pardotflow.engine.recycle import KeptField, KeptObject
from pardotflow.engine.sqlfile import FOLDER, render
from pardotflow.engine.steps import Step
from pardotflow.engine.syncplan import second_look, statements
from pardotflow.engine.users import users_sql

EXAMPLE = Path(__file__).parents[2] / "projects" / "example"
SEEDS = {
    ("salesforce", "Contact"): "Contact.csv",
    ("salesforce", "Lead"): "Lead.csv",
    ("pardot", "prospect"): "prospects.csv",
}
EXCEPTIONS: frozenset[str] = frozenset()
"""Nothing so far."""

# The step of a sync that a template is rendered for; templates that are here with nothing have a name of their own.
STEPS = {
    "side": "sides",
    "users": "users",
    "match_start": "match start",
    "match_key": "match salesforce_id",
    "match_end": "match end",
    "mappings": "mappings",
    "cells": "cells",
    "judged": "judged",
    "decide": "decide",
    **{f"collect_{part}": f"collect {part}" for part in ("changes", "conflicts", "held", "accepted", "agreed")},
    "agreed": "agreed",
    "decisions": "decisions",
    "consent_cells": "consent",
    "opted_out": "opted out",
    "identity": "identity",
    **{f"identity_{part}": f"identity {part}" for part in ("links", "apart", "marked", "ended")},
    "ids": "ids",
    "creates": "create prospect",
    "creates_judged": "judge new prospect",
    "creates_made": "make new prospect",
    "unmatched": "unmatched",
    "new_pairs": "new pairs",
    "gone": "gone",
    "why_pairs": "kept pairs",
    "why_cells": "kept cells",
}
ALONE = (
    "normal_forms",
    "output_tables",
    "flipflops",
    "simulate_memory",
    "simulate_outcomes",
    "simulate_bases",
    "simulate_bases_again",
    "simulate_rows",
    "simulate_result",
    "assemble",
    "remainder",
    "remember",
    "looked_updates",
    "moved",
    "moved_with",
    "overlay",
    "made_meanwhile",
    "looked_creates",
    "refused",
    "recycle",
    "recycled",
    "revert",
    "revert_links",
    "revert_foretold",
    "overlay_recycled",
    "why_tables",
    "why",
    "field_times",
    "consent",
)
TABLE = OverlayTable(
    overlay=overlay_name("pardot", "prospect"),
    snapshot=snapshot_table("pardot", "prospect"),
    system="pardot",
    object="prospect",
    fields=("firstName", "lastName"),
    defaults={"optedOut": "false"},
)

TURNED = RecycledTable(
    overlay=TABLE.overlay, snapshot=TABLE.snapshot, system="pardot", object="prospect", changes="out_deletes"
)
KEPT = KeptObject(
    system="pardot",
    object="prospect",
    snapshot=TABLE.snapshot,
    fields=(KeptField(name="email", type="email", pii="email"),),
)

ENTRIES = FieldHistory(
    object="ContactHistory",
    parent="ContactId",
    names=("Phone",),
    relation=snapshot_table("salesforce", "ContactHistory"),
)
VALUES = {
    "run_id": "run",
    "now": "2026-01-01 00:00:00",
    "is_newest": True,
    "over_edits": False,
    "narrowed": False,
    "kept_writes": 6,
    "told_otherwise": True,
    "needed": dict.fromkeys(("consent", "vendor", "times", "cut", "picklists"), True),
    "round": 1,
    "moment": "2026-01-01 00:00:00",
    "writer": "simulated",
    "system": "salesforce",
    "object": "Contact",
    "fields": ["Phone"],
    "defaults": {"Phone": "1", "Title": "x"},
    "id_field": "Id",
    "view": '"rows.salesforce.Contact"',
    "overlay": '"overlay.salesforce.Contact"',
    "tables": [TABLE],
    "turned": [TURNED],
    "filled": ASSEMBLED,
    "copied": COPIED,
    "kept": [KEPT],
    "keys": [(0, "nf_email(b.email)")],
    "histories": [{"m": 0, "object": "Contact", "history": ENTRIES}],
}


def catalog() -> Catalog:
    """The objects of the example with the columns of its seed files."""
    objects = {}
    for (connection, name), file in SEEDS.items():
        with (EXAMPLE / "seed" / file).open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        fields = tuple(FieldInfo(name=column, type=_type(column)) for column in header)
        objects[(connection, name.lower())] = ObjectInfo(name=name, label=name, fields=fields)
    return Catalog(objects=objects)


def _type(column: str) -> FieldType:
    if column.startswith(("Has", "Is", "is", "DoNot", "opted")):
        return FieldType.BOOLEAN
    return FieldType.NUMBER if "core" in column or "seats" in column else FieldType.TEXT


@pytest.fixture(scope="module")
def syncs() -> tuple[CompiledSync, ...]:
    """The compiled syncs of the example."""
    loaded = load_project(EXAMPLE, None, {}, environ={})
    assert loaded.project is not None
    return compile_project(loaded.project, catalog())


def with_users(sync: CompiledSync) -> CompiledSync:
    """The sync with a translation of users that has every part."""
    pairs = (("ana@work.example", "42"),)
    users = UserMap(match=tuple(UserKey), pairs=pairs, fallback="7", queues=Queues.FALLBACK, span=sync.span)
    raw, ways = 'a."OwnerId"', (System.SALESFORCE, System.PARDOT)
    found = CompiledUsers(sync=sync.name, role="a", column="_u_0", raw=raw, source=ways[0], target=ways[1], users=users)
    return replace(sync, users=(found,))


def steps_of(syncs: tuple[CompiledSync, ...]) -> Iterator[Step]:
    """Every step of every sync, as it is planned in each way."""
    for sync in syncs:
        yield from statements(sync, Focus(), share=False)
        yield from statements(sync, Focus(), share=False, decided=True)
        yield from statements(sync, Focus(records=(("pardot", "prospect", "1"),)), share=True)
        for rule in (OnGone.ARCHIVE, OnGone.RECREATE):
            yield from statements(replace(sync, deletes=dict.fromkeys(System, rule)), Focus(), share=True)
        yield from second_look(sync, Focus())
        kept = Focus(kept=(("pardot", "prospect", "1"),))
        yield from [*statements(sync, kept, share=False), *second_look(sync, kept)]


def rendered(syncs: tuple[CompiledSync, ...]) -> Iterator[tuple[str, str]]:
    """Every statement of every sync under its step's name, and the templates that stand alone."""
    yield from ((step.name, step.sql) for step in steps_of(syncs))
    yield "users", users_sql(with_users(syncs[0]))
    for template in ALONE:
        yield template, render(template, **VALUES, sync=syncs[0], side=syncs[0].b)


def test_every_template_is_tried(syncs: tuple[CompiledSync, ...]) -> None:
    assert {file.stem for file in FOLDER.glob("*.sql")} == set(STEPS) | set(ALONE)
    assert set(STEPS.values()) <= {step for step, _ in rendered(syncs)}


def test_every_template_can_be_parsed(syncs: tuple[CompiledSync, ...], caplog: pytest.LogCaptureFixture) -> None:
    """What the parser passes on as an unknown command counts as not understood."""
    caplog.set_level(logging.CRITICAL, logger="sqlglot")
    templates = {step: template for template, step in STEPS.items()}
    failed = set()
    for step, sql in rendered(syncs):
        try:
            understood = not any(isinstance(s, exp.Command) for s in sqlglot.parse(sql, dialect="duckdb"))
        except sqlglot.errors.SqlglotError:
            understood = False
        if not understood:
            failed.add(templates.get(step, step))
    assert failed == EXCEPTIONS


def test_rendering_is_the_same_every_time(syncs: tuple[CompiledSync, ...]) -> None:
    assert list(rendered(syncs)) == list(rendered(syncs))


def compared(condition: exp.Expr | None) -> list[exp.Expr]:
    """The parts of a condition that must all hold."""
    if condition is None:
        return []
    parts = condition.flatten() if isinstance(condition, exp.And) else [condition]
    return [found for part in parts for found in _inner(part)]


def _inner(part: exp.Expr) -> list[exp.Expr]:
    plain = part.unnest()
    return compared(plain) if isinstance(plain, exp.And) else [plain]


def looks_at_every_pair(condition: exp.Expr | None) -> bool:
    """Whether rows are found by trying every one of them: no two columns have to be equal."""
    parts = compared(condition)
    return bool(parts) and not any(isinstance(part, exp.EQ | exp.NullSafeEQ) for part in parts)


PAIRWISE = {
    "users": "somebody has a key, an address or a name to sign in with, and there are some hundred users at the most",
    "revert": "what the command line selects is a few names",
}
"""Statements that try every pair of rows, and why there are few of them."""


def test_no_statement_tries_every_pair_of_rows(syncs: tuple[CompiledSync, ...]) -> None:
    """Such a statement is quick in every test, and takes hours where a plan has 100,000 changes."""
    found: dict[str, str] = {}
    for step, sql in rendered(syncs):
        for statement in sqlglot.parse(sql, dialect="duckdb"):
            if statement is None:
                continue
            joins = [join.args.get("on") for join in statement.find_all(exp.Join)]
            within = [
                where.this
                for exists in statement.find_all(exp.Exists)
                for where in [exists.this.args.get("where")]
                if where
            ]
            bad = [condition for condition in (*joins, *within) if looks_at_every_pair(condition)]
            if bad:
                found[step] = bad[0].sql(dialect="duckdb")
    assert found.keys() == PAIRWISE.keys(), found

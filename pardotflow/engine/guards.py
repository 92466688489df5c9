"""Limits that block a plan: counted over what the plan would do, against what was linked before it.

A percentage counts only once ten records are linked; before that there is nothing to protect. Each refusal carries the
flag that lets exactly this number pass once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from pardotflow.config.project import Limit, OnBlank
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.sqlfile import rows

LEAST_LINKED = 10
DEFAULT_CLEARS = Limit(number=0, percent=False)
DEFAULT_DECLARED_CLEARS = Limit(number=5, percent=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRow:
    """One guard of one sync, counted."""

    sync: str
    guard: str
    number: int
    threshold: str
    allowed: int
    passed: bool
    flag: str
    line: str


def count_guards(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> list[GuardRow]:
    """Every guard that has something to count, over the attached plan. `--allow` is judged by apply, not here."""
    found: list[GuardRow] = []
    for sync in syncs:
        linked = _number(con, "select count(*) from mem.links where sync = ? and tombstone is null", sync.name)
        for guard, limit, number in _counted(con, sync):
            row = _judge(sync, guard, limit, number, linked)
            if row is not None:
                found.append(row)
    return found


def shrunk_guard(system: str, object_name: str, before: int, now: int) -> GuardRow:
    """A side that a full read found suspiciously small."""
    return GuardRow(
        sync="",
        guard=f"shrunk:{system}.{object_name}",
        number=before - now,
        threshold="30%",
        allowed=int(before * 0.3),
        passed=False,
        flag=f"--allow shrunk:{system}.{object_name}={before - now}",
        line="",
    )


def oscillation_guard(con: duckdb.DuckDBPyConnection) -> list[GuardRow]:
    """A plan that is never done: what it writes, the next ones would write again."""
    number = _number(con, "select count(*) from plan.unsettled where kind = 'oscillates'")
    line = rows(con, "select min(line) from plan.unsettled where kind = 'oscillates'")[0][0]
    if not number:
        return []
    return [
        GuardRow(
            sync="",
            guard="oscillations",
            number=number,
            threshold="0",
            allowed=0,
            passed=False,
            flag=f"--allow oscillations={number}",
            line=line,
        )
    ]


def _counted(con: duckdb.DuckDBPyConnection, sync: CompiledSync) -> list[tuple[str, Limit | None, int]]:
    guards = sync.guards
    mine = "from plan.field_changes f join plan.changes c using (change) where f.sync = ? and f.sendable"
    counted: list[tuple[str, Limit | None, int]] = [
        (
            "updates",
            guards.updates,
            _number(
                con,
                f"select count(distinct change) {mine} and c.action = 'update' and f.section not in ('adopted', 'id')",
                sync.name,
            ),
        ),
        (
            "creates",
            guards.creates,
            _number(con, f"select count(distinct change) {mine} and c.action = 'create'", sync.name),
        ),
        (
            "deletes",
            guards.deletes,
            _number(con, f"select count(distinct change) {mine} and c.action = 'delete'", sync.name),
        ),
        (
            "adopted",
            guards.adopted,
            _number(con, f"select count(distinct change) {mine} and f.section = 'adopted'", sync.name),
        ),
        ("opt_ins", guards.optins, _opt_ins(con, sync)),
        (
            "conflicts",
            guards.conflicts,
            _number(con, "select count(*) from plan.conflicts where sync = ? and winner = 'open'", sync.name),
        ),
    ]
    return counted + _clears(con, sync)


def _opt_ins(con: duckdb.DuckDBPyConnection, sync: CompiledSync) -> int:
    return _number(
        con,
        "select count(*) from plan.field_changes f join plan.bases b on b.change = f.change and b.field = "
        "f.field and b.sync = f.sync"
        " join consent_mappings m on m.sync = b.sync and m.mapping = b.mapping"
        " where f.sync = ? and f.sendable and f.after = 'false'",
        sync.name,
    )


def _clears(con: duckdb.DuckDBPyConnection, sync: CompiledSync) -> list[tuple[str, Limit | None, int]]:
    """Writes of a blank over a value, by mapping."""
    found = rows(
        con,
        "select b.mapping, count(*) from plan.field_changes f"
        " join plan.bases b on b.change = f.change and b.field = f.field and b.sync = f.sync"
        " where f.sync = ? and f.sendable and f.after is null and f.after_ref is null and nf_text(f.before) is not null"
        " group by b.mapping order by b.mapping",
        sync.name,
    )
    declared = {m.mapping.key: m.mapping.on_blank for m in sync.mappings}
    counted: list[tuple[str, Limit | None, int]] = []
    for key, number in found:
        default = DEFAULT_DECLARED_CLEARS if declared.get(key) is OnBlank.CLEAR else DEFAULT_CLEARS
        limit = sync.guards.clears.get(key) or sync.guards.clears.get("") or default
        counted.append((f"clears:{key}", limit, int(number)))
    return counted


def _judge(sync: CompiledSync, guard: str, limit: Limit | None, number: int, linked: int) -> GuardRow | None:
    """The guard's verdict; None where nothing limits it or nothing was counted."""
    if limit is None or number == 0:
        return None
    if limit.percent and linked < LEAST_LINKED:
        return None
    allowed = int(linked * limit.number / 100) if limit.percent else int(limit.number)
    return GuardRow(
        sync=sync.name,
        guard=guard,
        number=number,
        threshold=str(limit),
        allowed=allowed,
        passed=number <= allowed,
        flag=f"--allow {guard}={number}",
        line=sync.guards.span.short,
    )


def still_blocking(guards: Iterable[tuple[str, int, bool]], allowed: Mapping[str, int]) -> list[str]:
    """The guards (name, number, passed) that block although `--allow` gave these numbers."""
    return [guard for guard, number, passed in guards if not passed and number > allowed.get(guard, -1)]


def _number(con: duckdb.DuckDBPyConnection, query: str, *values: str) -> int:
    return int(rows(con, query, *values)[0][0])

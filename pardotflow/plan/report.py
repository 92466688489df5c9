"""From a plan file to what a view needs: exact totals, lists cut to a length."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from pardotflow.core.errors import UsageError
from pardotflow.plan.consent import read_consent
from pardotflow.plan.cost import read_costs, read_quotas, read_steps
from pardotflow.plan.file import open_plan, read_meta
from pardotflow.plan.fold import fold_changes, read_patterns, read_singles
from pardotflow.plan.guardnames import allow_names, still_blocking
from pardotflow.plan.model import (
    Conflict,
    ConflictReport,
    Count,
    Coverage,
    FieldChange,
    Group,
    GuardResult,
    Identity,
    Pattern,
    PlanMeta,
    PlanReport,
    RecordName,
)
from pardotflow.plan.moments import PAUSED, moment_key
from pardotflow.plan.places import place_order

SAMPLES = 3
EVERY = 2**31 - 1
_BETWEEN = "case kind when 'kept_by_decision' then ' ≠ ' else ' → ' end"
_INSERT_ONLY = "insert_only: records that are there are not updated"


def read_report(path: Path, *, patterns: int = 40, singles: int = 60, conflicts: int = 20) -> PlanReport:
    """The report of a saved plan. The numbers bound the lists; totals are exact, but for those of patterns and single
    changes where neither are asked for. Raises PlanRefused."""
    with open_plan(path) as con:
        meta = read_meta(con)
        found_patterns, patterns_total = tuple[Pattern, ...](), 0
        found_singles, singles_total = tuple[FieldChange, ...](), 0
        if patterns or singles:
            fold_changes(con)
            found_patterns, patterns_total = read_patterns(con, patterns)
            found_singles, singles_total = read_singles(con, singles)
        return PlanReport(
            meta=_meta(meta, path),
            counts=_counts(con),
            identity=_identity(con),
            guards=_guards(con),
            costs=read_costs(con),
            steps=read_steps(con),
            read_calls=tuple((s, int(meta[f"read_calls.{s}"])) for s in _systems(meta, "read_calls.")),
            quotas=read_quotas(meta),
            patterns=found_patterns,
            patterns_total=patterns_total,
            singles=found_singles,
            singles_total=singles_total,
            fields_total=_number(con, "select count(*) from plan.field_changes"),
            conflicts=_conflicts(con, conflicts),
            conflicts_open=_number(con, "select count(*) from plan.conflicts where winner = 'open'"),
            conflicts_decided=_number(con, "select count(*) from plan.conflicts where winner <> 'open'"),
            held=_groups(con, "held", "kind", f"{_told('before')} || {_BETWEEN} || {_told('after')}"),
            held_total=_number(con, "select count(*) from plan.held"),
            ambiguities=_groups(con, "ambiguities", "'ambiguous'", "candidates", field="key"),
            ambiguities_total=_number(con, "select count(*) from plan.ambiguities"),
            skipped=_groups(con, "skipped", "reason", "note", field="''", reason="''", line="''"),
            skipped_total=_number(con, "select count(*) from plan.skipped"),
            accepted=_groups(
                con,
                "accepted",
                "kind",
                f"{_told('a_value')} || ' ≠ ' || {_told('b_value')}",
                reason=f"case kind when 'insert_only' then '{_INSERT_ONLY}' else '' end",
            ),
            coverage=_coverage(con),
            notes=tuple(r[0] for r in con.execute("select note from plan.notes order by position").fetchall()),
            unsettled=_unsettled(con),
            flipflops=_flipflops(con),
            paused=_paused(con, meta),
            created=_created(con),
            consent=read_consent(con),
            syncs=tuple(con.execute("select sync, strength from plan.syncs order by position").fetchall()),
        )


def read_conflicts(path: Path) -> ConflictReport:
    """Every conflict of a saved plan that people decide. Raises PlanRefused, and UsageError for a revert."""
    with open_plan(path) as con:
        if "revert_of" in read_meta(con):
            raise UsageError(
                f"{path.name} takes a run back: its conflicts are not decided in a file",
                hint="Take back what was edited since, too: pardotflow revert RUN --over-edits",
            )
        asked = _conflicts(con, EVERY, "winner = 'open' or by_person")
        return ConflictReport(meta=_meta(read_meta(con), path), conflicts=asked)


def _number(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def _meta(meta: dict[str, str], path: Path) -> PlanMeta:
    return PlanMeta(
        id=meta["id"],
        digest=meta["digest"],
        project=meta["project"],
        environment=meta["environment"],
        production=meta["production"] == "true",
        created_at=meta["created_at"],
        path=str(path),
        empty_memory=meta["empty_memory"] == "true",
        complete=meta["complete"] == "true",
        applyable=meta["applyable"] == "true",
        errored=meta["errored"] == "true",
        blocked=meta["blocked"] == "true",
        selection=meta["selection"],
        warning=meta.get("warning", ""),
    )


def _systems(meta: dict[str, str], prefix: str) -> list[str]:
    return sorted((k.removeprefix(prefix) for k in meta if k.startswith(prefix)), reverse=True)


def _counts(con: duckdb.DuckDBPyConnection) -> tuple[Count, ...]:
    found = con.execute(
        "select c.system, c.object, c.action, count(distinct c.change), count(nullif(f.field, '')) from plan.changes c"
        " join plan.field_changes f using (change) group by all order by c.system desc, c.object, c.action"
    ).fetchall()
    return tuple(Count(system=r[0], object=r[1], action=r[2], records=r[3], fields=r[4]) for r in found)


def _identity(con: duckdb.DuckDBPyConnection) -> tuple[Identity, ...]:
    found = con.execute(
        "select i.sync, s.a_system, s.b_system, linked_before, followed, ambiguous, unmatched_a, unmatched_b"
        " from plan.identity i join plan.syncs s using (sync) order by s.position"
    ).fetchall()
    return tuple(
        Identity(
            sync=r[0],
            a=r[1],
            b=r[2],
            linked_before=r[3],
            linked_now=tuple(
                con.execute(
                    "select key, pairs from plan.matched where sync = ? and pairs > 0 order by position", [r[0]]
                ).fetchall()
            ),
            followed=r[4],
            ambiguous=r[5],
            unmatched_a=r[6],
            unmatched_b=r[7],
            unmatched=tuple(
                con.execute(
                    "select system, reason, records from plan.unmatched where sync = ? order by records desc, reason",
                    [r[0]],
                ).fetchall()
            ),
            left_out=tuple(
                con.execute(
                    "select system, reason, records from plan.left_out where sync = ? order by reason desc, 1 desc",
                    [r[0]],
                ).fetchall()
            ),
        )
        for r in found
    )


def _guards(con: duckdb.DuckDBPyConnection) -> tuple[GuardResult, ...]:
    found = con.execute(
        "select sync, guard, number, threshold, allowed, passed, flag, line from plan.guards order by position"
    ).fetchall()
    return tuple(
        GuardResult(sync=r[0], guard=r[1], number=r[2], limit=r[3], allowed=r[4], passed=r[5], flag=r[6], line=r[7])
        for r in found
    )


def _coverage(con: duckdb.DuckDBPyConnection) -> tuple[Coverage, ...]:
    found = con.execute(
        "select system, object, row_count, deleted, mode, changed, note from plan.coverage order by position"
    ).fetchall()
    return tuple(
        Coverage(system=r[0], object=r[1], rows=r[2], deleted=r[3], mode=r[4], changed=r[5], note=r[6]) for r in found
    )


def _conflicts(con: duckdb.DuckDBPyConnection, limit: int, where: str = "true") -> tuple[Conflict, ...]:
    found = con.execute(
        "select c.sync, a_system, a_object, a_id, a_name, b_system, b_object, b_id, b_name, field, a_value, b_value,"
        " base_a, base_b, winner, reason, line, pii, a_changed_at, b_changed_at, m.digest, by_person"
        " from plan.conflicts c left join plan.mappings m on m.sync = c.sync and m.mapping = c.field"
        f" where {where} order by winner <> 'open', base_a is null and base_b is null, c.sync, a_object, a_id, b_id,"
        f" field limit {limit}"
    ).fetchall()
    return tuple(
        Conflict(
            sync=r[0],
            a=RecordName(system=r[1], object=r[2], id=r[3], name=r[4]),
            b=RecordName(system=r[5], object=r[6], id=r[7], name=r[8]),
            field=r[9],
            a_value=r[10],
            b_value=r[11],
            base_a=r[12],
            base_b=r[13],
            winner=r[14],
            reason=r[15],
            line=r[16],
            pii=r[17],
            a_changed_at=_second(r[18]),
            b_changed_at=_second(r[19]),
            digest=r[20] or "",
            by_person=bool(r[21]),
        )
        for r in found
    )


def let_guards_pass(report: PlanReport, allow: Mapping[str, int]) -> PlanReport:
    """The report for somebody who gives these numbers to its guards, by the names that `--allow` takes."""
    rows = [(g.sync, g.guard, g.number, g.passed) for g in report.guards]
    names = allow_names([(g.sync, g.guard) for g in report.guards])
    blocking = still_blocking(rows, allow)
    guards = (
        replace(g, let_pass=not g.passed and name not in blocking) for g, name in zip(report.guards, names, strict=True)
    )
    return replace(report, guards=tuple(guards))


def _unsettled(con: duckdb.DuckDBPyConnection) -> tuple[Group, ...]:
    """What a second plan would send, by field and the two rules."""
    why = "'follows from ' || other_field || '  ' || other_line"
    query = f"create or replace temp view unsettled_why as select *, coalesce({why}, reason) as why from plan.unsettled"
    con.execute(query)
    return _groups(
        con, "unsettled", "kind", f"{_told('before')} || ' → ' || {_told('after')}", reason="why", view="unsettled_why"
    )


def _second(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _flipflops(con: duckdb.DuckDBPyConnection) -> tuple[Group, ...]:
    """What earlier runs wrote already, by field and the two rules."""
    why = "case when other_line = line then 'undone since' else 'written back by ' || other_line end"
    con.execute(
        "create or replace temp view flipflops_why as"
        f" select *, {why} as why, 'runs ' || array_to_string(runs, ', ') as told from plan.flipflops"
    )
    note = f"{_told('before')} || ' → ' || {_told('after')} || ', ' || told"
    return _groups(con, "flipflops", "'flip_flop'", note, reason="why", view="flipflops_why")


def _paused(con: duckdb.DuckDBPyConnection, meta: dict[str, str]) -> tuple[tuple[str, int, str], ...]:
    found = con.execute("select sync, records from plan.left_out where reason = 'paused' order by sync").fetchall()
    return tuple((sync, pairs, meta.get(moment_key(sync, PAUSED), "")) for sync, pairs in found)


def _created(con: duckdb.DuckDBPyConnection) -> tuple[Group, ...]:
    """New records, with the names of a few."""
    found = con.execute(
        "from (select system, object, line, count(*) as n, list({'id': id, 'name': name} order by id)"
        f"[1:{SAMPLES}] as samples from plan.changes where action = 'create' group by all)"
        f" order by n desc, system, object, {place_order('line')}"
    ).fetchall()
    return tuple(
        Group(
            kind="create",
            system=r[0],
            object=r[1],
            field="",
            reason="",
            line=r[2],
            count=r[3],
            samples=tuple(RecordName(system=r[0], object=r[1], id="new", name=s["name"]) for s in r[4]),
            sample_notes=(),
        )
        for r in found
    )


def _told(column: str) -> str:
    """SQL for one value in a note: as a view shows a value, so that white space can be seen."""
    bare = r"true|false|-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?"
    return (
        f"case when {column} is null then '(blank)' when regexp_full_match({column}, '{bare}') then {column}"
        f" else '\"' || {column} || '\"' end"
    )


def _groups(
    con: duckdb.DuckDBPyConnection,
    table: str,
    kind: str,
    note: str,
    *,
    field: str = "field",
    reason: str = "reason",
    line: str = "line",
    view: str = "",
) -> tuple[Group, ...]:
    """Rows of one table by kind, largest first, each with a few samples."""
    varied = (
        "case when kind in ('would_duplicate', 'was_deleted', 'required_missing', 'refused')"
        " or (kind = 'unmapped_user' and field = '') then '' else reason end"
    )
    grouped_reason = varied if table == "held" else reason
    told = f"case when field = '' then reason else {note} end" if table == "held" else note
    found = con.execute(
        f"from (select {kind} as kind, system, object, {field} as field, {grouped_reason} as why, {line} as line, "
        f"count(*) as n,"
        f" list({{'id': id, 'name': name, 'note': {told}}} order by id, name)[1:{SAMPLES}] as samples"
        f" from {view or f'plan.{table}'} group by 1, 2, 3, 4, 5, 6)"
        f" order by n desc, kind, system, object, field, why, {place_order('line')}"
    ).fetchall()
    return tuple(
        Group(
            kind=r[0],
            system=r[1],
            object=r[2],
            field=r[3],
            reason=r[4],
            line=r[5],
            count=r[6],
            samples=tuple(RecordName(system=r[1], object=r[2], id=s["id"], name=s["name"]) for s in r[7]),
            sample_notes=tuple(s["note"] or "" for s in r[7]),
        )
        for r in found
    )

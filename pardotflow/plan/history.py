"""The runs of an environment, and what one of them did to which record."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from pardotflow.plan.file import open_plan
from pardotflow.plan.model import Count, RecordName

VERSION = "1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One run. Moments are ISO 8601 in UTC; `ended_at` is empty where nothing closed the run."""

    id: str
    plan_id: str
    started_at: str
    ended_at: str
    status: str
    confirmed: int
    refused: int
    unknown: int
    not_started: int
    moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneChange:
    """One field of one change of a run, or a record that went or came; `fate` is what became of the change."""

    record: RecordName
    action: str
    field: str
    before: str | None
    after: str | None
    fate: str
    code: str
    line: str
    pii: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetail:
    """What one run did: what was confirmed by object and action, and its changes up to a limit."""

    run: RunLine
    counts: tuple[Count, ...]
    changes: tuple[DoneChange, ...]
    changes_total: int
    reverts: str
    """The run that this one took back; else empty."""


def read_detail(run: RunLine, plan: Path, fates: Iterable[tuple[int, str, str, str]], *, limit: int) -> RunDetail:
    """What the run did, from its plan and the journal's last word about each change: (change, status, record id,
    code). Raises what `open_plan` raises."""
    with open_plan(plan) as con:
        con.execute("create temp table fates (change integer, status varchar, record_id varchar, code varchar)")
        columns = [list(column) for column in zip(*fates, strict=True)]
        if columns:
            con.execute("insert into fates select unnest(?), unnest(?), unnest(?), unnest(?)", columns)
        found = con.execute("select value from plan.meta where key = 'revert_of'").fetchone()
        total = con.execute(f"select count(*) {_CHANGES}").fetchone()
        return RunDetail(
            run=run,
            counts=_counts(con),
            changes=_changes(con, limit),
            changes_total=int(total[0]) if total else 0,
            reverts=str(found[0]) if found else "",
        )


_CHANGES = (
    "from plan.changes c join fates s using (change) join plan.field_changes f using (change)"
    " left join (select c.id as planned, s.record_id from plan.changes c join fates s using (change)"
    " where c.action = 'create') n on n.planned = f.after_ref where f.sendable"
)


def _counts(con: duckdb.DuckDBPyConnection) -> tuple[Count, ...]:
    found = con.execute(
        "select c.system, c.object, c.action, count(distinct c.change), count(nullif(f.field, ''))"
        f" {_CHANGES} and s.status = 'confirmed' group by all order by c.system desc, c.object, c.action"
    ).fetchall()
    return tuple(Count(system=r[0], object=r[1], action=r[2], records=r[3], fields=r[4]) for r in found)


def _changes(con: duckdb.DuckDBPyConnection, limit: int) -> tuple[DoneChange, ...]:
    found = con.execute(
        "select c.system, c.object, case when c.action = 'create' and s.record_id <> '' then s.record_id"
        " when c.action = 'create' then 'new' else c.id end, c.name, c.action, f.field, f.before,"
        f" coalesce(n.record_id, f.after), s.status, s.code, f.line, f.pii {_CHANGES}"
        f" order by s.status = 'confirmed', c.change, f.field limit {limit}"
    ).fetchall()
    return tuple(
        DoneChange(
            record=RecordName(system=r[0], object=r[1], id=r[2], name=r[3]),
            action=r[4],
            field=r[5],
            before=r[6],
            after=r[7],
            fate=r[8],
            code=r[9],
            line=r[10],
            pii=r[11],
        )
        for r in found
    )


def history_json(runs: Sequence[RunLine]) -> str:
    """The list of runs as JSON text; it holds nothing personal."""
    return json.dumps({"version": VERSION, "runs": [asdict(run) for run in runs]}, indent=2) + "\n"


def detail_json(detail: RunDetail, *, clear_values: bool = False) -> str:
    """One run as JSON text. Names, and the values that a mapping marks as personal, are masked by ordinals."""
    found = {"version": VERSION, **asdict(detail)}
    ordinals: dict[tuple[str, str], int] = {}
    for change in () if clear_values else found["changes"]:
        change["record"]["name"] = _masked(ordinals, "name", change["record"]["name"])
        if change["pii"]:
            for side in ("before", "after"):
                change[side] = _masked(ordinals, change["pii"], change[side])
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _masked(ordinals: dict[tuple[str, str], int], kind: str, value: str | None) -> str | None:
    if not value:
        return value
    number = ordinals.setdefault((kind, value), 1 + sum(k == kind for k, _ in ordinals))
    return f"<{kind} {number}>"


STATUSES: Mapping[str, str] = {
    "done": "done",
    "with_errors": "with errors",
    "with_remainder": "in part",
    "interrupted": "interrupted",
    "stopped": "stopped",
    "nothing_to_send": "nothing to send",
    "cut_short": "cut short",
    "running": "not closed",
}
"""How the status of a run is said in a list."""

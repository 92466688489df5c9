"""Records that go to the recycle bin, or come out of it: as changes of a plan, and as what an apply leaves of links.

The syncs say which records by the tables `out_deletes`, `out_undeletes` and `out_recreated` (a new record in the place
of one that is gone); nothing runs where they are empty. What a
deleted record holds is kept in the plan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from pardotflow.core.values import System
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.sqlfile import rows, run

WAY_BACK = "Salesforce's recycle bin keeps them for 15 days, and revert takes them out of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptField:
    """A field of a record that goes away."""

    name: str
    type: str
    pii: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptObject:
    """An object of which records go away."""

    system: str
    object: str
    snapshot: str
    fields: tuple[KeptField, ...]


def plan_recycling(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> None:
    """Add what the syncs found to the attached plan. Comes after `assemble`."""
    used = "select 1 from out_deletes union all select 1 from out_undeletes union all select 1 from out_recreated"
    if con.execute(f"{used} limit 1").fetchone() is None:
        return
    found = rows(con, "select distinct system, object from out_deletes order by 1, 2")
    fields = _fields(syncs)
    kept = [
        KeptObject(system=system, object=item, snapshot=snapshot_table(system, item), fields=fields[(system, item)])
        for system, item in found
    ]
    run(con, "recycle", kept=kept)


def remember_recycling(con: duckdb.DuckDBPyConnection, run_id: str, now: str) -> None:
    """Fold what the run's confirmed deletes and undeletes mean for links into memory. Comes after `remember`.

    `now` is the moment of the run, as SQL writes it.
    """
    if con.execute("select 1 from plan.recycled limit 1").fetchone() is not None:
        run(con, "recycled", run_id=run_id, now=now)


def recycling_notes(con: duckdb.DuckDBPyConnection) -> list[str]:
    """What the operator should know of records that go, and of those that are made again."""
    query = (
        "select count(*) filter (action = 'delete' and system = 'salesforce'),"
        " count(*) filter (action = 'create' and change in (select change from plan.recycled)),"
        " count(*) filter (action = 'delete' and change in"
        " (select change from plan.field_changes where starts_with(reason, 'merged into '))) from plan.changes"
    )
    gone, again, lost = rows(con, query)[0]
    told = (
        (gone, f"deleted: {WAY_BACK}"),
        (again, "made again in the place of one that was deleted"),
        (lost, "archived after a merge: lists, tags and activities are not copied"),
    )
    return [f"{_records(count)} {what}" for count, what in told if count]


def _records(count: int) -> str:
    return "1 record is" if count == 1 else f"{count} records are"


def _fields(syncs: Iterable[CompiledSync]) -> Mapping[tuple[str, str], tuple[KeptField, ...]]:
    """Every field that any sync reads, by object."""
    found: dict[tuple[str, str], dict[str, KeptField]] = {}
    for sync in syncs:
        for side in (s for s in (sync.a, sync.b) if s.system is not System.WAREHOUSE):
            classes = _classes(sync, side.role)
            for item in side.objects:
                known = found.setdefault((str(side.system), item.name), {})
                for field, kind in item.fields.items():
                    pii = classes.get((item.name, field), "") or (known[field].pii if field in known else "")
                    known[field] = KeptField(name=field, type=str(kind), pii=pii)
    return {key: tuple(fields[f] for f in sorted(fields)) for key, fields in found.items()}


def _classes(sync: CompiledSync, role: str) -> dict[tuple[str, str], str]:
    """By object and field: the class of personal data that a mapping declares."""
    return {
        (item, field): m.mapping.pii
        for m in sync.mappings
        for item, field in (m.field_a if role == "a" else m.field_b).items()
    }

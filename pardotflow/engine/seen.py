"""What each touched record held when the plan was made, as a digest: apply compares it just before sending."""

from collections.abc import Iterable

import duckdb

from pardotflow.core.values import System
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.quote import literal, name
from pardotflow.engine.revertedfields import reverted_fields
from pardotflow.engine.sqlfile import rows
from pardotflow.plan.file import filled

PAIRED = ("plan.bases", "plan.links", "plan.agreed", "plan.recycled", "plan.survivors")
"""The tables of a plan that name two records of a sync."""


def record_seen(con: duckdb.DuckDBPyConnection, table: str, syncs: Iterable[CompiledSync]) -> None:
    """Fill `table` with (system, object, id, digest) of every record that the attached plan touches: the ones it
    writes, their counterparts, and the records that new ones are made from."""
    touching = [
        f"select s.{role}_system as system, t.{role}_object as object, t.{role}_id as id from {paired} t"
        " join plan.syncs s using (sync)"
        for paired in filled(con, PAIRED)
        for role in "ab"
    ]
    con.execute(
        "create or replace temp table touched as select distinct system, object, id from ("
        f" {' union all '.join(['select system, object, id from plan.changes', *touching])}"
        ") where not starts_with(id, 'new:') and system <> 'warehouse'"
    )
    touched = {tuple(row) for row in rows(con, "select distinct system, object from touched")}
    written = reverted_fields(con)
    for (system, item), mapped in _fields(syncs).items():
        if (system, item) not in touched:
            continue
        fields = sorted({*mapped, *written.get((system, item), ())})
        con.execute(
            f"insert into {table} select {literal(system)}, {literal(item)}, s._id, {digest_of(fields)}"
            f" from {snapshot_table(system, item)} s where _id in"
            f" (select t.id from touched t where t.system = {literal(system)} and t.object = {literal(item)})"
        )


def digest_of(fields: Iterable[str]) -> str:
    """SQL for the digest of one snapshot row: every mapped field, and whether it is there at all."""
    parts = [f"coalesce({name(f)}, chr(30))" for f in fields]
    flags = [f"cast({flag} as varchar)" for flag in ("_deleted", "_visible", "_closed")]
    return f"md5(concat_ws(chr(31), {', '.join([*flags, *parts])}))"


def _fields(syncs: Iterable[CompiledSync]) -> dict[tuple[str, str], list[str]]:
    """The fields that matter, by object: what any sync maps, matches by or computes from."""
    found: dict[tuple[str, str], set[str]] = {}
    for sync in syncs:
        for side in (sync.a, sync.b):
            if side.system is not System.WAREHOUSE:
                for item in side.objects:
                    found.setdefault((str(side.system), item.name), set()).update(item.fields)
    return {key: sorted(fields) for key, fields in sorted(found.items())}

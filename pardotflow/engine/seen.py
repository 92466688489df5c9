"""What each touched record held when the plan was made, as a digest: apply compares it just before sending."""

from collections.abc import Iterable

import duckdb

from pardotflow.core.values import System
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.quote import literal, name


def record_seen(con: duckdb.DuckDBPyConnection, table: str, syncs: Iterable[CompiledSync]) -> None:
    """Fill `table` with (system, object, id, digest) of every record that the attached plan touches: the ones it
    writes, their counterparts, and the records that new ones are made from."""
    con.execute(
        "create or replace temp table touched as"
        " select distinct system, object, id from ("
        " select system, object, id from plan.changes"
        " union all select s.a_system, b.a_object, b.a_id from plan.bases b join plan.syncs s using (sync)"
        " union all select s.b_system, b.b_object, b.b_id from plan.bases b join plan.syncs s using (sync)"
        " union all select s.a_system, l.a_object, l.a_id from plan.links l join plan.syncs s using (sync)"
        " union all select s.b_system, l.b_object, l.b_id from plan.links l join plan.syncs s using (sync)"
        " union all select s.a_system, g.a_object, g.a_id from plan.agreed g join plan.syncs s using (sync)"
        " union all select s.b_system, g.b_object, g.b_id from plan.agreed g join plan.syncs s using (sync)"
        " union all select s.a_system, r.a_object, r.a_id from plan.recycled r join plan.syncs s using (sync)"
        " union all select s.b_system, r.b_object, r.b_id from plan.recycled r join plan.syncs s using (sync)"
        " union all select s.a_system, v.a_object, v.a_id from plan.survivors v join plan.syncs s using (sync)"
        " union all select s.b_system, v.b_object, v.b_id from plan.survivors v join plan.syncs s using (sync)"
        ") where not starts_with(id, 'new:') and system <> 'warehouse'"
    )
    for (system, item), fields in _fields(syncs).items():
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

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


def record_seen(
    con: duckdb.DuckDBPyConnection, table: str, syncs: Iterable[CompiledSync], *, but_for_own: bool = False
) -> None:
    """Fill `table` with (system, object, id, digest) of every record that the attached plan touches: the ones it
    writes, their counterparts, and the records that new ones are made from. With `but_for_own` they are looked at as
    they would be without what the session's table `own_writes` says of them."""
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
            f" from {_without_own(con, system, item, fields) if but_for_own else snapshot_table(system, item)} s"
            " where _id in"
            f" (select t.id from touched t where t.system = {literal(system)} and t.object = {literal(item)})"
        )


def load_own_writes(con: duckdb.DuckDBPyConnection) -> None:
    """What this plan has written so far, as the session's table `own_writes`: the changes in `done`, with the ids of
    `looked_ids` for records that were made."""
    con.execute(
        "create or replace temp table own_writes as"
        " select c.system, c.object, c.id, c.action, f.field, f.type, f.before, coalesce(i.record_id, f.after) as after"
        " from plan.changes c join plan.field_changes f using (change) join done using (change)"
        " left join looked_ids i on i.planned_id = f.after_ref where f.sendable and c.action <> 'create'"
    )


def _without_own(con: duckdb.DuckDBPyConnection, system: str, item: str, fields: Iterable[str]) -> str:
    """The snapshot of an object with the value of before in each field that still holds what this plan wrote, and with
    the records that it deleted or restored as they were."""
    place = f"system = {literal(system)} and object = {literal(item)}"
    known = {row[0] for row in rows(con, f"select distinct field from own_writes where {place} and field <> ''")}
    picks, joins = [], []
    for number, field in enumerate(f for f in fields if f in known):
        own, value = f"w{number}", f"s.{name(field)}"
        # A plan shows a whole number of Salesforce's without the `.0` that its JSON has.
        before = (
            f"case when {own}.type = 'number' and regexp_matches({own}.before, '^-?[0-9]+$') and {value} like '%.0'"
            f" then {own}.before || '.0' else {own}.before end"
        )
        same = f"stored_form({own}.type, {value}) is not distinct from stored_form({own}.type, {own}.after)"
        picks.append(f"case when {own}.id is not null and {same} then {before} else {value} end as {name(field)}")
        joins.append(
            " left join (select id, min(type) as type, min(before) as before, min(after) as after from own_writes"
            f" where {place} and field = {literal(field)} and action = 'update' group by id) {own} on {own}.id = s._id"
        )
    turned = f"s._id in (select id from own_writes where {place} and action = "
    picks.append(
        f"case when {turned}'delete') then false when {turned}'undelete') then true else s._deleted end as _deleted"
    )
    return f"(select s.* replace ({', '.join(picks)}) from {snapshot_table(system, item)} s{''.join(joins)})"


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

"""Moments that later plans compare with: when a create rule began, since when a sync is paused, and up to when the
vendor's connector had synced.

A plan only proposes them, in its meta data and so outside the digest; the apply remembers. What begins, begins with
the first apply, also with one that has nothing to send.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import duckdb

from pardotflow.config.connections import ConnectorState, Environment
from pardotflow.core.describe import Catalog
from pardotflow.core.values import System
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledCreate, CompiledSync
from pardotflow.engine.focus import OTHER
from pardotflow.engine.quote import literal, literals, name
from pardotflow.engine.sqlfile import rows
from pardotflow.plan.moments import CONNECTOR, PAUSED, moment_key

LAST_SYNC = "salesforceLastSync"
"""Of a prospect: when the vendor's connector last wrote or read it. No sync reads it, so that it is no change."""


def rule_start(sync: CompiledSync, create: CompiledCreate, *, begins: bool) -> str:
    """SQL for when a create rule that is not retroactive began, in whole seconds of the source's clock. Where it
    `begins` with this plan that is now, the cursor of its reads; a narrowed plan has none, and begins nothing."""
    known = (
        f"(select max(moment) from mem.moments where sync = {literal(sync.name)} and what = {literal(_rule(create))})"
    )
    if not begins:
        return f"date_trunc('second', {known})"
    source = sync.side(OTHER[create.role])
    objects = literals([o.name for o in source.objects])
    reads = f"connection = {literal(str(source.system))} and object in ({objects})"
    return f"date_trunc('second', coalesce({known}, (select min(cursor_at) from snap.cursors where {reads})))"


def moments_of(
    con: duckdb.DuckDBPyConnection,
    environment: Environment,
    syncs: Sequence[CompiledSync],
    catalog: Catalog,
    now: datetime,
) -> dict[str, str]:
    """What an apply of this plan remembers, as meta data; with it the warning of a connector that works."""
    found = _measure_connector(con, environment) if watches_connector(environment, syncs, catalog) else {}
    for sync in syncs:
        for create in sync.creates:
            if not create.rule.retroactive:
                start = rows(con, f"select {rule_start(sync, create, begins=sync.is_applied)}")[0][0]
                found |= {moment_key(sync.name, _rule(create)): start.isoformat()} if start else {}
        if sync.paused_at:
            known = rows(con, "select max(moment) from mem.moments where sync = ? and what = ?", sync.name, PAUSED)[0][
                0
            ]
            since = known or now.astimezone(UTC).replace(tzinfo=None)
            found[moment_key(sync.name, PAUSED)] = since.isoformat()
    return found


def leave_out_paused(con: duckdb.DuckDBPyConnection, sync: CompiledSync) -> None:
    """Count the pairs of a paused sync, in place of comparing them."""
    con.execute(
        "insert into out_left_out select $1, '', 'paused', count(*), $2"
        " from mem.links where sync = $1 and tombstone is null",
        [sync.name, sync.paused_at],
    )


def _rule(create: CompiledCreate) -> str:
    return f"create.{create.system}"


def watches_connector(environment: Environment, syncs: Iterable[CompiledSync], catalog: Catalog) -> bool:
    """True where it would be news that the vendor's connector works: it is said not to, and a sync does its work."""
    prospect = catalog.find("pardot", "prospect")
    is_told = prospect is not None and prospect.field(LAST_SYNC) is not None
    is_replaced = any(sync.a.system is System.SALESFORCE for sync in syncs)
    return is_told and is_replaced and environment.connector is not ConnectorState.ACTIVE


def _measure_connector(con: duckdb.DuckDBPyConnection, environment: Environment) -> dict[str, str]:
    """Up to when the connector synced, and a warning where it did since the last apply, as meta data."""
    stamp = f"timezone('UTC', try_cast({name(LAST_SYNC)} as timestamptz))"
    known = rows(con, "select max(moment) from mem.moments where sync = '' and what = ?", CONNECTOR)[0][0]
    newest, moved, read_at = rows(
        con,
        f"select max({stamp}), count(*) filter ({stamp} > ?),"
        " (select cursor_at from snap.cursors where connection = 'pardot' and object = 'prospect')"
        f" from {snapshot_table('pardot', 'prospect')} where _visible",
        known,
    )[0]
    latest = max((at for at in (known, newest or read_at) if at), default=None)
    found = {moment_key("", CONNECTOR): latest.isoformat()} if latest else {}
    if moved:
        prospects = "1 prospect" if moved == 1 else f"{moved:,} prospects"
        found["warning"] = (
            f"The vendor's connector is declared {environment.connector}, but it synced {prospects}"
            f" since {known:%Y-%m-%d %H:%M} UTC: two tools write the same fields."
            " Pause it, or write connector: active."
        )
    return found

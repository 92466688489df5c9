"""What the sides will hold once the syncs planned so far are applied.

Every object of the vendors has an overlay table with the rows that the plan changes or creates; the view that syncs
read puts it over the snapshot. So a sync sees what an earlier one of the same plan writes, and one apply settles both.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.quote import name
from pardotflow.engine.sqlfile import execute, render, run


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayTable:
    """One object: its overlay, its snapshot, and the fields that a sync may write."""

    overlay: str
    snapshot: str
    system: str
    object: str
    fields: tuple[str, ...]
    defaults: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecycledTable:
    """One object of which records are deleted or restored, as the session's table `changes` says."""

    overlay: str
    snapshot: str
    system: str
    object: str
    changes: str

    @property
    def is_deleted(self) -> bool:
        """True where they go away."""
        return self.changes == "out_deletes"


def overlay_name(system: str, object_name: str) -> str:
    """The overlay table of an object."""
    return name(f"overlay.{system}.{object_name}")


def rows_view(system: str, object_name: str) -> str:
    """The view with the rows that syncs read."""
    return name(f"rows.{system}.{object_name}")


def open_overlay(con: duckdb.DuckDBPyConnection, system: str, object_name: str) -> None:
    """An empty overlay over one snapshot."""
    snapshot, overlay = snapshot_table(system, object_name), overlay_name(system, object_name)
    con.execute(
        f"create or replace temp table {overlay} as select *, cast(null as varchar) as _name from {snapshot} limit 0"
    )
    label = _label(system, object_name, con)
    con.execute(
        f"create or replace temp view {rows_view(system, object_name)} as"
        f" select * exclude (_name), coalesce(_name, {label}) as _name from ("
        f" select *, cast(null as varchar) as _name from {snapshot} where _id not in (select _id from {overlay})"
        f" union all by name from {overlay})"
    )


def _label(system: str, object_name: str, con: duckdb.DuckDBPyConnection) -> str:
    """SQL for the name under which plans show a record."""
    known = {row[0] for row in con.execute(f"describe {snapshot_table(system, object_name)}").fetchall()}
    if {"firstName", "lastName", "email"} <= known:
        full = 'nf_text(trim(concat_ws(\' \', nf_text("firstName"), nf_text("lastName"))))'
        return f"coalesce({full}, nf_text(email), _id)"
    parts = [f"nf_text({name(c)})" for c in ("Name", "Email", "PersonEmail", "name", "email") if c in known]
    return f"coalesce({', '.join([*parts, '_id'])})"


def lay_over(con: duckdb.DuckDBPyConnection, sync: CompiledSync) -> None:
    """Put one sync's outcome over the snapshots: the records that it changes or creates, the fields that it writes."""
    written = con.execute(
        "select system, object, list(distinct field order by field) from out_fields where sync = ? group by all",
        [sync.name],
    ).fetchall()
    defaults = {(str(s.system), o.name): o.defaults for s in (sync.a, sync.b) for o in s.objects}
    tables = [
        OverlayTable(
            overlay=overlay_name(system, item),
            snapshot=snapshot_table(system, item),
            system=system,
            object=item,
            fields=tuple(fields),
            defaults=defaults[(system, item)],
        )
        for system, item, fields in sorted(written)
    ]
    if tables:
        run(con, "refused")
        execute(con, render("overlay", sync=sync, tables=tables))
    _lay_over_recycled(con, sync)


def _lay_over_recycled(con: duckdb.DuckDBPyConnection, sync: CompiledSync) -> None:
    """The same for the records that it deletes or takes out of the recycle bin."""
    found = con.execute(
        "select distinct 'out_deletes', system, object from out_deletes where sync = $1 union all"
        " select distinct 'out_undeletes', system, object from out_undeletes where sync = $1 order by all",
        [sync.name],
    ).fetchall()
    turned = [
        RecycledTable(
            overlay=overlay_name(system, item),
            snapshot=snapshot_table(system, item),
            system=system,
            object=item,
            changes=changes,
        )
        for changes, system, item in found
    ]
    if turned:
        execute(con, render("overlay_recycled", sync=sync, turned=turned))

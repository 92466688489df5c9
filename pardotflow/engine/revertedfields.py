"""The fields that a revert writes: they are read and compared although no sync may map them any more.

In every other plan what is written is mapped, and nothing is added.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import duckdb

from pardotflow.core.describe import Catalog
from pardotflow.core.values import FieldType
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.extract import Wanted
from pardotflow.engine.sqlfile import rows

REVERT_OF = "revert_of"
"""The key of the meta data under which a plan says which run it takes back."""
Fields = Mapping[tuple[str, str], Collection[str]]


def written_fields(con: duckdb.DuckDBPyConnection, plan: str) -> Fields:
    """By system and object: the fields that the changes of an attached plan write."""
    found = rows(
        con,
        f"select c.system, c.object, list(distinct f.field order by f.field) from {plan}.changes c"
        f" join {plan}.field_changes f using (change) where f.field <> '' group by all",
    )
    return {(system, item): tuple(fields) for system, item, fields in found}


def widened(wanted: Iterable[Wanted], fields: Fields, catalog: Catalog) -> tuple[Wanted, ...]:
    """What is to be read, with these fields too, as far as a read of many records brings them."""
    return tuple(_wider(item, fields.get((item.connection, item.object), ()), catalog) for item in wanted)


def _wider(item: Wanted, fields: Collection[str], catalog: Catalog) -> Wanted:
    info = catalog.find(item.connection, item.object)
    known = [info.field(f) for f in fields] if info else []
    more = {f.name for f in known if f and f.type is not FieldType.ARRAY}
    return replace(item, fields=tuple(sorted({*item.fields, *more}))) if more else item


def with_reverted_fields(
    con: duckdb.DuckDBPyConnection, wanted: Iterable[Wanted], catalog: Catalog
) -> tuple[Wanted, ...]:
    """What apply reads again of the attached plan's records."""
    return widened(wanted, written_fields(con, "plan") if _is_revert(con) else {}, catalog)


def reverted_fields(con: duckdb.DuckDBPyConnection) -> Fields:
    """The fields of the attached plan that the snapshots hold, where it is a revert."""
    if not _is_revert(con):
        return {}
    return {key: columns_among(con, *key, fields) for key, fields in written_fields(con, "plan").items()}


def columns_among(con: duckdb.DuckDBPyConnection, system: str, item: str, fields: Collection[str]) -> tuple[str, ...]:
    """Those of some fields that the snapshot of an object holds."""
    known = {row[0] for row in rows(con, f"describe {snapshot_table(system, item)}")}
    return tuple(f for f in fields if f in known)


def _is_revert(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(rows(con, "select 1 from plan.meta where key = ?", REVERT_OF))

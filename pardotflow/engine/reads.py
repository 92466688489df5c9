"""Which fields each mapping reads: so that a change is said to follow from another one only where it does.

Display only. What a model of the warehouse reads is not followed back to the systems.
"""

from collections.abc import Iterable, Iterator

import duckdb

from pardotflow.core.values import System
from pardotflow.engine.compiled import CompiledMapping, CompiledSync
from pardotflow.engine.expressions import columns_of
from pardotflow.engine.sqlfile import insert_rows
from pardotflow.engine.truth import Flow


def load_reads(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> None:
    """Fill the session's table `mapping_reads`: by the line of a mapping the fields that it reads or compares, in small
    letters."""
    con.execute(
        "create or replace temp table mapping_reads"
        " (sync varchar, line varchar, system varchar, object varchar, field varchar)"
    )
    found = {
        (sync.name, mapping.mapping.span.short, str(system), item, field.lower())
        for sync in syncs
        for mapping in sync.mappings
        for system, item, field in _fields(sync, mapping)
    }
    insert_rows(con, "mapping_reads", sorted(found))


def _fields(sync: CompiledSync, mapping: CompiledMapping) -> Iterator[tuple[System, str, str]]:
    for side, fields in ((sync.a, mapping.field_a), (sync.b, mapping.field_b)):
        yield from ((side.system, item, field) for item, field in fields.items())
    source = sync.a if mapping.flow is Flow.A_TO_B else sync.b
    for field in columns_of(mapping.mapping.sql):
        yield from ((source.system, item.name, field) for item in source.objects)

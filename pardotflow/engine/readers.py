"""Which rules read a field: what another rule would make of a written value cannot be told from the write alone, and a
change is said to follow from another one only where it does."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

import duckdb

from pardotflow.core.values import System
from pardotflow.engine.compiled import CompiledMapping, CompiledSide, CompiledSync
from pardotflow.engine.computed import computed_columns
from pardotflow.engine.expressions import columns_of
from pardotflow.engine.looks import PERSON_FIELDS
from pardotflow.engine.quote import name
from pardotflow.engine.sqlfile import insert_rows
from pardotflow.engine.truth import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A field that a mapping of a sync writes in an object of a system."""

    sync: str
    mapping: str
    system: str
    object: str
    field: str


def is_read_elsewhere(syncs: Iterable[CompiledSync], models: Mapping[str, Set[tuple[str, str]]], write: Write) -> bool:
    """True where anything but the writing mapping itself may read the field: another mapping or sync, a match key, a
    condition. A name inside a text of the user's counts as read, and every field of what a model is made from.

    `models` holds, by name, the system and object of every source that a model comes from.
    """
    if any(write.field in fields for fields in PERSON_FIELDS.values()):
        return True
    for sync in syncs:
        own = next((m for m in sync.mappings if sync.name == write.sync and m.mapping.key == write.mapping), None)
        for side in (sync.a, sync.b):
            if (write.system, write.object) in models.get(side.config.model, ()):
                return True
            if str(side.system) == write.system and _reads(sync, side, write.field, own):
                return True
    return False


def _reads(sync: CompiledSync, side: CompiledSide, field: str, but: CompiledMapping | None) -> bool:
    column = f"{side.role}.{name(field)}"
    if any(column in text for text in _compiled(sync, but)):
        return True
    # What the writing sync makes of records without a counterpart says nothing of one that has its own.
    texts = [c.text for c in computed_columns(sync, side) if but is None or not c.column.startswith("_create_")]
    return any(field.lower() in text.lower() for text in texts)


def _compiled(sync: CompiledSync, but: CompiledMapping | None) -> Iterable[str]:
    """The SQL of a sync that is not the user's own text."""
    for mapping in sync.mappings:
        if mapping is not but:
            yield from (mapping.raw_a, mapping.raw_b, mapping.cmp_a, mapping.cmp_b, mapping.out_a, mapping.out_b)
        yield mapping.applies
    for key in sync.keys:
        yield from (key.value_a, key.value_b)
    for user in sync.users:
        yield user.raw


def load_reads(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> None:
    """Fill the session's table `mapping_reads`: by the line of a mapping the fields that it reads or compares, in small
    letters. Only for what is told: what a model of the warehouse reads is not followed back to the systems."""
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

"""Which rules read a field: what another rule would make of a written value cannot be told from the write alone."""

from collections.abc import Iterable

from pardotflow.engine.compile import PERSON_FIELDS
from pardotflow.engine.compiled import CompiledMapping, CompiledSide, CompiledSync
from pardotflow.engine.computed import computed_columns
from pardotflow.engine.quote import name


def is_read_elsewhere(syncs: Iterable[CompiledSync], writer: str, mapping: str, system: str, field: str) -> bool:
    """True where anything but the writing mapping itself may read a field that it writes: another mapping or sync, a
    match key, a condition. A name inside a text of the user's counts as read.

    `writer` is the name of the sync, `mapping` the mapping's key in it.
    """
    if any(field in fields for fields in PERSON_FIELDS.values()):
        return True
    for sync in syncs:
        if any(side.config.model for side in (sync.a, sync.b) if str(side.system) == system):
            # What a read model computes may come from any field of the system.
            return True
        own = next((m for m in sync.mappings if sync.name == writer and m.mapping.key == mapping), None)
        if any(str(side.system) == system and _reads(sync, side, field, own) for side in (sync.a, sync.b)):
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

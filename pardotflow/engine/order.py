"""The order of the syncs inside one plan: who writes a field comes before who reads it.

A later sync sees what an earlier one will write, so that one apply settles both. Where two need each other, the one
that comes first by name goes first, and the next plan does the rest.
"""

from collections.abc import Iterable

from pardotflow.engine.compile import target_side
from pardotflow.engine.compiled import CompiledSync

Field = tuple[str, str, str]


def plan_order(syncs: Iterable[CompiledSync]) -> tuple[CompiledSync, ...]:
    """The syncs in the order in which they are planned."""
    waiting = sorted(syncs, key=lambda s: s.name)
    ordered: list[CompiledSync] = []
    while waiting:
        ready = next((s for s in waiting if not _needs_any(s, waiting)), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return tuple(ordered)


def _needs_any(sync: CompiledSync, others: Iterable[CompiledSync]) -> bool:
    return any(_writes(other) & _reads(sync) for other in others if other is not sync)


def _writes(sync: CompiledSync) -> set[Field]:
    """Every field that the sync may write, by system and object."""
    found: set[Field] = set()
    for mapping in sync.mappings:
        for role, targets in (("a", mapping.targets_a), ("b", mapping.targets_b)):
            if target_side(mapping, role):
                found |= {(str(sync.side(role).system), t.object, t.field) for t in targets}
    return found


def _reads(sync: CompiledSync) -> set[Field]:
    """Every field that the sync reads and does not write itself."""
    needed = {(str(s.system), o.name, f) for s in (sync.a, sync.b) for o in s.objects for f in o.fields}
    return needed - _writes(sync)

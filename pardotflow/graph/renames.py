"""What `renamed_from:` means to memory: under which names links and bases stand there, and under which they belong now.

A mapping is found in memory by its key and the digest of what computes its value; both follow from the names of fields
and objects, so both are computed as they were before.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from pardotflow.config.mappings import with_keys
from pardotflow.config.project import FieldMapping, FieldRef, Project, Side, Sync
from pardotflow.graph.digest import mapping_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedObject:
    """An object or model of one side, `role` a or b."""

    role: str
    system: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedMapping:
    """A mapping whose key or digest is another one since."""

    old_key: str
    old_digest: str
    new_key: str
    new_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedField:
    """A field of an object, as the object is called now."""

    system: str
    object: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Renames:
    """Everything that is called otherwise in one sync since."""

    sync: str
    old_sync: str
    """Equal to `sync` where that name stayed."""
    objects: tuple[RenamedObject, ...]
    mappings: tuple[RenamedMapping, ...]
    fields: tuple[RenamedField, ...]
    line: str


def renames_of(project: Project) -> tuple[Renames, ...]:
    """Of every sync that says so of itself, its objects or its fields."""
    return tuple(_renames(sync) for sync in project.syncs if _says_so(sync))


def _says_so(sync: Sync) -> bool:
    return bool(
        sync.renamed_from or any(s.renamed_from for s in sync.sides) or any(m.renamed_from for m in sync.fields)
    )


def _renames(sync: Sync) -> Renames:
    sides = _former_side(sync.a), _former_side(sync.b)
    former = with_keys([_former_mapping(m, sync) for m in sync.fields], sides)
    mappings = [
        RenamedMapping(
            old_key=old.key,
            old_digest=mapping_digest(sync, old),
            new_key=new.key,
            new_digest=mapping_digest(sync, new),
        )
        for old, new in zip(former, sync.fields, strict=True)
    ]
    return Renames(
        sync=sync.name,
        old_sync=sync.renamed_from or sync.name,
        objects=tuple(
            RenamedObject(role=role, system=str(side.system), old=old, new=new)
            for role, side in (("a", sync.a), ("b", sync.b))
            for new, old in side.renamed_from.items()
        ),
        mappings=tuple(m for m in mappings if (m.old_key, m.old_digest) != (m.new_key, m.new_digest)),
        fields=tuple(f for m in sync.fields for f in _fields(sync, m)),
        line=sync.span.short,
    )


def _fields(sync: Sync, mapping: FieldMapping) -> list[RenamedField]:
    found = []
    for side, ref in ((sync.a, mapping.a), (sync.b, mapping.b)):
        former = mapping.renamed_from.get(side.system)
        for item, old in former.by_object.items() if former and ref else ():
            found.append(
                RenamedField(system=str(side.system), object=item, old=old, new=ref.name_in(item) if ref else "")
            )
    return [each for each in found if each.old != each.new]


def _former_side(side: Side) -> Side:
    names = side.renamed_from
    objects = tuple(names.get(item, item) for item in side.objects)
    return replace(side, objects=objects, model=names.get(side.model, side.model))


def _former_mapping(mapping: FieldMapping, sync: Sync) -> FieldMapping:
    return replace(
        mapping,
        a=_former_ref(mapping.a, mapping.renamed_from.get(sync.a.system), sync.a),
        b=_former_ref(mapping.b, mapping.renamed_from.get(sync.b.system), sync.b),
    )


def _former_ref(ref: FieldRef | None, former: FieldRef | None, side: Side) -> FieldRef | None:
    if ref is None:
        return None
    fields = {item: former.name_in(item) or name if former else name for item, name in ref.by_object.items()}
    return replace(ref, by_object={side.renamed_from.get(item, item): name for item, name in fields.items()})


def renames_to_text(renames: Sequence[Renames]) -> str:
    """For the meta data of a plan."""
    return json.dumps([asdict(each) for each in renames], sort_keys=True)


def renames_from_text(text: str) -> tuple[Renames, ...]:
    """What `renames_to_text` wrote; nothing for an empty text."""
    found: list[Mapping[str, list[Mapping[str, str]]]] = json.loads(text) if text else []
    return tuple(
        Renames(
            sync=str(each["sync"]),
            old_sync=str(each["old_sync"]),
            objects=tuple(RenamedObject(**item) for item in each["objects"]),
            mappings=tuple(RenamedMapping(**item) for item in each["mappings"]),
            fields=tuple(RenamedField(**item) for item in each["fields"]),
            line=str(each["line"]),
        )
        for each in found
    )

"""What an outside object looks like: its fields with type, length and rights.

Connectors fill these types (a vendor's describe, a shipped table, a file's header); configuration checks and the
engine read them; the store caches them as JSON.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from functools import partial
from typing import Any

from pardotflow.core.values import FieldType


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldInfo:
    """One field. `length` is in characters, 0 where it is unknown or does not apply."""

    name: str
    type: FieldType
    label: str = ""
    length: int = 0
    precision: int = 0
    scale: int = 0
    createable: bool = True
    updateable: bool = True
    nillable: bool = True
    required_on_create: bool = False
    restricted_picklist: bool = False
    picklist_values: tuple[str, ...] = ()
    external_id: bool = False
    unique: bool = False
    calculated: bool = False
    reference_to: tuple[str, ...] = ()
    default: str | None = None
    """What a new record holds where nothing is given, as text; None where that is blank or unknown."""
    delta_safe: bool = True
    """False where a change of the value does not surely move the record's stamp (formulas, scores)."""
    confirmed: bool = True
    """False where the shipped table does not know the type or right for certain."""
    synced_by_connector: bool = False
    """True for a Pardot custom field that the vendor's own connector maps to a Salesforce field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectInfo:
    """One object: its canonical name and fields, found without regard to case.

    A field of a parent record is named by its path (`Account.Name`). It is read-only here, and a change of it moves the
    parent's stamp only.
    """

    name: str
    label: str
    fields: tuple[FieldInfo, ...]
    key_prefix: str = ""
    related: "Callable[[str], ObjectInfo | None] | None" = dataclass_field(default=None, compare=False, repr=False)
    """What is known of another object of the same system; a catalog sets it."""
    history: str | None = None
    """Where the history of its fields is kept, and the field there that names the record: `ContactHistory.ContactId`;
    empty where none is kept, None where that is not told."""
    _by_name: Mapping[str, FieldInfo] = dataclass_field(init=False, compare=False, repr=False)
    """The first field of each name in lower case."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {f.name.lower(): f for f in reversed(self.fields)})

    def field(self, name: str) -> FieldInfo | None:
        """The field of that name or path in any case, or None."""
        if "." in name:
            return self._field_of_parent(name)
        return self._by_name.get(name.lower())

    def reference(self, path: str) -> FieldInfo | None:
        """The field with the parent's id that a path follows first, or None where there is no such parent."""
        relation, dot, _ = path.partition(".")
        is_custom = relation.lower().endswith("__r")
        return self.field(f"{relation[:-1]}c" if is_custom else f"{relation}Id") if dot else None

    def is_unseen(self, path: str) -> bool:
        """True where a parent on the path is not described, so that nobody can say what it has."""
        reference, rest = self.reference(path), path.partition(".")[2]
        if reference is None:
            return False
        parents = [self.related(name) if self.related else None for name in reference.reference_to]
        return None in parents or any(p is not None and p.is_unseen(rest) for p in parents)

    def _field_of_parent(self, path: str) -> FieldInfo | None:
        reference, rest = self.reference(path), path.partition(".")[2]
        if reference is None or self.related is None:
            return None
        parents = (self.related(name) for name in reference.reference_to)
        found = next((f for p in parents if p is not None and (f := p.field(rest)) is not None), None)
        if found is None:
            return None
        relation = f"{reference.name[:-1]}r" if reference.name.endswith("__c") else reference.name[: -len("Id")]
        return replace(
            found,
            name=f"{relation}.{found.name}",
            createable=False,
            updateable=False,
            required_on_create=False,
            external_id=False,
            unique=False,
            default=None,
            delta_safe=False,
        )

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form, for the cache."""
        return {
            "name": self.name,
            "label": self.label,
            "key_prefix": self.key_prefix,
            "history": self.history,
            "fields": [{name: getattr(f, name) for name in FieldInfo.__slots__} for f in self.fields],
        }

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> "ObjectInfo":
        """The inverse of `to_json`; raises KeyError or TypeError on another shape."""
        fields = tuple(_field_from_json(f) for f in value["fields"])
        return ObjectInfo(
            name=value["name"],
            label=value["label"],
            key_prefix=value["key_prefix"],
            fields=fields,
            history=value.get("history"),
        )


def _field_from_json(value: Mapping[str, Any]) -> FieldInfo:
    known = dict(value)
    known["type"] = FieldType(known["type"])
    known["picklist_values"] = tuple(known["picklist_values"])
    known["reference_to"] = tuple(known["reference_to"])
    return FieldInfo(**known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Every object that is known, by (connection name, object name); case of the object does not matter."""

    objects: Mapping[tuple[str, str], ObjectInfo]
    _related: Mapping[tuple[str, str], ObjectInfo] = dataclass_field(init=False, compare=False, repr=False)
    """The same, and each finds its parents here."""

    def __post_init__(self) -> None:
        found = {key: replace(info, related=partial(self.find, key[0])) for key, info in self.objects.items()}
        object.__setattr__(self, "_related", found)

    def find(self, connection: str, name: str) -> ObjectInfo | None:
        """The object, or None where nothing is known of it. It finds the fields of its parents here."""
        return self._related.get((connection, name.lower()))

    def __iter__(self) -> Iterator[ObjectInfo]:
        return iter(self.objects.values())

"""What an outside object looks like: its fields with type, length and rights.

Connectors fill these types (a vendor's describe, a shipped table, a file's header); configuration checks and the
engine read them; the store caches them as JSON.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
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
    """One object: its canonical name and fields, found without regard to case."""

    name: str
    label: str
    fields: tuple[FieldInfo, ...]
    key_prefix: str = ""

    def field(self, name: str) -> FieldInfo | None:
        """The field of that name in any case, or None."""
        wanted = name.lower()
        return next((f for f in self.fields if f.name.lower() == wanted), None)

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form, for the cache."""
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> "ObjectInfo":
        """The inverse of `to_json`; raises KeyError or TypeError on another shape."""
        fields = tuple(_field_from_json(f) for f in value["fields"])
        return ObjectInfo(name=value["name"], label=value["label"], key_prefix=value["key_prefix"], fields=fields)


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

    def find(self, connection: str, name: str) -> ObjectInfo | None:
        """The object, or None where nothing is known of it."""
        return self.objects.get((connection, name.lower()))

    def __iter__(self) -> Iterator[ObjectInfo]:
        return iter(self.objects.values())

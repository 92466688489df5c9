"""What a Salesforce field is.

A `Field` is the one definition behind describe, validation, SOQL and the SQLite column; none of them keeps its own
list.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

TEXT_TYPES = frozenset(
    {"string", "textarea", "phone", "email", "url", "picklist", "multipicklist", "combobox", "encryptedstring"}
)
NUMBER_TYPES = frozenset({"double", "currency", "percent"})
ID_TYPES = frozenset({"id", "reference"})
HISTORY_OBJECTS = ("Lead", "Contact")
TYPES = TEXT_TYPES | NUMBER_TYPES | ID_TYPES | {"int", "boolean", "date", "datetime", "address", "anyType"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an object, as describe tells it. `compound` names the compound field that this one is a part of.

    Changes of a `tracked` field enter the field history. `convert_to` are the fields (`Contact.Score__c`) that a lead's
    field fills when the lead is converted.
    """

    name: str
    type: str
    label: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    defaulted: bool = False
    default: str | bool | None = None
    custom: bool = False
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    id_lookup: bool = False
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None
    picklist: tuple[str, ...] = ()
    restricted: bool = False
    compound: str | None = None
    calculated: bool = False
    name_field: bool = False
    extra: str | None = None
    cascade: bool = False
    child_relationship: str | None = None
    tracked: bool = False
    convert_to: tuple[str, ...] = ()

    @property
    def stored(self) -> bool:
        """Whether the field has a column; compound addresses are put together when they are read."""
        return self.type != "address"

    @property
    def required(self) -> bool:
        """Whether a create without the field is refused."""
        return self.createable and not self.nillable and not self.defaulted

    @property
    def is_long_text(self) -> bool:
        """Long text cannot be filtered or sorted."""
        return self.type == "textarea" and self.length > 255

    @property
    def is_filterable(self) -> bool:
        """Whether conditions take the field."""
        return not self.is_long_text and self.type != "anyType"

    @property
    def is_sortable(self) -> bool:
        """Whether records can be put in the order of the field."""
        return not self.is_long_text and self.type not in {"address", "anyType", "multipicklist"}

    @property
    def is_aggregatable(self) -> bool:
        """Whether aggregate functions take the field."""
        return self.is_sortable and self.type != "boolean"

    @property
    def is_groupable(self) -> bool:
        """Whether GROUP BY takes the field."""
        return self.is_sortable and self.type not in NUMBER_TYPES | {"datetime"}

    @property
    def is_formatted(self) -> bool:
        """Whether FORMAT of SOQL takes the field: numbers, dates and times."""
        return self.type in NUMBER_TYPES | {"int", "date", "datetime"}

    @property
    def is_text(self) -> bool:
        """Whether values are text that a person typed."""
        return self.type in TEXT_TYPES


_BLANKS = asdict(Field(name="", type="", label=""))


def to_definition(field: Field) -> str:
    """The stored form: JSON of what differs from the defaults. A new file has hundreds of them."""
    return json.dumps({k: v for k, blank in _BLANKS.items() if (v := getattr(field, k)) != blank})


@lru_cache(maxsize=5000)
def from_definition(text: str) -> Field:
    """Read the stored form; a process reads the catalogue of a file often, and most of it is every file's."""
    raw: dict[str, Any] = json.loads(text)
    for name in ("convert_to", "reference_to", "picklist"):
        if name in raw:
            raw[name] = tuple(raw[name])
    return Field(**raw)


def make_label(name: str) -> str:
    """A label from an API name: `HasOptedOutOfEmail` is `Has Opted Out Of Email`, `OwnerId` is `Owner ID`."""
    plain = re.sub(r"__c$", "", name)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_+", " ", plain).strip()
    return re.sub(r"\bId$", "ID", words)

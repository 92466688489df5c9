"""How a collection of API v5 is described: attributes, relations, filters and sort keys.

One line of a table is one attribute: name, type, and flags (C may be set on create, U on update, R required on
create, H cannot be read). Whatever has no flag is read-only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

_AUDIT = """
createdAt    datetime
updatedAt    datetime
createdById  integer
updatedById  integer
"""
_WHO = {"createdBy": ("createdById", "users"), "updatedBy": ("updatedById", "users")}
_OUTSIDE = {"imports", "exports", "bulk-actions", "external-activities"}
CAMPAIGN_OF = {"campaign": ("campaignId", "campaigns")}
PROSPECT_OF = {"prospect": ("prospectId", "prospects")}
FOLDER_OF = {"folder": ("folderId", "folders")}


def table_prefix(unit: int) -> str:
    """What the table names of a business unit begin with."""
    return "pd_" if unit == 1 else f"pd{unit}_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One field of a collection. Arrays, `refs` (URLs) and `json` can be read only one record at a time."""

    name: str
    type: str
    createable: bool = False
    updateable: bool = False
    required: bool = False
    hidden: bool = False

    @property
    def is_array(self) -> bool:
        """Whether a query cannot return the field."""
        return self.type in {"array", "json", "refs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One collection. `relations` leads from a name to the column and the collection that it points into.

    `filters` names the attributes that a query can test; those with comparisons have the value True. Those
    that can be asked for being empty are `nullable`. Jobs and external activities stand `outside` of `/objects`. Every
    business unit has tables of its own; `unit` is its number in the data file.
    """

    path: str
    attributes: Mapping[str, Attribute]
    relations: Mapping[str, tuple[str, str]]
    filters: Mapping[str, bool]
    sorts: frozenset[str]
    verbs: frozenset[str]
    has_bin: bool
    nullable: frozenset[str]
    outside: bool = False
    unit: int = 1

    @property
    def table(self) -> str:
        """The SQLite table name."""
        return f"{table_prefix(self.unit)}{self.path.replace('-', '_')}"

    @property
    def counter(self) -> str:
        """Whose ids are counted together: those of a table; those of all units' jobs, whose files stand together."""
        return replace(self, unit=1).table if self.outside else self.table

    @property
    def columns(self) -> list[str]:
        """Quoted column names, in table order."""
        return [f'"{name}"' for name in self.attributes]


def _attributes(table: str) -> dict[str, Attribute]:
    made = {}
    for line in table.split("\n"):
        if line.strip():
            name, kind, flags = (*line.split(), "")[:3]
            made[name] = Attribute(
                name=name,
                type=kind,
                createable="C" in flags,
                updateable="U" in flags,
                required="R" in flags,
                hidden="H" in flags,
            )
    return made


def build_collection(
    path: str,
    table: str,
    *,
    filters: str,
    sorts: str = "id createdAt updatedAt",
    verbs: str = "RQ",
    relations: Mapping[str, tuple[str, str]] | None = None,
    audited: bool = True,
) -> Collection:
    """A collection from its table of attributes; `audited` adds the four audit fields and who they lead to.

    `filters` are names, with a star where comparisons are allowed, a question mark where IsNull is; `verbs` are letters
    of CRUDQ. The audit fields may stand in the table instead, where the service has only some of them.
    """
    attributes = _attributes(table + (_AUDIT if audited else ""))
    return Collection(
        path=path,
        attributes=attributes,
        relations={**(relations or {}), **{name: way for name, way in _WHO.items() if way[0] in attributes}},
        filters={name.rstrip("*?"): name.endswith("*") for name in filters.split()},
        nullable=frozenset(name.rstrip("?") for name in filters.split() if name.endswith("?")),
        sorts=frozenset(sorts.split()) & attributes.keys(),
        verbs=frozenset(verbs),
        has_bin="isDeleted" in attributes and path != "users",
        outside=path in _OUTSIDE,
    )

"""What Account Engagement's objects are called, and which of their features the API has.

Source: Account Engagement API v5, the page of each object. The vendor has no describe: `fields.csv` beside this module
lists the standard fields, with a mark on those whose right to be written is known from older versions only.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pardotflow.core.describe import FieldInfo
from pardotflow.core.errors import UsageError
from pardotflow.core.values import FieldType


@dataclass(frozen=True, slots=True, kw_only=True)
class PardotObject:
    """One collection.

    `stamp` is the time field that a query can filter by, empty where there is none (then every read is a full one).
    `has_bin` tells whether queries take `deleted`. `verbs` are the letters of create, update and delete.
    """

    name: str
    path: str
    label: str
    stamp: str = "updatedAt"
    has_bin: bool = False
    verbs: str = ""


OBJECTS = (
    PardotObject(name="prospect", path="prospects", label="Prospect", has_bin=True, verbs="cud"),
    PardotObject(name="list", path="lists", label="List", has_bin=True, verbs="cud"),
    PardotObject(name="list_membership", path="list-memberships", label="List Membership", has_bin=True, verbs="cud"),
    PardotObject(name="campaign", path="campaigns", label="Campaign", has_bin=True),
    PardotObject(name="custom_field", path="custom-fields", label="Custom Field", verbs="cud"),
    PardotObject(name="user", path="users", label="User"),
    PardotObject(name="tag", path="tags", label="Tag", verbs="cud"),
    PardotObject(name="prospect_account", path="prospect-accounts", label="Prospect Account", stamp=""),
    PardotObject(name="opportunity", path="opportunities", label="Opportunity"),
    PardotObject(name="visitor", path="visitors", label="Visitor", stamp=""),
    PardotObject(name="visitor_activity", path="visitor-activities", label="Visitor Activity"),
    PardotObject(name="lifecycle_stage", path="lifecycle-stages", label="Lifecycle Stage", stamp=""),
    PardotObject(name="lifecycle_history", path="lifecycle-histories", label="Lifecycle History", stamp="createdAt"),
)


_PARENTS = {
    "campaignId": ("campaign",),
    "prospectAccountId": ("prospect_account",),
    "assignedToId": ("user",),
    "createdById": ("user",),
    "updatedById": ("user",),
}
"""What these fields refer to; a query gives the fields of such a record by dot notation (`campaign.name`)."""


def find_object(name: str) -> PardotObject:
    """The object of a name, singular or as in its address, in any case; raises UsageError."""
    found = _by_spelling().get(_bare(name))
    if found is None:
        known = ", ".join(o.name for o in OBJECTS)
        raise UsageError(f"Pardot has no object {name!r}", hint=f"known objects: {known}")
    return found


@cache
def standard_fields(name: str) -> tuple[FieldInfo, ...]:
    """The shipped fields of an object, by its canonical name."""
    text = files(__package__).joinpath("fields.csv").read_text(encoding="utf-8")
    return tuple(_field(row) for row in csv.DictReader(text.splitlines()) if row["object"] == name)


@cache
def _by_spelling() -> dict[str, PardotObject]:
    return {_bare(spelling): o for o in OBJECTS for spelling in (o.name, o.path)}


def _bare(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _field(row: dict[str, str]) -> FieldInfo:
    return FieldInfo(
        name=row["field"],
        type=FieldType(row["type"]),
        label=row["field"],
        length=int(row["length"] or 0),
        createable=row["create"] == "yes",
        updateable=row["update"] == "yes",
        nillable=FieldType(row["type"]) is not FieldType.BOOLEAN and row["required"] != "yes",
        required_on_create=row["required"] == "yes",
        unique=row["field"] == "id",
        default=row["default"] or None,
        delta_safe=row["delta_safe"] == "yes",
        confirmed=row["confirmed"] == "yes",
        reference_to=_PARENTS.get(row["field"], ()),
    )

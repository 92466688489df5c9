"""Where Salesforce keeps the history of fields: which object, and under which names.

An entry is made in the transaction of the change and never changes afterwards. A field that is not tracked has none,
and entries older than the org's retention are gone: that there is none says nothing about when the field changed.
"""

from dataclasses import dataclass

from pardotflow.core.describe import FieldInfo, ObjectInfo

CHANGED_FIELD = "Field"
"""The field of an entry that names what changed."""
_CUSTOM = "__c"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The object that keeps the entries, and its field that names the record."""

    object: str
    parent: str


def history_of(info: ObjectInfo) -> History:
    """What the describe tells, else what the vendor calls it: `ContactHistory.ContactId`, `Thing__History.ParentId`."""
    if info.history:
        name, _, parent = info.history.partition(".")
        return History(object=name, parent=parent)
    if info.name.endswith(_CUSTOM):
        return History(object=f"{info.name.removesuffix(_CUSTOM)}__History", parent="ParentId")
    return History(object=f"{info.name}History", parent=f"{info.name}Id")


def history_names(field: FieldInfo) -> tuple[str, ...]:
    """The names under which entries of the field stand: a standard lookup stands there without its `Id`, too."""
    is_lookup = field.reference_to and not field.name.endswith(_CUSTOM)
    return (field.name, field.name.removesuffix("Id")) if is_lookup else (field.name,)


def is_history(system: str, object_name: str) -> bool:
    """True for an object of entries."""
    return system == "salesforce" and object_name.endswith("History")

"""Which fields of an object tell its id, its stamp, who wrote it, and what became of it."""

from dataclasses import dataclass

from pardotflow.engine.histories import is_history

MERGEABLE = frozenset({"Contact", "Lead", "Account"})
NO_RECYCLE_BIN = frozenset({"User", "Group"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which of an object's fields carry id, stamp, last writer, deletion, and what a record became."""

    id: str
    stamp: str
    writer: str
    deleted: str = ""
    closed: str = ""
    follow: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every one that the object has."""
        return tuple(c for c in (self.id, self.stamp, self.writer, self.deleted, self.closed, *self.follow) if c)


def system_columns(system: str, object_name: str) -> Columns:
    """The system columns of an object."""
    if system != "salesforce":
        return Columns(id="id", stamp="updatedAt", writer="updatedById", deleted="isDeleted")
    if is_history(system, object_name):
        return made_columns(system)
    follow = ("MasterRecordId",) if object_name in MERGEABLE else ()
    is_lead = object_name == "Lead"
    return Columns(
        id="Id",
        stamp="SystemModstamp",
        writer="LastModifiedById",
        deleted="" if object_name in NO_RECYCLE_BIN else "IsDeleted",
        closed="IsConverted" if is_lead else "",
        follow=(*follow, "ConvertedContactId") if is_lead else follow,
    )


def made_columns(system: str) -> Columns:
    """The same of a read that asks when records were made, and by whom."""
    if system != "salesforce":
        return Columns(id="id", stamp="createdAt", writer="createdById")
    return Columns(id="Id", stamp="CreatedDate", writer="CreatedById")

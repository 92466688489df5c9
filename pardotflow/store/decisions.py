"""What people decided of conflicts: remembered until it is carried out, or until a value moves.

A decision is about exactly two values of one mapping of one pair, as the mapping was when it was shown; it says nothing
of any others.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from pardotflow.store.database import Database, upsert

TABLE = """
create table if not exists decisions (
  sync text, a_object text, a_id text, b_object text, b_id text, mapping text, digest text,
  a_value text, b_value text, decision text, decided_at text, source text,
  primary key (sync, a_object, a_id, b_object, b_id, mapping)
);
"""

KEEP = "keep"
"""The decision that leaves both values as they are; any other is the name of the system whose value wins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision; the fields are the columns of the table."""

    sync: str
    a_object: str
    a_id: str
    b_object: str
    b_id: str
    mapping: str
    digest: str
    """Of the mapping, as it was when the conflict was shown."""
    a_value: str | None
    b_value: str | None
    decision: str
    decided_at: str
    """ISO 8601 in UTC."""
    source: str
    """The name of the file that it was read from."""

    @property
    def about(self) -> tuple[str, ...]:
        """The pair and the mapping: each has one decision."""
        return (self.sync, self.a_object, self.a_id, self.b_object, self.b_id, self.mapping)


_NAMES = tuple(field.name for field in fields(Decision))
_COLUMNS = ", ".join(_NAMES)
_ABOUT = ("sync", "a_object", "a_id", "b_object", "b_id", "mapping")


def read_decisions(db: Database) -> list[Decision]:
    """Every decision, in one order."""
    found = db.execute(f"select {_COLUMNS} from decisions order by sync, a_object, a_id, b_object, b_id, mapping")
    return [Decision(**dict(zip(_NAMES, row, strict=True))) for row in found]


def write_decisions(db: Database, decisions: Iterable[Decision]) -> None:
    """Keep these; each takes the place of an earlier one about the same."""
    db.executemany(upsert("decisions", _NAMES, _ABOUT), map(astuple, decisions))


def delete_decisions(db: Database, decisions: Iterable[tuple[str, ...]]) -> None:
    """Forget decisions by what they are about and when they were made: one that was made later stays."""
    db.executemany(
        "delete from decisions where sync = ? and a_object = ? and a_id = ? and b_object = ? and b_id = ?"
        " and mapping = ? and decided_at = ?",
        decisions,
    )

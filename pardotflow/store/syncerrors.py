"""Sync errors: what a system refused, remembered until it is resolved.

There is one for each record and action: the last refusal, with a digest of what was sent. The values themselves are
not kept.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields, replace
from enum import StrEnum

from pardotflow.store.database import Database, upsert

_SHAPE = """(
  system text, object text, record text, action text, payload text, code text, message text, run_id text, at text,
  state text default 'open', name text default '', sync text default '', line text default '',
  fields text default '', first_at text default '', times integer default 1, decided_at text default '',
  primary key (system, object, record, action)
)"""
TABLE = f"create table sync_errors {_SHAPE};"
MIGRATION = f"""
create table sync_errors_now {_SHAPE};
insert into sync_errors_now (system, object, record, action, payload, code, message, run_id, at, first_at)
  select system, object, record, action, payload, code, message, run_id, at, at from sync_errors;
drop table sync_errors;
alter table sync_errors_now rename to sync_errors;
"""
"""From the table that knew refusals and nothing of what people decided about them."""


class ErrorState(StrEnum):
    """What the next plan does about the same change."""

    OPEN = "open"
    """It is not tried, and listed as held."""
    RETRY = "retry"
    """It is tried again: somebody asked for that, or it was refused for a passing reason."""
    IGNORED = "ignored"
    """It is not tried and only counted, until it is another change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncError:
    """One refusal; the fields are the columns of the table."""

    system: str
    object: str
    record: str
    """The id, or for a record that was to be made `new:Object/id` of the one that it was to be made from."""
    action: str
    payload: str
    """A digest of the fields and values that were sent."""
    code: str
    message: str
    """The system's own words, which may quote a value."""
    run_id: str
    at: str
    """ISO 8601 in UTC, as all moments here."""
    state: str = ErrorState.OPEN
    name: str = ""
    sync: str = ""
    line: str = ""
    fields: str = ""
    """The names of the fields that were sent, with commas between."""
    first_at: str = ""
    times: int = 1
    """How often this very change was refused."""
    decided_at: str = ""
    """When somebody said that it is to be tried again or ignored; empty where nobody did."""

    @property
    def about(self) -> tuple[str, str, str, str]:
        """The record and the action: each has one error."""
        return (self.system, self.object, self.record, self.action)


_NAMES = tuple(field.name for field in fields(SyncError))
_COLUMNS = ", ".join(_NAMES)


def read_errors(db: Database) -> list[SyncError]:
    """Every sync error, in one order."""
    found = db.execute(f"select {_COLUMNS} from sync_errors order by system, object, record, action")
    return [SyncError(**dict(zip(_NAMES, row, strict=True))) for row in found.fetchall()]


def write_errors(db: Database, errors: Iterable[SyncError]) -> None:
    """Keep refusals. One of the same change counts on, but once for each run; another change of the record begins
    anew."""
    known = {error.about: error for error in read_errors(db)}
    db.executemany(
        upsert("sync_errors", _NAMES, _NAMES[:4]),
        [astuple(_continued(error, known.get(error.about))) for error in errors],
    )


def _continued(error: SyncError, before: SyncError | None) -> SyncError:
    if before is None or before.payload != error.payload:
        return replace(error, first_at=error.first_at or error.at)
    if before.run_id == error.run_id:
        return before
    return replace(error, first_at=before.first_at or before.at, times=before.times + 1)


def set_states(db: Database, errors: Iterable[SyncError], state: ErrorState, at: str) -> None:
    """What people decided about refusals; one that was replaced meanwhile stays as it is."""
    db.executemany(
        "update sync_errors set state = ?, decided_at = ?"
        " where system = ? and object = ? and record = ? and action = ? and payload = ?",
        [(str(state), at, *error.about, error.payload) for error in errors],
    )


def delete_errors(db: Database, about: Iterable[tuple[str, str, str, str]]) -> None:
    """Forget refusals that are resolved: (system, object, record, action)."""
    query = "delete from sync_errors where system = ? and object = ? and record = ? and action = ?"
    db.executemany(query, about)

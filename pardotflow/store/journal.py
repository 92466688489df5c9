"""The journal of requests: what was planned, sent and answered, row by row, and what runs left open.

A request is `planned`, then `sent`, then `answered`, `refused`, `unknown` or `not_started`; an unknown one of which a
look has shown every row is `resolved`. A row is `planned`, `confirmed`, `refused`, `moved` (refused since the record
changed a moment ago), `again` (not done, and tried again by another request) or `unknown`, also where another request
tries it again. An unknown one that was looked up is `confirmed`, `not_done` where it did not happen, or `untold` where
nobody can tell any more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pardotflow.store.database import Database

UNSEEN = "CREATED_NOT_VISIBLE"
"""The code of an `unknown` row: the record was made, and the system told no id, for the connected user may not see it.
It stays unknown until a look finds the record."""
ASKED = "asked:"
"""Before the name of a job that is being asked for: until that is gone, memory may not know what the journal does."""
_IS_TOLD = "q.status not in ('sent', 'unknown')"
_IS_OPEN_JOB = f"coalesce(q.handle, '') <> '' and (not {_IS_TOLD} or substr(q.handle, 1, {len(ASKED)}) = '{ASKED}')"
HAS_OPEN_JOB = f"exists (select 1 from requests q where q.run_id = r.id and {_IS_OPEN_JOB})"
"""A condition on runs `r`: one of its requests left a job behind whose outcome is not written down and remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """What became of one change of a request."""

    change: int
    record_key: str
    status: str
    record_id: str = ""
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """A journalled change with what is known of its request, which had `size` changes. Times are the system's own."""

    row: JournalRow
    request: int
    request_status: str
    sent_at: datetime | None
    answered_at: datetime | None
    size: int
    system: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenJob:
    """A request that left a job behind: `handle` names it over there, `key` is the digest of what was sent, `changes`
    are its rows in their order. `is_told` where its outcome is in the journal, and may not be in memory."""

    run_id: str
    number: int
    system: str
    key: str
    handle: str
    is_told: bool
    sent_at: datetime
    changes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPart:
    """One of the runs that worked at a plan, which stands at `path` where that is known. `left` is how many of its
    changes were not started, or have an outcome that is not known."""

    run_id: str
    plan_id: str
    ended: bool
    left: int
    path: Path | None


def after_others(db: Database, at: datetime) -> datetime:
    """A moment that is later than the begin of every run; usually the one that is given."""
    [(last,)] = db.execute("select max(started_at) from runs").fetchall()
    return max(at, datetime.fromisoformat(last) + timedelta(microseconds=1)) if last else at


def read_parts(db: Database, file: Callable[[str, str], Path], where: str, *values: str) -> list[RunPart]:
    """The runs `r` for which a condition holds, oldest first. `file` says where a plan stands, by its id and place."""
    found = db.execute(
        "select r.id, r.plan_id, r.ended_at, r.not_started + r.unknown, p.path from runs r"
        f" left join plans p on p.id = r.plan_id where {where} order by r.started_at, r.id",
        values,
    )
    return [
        RunPart(
            run_id=row[0],
            plan_id=row[1],
            ended=row[2] is not None,
            left=row[3],
            path=file(row[1], row[4]) if row[4] else None,
        )
        for row in found.fetchall()
    ]


def read_open_jobs(db: Database, run_id: str) -> list[OpenJob]:
    """The requests of a run with a job whose outcome is not known, or not remembered, in their order."""
    found = db.execute(
        f"select q.number, q.system, q.key, q.handle, q.sent_at, {_IS_TOLD} from requests q"
        f" where q.run_id = ? and {_IS_OPEN_JOB}"
        " order by q.number",
        (run_id,),
    ).fetchall()
    # The rows of a request stand in the order of their changes.
    changes = "select change from request_rows where run_id = ? and number = ? order by change"
    return [
        OpenJob(
            run_id=run_id,
            number=number,
            system=system,
            key=key,
            handle=handle.removeprefix(ASKED),
            is_told=bool(is_told),
            sent_at=datetime.fromisoformat(sent_at),
            changes=tuple(row[0] for row in db.execute(changes, (run_id, number)).fetchall()),
        )
        for number, system, key, handle, sent_at, is_told in found
    ]


def read_open_creates(db: Database) -> list[tuple[str, str, str, datetime, bool]]:
    """Creates whose outcome is not known: system, object, record key, when they were sent, and whether they were made
    and cannot be seen."""
    found = db.execute(
        "select r.system, r.object, w.record_key, r.sent_at, coalesce(w.code, '') from requests r"
        " join request_rows w on w.run_id = r.run_id and w.number = r.number"
        " where r.status in ('sent', 'unknown') and w.status in ('planned', 'unknown')"
        " and r.kind in ('create', 'upsert', 'import_creates')"
        " order by r.sent_at, w.record_key"
    ).fetchall()
    return [(row[0], row[1], row[2], datetime.fromisoformat(row[3]), row[4] == UNSEEN) for row in found]


def close_requests(db: Database, run_id: str) -> None:
    """A request that left without an answer is unknown; one that did not leave was not started."""
    db.execute(
        "update request_rows set status = 'unknown' where run_id = ? and number in"
        " (select number from requests where run_id = ? and status = 'sent')",
        (run_id, run_id),
    )
    db.execute(
        "update requests set status = case status when 'sent' then 'unknown' else 'not_started' end"
        " where run_id = ? and status in ('planned', 'sent')",
        (run_id,),
    )


def resolve_rows(db: Database, run_id: str, rows: Sequence[JournalRow]) -> None:
    """Change rows whose outcome was not known, and the requests of which no row is unknown any more."""
    places = _places(db, run_id, "unknown")
    db.executemany(
        "update request_rows set status = ?, record_id = ?, message = ? where run_id = ? and number = ? and change = ?",
        [(r.status, r.record_id, r.message, run_id, n, r.change) for r in rows for n in places.get(r.change, ())],
    )
    db.execute(
        "update requests set status = 'resolved' where run_id = ? and status = 'unknown' and number not in"
        " (select number from request_rows where run_id = ? and status = 'unknown')",
        (run_id, run_id),
    )


def give_up_rows(db: Database, run_id: str, rows: Sequence[tuple[int, str]]) -> None:
    """Rows, by change and status, that were to be tried again and are not."""
    places = _places(db, run_id, "again")
    db.executemany(
        "update request_rows set status = ? where run_id = ? and number = ? and change = ?",
        [(status, run_id, n, change) for change, status in rows for n in places.get(change, ())],
    )


def _places(db: Database, run_id: str, status: str) -> dict[int, list[int]]:
    """By change, the requests in which its row has a status: to look for one row by its change alone reads them all."""
    found: dict[int, list[int]] = {}
    query = "select number, change from request_rows where run_id = ? and status = ?"
    for number, change in db.execute(query, (run_id, status)).fetchall():
        found.setdefault(change, []).append(number)
    return found


def read_journal(db: Database, run_id: str) -> list[JournalEntry]:
    """Every change that the run put into a request, in the order of the requests."""
    found = db.execute(
        "select w.change, w.record_key, r.status, w.status, w.record_id, w.code, w.message, r.sent_at,"
        " r.answered_at, count(*) over (partition by w.number), w.number, r.system from requests r"
        " join request_rows w on w.run_id = r.run_id and w.number = r.number"
        " where r.run_id = ? order by w.number, w.change",
        (run_id,),
    )
    return [
        JournalEntry(
            row=JournalRow(
                change=row[0],
                record_key=row[1],
                status=row[3],
                record_id=row[4] or "",
                code=row[5] or "",
                message=row[6] or "",
            ),
            request=row[10],
            request_status=row[2],
            sent_at=_time(row[7]),
            answered_at=_time(row[8]),
            size=row[9],
            system=row[11],
        )
        for row in found
    ]


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

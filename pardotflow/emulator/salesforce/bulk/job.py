"""Bulk 2.0 jobs as they are stored, and as the API shows them.

`due` is the moment of a job's next move: an open one is aborted then, a waiting one starts, a running one ends, and
one that has ended is forgotten. So nothing that the clock brings about is remembered anywhere else.
Facts: salesforce_api.md sections 6.1 to 6.3.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from pardotflow.emulator.clock import from_epoch, salesforce_stamp
from pardotflow.emulator.ids import mint_id
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import SalesforceError, not_found, refuse

INGEST, QUERY = "ingest", "query"
OPEN, UPLOAD_COMPLETE, IN_PROGRESS = "Open", "UploadComplete", "InProgress"
JOB_COMPLETE, FAILED, ABORTED = "JobComplete", "Failed", "Aborted"
ENDED = frozenset({JOB_COMPLETE, FAILED, ABORTED})
DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
KEPT_SECONDS = 7 * 86_400
_REST = {INGEST: "V2Ingest", QUERY: "V2Query"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job. `delimiter` and `line_ending` are the API's names; `seconds` is the time that its work takes.

    `locks` are the rows that others hold while the job runs, as `RowLocks` writes them.
    """

    id: str
    kind: str
    object: str
    operation: str
    state: str
    user_id: str
    version: str
    external_id: str | None = None
    statement: str | None = None
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    created_at: float
    changed_at: float
    due: float
    processed: int = 0
    failed: int = 0
    seconds: float = 0.0
    error: str | None = None
    locks: str | None = None

    @property
    def separator(self) -> str:
        """The character between two cells."""
        return DELIMITERS[self.delimiter]

    @property
    def newline(self) -> str:
        """The characters at the end of a line."""
        return LINE_ENDINGS[self.line_ending]


_NAMES = [f.name for f in fields(Job)]
_COLUMNS = ", ".join(_NAMES)


def add_job(db: sqlite3.Connection, job: Job) -> None:
    """Store a new job."""
    values = [getattr(job, name) for name in _NAMES]
    db.execute(f"INSERT INTO bulk_job ({_COLUMNS}) VALUES ({','.join('?' * len(values))})", values)


def new_job_id(db: sqlite3.Connection) -> str:
    """An id that no other job has."""
    (made,) = db.execute(
        "INSERT INTO minted VALUES ('750', 1) ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last"
    ).fetchone()
    return mint_id("750", made)


def change_job(context: Context, job: Job, **changes: object) -> Job:
    """Store what has changed, and when."""
    changes["changed_at"] = context.state.now
    sets = ", ".join(f"{name} = ?" for name in changes)
    context.db.execute(f"UPDATE bulk_job SET {sets} WHERE id = ?", [*changes.values(), job.id])
    return require_job(context.db, job.kind, job.id)


def end_job(context: Context, job: Job, state: str, **changes: object) -> Job:
    """Bring a job to its end; its results are kept for seven days from now."""
    return change_job(context, job, state=state, due=context.state.now + KEPT_SECONDS, **changes)


def forget_job(db: sqlite3.Connection, job_id: str) -> None:
    """Remove a job with its upload and its results."""
    for table, column in (("bulk_job", "id"), ("bulk_upload", "job_id"), ("bulk_line", "job_id")):
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (job_id,))


def find_job(db: sqlite3.Connection, job_id: str) -> Job | None:
    """A job by its 18-character id."""
    row = db.execute(f"SELECT {_COLUMNS} FROM bulk_job WHERE id = ?", (job_id,)).fetchone()
    return None if row is None else Job(**dict(zip(_NAMES, row, strict=True)))


def require_job(db: sqlite3.Connection, kind: str, job_id: str | None) -> Job:
    """The job of a path; raises NOT_FOUND."""
    job = None if job_id is None else find_job(db, job_id)
    if job is None or job.kind != kind:
        raise not_found()
    return job


def list_jobs(db: sqlite3.Connection, kind: str, offset: int, count: int) -> list[Job]:
    """Jobs of a kind, oldest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM bulk_job WHERE kind = ? ORDER BY created_at, id LIMIT ? OFFSET ?",
        (kind, count, offset),
    )
    return [Job(**dict(zip(_NAMES, row, strict=True))) for row in rows]


def write_lines(db: sqlite3.Connection, job: Job, part: str, lines: Iterable[str], first: int = 0) -> None:
    """Add lines to a part of a job's results, numbered from `first` on."""
    numbered = ((job.id, part, n, line) for n, line in enumerate(lines, first))
    db.executemany("INSERT INTO bulk_line VALUES (?, ?, ?, ?)", numbered)


def read_lines(db: sqlite3.Connection, job: Job, part: str, first: int = 0, count: int = -1) -> list[str]:
    """The lines of a part of a job's results, from number `first` on."""
    rows = db.execute(
        "SELECT line FROM bulk_line WHERE job_id = ? AND part = ? AND n >= ? ORDER BY n LIMIT ?",
        (job.id, part, first, count),
    )
    return [line for (line,) in rows]


def read_upload(db: sqlite3.Connection, job: Job) -> bytes | None:
    """The bytes that were uploaded; None where nothing was."""
    row = db.execute("SELECT body FROM bulk_upload WHERE job_id = ?", (job.id,)).fetchone()
    return None if row is None else bytes(row[0])


# -- as the API shows it


def show_job(job: Job) -> dict[str, Any]:
    """The keys that every answer about a job has, and the only ones of an answer to a PATCH."""
    shown: dict[str, Any] = {
        "id": job.id,
        "operation": job.operation,
        "object": job.object,
        "createdById": job.user_id,
        "createdDate": salesforce_stamp(from_epoch(job.created_at)),
        "systemModstamp": salesforce_stamp(from_epoch(job.changed_at)),
        "state": job.state,
    }
    if job.external_id is not None:
        shown["externalIdFieldName"] = job.external_id
    return shown | {"concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": float(job.version[1:])}


def show_new_job(job: Job) -> dict[str, Any]:
    """A job as the answer to its creation shows it."""
    shown = show_job(job)
    if job.kind == INGEST:
        shown["contentUrl"] = _content_url(job)
    return shown | {"lineEnding": job.line_ending, "columnDelimiter": job.delimiter}


def show_whole_job(job: Job) -> dict[str, Any]:
    """A job as a GET shows it."""
    shown = show_job(job) | {"jobType": _REST[job.kind]}
    if job.state == OPEN:
        shown["contentUrl"] = _content_url(job)
    shown |= {"lineEnding": job.line_ending, "columnDelimiter": job.delimiter}
    if job.kind == QUERY:
        shown["isPkChunkingSupported"] = True
    if job.state == OPEN:
        return shown
    milliseconds = int(job.seconds * 1000) if job.state in ENDED else 0
    shown |= {"numberRecordsProcessed": job.processed, "retries": 0, "totalProcessingTime": milliseconds}
    if job.kind == INGEST:
        shown["numberRecordsFailed"] = job.failed
        shown |= {"apiActiveProcessingTime": milliseconds, "apexProcessingTime": 0}
    return shown | ({"errorMessage": job.error} if job.error is not None else {})


def _content_url(job: Job) -> str:
    return f"services/data/{job.version}/jobs/ingest/{job.id}/batches"


def wrong_state(message: str) -> SalesforceError:
    """The error where a job's state does not allow what is asked."""
    return refuse(400, "INVALIDJOBSTATE", message)

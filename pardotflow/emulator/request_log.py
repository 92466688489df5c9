"""The record of every vendor request: what came, what was answered, what it cost.

Tokens and secrets never enter it (`log_secrets`). A request and its call count are written together, without waiting
for the disk.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.log_filter import Filter
from pardotflow.emulator.log_secrets import hide_answer, hide_headers, hide_query, hide_request
from pardotflow.emulator.state import State
from pardotflow.emulator.usage import count_calls, day_of
from pardotflow.emulator.write_log import forget_writes, read_writes

_OAUTH = ("/services/oauth2/", "/id/")
_TRIM_EVERY = 500
_NAMES = "at, system, method, path, query, headers, body, status, answer, api_calls, seconds, request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One finished request. `reply` is None where the connection was dropped; `seconds` is the time taken.

    `request` names the request among all, and stands beside what it wrote; `meter` is what its calls are counted by.
    """

    system: str
    meter: str
    call: Call
    reply: Reply | None
    api_calls: int
    at: float
    seconds: float
    request: str


def system_of(path: str) -> str:
    """Which vendor a path belongs to."""
    if path.startswith("/api/"):
        return "pardot"
    return "oauth" if path[:17].lower().startswith(_OAUTH) else "salesforce"


def write_entry(file: DataFile, state: State, entry: Entry) -> None:
    """Count the calls of a request and, where the log is on, record it."""
    switches = state.switches
    if not entry.api_calls and not switches.log:
        return
    with file.note() as db:
        if entry.api_calls:
            count_calls(db, entry.meter, day_of(state, entry.meter), entry.api_calls)
        if not switches.log:
            return
        made = db.execute(
            f"INSERT INTO request_log ({_NAMES}) VALUES ({','.join('?' * 12)})",
            _columns(entry, switches.log_request_bytes, switches.log_answer_bytes),
        ).lastrowid
        if made and made % _TRIM_EVERY == 0:
            _forget(db, made - switches.log_keep)


def _columns(entry: Entry, most_body: int, most_answer: int) -> tuple[Any, ...]:
    call, reply = entry.call, entry.reply
    status, answer = (reply.status, reply.body) if reply else (None, b"")
    return (
        entry.at,
        entry.system,
        call.method,
        call.path,
        hide_query(call.query, entry.system),
        json.dumps(hide_headers(call.headers)),
        hide_request(call, entry.system)[:most_body],
        status,
        hide_answer(answer, call.path, entry.system)[:most_answer],
        entry.api_calls,
        entry.seconds,
        entry.request,
    )


def read_entries(file: DataFile, wanted: Filter, *, writes: bool = False) -> Iterator[Mapping[str, Any]]:
    """Recorded requests that are wanted, oldest first; with `writes` also the records that each of them wrote."""
    conditions, values = wanted.to_sql()
    db = file.read()
    given = 0
    for n, *columns in db.execute(f"SELECT n, {_NAMES} FROM request_log WHERE {conditions} ORDER BY n", values):
        entry = dict(zip(_NAMES.split(", "), columns, strict=True))
        if wanted.limit is not None and given >= wanted.limit:
            return
        if wanted.path is not None and not wanted.path.search(entry["path"]):
            continue
        given += 1
        request = entry.pop("request")
        shown = {name: value.decode(errors="replace") for name, value in entry.items() if name in {"body", "answer"}}
        entry = {"n": n, **entry, **shown, "headers": json.loads(entry["headers"])}
        yield entry | {"writes": read_writes(db, request)} if writes else entry


def clear_entries(file: DataFile) -> None:
    """Forget all recorded requests; their numbers are not used again."""
    with file.note() as db:
        _forget(db, None)


def _forget(db: sqlite3.Connection, last: int | None) -> None:
    """Forget the requests up to a number, or all, and what they wrote."""
    gone = db.execute("DELETE FROM request_log WHERE ? IS NULL OR n <= ? RETURNING request", (last, last)).fetchall()
    forget_writes(db, [request for (request,) in gone])

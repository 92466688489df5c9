"""Full reads by exports: files of a year each instead of hundreds of pages.

Source: Account Engagement API v5, "Export". An export selects by one procedure, here by the time of the last update,
over a year at most, and the exports of an account run one after the other. A record that is changed while they run
leaves a window that has not been read yet for a moment after the last one: so what was changed since the beginning is
read by pages at the end. Values that begin with `=`, `+` or `@` come with a backslash before them.

Not confirmed for version 5: the names of the procedure and of its arguments, and that a text which itself begins with a
backslash before one of these characters comes as it is. Where the unit refuses an export, the read goes by pages.
"""

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pardotflow.connectors.http import Reply
from pardotflow.connectors.landing import Landing
from pardotflow.connectors.pardot.prices import Tariff
from pardotflow.connectors.polling import Polling
from pardotflow.connectors.protocol import ReadRequest
from pardotflow.connectors.session import Call, Session
from pardotflow.connectors.times import format_offset_time
from pardotflow.core.errors import RequestRefused, ServerTrouble
from pardotflow.core.values import FieldType, System

MOST_FIELDS = 150
EXPORTED = frozenset({"prospect"})
"""Objects whose records surely have a time of update; exports know more of them."""
WINDOW = timedelta(days=365)
_FILE_BYTES = 100_000_000
_SECOND = timedelta(seconds=1)
_PATH = "/api/v5/exports"
_FIELDS = "fields=id,status,isExpired,resultRefs"
_COMPLETE = "complete"
_OVER = frozenset({_COMPLETE, "failed", "canceled", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRead:
    """What exports brought."""

    files: tuple[Path, ...]
    rows: int
    parts: int


def can_be_exported(object_name: str, request: ReadRequest) -> bool:
    """Whether an export brings the same as the pages of a read, as far as the request tells."""
    return (
        object_name in EXPORTED
        and not (request.since or request.where or request.ids)
        and len(request.fields) <= MOST_FIELDS
        and all(request.types.get(f, FieldType.UNKNOWN) is not FieldType.ARRAY for f in request.fields)
    )


def spellings(request: ReadRequest) -> dict[str, str]:
    """`Extract.respelled` of a read."""
    return {f: "number" if t.is_number else "escaped" for f in request.fields if (t := _type(request, f))}


def count_windows(oldest: datetime, now: datetime) -> int:
    """How many exports reach from the oldest update to now."""
    return max(1, math.ceil((now - oldest + _SECOND) / WINDOW))


class Exports:
    """Runs the exports of one business unit."""

    def __init__(self, session: Session, tariff: Tariff) -> None:
        self._session = session
        self._tariff = tariff
        self._polling: Polling = tariff.export_polling
        self.calls = 0

    def is_cheaper(self, rows: int, windows: int, pages: int) -> bool:
        """Whether so many exports take fewer calls than so many pages."""
        return self._tariff.exports(windows, rows).calls < pages

    def read(
        self, name: str, request: ReadRequest, landing: Landing, oldest: datetime, now: datetime
    ) -> ExportRead | None:
        """Land every file; None where the unit refuses an export or does not finish it."""
        files: list[Path] = []
        rows = part = 0
        for part, (after, before) in enumerate(build_windows(oldest, now), start=1):
            refs = self._run(name, request, after, before)
            if refs is None:
                for each in range(1, part + 1):
                    landing.discard(each)
                return None
            for page, ref in enumerate(refs, start=1):
                body = self._fetch(Call(path=_path_of(ref), headers={"Accept": "text/csv, */*"})).body
                rows += _count(body)
                files.append(landing.add(part, page, body, form="csv"))
        return ExportRead(files=tuple(files), rows=rows, parts=part)

    def _run(self, name: str, request: ReadRequest, after: datetime, before: datetime) -> list[str] | None:
        """The addresses of one export's files, none where it found nothing."""
        arguments = {"updatedAfter": format_offset_time(after), "updatedBefore": format_offset_time(before)}
        if request.include_deleted:
            arguments["deleted"] = "all"
        body = {
            "object": name,
            "fields": list(dict.fromkeys(("id", *request.fields))),
            "procedure": {"name": "filter_by_updated_at", "arguments": arguments},
            "includeByteOrderMark": False,
            "legacyDateFormat": False,
            "maxFileSizeBytes": _FILE_BYTES,
        }
        call = Call(
            path=f"{_PATH}?fields=id,status",
            method="POST",
            headers={"Content-Type": "application/json"},
            content=json.dumps(body, separators=(",", ":")).encode(),
        )
        try:
            export_id = str(self._fetch(call).json().get("id", ""))
        except RequestRefused:
            return None
        state = self._polling.wait_for(
            self._session.http.waits,
            lambda: self._state(export_id),
            lambda s: str(s.get("status", "")).lower() in _OVER,
        )
        status = str(state.get("status", "")).lower()
        if status not in _OVER:
            raise ServerTrouble(
                f"export {export_id} is still {status}", system=System.PARDOT, hint="exports run one by one: try later"
            )
        if status != _COMPLETE or state.get("isExpired"):
            return None
        refs = state.get("resultRefs") or []
        return [refs] if isinstance(refs, str) else [str(ref) for ref in refs]

    def _state(self, export_id: str) -> dict[str, Any]:
        state: dict[str, Any] = self._fetch(Call(path=f"{_PATH}/{export_id}?{_FIELDS}")).json()
        return state

    def _fetch(self, call: Call) -> Reply:
        reply = self._session.fetch(call)
        self.calls += reply.calls
        return reply


def build_windows(oldest: datetime, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Both bounds of each export, which are outside of it: windows that touch share no second and miss none."""
    after = oldest - _SECOND
    while after < now:
        before = min(after + WINDOW, now + _SECOND)
        yield after, before
        after = before - _SECOND


def _count(body: bytes) -> int:
    """Rows of a file, without its header."""
    text = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8-sig", newline="")
    return max(sum(1 for row in csv.reader(text) if row) - 1, 0)


def _path_of(ref: str) -> str:
    """The address on our own host, whatever host the answer names."""
    parts = urlsplit(ref)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _type(request: ReadRequest, field: str) -> FieldType:
    return request.types.get(field, FieldType.UNKNOWN)

"""Reads records of a business unit into files, page by page.

A sequence of page tokens ends after 100,000 records, or after four hours; the read then goes on behind the last id. So
no record is lost or landed twice, except that one which changes meanwhile is read again by the next delta.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pardotflow.connectors.http import Json, Reply
from pardotflow.connectors.landing import Landing
from pardotflow.connectors.pardot.codes import NOT_FOUND, PAGE_TOKEN_LOST
from pardotflow.connectors.pardot.objects import PardotObject, find_object
from pardotflow.connectors.pardot.query import (
    build_query,
    check_name,
    collection_path,
    next_page,
    record_path,
    split_fields,
    split_ids,
)
from pardotflow.connectors.protocol import Extract, ReadRequest
from pardotflow.connectors.session import Call, Session, encode_query
from pardotflow.connectors.times import parse_time
from pardotflow.core.errors import RequestRefused

RECORDS_POINTER = "/values"
CACHE_LAG = 60
"""Seconds after which a read must show what was written (Account Engagement API v5, "Query")."""
CEILING = 100_000
"""Records that one sequence of page tokens gives (Account Engagement API v5, "Query")."""

_WARNING = re.compile(r"\b(20[123]);")
_REDACTED, _CEILING_REACHED = "202", "203"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One sequence of pages: these fields of these ids, or of all."""

    known: PardotObject
    request: ReadRequest
    fields: tuple[str, ...]
    ids: tuple[str, ...] = ()
    first_pass: bool = True

    def begin(self, after_id: str) -> str:
        """The first page, or the first behind a record."""
        return build_query(self.known, self.request, self.fields, ids=self.ids, after_id=after_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    reply: Reply
    records: list[dict[str, Any]]
    redacted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    files: tuple[Path, ...]
    rows: int
    calls: int
    redacted: bool


class Reader:
    """The reads of one business unit."""

    def __init__(self, session: Session, *, concurrency: int) -> None:
        self._session = session
        self._concurrency = concurrency

    def read(self, request: ReadRequest, into: Path) -> Extract:
        """Land every page of every pass. Lists of ids are read several at once."""
        return self.land(request, Landing(into))

    def oldest_update(self, request: ReadRequest) -> datetime | None:
        """When that record was changed which nobody has touched for the longest time; None without any. A call."""
        known = find_object(request.object)
        query = {"fields": f"id,{known.stamp}", "limit": "1", "orderBy": known.stamp}
        if known.has_bin and request.include_deleted:
            query["deleted"] = "all"
        _, body = self._session.fetch_json(Call(path=f"{collection_path(known)}?{encode_query(query)}"))
        return parse_time(body["values"][0][known.stamp]) if body["values"] else None

    def land(self, request: ReadRequest, landing: Landing, *, first_part: int = 1) -> Extract:
        """The same into a folder that may hold parts of other numbers."""
        began = self._session.http.clock.now()
        passes = tuple(split_fields(request.fields))
        jobs = tuple(_jobs(request, passes))
        with ThreadPoolExecutor(max_workers=max(1, min(self._concurrency, len(jobs)))) as pool:
            parts = list(pool.map(lambda at: self._land(landing, at[0], at[1]), enumerate(jobs, start=first_part)))
        return Extract(
            files=tuple(f for part in parts for f in part.files),
            rows=sum(part.rows for part, job in zip(parts, jobs, strict=True) if job.first_pass),
            calls=sum(part.calls for part in parts),
            server_time_at_start=self._session.http.server_clock.at(began),
            complete=not any(part.redacted for part in parts),
            records_pointer=RECORDS_POINTER,
            passes=len(passes),
        )

    def find(self, object_name: str, where: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        """The records that filters select, recycled ones too, in memory: for look-ups, not for reading objects."""
        return self._select(ReadRequest(object=object_name, fields=tuple(fields), where=where))[0]

    def select(
        self, object_name: str, filters: Mapping[str, str], fields: Sequence[str]
    ) -> tuple[list[dict[str, Any]], int]:
        """The same by filters as name to value, with the calls that it took."""
        return self._select(ReadRequest(object=object_name, fields=tuple(fields), where=encode_query(filters)))

    def _select(self, request: ReadRequest) -> tuple[list[dict[str, Any]], int]:
        columns = tuple(dict.fromkeys(("id", *request.fields)))
        pages = list(self._pages(_Job(known=find_object(request.object), request=request, fields=columns)))
        return [record for page in pages for record in page.records], sum(page.reply.calls for page in pages)

    def read_record(self, object_name: str, record_id: str, fields: Sequence[str]) -> dict[str, Any] | None:
        """One record, a recycled one too, or None where there is none. The only way to read arrays."""
        known = find_object(object_name)
        query = {"fields": ",".join(check_name(f) for f in fields)}
        if known.has_bin:
            query["deleted"] = "true"
        call = Call(path=f"{record_path(known, record_id)}?{encode_query(query)}")
        reply = self._session.send(call)
        if self._session.verdict(reply) is None:
            record: dict[str, Any] = reply.json()
            return record
        if reply.status == 404 and self._session.error(reply).code in NOT_FOUND:
            return None
        raise self._session.refusal(call, reply)

    def _land(self, landing: Landing, part: int, job: _Job) -> _Part:
        files: list[Path] = []
        rows = calls = 0
        redacted = False
        for page in self._pages(job):
            files.append(landing.add(part, len(files) + 1, page.reply.body))
            rows += len(page.records)
            calls += page.reply.calls
            redacted |= page.redacted
        return _Part(files=tuple(files), rows=rows, calls=calls, redacted=redacted)

    def _pages(self, job: _Job) -> Iterator[_Page]:
        """Every page, over as many sequences of page tokens as it takes."""
        path: str | None = job.begin("")
        last_id, in_sequence = "", 0
        while path:
            reply, body = self._fetch(path, job, last_id)
            records = body["values"]
            last_id = str(records[-1]["id"]) if records else last_id
            in_sequence += len(records)
            warnings = _WARNING.findall(reply.headers.get("pardot-warning", ""))
            yield _Page(reply=reply, records=records, redacted=_REDACTED in warnings)
            token = body.get("nextPageToken")
            if token:
                path = next_page(job.known, job.fields, token)
            elif records and (_CEILING_REACHED in warnings or in_sequence >= CEILING):
                path, in_sequence = job.begin(last_id), 0
            else:
                path = None

    def _fetch(self, path: str, job: _Job, last_id: str) -> tuple[Reply, Json]:
        """A page; where its token has died, the first page behind the last id instead."""
        try:
            return self._session.fetch_json(Call(path=path))
        except RequestRefused as refused:
            if refused.code not in PAGE_TOKEN_LOST or not last_id:
                raise
            return self._session.fetch_json(Call(path=job.begin(last_id)))


def _jobs(request: ReadRequest, passes: Sequence[tuple[str, ...]]) -> Iterator[_Job]:
    known = find_object(request.object)
    for at, fields in enumerate(passes):
        lists = [()] if request.ids is None else split_ids(request.ids, fields)
        for ids in lists:
            yield _Job(known=known, request=request, fields=fields, ids=ids, first_pass=at == 0)

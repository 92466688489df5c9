"""Reads records of an org into files, page by page.

Changed rows come through queryAll, so that deleted and merged-away rows are seen as such. A cursor that the org has
dropped restarts its part from the beginning: pages of the lost attempt are removed first, so nothing is landed twice.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pardotflow.connectors.http import Json, Reply
from pardotflow.connectors.landing import Landing
from pardotflow.connectors.protocol import Extract, Operation, ReadRequest, calls_for
from pardotflow.connectors.salesforce.prices import BULK_ABOVE, Tariff
from pardotflow.connectors.salesforce.query_jobs import SPELLED, QueryJobs, can_be_read
from pardotflow.connectors.salesforce.soql import (
    build_query,
    build_select,
    check_name,
    id_literal,
    query_path,
    split_literals,
    text_literal,
)
from pardotflow.connectors.session import Call, Session, encode_query
from pardotflow.connectors.times import format_offset_time, parse_time
from pardotflow.core.errors import RequestRefused

RECORDS_POINTER = "/records"
_GONE = frozenset({"NOT_FOUND", "ENTITY_IS_DELETED"})
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The answer of getDeleted. What was deleted before `covered_from` may be missing from it."""

    ids: tuple[str, ...]
    covered_from: datetime
    covered_to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    files: tuple[Path, ...]
    rows: int
    announced: int
    calls: int


class Reader:
    """The reads of one org; its tariff has the hint of 200 to 2000 rows a page."""

    def __init__(self, session: Session, *, version: str, tariff: Tariff) -> None:
        self._session = session
        self._version = version
        self._tariff = tariff
        self._concurrency = tariff.concurrency
        self._headers = {"Sforce-Query-Options": f"batchSize={tariff.page_rows}"}
        self._jobs = QueryJobs(session, version=version, polling=tariff.polling)

    def read(self, request: ReadRequest, into: Path) -> Extract:
        """Land every page. Records asked for by id are read by several queries at once."""
        began = self._session.http.clock.now()
        landing = Landing(into)
        paths = tuple(self._paths(request))
        if request.since is None and request.ids is None and can_be_read(request):
            return self._read_whole(request, landing, paths[0], began)
        with ThreadPoolExecutor(max_workers=max(1, min(self._concurrency, len(paths)))) as pool:
            parts = list(pool.map(lambda at: self._read_part(landing, at[0], at[1]), enumerate(paths, start=1)))
        return self._extract(parts, began)

    def _read_whole(self, request: ReadRequest, landing: Landing, path: str, began: datetime) -> Extract:
        """Land everything: the first page says how many rows there are, and thereby which way is cheaper."""
        reply, body = self._page(path, 0)
        rows, announced = len(body["records"]), int(body["totalSize"])
        if announced > BULK_ABOVE and not body.get("done", True) and self._job_is_cheaper(announced, rows):
            found = self._jobs.read(request, landing, 1)
            if found is not None:
                return Extract(
                    files=found.files,
                    rows=found.rows,
                    calls=reply.calls + found.calls,
                    server_time_at_start=self._session.http.server_clock.at(began),
                    complete=found.rows == found.announced,
                    records_pointer=RECORDS_POINTER,
                    respelled={f: SPELLED[t] for f in request.fields if (t := request.types[f]) in SPELLED},
                )
        return self._extract([self._read_part(landing, 1, path, (reply, body))], began)

    def _job_is_cheaper(self, rows: int, on_a_page: int) -> bool:
        pages = calls_for(rows, max(on_a_page, 1))
        return self._tariff.price(Operation.READ_BY_JOB, rows, 0, None).calls < pages

    def _extract(self, parts: Sequence[_Part], began: datetime) -> Extract:
        return Extract(
            files=tuple(f for part in parts for f in part.files),
            rows=sum(part.rows for part in parts),
            calls=sum(part.calls for part in parts),
            server_time_at_start=self._session.http.server_clock.at(began),
            complete=all(part.rows == part.announced for part in parts),
            records_pointer=RECORDS_POINTER,
        )

    def read_record(self, object_name: str, record_id: str, fields: Sequence[str]) -> dict[str, Any] | None:
        """One live record, or None where there is none. A deleted one counts as none, and so does an unknown object."""
        columns = ",".join(check_name(f) for f in fields)
        path = f"{self._sobject(object_name)}/{quote(record_id, safe='')}?{encode_query({'fields': columns})}"
        reply = self._session.send(Call(path=path))
        if reply.status == 404 and self._session.error(reply).code in _GONE:
            return None
        if self._session.verdict(reply) is not None:
            raise self._session.refusal(Call(path=path), reply)
        record: dict[str, Any] = reply.json()
        return record

    def find_by_key(
        self, object_name: str, key_field: str, keys: Sequence[str], fields: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Records whose text field holds one of these keys, deleted ones too (ask for `IsDeleted` to tell them apart).

        A query, not a read by external id: keys may hold slashes, and several records may carry one key.
        """
        found: list[dict[str, Any]] = []
        columns = (key_field, *fields)
        bare = query_path(self._version, self._key_query(object_name, key_field, columns, ("",)), include_deleted=True)
        for group in split_literals([text_literal(k) for k in keys], len(bare)):
            soql = self._key_query(object_name, key_field, columns, group)
            path: str | None = query_path(self._version, soql, include_deleted=True)
            while path:
                _, body = self._session.fetch_json(Call(path=path, headers=self._headers))
                found += body["records"]
                path = _next_path(body)
        return found

    def read_deleted(self, object_name: str, start: datetime, end: datetime) -> Deleted:
        """Ids deleted between two moments of the last 15 days (REST API Developer Guide, "sObject Get Deleted")."""
        query = encode_query({"start": format_offset_time(start), "end": format_offset_time(end)})
        _, body = self._session.fetch_json(Call(path=f"{self._sobject(object_name)}/deleted/?{query}"))
        return Deleted(
            ids=tuple(r["id"] for r in body["deletedRecords"]),
            covered_from=max(start.astimezone(UTC), parse_time(body["earliestDateAvailable"])),
            covered_to=parse_time(body["latestDateCovered"]),
        )

    def _sobject(self, object_name: str) -> str:
        return f"/services/data/v{self._version}/sobjects/{check_name(object_name)}"

    def _key_query(self, object_name: str, key_field: str, columns: Sequence[str], literals: Sequence[str]) -> str:
        condition = f"{check_name(key_field)} IN ({','.join(literals)})"
        return build_select(object_name, columns, [condition], order="Id")

    def _paths(self, request: ReadRequest) -> Iterator[str]:
        if request.ids is None:
            yield query_path(self._version, build_query(request), include_deleted=request.include_deleted)
            return
        bare = query_path(self._version, build_query(request, ("",)), include_deleted=request.include_deleted)
        literals = [id_literal(i) for i in dict.fromkeys(request.ids)]
        for group in split_literals(literals, len(bare)):
            yield query_path(self._version, build_query(request, group), include_deleted=request.include_deleted)

    def _read_part(self, landing: Landing, part: int, path: str, first: tuple[Reply, Json] | None = None) -> _Part:
        lost_calls = 0
        for restarts_left in reversed(range(_TRIES)):
            try:
                found = self._follow(landing, part, path, first)
                return replace(found, calls=found.calls + lost_calls)
            except _CursorLost as lost:
                if not restarts_left:
                    raise lost.refused from lost
                lost_calls += lost.calls
                landing.discard(part)
                first = None
        raise AssertionError("the last try returns or raises")

    def _follow(self, landing: Landing, part: int, path: str, first: tuple[Reply, Json] | None) -> _Part:
        """Land the pages from a path on; `first` is the answer to it where it has come already."""
        files: list[Path] = []
        rows = announced = calls = 0
        next_path: str | None = path
        while next_path:
            reply, body = first or self._page(next_path, calls)
            first = None
            calls += reply.calls
            rows += len(body["records"])
            announced = body["totalSize"]
            files.append(landing.add(part, len(files) + 1, reply.body))
            next_path = _next_path(body)
        return _Part(files=tuple(files), rows=rows, announced=announced, calls=calls)

    def _page(self, path: str, calls_before: int) -> tuple[Reply, Json]:
        try:
            return self._session.fetch_json(Call(path=path, headers=self._headers))
        except RequestRefused as refused:
            if refused.code == "INVALID_QUERY_LOCATOR":
                raise _CursorLost(refused, calls_before + 1) from refused
            raise


class _CursorLost(Exception):
    """The org has dropped the cursor of a query that is under way."""

    def __init__(self, refused: RequestRefused, calls: int) -> None:
        super().__init__(str(refused))
        self.refused = refused
        self.calls = calls


def _next_path(body: dict[str, Any]) -> str | None:
    """The next page on the same host, whatever host the answer names."""
    if body.get("done", True):
        return None
    return urlsplit(str(body["nextRecordsUrl"])).path

"""Full reads by a Bulk 2.0 query: one job instead of hundreds of pages.

Source: Bulk API 2.0 Developer Guide, "Query". The statement is sent without an order, which would keep the org from
working on it in pieces, and as a body, so that no address is too long. Pages of results are CSV and land as they come.

Date-times end in `Z` there and in `+0000` in JSON, and numbers may be written in another way: the extract says of which
fields, so that a value is the same by every route. Compound fields cannot be read so; a read with a field of unknown
type goes by pages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pardotflow.connectors.http import Reply
from pardotflow.connectors.landing import Landing
from pardotflow.connectors.polling import Polling
from pardotflow.connectors.protocol import ReadRequest
from pardotflow.connectors.salesforce.prices import RESULT_ROWS
from pardotflow.connectors.salesforce.soql import build_query
from pardotflow.connectors.salesforce.writes import to_json
from pardotflow.connectors.session import Call, Session
from pardotflow.core.errors import RequestRefused, ServerTrouble
from pardotflow.core.values import FieldType, System

SPELLED = {FieldType.DATETIME: "instant", FieldType.NUMBER: "number", FieldType.INTEGER: "number"}
"""How `Extract.respelled` names what a type's values need."""
_COMPLETE = "JobComplete"
_OVER = frozenset({_COMPLETE, "Failed", "Aborted"})
_LAST = "null"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRead:
    """What a query job brought; `calls` also where it brought nothing."""

    files: tuple[Path, ...]
    rows: int
    announced: int
    calls: int


def can_be_read(request: ReadRequest) -> bool:
    """Whether every field's type is known, and can be in a file of results."""
    return all(
        request.types.get(f, FieldType.UNKNOWN) not in (FieldType.UNKNOWN, FieldType.ARRAY) for f in request.fields
    )


class QueryJobs:
    """Runs the query jobs of one org."""

    def __init__(self, session: Session, *, version: str, polling: Polling) -> None:
        self._session = session
        self._path = f"/services/data/v{version}/jobs/query"
        self._polling = polling

    def read(self, request: ReadRequest, landing: Landing, part: int) -> JobRead | None:
        """Land every page of results; None where the org refuses the job, so that the read has to go by pages."""
        calls = 0

        def fetch(call: Call) -> Reply:
            nonlocal calls
            reply = self._session.fetch(call)
            calls += reply.calls
            return reply

        try:
            job_id = self._create(request, fetch)
        except RequestRefused:
            return None
        state = self._polling.wait_for(
            self._session.http.waits,
            lambda: self._state(job_id, fetch),
            lambda s: s.get("state") in _OVER,
        )
        if state.get("state") not in _OVER:
            raise ServerTrouble(
                f"query job {job_id} is still {state.get('state')}", system=System.SALESFORCE, hint="try again later"
            )
        if state["state"] != _COMPLETE:
            return None
        files, rows = self._land(job_id, landing, part, fetch)
        return JobRead(files=files, rows=rows, announced=int(state.get("numberRecordsProcessed") or 0), calls=calls)

    def _create(self, request: ReadRequest, fetch: Callable[[Call], Reply]) -> str:
        body = {
            "operation": "queryAll" if request.include_deleted else "query",
            "query": build_query(request, ordered=False),
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
        headers = {"Content-Type": "application/json"}
        return str(fetch(Call(path=self._path, method="POST", headers=headers, content=to_json(body))).json()["id"])

    def _state(self, job_id: str, fetch: Callable[[Call], Reply]) -> Mapping[str, Any]:
        state: Mapping[str, Any] = fetch(Call(path=f"{self._path}/{job_id}")).json()
        return state

    def _land(
        self, job_id: str, landing: Landing, part: int, fetch: Callable[[Call], Reply]
    ) -> tuple[tuple[Path, ...], int]:
        files: list[Path] = []
        rows, locator = 0, ""
        while locator != _LAST:
            at = f"&locator={locator}" if locator else ""
            path = f"{self._path}/{job_id}/results?maxRecords={RESULT_ROWS}{at}"
            reply = fetch(Call(path=path, headers={"Accept": "text/csv"}))
            files.append(landing.add(part, len(files) + 1, reply.body, form="csv"))
            rows += int(reply.headers.get("sforce-numberofrecords", "0"))
            locator = reply.headers.get("sforce-locator", _LAST)
        return tuple(files), rows

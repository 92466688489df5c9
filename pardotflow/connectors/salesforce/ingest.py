"""Runs Bulk 2.0 ingest jobs: create, upload once, close, wait, read what became of every row.

Source: Bulk API 2.0 Developer Guide. Nothing is written before a job is closed: until then every failure means *nothing
happened*, and the open job is aborted by the org after a day. From then on, whatever cannot be told for certain about
every single row is an unknown outcome, never a guess.

A job has no header for assignment: the id of a declared rule is its `assignmentRuleId`, and without one no rule is run,
which is what `Sforce-Auto-Assign: FALSE` says elsewhere (that none is run then is not confirmed). The active rule, and
duplicate rules, cannot be asked for.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from pardotflow.connectors.http import Effect, Json
from pardotflow.connectors.jobs import Asking, Job
from pardotflow.connectors.polling import Polling
from pardotflow.connectors.protocol import Answer, Batch, PreparedRequest
from pardotflow.connectors.salesforce.ids import is_id
from pardotflow.connectors.salesforce.job_file import build_columns, build_file, check_rows
from pardotflow.connectors.salesforce.job_results import Told, match_rows
from pardotflow.connectors.salesforce.prices import INGEST, NAMED_IN_RESULTS
from pardotflow.connectors.salesforce.soql import check_name
from pardotflow.connectors.salesforce.writes import ASSIGNMENT, WriteHeaders, to_json, why_barred
from pardotflow.connectors.session import Call, Session
from pardotflow.core.errors import ConnectionTrouble, OutcomeUnknown, RequestRefused, ServerTrouble
from pardotflow.core.values import System

_JSON = (("Content-Type", "application/json"),)
_OPEN, _COMPLETE, _FAILED, _ABORTED = "Open", "JobComplete", "Failed", "Aborted"
_OVER = frozenset({_COMPLETE, _FAILED, _ABORTED})
_NEVER_RAN = (_OPEN, _ABORTED)


def prepare_ingest(batch: Batch, *, version: str, headers: WriteHeaders, polls: int) -> PreparedRequest:
    """The job and its file; pure. Raises ValueError for rows that it cannot carry.

    `polls` is how often it is expected to be asked about.
    """
    check_rows(batch)
    said = dict(headers.items()) | dict(batch.headers)
    barred = why_barred(batch.operation, said)
    if barred:
        raise ValueError(barred)
    job: dict[str, Json] = {"object": check_name(batch.object), "operation": INGEST[batch.operation]}
    if batch.operation.is_upsert:
        job["externalIdFieldName"] = check_name(batch.key_field)
    rule = said.get(ASSIGNMENT, "")
    if is_id(rule) and batch.operation.has_values:
        job["assignmentRuleId"] = rule
    job |= {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"}
    return PreparedRequest(
        system=System.SALESFORCE,
        kind=batch.operation,
        object=batch.object,
        method="POST",
        path=f"/services/data/v{version}/jobs/ingest",
        headers=_JSON,
        body=to_json(job),
        calls=3 + (batch.operation in NAMED_IN_RESULTS) + polls,
        rows=tuple(row.key for row in batch.rows),
        ids=tuple(row.id for row in batch.rows),
        files=(build_file(batch, build_columns(batch)),),
    )


class Ingest:
    """Runs prepared jobs of one org."""

    def __init__(self, session: Session, polling: Polling) -> None:
        self._session = session
        self._polling = polling

    def run(self, prepared: PreparedRequest, note: Callable[[str], None]) -> Answer:
        """Do a job from the beginning; `note` gets its id before anything is uploaded."""
        asking = Asking(self._session)
        # A job that is created twice is closed once; the other one stays empty.
        call = Call(path=prepared.path, method="POST", headers=dict(prepared.headers), content=prepared.body)
        job_id = str(asking.read_state(call).get("id", ""))
        if not is_id(job_id):
            raise ServerTrouble("a job was created, but the answer does not name it", system=System.SALESFORCE)
        note(job_id)
        self._upload(prepared, job_id, asking)
        self._close(prepared, job_id, asking)
        return self._collect(prepared, job_id, asking)

    def resume(self, prepared: PreparedRequest, job_id: str) -> Answer:
        """What became of a job; one that was never closed is aborted, and ServerTrouble says that nothing happened."""
        asking = Asking(self._session)
        try:
            state = asking.read_state(_ask_for(prepared, job_id))
            was_open = state.get("state") == _OPEN
            if was_open:
                with suppress(RequestRefused, OutcomeUnknown):
                    asking.fetch(_change(prepared, job_id, _ABORTED))
                # Somebody's closing of it may have been under way.
                state = asking.read_state(_ask_for(prepared, job_id))
        except ConnectionTrouble as trouble:
            # The org forgets a job after seven days, and refuses to tell: what it wrote stays.
            raise _job(job_id).not_told(trouble) from trouble
        if was_open and state.get("state") in _NEVER_RAN and not state.get("numberRecordsProcessed"):
            raise _job(job_id).nothing("it was never closed, and is aborted now")
        return self._collect(prepared, job_id, asking, known=state)

    def _upload(self, prepared: PreparedRequest, job_id: str, asking: Asking) -> None:
        # A job takes its data once: a doubtful upload cannot be repeated, and abandons the job.
        call = Call(
            path=f"{prepared.path}/{job_id}/batches",
            method="PUT",
            effect=Effect.AGAIN,
            headers={"Content-Type": "text/csv"},
            content=prepared.files[0],
        )
        try:
            asking.fetch(call)
        except OutcomeUnknown as unknown:
            raise _job(job_id).nothing(f"it was abandoned before it was closed: {unknown}") from unknown

    def _close(self, prepared: PreparedRequest, job_id: str, asking: Asking) -> None:
        try:
            asking.fetch(_change(prepared, job_id, "UploadComplete"))
        except RequestRefused as refused:
            # A repeat after a lost answer is refused too: the state tells what happened.
            try:
                state = asking.read_state(_ask_for(prepared, job_id))
            except ConnectionTrouble as trouble:
                raise _job(job_id).not_told(trouble) from trouble
            if state.get("state") == _OPEN:
                raise refused from None

    def _collect(
        self, prepared: PreparedRequest, job_id: str, asking: Asking, *, known: Mapping[str, Any] | None = None
    ) -> Answer:
        """Wait for the end, and read what became of the rows."""
        job = _job(job_id)
        try:
            state = self._polling.wait_for(
                self._session.http.waits,
                lambda: asking.read_state(_ask_for(prepared, job_id)),
                lambda s: s.get("state") in _OVER,
                known=known,
            )
            if state.get("state") not in _OVER:
                raise job.still_open(f"it is still {state.get('state')}")
            if state["state"] == _FAILED and state.get("numberRecordsProcessed") == 0:
                raise self._refusal(job_id, state)
            told = self._told(prepared, job_id, state, asking)
        except _RefusedAsAWhole:
            raise
        except ConnectionTrouble as trouble:
            raise job.not_told(trouble) from trouble
        try:
            rows = match_rows(prepared, told, self._session.http.redactor.redact)
        except (ValueError, IndexError) as doubt:
            raise job.unknown(str(doubt)) from doubt
        return asking.answer(rows)

    def _told(self, prepared: PreparedRequest, job_id: str, state: Mapping[str, Any], asking: Asking) -> Told:
        """The lists that are needed to tell of every row: of a job that went through, only those that hold anything."""
        # A job that was aborted before it began has no counts.
        unknown = 0 if state["state"] == _ABORTED else None
        processed = state.get("numberRecordsProcessed", unknown)
        failed = state.get("numberRecordsFailed", unknown)
        if not isinstance(processed, int) or not isinstance(failed, int):
            raise _job(job_id).unknown("it does not count its rows")

        def read(name: str, *, wanted: bool) -> bytes:
            call = Call(path=f"{prepared.path}/{job_id}/{name}", headers={"Accept": "text/csv"})
            return asking.fetch(call).body if wanted else b""

        return Told(
            processed=processed,
            failed=failed,
            successes=read("successfulResults/", wanted=processed > failed and prepared.kind in NAMED_IN_RESULTS),
            failures=read("failedResults/", wanted=failed > 0),
            unprocessed=read("unprocessedrecords/", wanted=processed < len(prepared.rows)),
        )

    def _refusal(self, job_id: str, state: Mapping[str, Any]) -> RequestRefused:
        message = self._session.http.redactor.redact(str(state.get("errorMessage", "")))
        code = message.partition(":")[0].strip()
        return _RefusedAsAWhole(
            f"job {job_id} failed as a whole: {message}",
            system=System.SALESFORCE,
            hint="nothing of it was written: see the message",
            code=code if code.isalnum() else "",
        )


class _RefusedAsAWhole(RequestRefused):
    """The job failed before it wrote a row: the one refusal after closing that is certain."""


def _change(prepared: PreparedRequest, job_id: str, state: str) -> Call:
    return Call(
        path=f"{prepared.path}/{job_id}",
        method="PATCH",
        effect=Effect.SAME,
        headers=dict(_JSON),
        content=to_json({"state": state}),
    )


def _ask_for(prepared: PreparedRequest, job_id: str) -> Call:
    return Call(path=f"{prepared.path}/{job_id}")


def _job(job_id: str) -> Job:
    return Job(system=System.SALESFORCE, name=f"job {job_id}", begun="closed")

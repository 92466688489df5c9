"""Runs imports: open, upload, submit, wait, read what failed.

Source: Account Engagement API v5, "Import". Nothing is written before an import is submitted; an open one that nobody
submits expires by itself.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from pardotflow.connectors.http import Effect
from pardotflow.connectors.jobs import Asking, Job, id_in
from pardotflow.connectors.pardot.codes import NOT_OPEN
from pardotflow.connectors.pardot.import_file import (
    MOST_BYTES,
    FailedRow,
    build_batches,
    build_columns,
    build_options,
    check_rows,
    read_errors,
)
from pardotflow.connectors.pardot.made import Made, MadeProspects, NotTold
from pardotflow.connectors.pardot.objects import find_object
from pardotflow.connectors.pardot.query import PAGE_ROWS
from pardotflow.connectors.pardot.reads import Reader
from pardotflow.connectors.polling import Polling
from pardotflow.connectors.protocol import Answer, Batch, Operation, PreparedRequest, RowResult, calls_for
from pardotflow.connectors.session import Call, Session
from pardotflow.connectors.times import parse_time
from pardotflow.core.errors import ConnectionTrouble, OutcomeUnknown, RequestRefused, ServerTrouble
from pardotflow.core.values import System

_PATH = "/api/v5/imports"
_JSON = (("Content-Type", "application/json"),)
_FIELDS = "fields=id,status,isExpired,createdAt,createdById,createdCount,updatedCount,errorCount"
_OPEN, _NEVER_RAN = "open", ("open", "canceled")
_OVER = frozenset({"complete", "failed", "canceled"})


def prepare_import(batch: Batch, *, polls: int, most_bytes: int = MOST_BYTES) -> PreparedRequest:
    """Options and CSV batches of one import; pure. Raises ValueError for rows that it cannot carry.

    `polls` is how often it is expected to be asked about.
    """
    known = find_object(batch.object)
    if known.name != "prospect":
        raise ValueError(f"only prospects can be imported, not a {known.name}")
    check_rows(batch)
    columns = build_columns(batch)
    files = build_batches(batch, columns, most_bytes)
    return PreparedRequest(
        system=System.PARDOT,
        kind=batch.operation,
        object=known.name,
        method="POST",
        path=f"{_PATH}?fields=id,status",
        headers=_JSON,
        body=build_options(batch.operation, columns),
        calls=calls_of_import(len(files)) + polls + calls_for_made(batch.operation, len(batch.rows)),
        rows=tuple(row.key for row in batch.rows),
        ids=tuple(row.id for row in batch.rows),
        files=files,
    )


def calls_of_import(batches: int) -> int:
    """Opening, uploads, submitting. Beside it stand the polls, and the list of errors where rows were refused."""
    return 1 + batches + 1


def calls_for_made(operation: Operation, rows: int) -> int:
    """Pages that show which prospects were made."""
    return calls_for(rows, PAGE_ROWS) if operation is Operation.IMPORT_CREATES else 0


class Imports:
    """Runs prepared imports of one business unit."""

    def __init__(self, session: Session, reader: Reader, polling: Polling) -> None:
        self._session = session
        self._reader = reader
        self._polling = polling
        self._waits = session.http.waits

    def run(self, prepared: PreparedRequest, note: Callable[[str], None]) -> Answer:
        """Do an import from the beginning; `note` gets its id after the upload and before it is submitted."""
        asking = Asking(self._session)
        import_id = self._open(prepared, asking)
        for number, content in enumerate(prepared.files, start=1):
            self._upload(import_id, number, content, asking)
        note(import_id)
        self._submit(import_id, asking)
        return self._collect(prepared, import_id, asking)

    def resume(self, prepared: PreparedRequest, import_id: str) -> Answer:
        """What became of an import; one that was never submitted is cancelled, and ServerTrouble says that nothing
        happened."""
        asking, job = Asking(self._session), _job(import_id)
        try:
            state = asking.read_state(_ask_for(import_id))
            was_open = _status(state) == _OPEN
            if was_open:
                self._cancel(import_id, asking)
                state = asking.read_state(_ask_for(import_id))
                if _status(state) != _OPEN:
                    # Somebody's submission of it may have been under way.
                    state = self._wait(import_id, asking, state)
        except ConnectionTrouble as trouble:
            raise job.not_told(trouble) from trouble
        if was_open and _status(state) in _NEVER_RAN and not _rows_done(state):
            raise job.nothing("it was never submitted, and is cancelled now")
        return self._collect(prepared, import_id, asking, known=state)

    def _open(self, prepared: PreparedRequest, asking: Asking) -> str:
        # An open import without data does nothing and expires: opening twice is harmless.
        call = Call(path=prepared.path, method="POST", headers=dict(prepared.headers), content=prepared.body)
        reply = asking.fetch(call)
        import_id = id_in(reply)
        if not import_id.isdecimal():
            raise ServerTrouble("an import was opened, but the answer does not name it", system=System.PARDOT)
        return import_id

    def _upload(self, import_id: str, number: int, content: bytes, asking: Asking) -> None:
        # Uploading a batch twice would import its rows twice, side by side: a doubtful upload abandons the import.
        call = Call(
            path=f"{_PATH}/{import_id}/batches",
            method="POST",
            effect=Effect.AGAIN,
            files=(("file", f"batch-{number}.csv", content, "text/csv"),),
        )
        try:
            asking.fetch(call)
        except OutcomeUnknown as unknown:
            raise _job(import_id).nothing(f"it was abandoned before it was submitted: {unknown}") from unknown

    def _submit(self, import_id: str, asking: Asking) -> None:
        call = Call(
            path=f"{_PATH}/{import_id}?fields=id,status",
            method="PATCH",
            effect=Effect.SAME,
            headers=dict(_JSON),
            content=b'{"status":"Ready"}',
        )
        try:
            asking.fetch(call)
        except RequestRefused as refused:
            # A repeat after a lost answer is refused too: the state tells what happened.
            if refused.code != NOT_OPEN and self._is_open(import_id, asking):
                raise

    def _is_open(self, import_id: str, asking: Asking) -> bool:
        try:
            return _status(asking.read_state(_ask_for(import_id))) == _OPEN
        except ConnectionTrouble as trouble:
            raise _job(import_id).not_told(trouble) from trouble

    def _cancel(self, import_id: str, asking: Asking) -> None:
        """End an open import, which nobody submits any more; where that is refused it expires by itself."""
        with suppress(RequestRefused, OutcomeUnknown):
            asking.fetch(Call(path=f"{_PATH}/{import_id}/do/cancel", method="POST", effect=Effect.SAME))

    def _collect(
        self, prepared: PreparedRequest, import_id: str, asking: Asking, *, known: Mapping[str, Any] | None = None
    ) -> Answer:
        """Wait for the end, and read what became of the rows."""
        try:
            state = self._wait(import_id, asking, known)
            failed = self._failed_rows(prepared, import_id, state, asking)
            made = self._made(prepared, import_id, state, failed, asking)
        except ConnectionTrouble as trouble:
            raise _job(import_id).not_told(trouble) from trouble
        redact = self._session.http.redactor.redact
        rows = zip(prepared.rows, prepared.ids, strict=True)
        return asking.answer([_result(prepared.kind, key, match, failed, made, redact) for key, match in rows])

    def _wait(self, import_id: str, asking: Asking, known: Mapping[str, Any] | None) -> Mapping[str, Any]:
        state = self._polling.wait_for(
            self._waits,
            lambda: asking.read_state(_ask_for(import_id)),
            lambda s: _status(s) in _OVER or bool(s.get("isExpired")),
            known=known,
        )
        if state.get("isExpired"):
            raise _job(import_id).unknown("it has expired")
        if _status(state) not in _OVER:
            raise _job(import_id).still_open(f"it is still {_status(state)}")
        return state

    def _failed_rows(
        self, prepared: PreparedRequest, import_id: str, state: Mapping[str, Any], asking: Asking
    ) -> Mapping[str, FailedRow]:
        """Failed rows by what addressed them; every failure that was counted must be found."""
        job = _job(import_id)
        if _status(state) != "complete":
            raise job.unknown(f"it ended as {state.get('status')}")
        counted = state.get("errorCount")
        if not isinstance(counted, int):
            raise job.unknown("it does not count failed rows")
        if counted == 0:
            return {}
        reply = asking.fetch(Call(path=f"{_PATH}/{import_id}/errors", headers={"Accept": "text/csv, */*"}))
        columns = prepared.files[0].split(b"\n", 1)[0].decode().split(",")
        failed = {row.match: row for row in read_errors(reply.body, columns)}
        if len(failed) != counted or not failed.keys() <= set(prepared.ids):
            raise job.unknown(f"it counts {counted} failed rows, and its list of errors does not tell which")
        return failed

    def _made(
        self,
        prepared: PreparedRequest,
        import_id: str,
        state: Mapping[str, Any],
        failed: Mapping[str, FailedRow],
        asking: Asking,
    ) -> Made:
        """The prospect of each row that did not fail, by what addressed the row."""
        job = _job(import_id)
        accepted = [match for match in prepared.ids if match not in failed]
        created, updated = int(state.get("createdCount") or 0), int(state.get("updatedCount") or 0)
        if created + updated != len(accepted):
            told = created + updated + len(failed)
            raise job.unknown(f"it tells what became of {told} of {len(prepared.rows)} rows")
        if prepared.kind is not Operation.IMPORT_CREATES or not accepted:
            return Made(made={match: match for match in accepted}, met={})
        look = MadeProspects(self._reader, self._waits)
        try:
            opened, maker = parse_time(str(state.get("createdAt"))), str(state.get("createdById") or "")
            return look.find(accepted, opened, maker, updated)
        except NotTold as doubt:
            if self._waits.is_over:
                raise job.still_open(str(doubt)) from doubt
            raise job.unknown(str(doubt)) from doubt
        except ValueError as doubt:
            raise job.unknown(str(doubt)) from doubt
        finally:
            asking.calls += look.calls


def _result(
    kind: Operation,
    key: str,
    match: str,
    failed: Mapping[str, FailedRow],
    made: Made,
    redact: Callable[[str], str],
) -> RowResult:
    row = failed.get(match)
    if row is not None:
        code = row.code or "IMPORT_ROW"
        own_id = "" if kind is Operation.IMPORT_CREATES else match
        return RowResult(
            key=key, ok=False, id=own_id, created=False, error_code=code, error_message=redact(row.message)
        )
    if match in made.met:
        # It was to be made and was there: the next plan reads what it holds.
        return RowResult(key=key, ok=False, id=made.met[match], created=False, moved=True)
    return RowResult(key=key, ok=True, id=made.made[match], created=kind is Operation.IMPORT_CREATES)


def _rows_done(state: Mapping[str, Any]) -> int:
    """Rows that an import counts in its state."""
    return sum(int(state.get(key) or 0) for key in ("createdCount", "updatedCount", "errorCount"))


def _ask_for(import_id: str) -> Call:
    return Call(path=f"{_PATH}/{import_id}?{_FIELDS}")


def _job(import_id: str) -> Job:
    return Job(system=System.PARDOT, name=f"import {import_id}", begun="submitted")


def _status(state: Mapping[str, Any]) -> str:
    return str(state.get("status", "")).lower()

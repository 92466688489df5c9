"""Runs imports: open, upload, submit, wait, read what failed.

Source: Account Engagement API v5, "Import". Nothing is written before an import is submitted: until then every failure
means *nothing happened*, and the open import expires by itself. From then on, whatever cannot be told for certain about
every single row is an unknown outcome, never a guess.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pardotflow.connectors.http import Effect, Reply
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
from pardotflow.connectors.pardot.objects import find_object
from pardotflow.connectors.polling import Polling
from pardotflow.connectors.protocol import Answer, Batch, Operation, PreparedRequest, RowResult
from pardotflow.connectors.session import Call, Session
from pardotflow.core.errors import ConnectionTrouble, OutcomeUnknown, RequestRefused, ServerTrouble
from pardotflow.core.values import System

_PATH = "/api/v5/imports"
_JSON = (("Content-Type", "application/json"),)
_FIELDS = "fields=id,status,isExpired,createdCount,updatedCount,errorCount"
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
        calls=calls_of_import(len(files)) + polls,
        rows=tuple(row.key for row in batch.rows),
        ids=tuple(row.id for row in batch.rows),
        files=files,
    )


def calls_of_import(batches: int) -> int:
    """Opening, uploads, submitting. Beside it stand the polls, and the list of errors where rows were refused."""
    return 1 + batches + 1


@dataclass(slots=True)
class _Progress:
    """Calls so far, and the last answer."""

    calls: int = 0
    last: Reply | None = None


class Imports:
    """Runs prepared imports of one business unit."""

    def __init__(self, session: Session, polling: Polling) -> None:
        self._session = session
        self._polling = polling
        self._clock = session.http.clock

    def run(self, prepared: PreparedRequest, note: Callable[[str], None]) -> Answer:
        """Do an import from the beginning; `note` gets its id after the upload and before it is submitted."""
        progress = _Progress()
        import_id = self._open(prepared, progress)
        for number, content in enumerate(prepared.files, start=1):
            self._upload(import_id, number, content, progress)
        note(import_id)
        return self._finish(prepared, import_id, progress, submit=True)

    def resume(self, prepared: PreparedRequest, import_id: str) -> Answer:
        """Wait for an import whose id was noted; submits it where that had not happened yet."""
        return self._finish(prepared, import_id, _Progress(), submit=False)

    def _open(self, prepared: PreparedRequest, progress: _Progress) -> str:
        # An open import without data does nothing and expires: opening twice is harmless.
        call = Call(path=prepared.path, method="POST", headers=dict(prepared.headers), content=prepared.body)
        reply = self._fetch(call, progress)
        body = reply.json() if reply.body else {}
        location = reply.headers.get("location", "").partition("?")[0].rpartition("/")[2]
        import_id = str(body.get("id") or location)
        if not import_id.isdecimal():
            raise ServerTrouble("an import was opened, but the answer does not name it", system=System.PARDOT)
        return import_id

    def _upload(self, import_id: str, number: int, content: bytes, progress: _Progress) -> None:
        # Uploading a batch twice would import its rows twice, side by side: a doubtful upload abandons the import.
        call = Call(
            path=f"{_PATH}/{import_id}/batches",
            method="POST",
            effect=Effect.AGAIN,
            files=(("file", f"batch-{number}.csv", content, "text/csv"),),
        )
        try:
            self._fetch(call, progress)
        except OutcomeUnknown as unknown:
            raise ServerTrouble(
                f"import {import_id} was abandoned before it was submitted, nothing was written: {unknown}",
                system=System.PARDOT,
                hint="send it again",
            ) from unknown

    def _finish(self, prepared: PreparedRequest, import_id: str, progress: _Progress, *, submit: bool) -> Answer:
        if submit:
            self._submit(import_id, progress)
        try:
            state = self._wait(import_id, progress, at_once=not submit)
            failed = self._failed_rows(prepared, import_id, state, progress)
        except OutcomeUnknown:
            raise
        except ConnectionTrouble as trouble:
            raise _unknown(import_id, str(trouble)) from trouble
        return self._answer(prepared, import_id, state, failed, progress)

    def _submit(self, import_id: str, progress: _Progress) -> None:
        call = Call(
            path=f"{_PATH}/{import_id}?fields=id,status",
            method="PATCH",
            effect=Effect.SAME,
            headers=dict(_JSON),
            content=b'{"status":"Ready"}',
        )
        try:
            self._fetch(call, progress)
        except RequestRefused as refused:
            # A repeat after a lost answer is refused with this code: then the state tells what happened.
            if refused.code != NOT_OPEN:
                raise

    def _wait(self, import_id: str, progress: _Progress, *, at_once: bool) -> Mapping[str, Any]:
        submitted = False

        def ask() -> Mapping[str, Any]:
            nonlocal submitted
            state: Mapping[str, Any] = self._fetch(Call(path=f"{_PATH}/{import_id}?{_FIELDS}"), progress).json()
            if state.get("isExpired"):
                raise _unknown(import_id, "it has expired")
            if _status(state) == "open" and not submitted:
                self._submit(import_id, progress)
                submitted = True
            return state

        state = self._polling.wait_for(self._clock, ask, lambda s: _status(s) in _OVER, at_once=at_once)
        if _status(state) not in _OVER:
            raise _unknown(import_id, f"it is still {_status(state)}")
        return state

    def _failed_rows(
        self, prepared: PreparedRequest, import_id: str, state: Mapping[str, Any], progress: _Progress
    ) -> Mapping[str, FailedRow]:
        """Failed rows by what addressed them; every failure that was counted must be found."""
        if _status(state) != "complete":
            raise _unknown(import_id, f"it ended as {state.get('status')}")
        counted = state.get("errorCount")
        if not isinstance(counted, int):
            raise _unknown(import_id, "it does not count failed rows")
        if counted == 0:
            return {}
        reply = self._fetch(Call(path=f"{_PATH}/{import_id}/errors", headers={"Accept": "text/csv, */*"}), progress)
        columns = prepared.files[0].split(b"\n", 1)[0].decode().split(",")
        failed = {row.match: row for row in read_errors(reply.body, columns)}
        if len(failed) != counted or not failed.keys() <= set(prepared.ids):
            raise _unknown(import_id, f"it counts {counted} failed rows, and its list of errors does not tell which")
        return failed

    def _answer(
        self,
        prepared: PreparedRequest,
        import_id: str,
        state: Mapping[str, Any],
        failed: Mapping[str, FailedRow],
        progress: _Progress,
    ) -> Answer:
        created, updated = int(state.get("createdCount") or 0), int(state.get("updatedCount") or 0)
        told = created + updated + len(failed)
        if prepared.kind is Operation.IMPORT_CREATES and told != len(prepared.rows):
            raise _unknown(import_id, f"it tells what became of {told} of {len(prepared.rows)} rows")
        made = _was_created(prepared.kind, created, len(prepared.rows) - len(failed))
        results = (
            self._result(prepared, *pair, failed, made) for pair in zip(prepared.rows, prepared.ids, strict=True)
        )
        last = progress.last
        return Answer(
            status=last.status if last else 0,
            rows=tuple(results),
            server_date=last.server_date if last else None,
            calls=progress.calls,
        )

    def _result(
        self, prepared: PreparedRequest, key: str, match: str, failed: Mapping[str, FailedRow], made: bool | None
    ) -> RowResult:
        own_id = match if prepared.kind is Operation.IMPORT_UPDATES else ""
        row = failed.get(match)
        if row is None:
            return RowResult(key=key, ok=True, id=own_id, created=made)
        message = self._session.http.redactor.redact(row.message)
        return RowResult(
            key=key, ok=False, id=own_id, created=False, error_code=row.code or "IMPORT_ROW", error_message=message
        )

    def _fetch(self, call: Call, progress: _Progress) -> Reply:
        reply = self._session.fetch(call)
        progress.calls += reply.calls
        progress.last = reply
        return reply


def _status(state: Mapping[str, Any]) -> str:
    return str(state.get("status", "")).lower()


def _was_created(kind: Operation, created: int, accepted: int) -> bool | None:
    """Whether the accepted rows were created: all, none, or not told for each."""
    if kind is Operation.IMPORT_UPDATES or created == 0:
        return False
    return True if created == accepted else None


def _unknown(import_id: str, reason: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"import {import_id} was submitted, and what became of its rows is not known: {reason}",
        system=System.PARDOT,
        hint="the next run looks the records up before anything is sent again",
    )

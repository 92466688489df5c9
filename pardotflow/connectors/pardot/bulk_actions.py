"""Runs bulk actions: up to 100,000 prospects into the recycle bin by one file of ids.

Source: Account Engagement API v5, "Bulk Actions". An action is created without being started, named, and then
started: until then every failure means *nothing happened*. Whether its key
is `bulkAction` or `action` is not confirmed.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pardotflow.connectors.http import Effect, Reply
from pardotflow.connectors.pardot.codes import NOT_OPEN
from pardotflow.connectors.pardot.objects import find_object
from pardotflow.connectors.pardot.prices import BULK_ACTION_ROWS
from pardotflow.connectors.polling import Polling
from pardotflow.connectors.protocol import Answer, Batch, PreparedRequest, RowResult
from pardotflow.connectors.session import Call, Session
from pardotflow.core.errors import ConnectionTrouble, OutcomeUnknown, RequestRefused, ServerTrouble
from pardotflow.core.values import System

_PATH = "/api/v5/bulk-actions"
_FIELDS = "fields=id,status,count,processedCount,errorCount"
_JSON = {"Content-Type": "application/json"}
_OPEN, _DONE = "open", "complete"
_OVER = frozenset({_DONE, "failed", "cancelled", "canceled"})
_WRONG_STATE = frozenset({NOT_OPEN, "161"})


def prepare_action(batch: Batch, *, polls: int) -> PreparedRequest:
    """The action and its file; pure. Raises ValueError for rows that it cannot carry."""
    known = find_object(batch.object)
    if known.name != "prospect":
        raise ValueError(f"only prospects can be deleted by a bulk action, not a {known.name}")
    ids = [row.id for row in batch.rows]
    if not 0 < len(ids) <= BULK_ACTION_ROWS:
        raise ValueError(f"a bulk action takes 1 to {BULK_ACTION_ROWS} records, not {len(ids)}")
    if not all(i.isdecimal() for i in ids) or len(set(ids)) != len(ids):
        raise ValueError("every row of a bulk action needs an id, and an id of its own")
    return PreparedRequest(
        system=System.PARDOT,
        kind=batch.operation,
        object=known.name,
        method="POST",
        path=f"{_PATH}?fields=id,status",
        headers=(),
        body=json.dumps({"object": "Prospect", "bulkAction": "delete"}, separators=(",", ":")).encode(),
        calls=2 + polls,
        rows=tuple(row.key for row in batch.rows),
        ids=tuple(ids),
        files=("\n".join(["id", *ids, ""]).encode(),),
    )


@dataclass(slots=True)
class _Progress:
    """Calls so far, and the last answer."""

    calls: int = 0
    last: Reply | None = None


class BulkActions:
    """Runs prepared actions of one business unit."""

    def __init__(self, session: Session, polling: Polling) -> None:
        self._session = session
        self._polling = polling

    def run(self, prepared: PreparedRequest, note: Callable[[str], None]) -> Answer:
        """Do an action from the beginning; `note` gets its id before it is started."""
        progress = _Progress()
        # An action that is not started does nothing: creating it twice is harmless.
        files = (("input", "", prepared.body, "application/json"), ("file", "ids.csv", prepared.files[0], "text/csv"))
        reply = self._fetch(Call(path=prepared.path, method="POST", files=files), progress)
        body = reply.json() if reply.body else {}
        action_id = str(body.get("id") or reply.headers.get("location", "").partition("?")[0].rpartition("/")[2])
        if not action_id.isdecimal():
            raise ServerTrouble("a bulk action was created, but the answer does not name it", system=System.PARDOT)
        note(action_id)
        if str(body.get("status", _OPEN)).lower() == _OPEN:
            self._change(action_id, "Ready", progress)
        return self._collect(prepared, action_id, progress)

    def resume(self, prepared: PreparedRequest, action_id: str) -> Answer:
        """What became of an action; one that was never started is cancelled, and ServerTrouble says that nothing
        happened."""
        progress = _Progress()
        try:
            state = self._read(action_id, progress)
        except RequestRefused as refused:
            raise _unknown(action_id, str(refused)) from refused
        if _status(state) == _OPEN:
            self._change(action_id, "Cancelled", progress)
            state = self._read(action_id, progress)
            if _status(state) in ("cancelled", "canceled") and not state.get("processedCount"):
                raise ServerTrouble(
                    f"nothing was written by bulk action {action_id}: it was never started, and is cancelled now",
                    system=System.PARDOT,
                    hint="send it again",
                )
        return self._collect(prepared, action_id, progress, known=state)

    def _change(self, action_id: str, status: str, progress: _Progress) -> None:
        call = Call(
            path=f"{_PATH}/{action_id}?fields=id,status",
            method="PATCH",
            effect=Effect.SAME,
            headers=_JSON,
            content=json.dumps({"status": status}).encode(),
        )
        try:
            self._fetch(call, progress)
        except RequestRefused as refused:
            # A repeat after a lost answer is refused with these codes: then the state tells what happened.
            if refused.code not in _WRONG_STATE:
                raise

    def _collect(
        self, prepared: PreparedRequest, action_id: str, progress: _Progress, *, known: Mapping[str, Any] | None = None
    ) -> Answer:
        try:
            state = self._polling.wait_for(
                self._session.http.waits,
                lambda: self._read(action_id, progress),
                lambda s: _status(s) in _OVER,
                known=known,
            )
            failed = self._failed_rows(prepared, action_id, state, progress)
        except OutcomeUnknown:
            raise
        except ConnectionTrouble as trouble:
            raise _unknown(action_id, str(trouble)) from trouble
        rows = (self._result(*pair, failed) for pair in zip(prepared.rows, prepared.ids, strict=True))
        last = progress.last
        return Answer(
            status=last.status if last else 0,
            rows=tuple(rows),
            server_date=last.server_date if last else None,
            calls=progress.calls,
        )

    def _failed_rows(
        self, prepared: PreparedRequest, action_id: str, state: Mapping[str, Any], progress: _Progress
    ) -> Mapping[str, str]:
        """What the errors file says, by id; every failure that was counted must be found."""
        if _status(state) != _DONE:
            raise _unknown(action_id, f"it is {state.get('status')}")
        counted, processed = state.get("errorCount"), state.get("processedCount")
        if not isinstance(counted, int) or processed != len(prepared.rows):
            raise _unknown(action_id, "it does not count its rows")
        if counted == 0:
            return {}
        reply = self._fetch(Call(path=f"{_PATH}/{action_id}/errors", headers={"Accept": "text/csv, */*"}), progress)
        lines = csv.reader(io.StringIO(reply.body.decode("utf-8-sig"), newline=""))
        next(lines, None)
        failed = {line[0].strip(): "; ".join(cell for cell in line[1:] if cell) for line in lines if line}
        if len(failed) != counted or not failed.keys() <= set(prepared.ids):
            raise _unknown(action_id, f"it counts {counted} failed rows, and its list of errors does not tell which")
        return failed

    def _result(self, key: str, record_id: str, failed: Mapping[str, str]) -> RowResult:
        told = failed.get(record_id)
        if told is None:
            return RowResult(key=key, ok=True, id=record_id, created=False)
        code, _, message = told.partition("; ")
        return RowResult(
            key=key,
            ok=False,
            id=record_id,
            created=False,
            error_code=code if code.isdecimal() else "BULK_ACTION_ROW",
            error_message=self._session.http.redactor.redact(message or told),
        )

    def _read(self, action_id: str, progress: _Progress) -> Mapping[str, Any]:
        state: Mapping[str, Any] = self._fetch(Call(path=f"{_PATH}/{action_id}?{_FIELDS}"), progress).json()
        return state

    def _fetch(self, call: Call, progress: _Progress) -> Reply:
        reply = self._session.fetch(call)
        progress.calls += reply.calls
        progress.last = reply
        return reply


def _status(state: Mapping[str, Any]) -> str:
    return str(state.get("status", "")).lower()


def _unknown(action_id: str, reason: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"bulk action {action_id} was started, and what became of its rows is not known: {reason}",
        system=System.PARDOT,
        hint="the next run looks the records up before anything is sent again",
    )

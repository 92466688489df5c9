"""Runs bulk actions: up to 100,000 prospects into the recycle bin by one file of ids.

Source: Account Engagement API v5, "Bulk Actions". An action is created without being started, named, and then
started: until then every failure means *nothing happened*. Whether its key
is `bulkAction` or `action` is not confirmed.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from pardotflow.connectors.http import Effect
from pardotflow.connectors.jobs import Asking, Job, id_in, status_in
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
_NEVER_RAN = (_OPEN, "cancelled", "canceled")
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


class BulkActions:
    """Runs prepared actions of one business unit."""

    def __init__(self, session: Session, polling: Polling) -> None:
        self._session = session
        self._polling = polling

    def run(self, prepared: PreparedRequest, note: Callable[[str], None]) -> Answer:
        """Do an action from the beginning; `note` gets its id before it is started."""
        asking = Asking(self._session)
        # An action that is not started does nothing: creating it twice is harmless.
        files = (("input", "", prepared.body, "application/json"), ("file", "ids.csv", prepared.files[0], "text/csv"))
        reply = asking.fetch(Call(path=prepared.path, method="POST", files=files))
        action_id = id_in(reply)
        if not action_id.isdecimal():
            raise ServerTrouble("a bulk action was created, but the answer does not name it", system=System.PARDOT)
        note(action_id)
        if status_in(reply, _OPEN) == _OPEN:
            self._change(action_id, "Ready", asking)
        return self._collect(prepared, action_id, asking)

    def resume(self, prepared: PreparedRequest, action_id: str) -> Answer:
        """What became of an action; one that was never started is cancelled, and ServerTrouble says that nothing
        happened."""
        asking = Asking(self._session)
        try:
            state = asking.read_state(_ask_for(action_id))
            was_open = _status(state) == _OPEN
            if was_open:
                with suppress(OutcomeUnknown):
                    self._change(action_id, "Cancelled", asking)
                state = asking.read_state(_ask_for(action_id))
        except ConnectionTrouble as trouble:
            raise _job(action_id).not_told(trouble) from trouble
        if was_open and _status(state) in _NEVER_RAN and not state.get("processedCount"):
            raise _job(action_id).nothing("it was never started, and is cancelled now")
        return self._collect(prepared, action_id, asking, known=state)

    def _change(self, action_id: str, status: str, asking: Asking) -> None:
        call = Call(
            path=f"{_PATH}/{action_id}?fields=id,status",
            method="PATCH",
            effect=Effect.SAME,
            headers=_JSON,
            content=json.dumps({"status": status}).encode(),
        )
        try:
            asking.fetch(call)
        except RequestRefused as refused:
            # A repeat after a lost answer is refused with these codes: then the state tells what happened.
            if refused.code not in _WRONG_STATE:
                raise

    def _collect(
        self, prepared: PreparedRequest, action_id: str, asking: Asking, *, known: Mapping[str, Any] | None = None
    ) -> Answer:
        try:
            state = self._polling.wait_for(
                self._session.http.waits,
                lambda: asking.read_state(_ask_for(action_id)),
                lambda s: _status(s) in _OVER,
                known=known,
            )
            failed = self._failed_rows(prepared, action_id, state, asking)
        except ConnectionTrouble as trouble:
            raise _job(action_id).not_told(trouble) from trouble
        rows = zip(prepared.rows, prepared.ids, strict=True)
        return asking.answer([self._result(key, record_id, failed) for key, record_id in rows])

    def _failed_rows(
        self, prepared: PreparedRequest, action_id: str, state: Mapping[str, Any], asking: Asking
    ) -> Mapping[str, str]:
        """What the errors file says, by id; every failure that was counted must be found."""
        if _status(state) not in _OVER:
            raise _job(action_id).still_open(f"it is {state.get('status')}")
        if _status(state) != _DONE:
            raise _job(action_id).unknown(f"it is {state.get('status')}")
        counted, processed = state.get("errorCount"), state.get("processedCount")
        if not isinstance(counted, int) or processed != len(prepared.rows):
            raise _job(action_id).unknown("it does not count its rows")
        if counted == 0:
            return {}
        reply = asking.fetch(Call(path=f"{_PATH}/{action_id}/errors", headers={"Accept": "text/csv, */*"}))
        lines = csv.reader(io.StringIO(reply.body.decode("utf-8-sig"), newline=""))
        next(lines, None)
        failed = {line[0].strip(): "; ".join(cell for cell in line[1:] if cell) for line in lines if line}
        if len(failed) != counted or not failed.keys() <= set(prepared.ids):
            raise _job(action_id).unknown(
                f"it counts {counted} failed rows, and its list of errors does not tell which"
            )
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


def _ask_for(action_id: str) -> Call:
    return Call(path=f"{_PATH}/{action_id}?{_FIELDS}")


def _job(action_id: str) -> Job:
    return Job(system=System.PARDOT, name=f"bulk action {action_id}", begun="started")


def _status(state: Mapping[str, Any]) -> str:
    return str(state.get("status", "")).lower()

"""What became of a change, and how an answer is written down.

A request is written down as answered before anything is concluded from it: what the journal says and what the run
counts are the same.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pardotflow.connectors.explain import explain_code
from pardotflow.connectors.protocol import Answer, Connector, PreparedRequest, RowResult
from pardotflow.connectors.verdict import Verdict
from pardotflow.core.errors import ConnectionTrouble, OutcomeUnknown, RequestRefused, ServerTrouble
from pardotflow.core.values import System, join_values
from pardotflow.store.journal import UNSEEN, JournalRow
from pardotflow.store.ledger import Ledger

MOVED = "it changed while the plan was applied"
NOT_SEEN = "it was made, and the connected user may not see it: nothing is made in its place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one change. Times are the server's, of before and after the request."""

    number: int
    status: str
    """`confirmed`, `refused`, `moved` (refused since the record changed a moment ago) or `unknown`; changes without an
    outcome were not started."""
    record_id: str = ""
    code: str = ""
    message: str = ""
    stored: Mapping[str, Any] | None = None
    of_request: bool = False
    """True where the system judged a request as a whole: that says nothing about this row."""
    server_broke: bool = False
    """True where the answer was a fault of the server's own, each time that it was asked."""
    sent_at: datetime
    answered_at: datetime

    @property
    def is_unseen(self) -> bool:
        """True for a record that was made, and whose id nobody knows."""
        return self.status == "unknown" and self.code == UNSEEN


def last_word(earlier: Outcome | None, later: Outcome) -> Outcome:
    """What is known of a change of which a further request of the same run was answered. `earlier` is what is known so
    far: of what may have been done already, an answer that judges a request as one says nothing, and what moved the
    record may be that very request."""
    if earlier is None:
        return later
    if later.status == "moved" or (later.status == "refused" and later.of_request):
        return earlier
    return later if later.status == "refused" else replace(later, sent_at=earlier.sent_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a request stands in the journal, and when it left, by the system's clock."""

    ledger: Ledger
    run_id: str
    number: int
    sent_at: datetime
    is_half: bool = False
    """True for what is left of a request that was refused as a whole, and halved."""


def is_of_request(system: str, code: str, *, size: int, is_half: bool) -> bool:
    """Whether a refusal of a whole request of so many rows says nothing about them: there are several, or the code is
    one that every request would meet. Where halving has left a row alone, the refusal is about that row."""
    known = explain_code(System(system), code) if code and not is_half else None
    return size > 1 or (known is not None and known.about is Verdict.REQUEST)


def none_again(outcomes: Mapping[int, Outcome]) -> Collection[int]:
    """The default of `settle(again=)`: nothing is tried again."""
    return ()


def settle(
    place: Place,
    connector: Connector,
    prepared: PreparedRequest,
    answered: Callable[[], Answer],
    again: Callable[[Mapping[int, Outcome]], Collection[int]] = none_again,
) -> tuple[dict[int, Outcome], ConnectionTrouble | None]:
    """Write down what became of one request that was sent; returns the outcomes of its changes, and the trouble that
    every further request would meet. `answered` gives the answer, or raises what `Connector.send` raises. What `again`
    names of the outcomes is not final: the journal says so, and they are not returned. What may have been done is
    `unknown` there until a further request tells."""
    try:
        answer = answered()
    except OutcomeUnknown as unknown:
        broke = isinstance(unknown.__cause__, ServerTrouble)
        outcomes = _for_all(place, prepared, connector.server_now(), "unknown", unknown, broke=broke)
        status, detail = "unknown", str(unknown)
    except RequestRefused as refused:
        outcomes = _for_all(place, prepared, connector.server_now(), "refused", refused, refused.code)
        status, detail = "refused", str(refused)
    except ConnectionTrouble as trouble:
        # Nothing happened at the other side: these changes count as not started.
        now = connector.server_now()
        place.ledger.answer_request(place.run_id, place.number, now, "not_started", str(trouble), [])
        return {}, trouble
    else:
        answered_at = answer.server_date or connector.server_now()
        outcomes = {int(row.key): outcome_of(row, place.sent_at, answered_at) for row in answer.rows}
        status, detail = "unknown" if any(o.is_unseen for o in outcomes.values()) else "answered", ""
    not_final = set(again(outcomes))
    rows = [_journal_row(outcome, is_final=outcome.number not in not_final) for outcome in outcomes.values()]
    ended = next(iter(outcomes.values())).answered_at
    place.ledger.answer_request(place.run_id, place.number, ended, status, detail, rows)
    return {number: outcome for number, outcome in outcomes.items() if number not in not_final}, None


def _for_all(
    place: Place,
    prepared: PreparedRequest,
    answered_at: datetime,
    status: str,
    why: Exception,
    code: str = "",
    *,
    broke: bool = False,
) -> dict[int, Outcome]:
    """The same outcome for every row of a request."""
    return {
        int(key): Outcome(
            number=int(key),
            status=status,
            code=code,
            message=str(why),
            of_request=is_of_request(str(prepared.system), code, size=len(prepared.rows), is_half=place.is_half),
            server_broke=broke,
            sent_at=place.sent_at,
            answered_at=answered_at,
        )
        for key in prepared.rows
    }


def _journal_row(outcome: Outcome, *, is_final: bool) -> JournalRow:
    return JournalRow(
        change=outcome.number,
        record_key="",
        status=outcome.status if is_final or outcome.status == "unknown" else "again",
        record_id=outcome.record_id,
        code=outcome.code,
        message=outcome.message,
    )


def journal_row(result: RowResult, record_key: str = "") -> JournalRow:
    """What became of a row, for the journal."""
    return JournalRow(
        change=int(result.key),
        record_key=record_key,
        status=_status(result),
        record_id=result.id,
        code=result.error_code,
        message=result.error_message,
    )


def outcome_of(result: RowResult, sent_at: datetime, answered_at: datetime) -> Outcome:
    """What became of a row. A record without an id cannot be linked: it is looked for, and never made again."""
    if result.ok and result.created and not result.id:
        return Outcome(
            number=int(result.key),
            status="unknown",
            code=UNSEEN,
            message=NOT_SEEN,
            sent_at=sent_at,
            answered_at=answered_at,
        )
    return Outcome(
        number=int(result.key),
        status=_status(result),
        record_id=result.id,
        code=result.error_code,
        message=MOVED if result.moved else result.error_message,
        stored=result.fields,
        sent_at=sent_at,
        answered_at=answered_at,
    )


def _status(result: RowResult) -> str:
    if result.ok:
        return "confirmed"
    return "moved" if result.moved else "refused"


def stored_text(value: object) -> str | None:
    """A value of an answer as the snapshot would hold it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return join_values(value) if isinstance(value, list) else str(value)

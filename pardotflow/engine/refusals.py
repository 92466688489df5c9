"""Sync errors: changes that a system refused. The same change is not tried again until it differs, or is asked for.

An error is resolved, and forgotten, when the change is confirmed, or when a whole plan does not want it any more.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import duckdb

from pardotflow.connectors.cause import Cause
from pardotflow.connectors.explain import cause_of, explain_code
from pardotflow.core.values import System
from pardotflow.engine.outcome import Outcome
from pardotflow.engine.sqlfile import insert_rows, rows
from pardotflow.plan.file import read_meta
from pardotflow.store.ledger import Ledger
from pardotflow.store.syncerrors import ErrorState, SyncError

_PAYLOADS = (
    "select c.change, c.system, c.object, c.id, c.action, md5(string_agg(f.field || '=' || "
    "coalesce(f.after, n.record_id, f.after_ref, ''), chr(31) order by f.field)),"
    " coalesce(string_agg(nullif(f.field, ''), ',' order by f.field), ''), min(f.sync), coalesce(c.name, ''),"
    " coalesce(c.line, '')"
    " from plan.changes c join plan.field_changes f on f.change = c.change"
    " left join new_ids n on n.planned_id = f.after_ref group by all"
)


_WANTED = (
    "select system, object, id, action from plan.changes union select system, object, record, action from plan.refused"
)
"""What the attached plan makes, or leaves out because it was refused: the errors of all else are resolved."""


def load_refusals(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> None:
    """Fill the session's `sync_errors` with what is not to be tried again, but for what `resolve_on_trial` said."""
    lines = [
        [e.system, e.object, e.record, e.action, e.payload, e.code, e.message, e.state]
        for e in ledger.sync_errors()
        if e.state != ErrorState.RETRY
    ]
    insert_rows(con, "sync_errors", lines)
    con.execute(f"create temp table if not exists {_RESOLVED}")
    con.execute("delete from sync_errors where (system, object, record, action) in (from resolved_errors)")


_RESOLVED = "resolved_errors (system varchar, object varchar, record varchar, action varchar)"


def resolve_on_trial(con: duckdb.DuckDBPyConnection) -> None:
    """An apply of the attached plan, which is one of everything, forgets the errors of what nobody wants any more: on
    trial, too, the next plan tries those changes again."""
    con.execute(f"create temp table if not exists {_RESOLVED}")
    if not _has_paused(con):
        con.execute(
            "insert into resolved_errors select system, object, record, action from sync_errors"
            f" where (system, object, record, action) not in ({_WANTED})"
        )


def _has_paused(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(rows(con, "select 1 from plan.left_out where reason = 'paused' limit 1"))


def refusals_note(con: duckdb.DuckDBPyConnection) -> list[str]:
    """How many changes of the attached plan were refused before and are not tried; nothing where none are."""
    waiting, ignored = rows(
        con, "select count(*) filter (state <> 'ignored'), count(*) filter (state = 'ignored') from plan.refused"
    )[0]
    if not waiting and not ignored:
        return []
    told = [f"{waiting:,} refused before and not tried again"] if waiting else []
    told += [f"{ignored:,} ignored"] if ignored else []
    return [f"sync errors: {', '.join(told)}; see them, or ask for another try: pardotflow errors"]


def keep_refusals(
    con: duckdb.DuckDBPyConnection, ledger: Ledger, outcomes: Mapping[int, Outcome], run_id: str, at: datetime
) -> None:
    """Keep what the attached plan's changes met, and forget what they overcame. Comes after `remember`.

    The id of a record that this run made is the same change in the next plan: it counts as that id. A request that was
    refused as a whole says nothing about its rows: they are tried again, and nothing is kept.
    """
    refused, cleared = [], list(_resolved(con, ledger))
    for number, system, item, record, action, payload, fields, sync, name, line in rows(con, _PAYLOADS):
        outcome = outcomes.get(number)
        if outcome is None:
            continue
        if outcome.status == "confirmed":
            cleared.append((system, item, record, action))
        elif outcome.status == "refused" and not outcome.of_request:
            refused.append(
                SyncError(
                    system=system,
                    object=item,
                    record=record,
                    action=action,
                    payload=payload,
                    code=outcome.code,
                    message=outcome.message,
                    run_id=run_id,
                    at=at.isoformat(),
                    state=ErrorState.RETRY if _is_transient(system, outcome.code) else ErrorState.OPEN,
                    name=name,
                    sync=sync,
                    line=line,
                    fields=fields,
                )
            )
    ledger.save_errors(refused)
    ledger.clear_errors(cleared)


def _resolved(con: duckdb.DuckDBPyConnection, ledger: Ledger) -> Iterator[tuple[str, str, str, str]]:
    """Errors of changes that the attached plan neither makes nor leaves out because of them: nobody wants them any
    more. Only a plan of everything can say that."""
    meta = read_meta(con)
    if meta["selection"] or meta["complete"] != "true":
        return
    if _has_paused(con):
        return
    wanted = {tuple(row) for row in rows(con, _WANTED)}
    planned_at = datetime.fromisoformat(meta["created_at"])
    for error in ledger.sync_errors():
        if error.about not in wanted and datetime.fromisoformat(error.at) < planned_at:
            yield error.about


def _is_transient(system: str, code: str) -> bool:
    """True for refusals that the same change may overcome untouched, such as a row lock: they are tried again."""
    known = explain_code(System(system), code)
    if known is not None:
        return known.transient
    return cause_of(System(system), code) is Cause.TRANSIENT

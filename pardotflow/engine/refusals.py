"""Sync errors: changes that a system refused. The same change is not tried again until it differs or succeeds."""

from collections.abc import Mapping
from datetime import datetime

import duckdb

from pardotflow.connectors.explain import explain_code
from pardotflow.core.values import System
from pardotflow.engine.outcome import Outcome
from pardotflow.engine.sqlfile import rows
from pardotflow.store.ledger import Ledger


def keep_refusals(
    con: duckdb.DuckDBPyConnection, ledger: Ledger, outcomes: Mapping[int, Outcome], run_id: str, at: datetime
) -> None:
    """Keep what the attached plan's changes met, and forget what they overcame. Comes after `remember`.

    The id of a record that this run made is the same change in the next plan: it counts as that id. A request that was
    refused as a whole says nothing about its rows: they are tried again.
    """
    payloads = rows(
        con,
        "select c.change, c.system, c.object, c.id, c.action, md5(string_agg(f.field || '=' || "
        "coalesce(f.after, n.record_id, f.after_ref, ''), chr(31) order by f.field))"
        " from plan.changes c join plan.field_changes f on f.change = c.change"
        " left join new_ids n on n.planned_id = f.after_ref group by all",
    )
    refused, cleared = [], []
    for number, system, item, record, action, payload in payloads:
        outcome = outcomes.get(number)
        if outcome is None:
            continue
        if outcome.status == "confirmed":
            cleared.append((system, item, record, action))
        elif outcome.status == "refused" and not outcome.of_request and not _is_transient(system, outcome.code):
            refused.append(
                (system, item, record, action, payload, outcome.code, outcome.message, run_id, at.isoformat())
            )
    ledger.save_errors(refused)
    ledger.clear_errors(cleared)


def _is_transient(system: str, code: str) -> bool:
    """True for refusals that the same change may overcome untouched, such as a row lock: they are tried again."""
    known = explain_code(System(system), code)
    return known is not None and known.transient

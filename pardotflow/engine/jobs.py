"""Jobs that a run left behind: before anything is planned or sent again, the system is asked what became of them.

A job is known by the name that was written down before it started. What is asked for is built anew from the plan, and
believed only where it is the very request that was sent.
"""

from collections.abc import Callable, Mapping
from functools import partial

import duckdb

from pardotflow.connectors.protocol import Answer, Connector, PreparedRequest
from pardotflow.core.errors import ConnectionTrouble, JobStillOpen
from pardotflow.core.progress import Progress
from pardotflow.engine.changes import batch_of, changes_of, load_confirmed
from pardotflow.engine.outcome import Place, settle
from pardotflow.engine.parts import Parts, outcomes_of
from pardotflow.store.journal import ASKED, OpenJob
from pardotflow.store.ledger import Ledger


def end_jobs(
    con: duckdb.DuckDBPyConnection,
    ledger: Ledger,
    connectors: Mapping[str, Connector],
    run_id: str,
    earlier: Parts,
    progress: Progress,
) -> None:
    """Wait for the jobs of a run and write down what became of their rows. Uses the attached plan; `earlier` is what
    runs before this one did of it. The names of the jobs stay in the journal, so that the run is not closed before
    `forget_jobs`.

    Raises JobStillOpen where a job runs on, or its system cannot be asked now. One of which the system does
    not tell any more is given up, and the next read shows what became of its rows.
    """
    for job in ledger.open_jobs(run_id):
        if job.is_told:
            continue
        connector = connectors.get(job.system)
        prepared = _prepare_again(con, ledger, connector, job, earlier) if connector else None
        if connector is None or prepared is None:
            continue
        step = f"ask {job.system} for job {job.handle}"
        progress.start(step, None)
        place = Place(ledger=ledger, run_id=run_id, number=job.number, sent_at=job.sent_at)
        answered = _resume(connector, prepared, job.handle)
        ledger.note_handle(run_id, job.number, ASKED + job.handle)
        settle(place, connector, prepared, answered)
        progress.finish(step)


def forget_jobs(ledger: Ledger, run_id: str) -> None:
    """Nothing is to be asked for any more. Comes when memory holds what `end_jobs` found."""
    for job in ledger.open_jobs(run_id):
        ledger.note_handle(run_id, job.number, "")


def _resume(connector: Connector, prepared: PreparedRequest, name: str) -> Callable[[], Answer]:
    """What became of a job, to be asked for by `settle`. Raises JobStillOpen where it can be asked for later."""
    try:
        answer = connector.resume(prepared, name)
    except JobStillOpen:
        raise
    except ConnectionTrouble as trouble:
        return partial(_again, trouble)
    return lambda: answer


def _again(trouble: ConnectionTrouble) -> Answer:
    raise trouble


def _prepare_again(
    con: duckdb.DuckDBPyConnection, ledger: Ledger, connector: Connector, job: OpenJob, earlier: Parts
) -> PreparedRequest | None:
    """The request that started the job; None where the plan does not lead to the same bytes any more."""
    confirmed = earlier.confirmed | {
        n: o.record_id for n, o in outcomes_of(ledger.journal(job.run_id)).items() if o.status == "confirmed"
    }
    new_ids = load_confirmed(con, confirmed)
    # No job is conditional: the stamps of then, which are not known any more, stand in none.
    con.execute("create or replace temp table stamps (change integer, stamp timestamp)")
    numbers = ", ".join(str(number) for number in job.changes)
    changes = {change.number: change for change in changes_of(con, f"c.change in ({numbers})", new_ids)}
    if set(changes) != set(job.changes):
        return None
    prepared = connector.prepare(batch_of([changes[number] for number in job.changes]))
    return prepared if prepared.key == job.key else None

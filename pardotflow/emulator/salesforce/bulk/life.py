"""The states of Bulk 2.0 jobs over time: Open, UploadComplete, InProgress, JobComplete or Failed; and Aborted.

Nothing runs in the background. Every Salesforce request first lets the clock catch up: the moves that are due by then
have been made before it is answered, also after a restart. Only a job that takes long goes on with the next request, so
that no client waits until it gives up.
"""

from __future__ import annotations

import time
from dataclasses import replace

from pardotflow.emulator.salesforce.bulk.ingest_run import run_batch
from pardotflow.emulator.salesforce.bulk.job import (
    ABORTED,
    ENDED,
    IN_PROGRESS,
    INGEST,
    OPEN,
    UPLOAD_COMPLETE,
    Job,
    change_job,
    end_job,
    find_job,
    forget_job,
    wrong_state,
)
from pardotflow.emulator.salesforce.bulk.query_run import run_query_job
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.records.locks import RowLocks
from pardotflow.emulator.state import in_transaction

OPEN_SECONDS = 86_400
_WORK_SECONDS = 10.0


def catch_up_bulk(context: Context) -> None:
    """Make every move that is due, the earliest first; what is left after some seconds is for the next request."""
    now, first = context.state.now, context.state.next_bulk_move
    if first is None or first > now:
        return
    enough = time.monotonic() + _WORK_SECONDS
    while found := context.db.execute(
        "SELECT id FROM bulk_job WHERE due <= ? ORDER BY due, id LIMIT 1", (now,)
    ).fetchone():
        with in_transaction(context.state) as begun:
            _move(replace(context, state=begun), found[0])
        if time.monotonic() >= enough:
            return


def _move(context: Context, job_id: str) -> None:
    """Another process may have been faster; so the job is read again inside the transaction."""
    job = find_job(context.db, job_id)
    if job is None or job.due > context.state.now:
        return
    locks = None if job.locks is None else RowLocks.from_text(job.locks, job.processed)
    own = replace(context, user_id=job.user_id, version=job.version, locks=locks)
    if job.state == OPEN:
        end_job(own, job, ABORTED)
    elif job.state == UPLOAD_COMPLETE:
        change_job(own, job, state=IN_PROGRESS, due=job.due + job.seconds / 2)
    elif job.state in ENDED:
        forget_job(own.db, job.id)
    elif job.kind == INGEST:
        run_batch(own, job)
    else:
        run_query_job(own, job)


def close_job(context: Context, job: Job) -> Job:
    """An open job has all its data; raises INVALIDJOBSTATE. Rows that are locked now are so when it runs."""
    if job.state != OPEN:
        raise wrong_state(f"Closing already {_NAMED[job.state]} Job not allowed")
    delay = context.state.switches.bulk_delay
    locks = None if context.locks is None else context.locks.to_text()
    due = context.state.now + delay / 2
    return change_job(context, job, state=UPLOAD_COMPLETE, due=due, seconds=delay, locks=locks)


def abort_job(context: Context, job: Job) -> Job:
    """A job that has not ended never does more; raises INVALIDJOBSTATE."""
    if job.state in ENDED:
        raise wrong_state(f"Aborting already {_NAMED[job.state]} Job not allowed")
    return end_job(context, job, ABORTED)


_NAMED = {
    UPLOAD_COMPLETE: "closed",
    IN_PROGRESS: "closed",
    ABORTED: "Aborted",
    "JobComplete": "Completed",
    "Failed": "Failed",
}

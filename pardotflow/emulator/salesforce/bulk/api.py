"""What ingest and query jobs of Bulk 2.0 have in common: reading, listing, aborting, deleting, results as CSV.

Facts: salesforce_api.md sections 6.1 and 6.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.ids import to_18
from pardotflow.emulator.salesforce.bulk.job import (
    ENDED,
    INGEST,
    OPEN,
    QUERY,
    UPLOAD_COMPLETE,
    Job,
    forget_job,
    list_jobs,
    new_job_id,
    require_job,
    show_job,
    show_whole_job,
    wrong_state,
)
from pardotflow.emulator.salesforce.bulk.life import OPEN_SECONDS
from pardotflow.emulator.salesforce.bulk.upload import to_file
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import json_reply, refuse

_PAGE = 1000
_TYPES = {INGEST: "V2Ingest", QUERY: "V2Query"}


def new_job(context: Context, kind: str, options: Mapping[str, str]) -> Job:
    """A job as it is before anything has happened to it."""
    now = context.state.now
    return Job(
        id=new_job_id(context.db),
        kind=kind,
        object=options["object"],
        operation=options["operation"],
        state=OPEN,
        user_id=context.user_id,
        version=context.version,
        external_id=options.get("external_id"),
        statement=options.get("statement"),
        delimiter=options["delimiter"],
        line_ending=options["line_ending"],
        created_at=now,
        changed_at=now,
        due=now + OPEN_SECONDS,
    )


def job_of(context: Context, match: Mapping[str, str], kind: str) -> Job:
    """The job that a path names; raises NOT_FOUND."""
    return require_job(context.db, kind, to_18(match["job"]))


def read_job(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /jobs/ingest/{id}` and `GET /jobs/query/{id}`."""
    return json_reply(show_whole_job(job_of(context, match, match["kind"].lower())))


def list_all(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /jobs/ingest` and `GET /jobs/query`, a thousand jobs at a time."""
    kind = match["kind"].lower()
    locator = call.argument("queryLocator") or "0"
    if not locator.isdecimal() or len(locator) > 12:
        raise refuse(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    first = int(locator)
    wanted = call.argument("jobType") in {None, "", _TYPES[kind]}
    jobs = list_jobs(context.db, kind, first, _PAGE + 1) if wanted else []
    more = len(jobs) > _PAGE
    following = context.path(f"jobs/{kind}?queryLocator={first + _PAGE}") if more else None
    records = [show_job(job) | {"jobType": _TYPES[kind]} for job in jobs[:_PAGE]]
    return json_reply({"done": not more, "records": records, "nextRecordsUrl": following})


def delete_job(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`DELETE /jobs/ingest/{id}` and `DELETE /jobs/query/{id}`."""
    kind = match["kind"].lower()
    job = job_of(context, match, kind)
    if job.state not in ENDED and not (kind == INGEST and job.state == UPLOAD_COMPLETE):
        message = "Error encountered when deleting the job because the job is not terminated"
        raise refuse(400, "API_ERROR", message)
    forget_job(context.db, job.id)
    return Reply(status=204)


def refuse_early(context: Context, job: Job) -> Reply | None:
    """The answer where results are asked too early, which the switch `bulk_early_status` decides."""
    if job.state in ENDED:
        return None
    status = context.state.switches.bulk_early_status
    if status == 204:
        return Reply(status=204)
    error = wrong_state("The job has not ended, so it has no results yet")
    error.status = status
    return error.to_reply()


def csv_reply(job: Job, head: str, lines: Sequence[str], headers: Mapping[str, str] | None = None) -> Reply:
    """A file of results."""
    return Reply(status=200, body=to_file(head, lines, job.newline), media="text/csv", headers=headers or {})

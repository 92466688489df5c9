"""`/jobs/query`: jobs that write the records of a SOQL statement into CSV, to be fetched page by page.

Facts: salesforce_api.md section 6.2. A locator is the place of a row, and can be asked again for as long as the job is
there; the last page says so with the word null.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.bulk.api import csv_reply, job_of, new_job, refuse_early
from pardotflow.emulator.salesforce.bulk.job import (
    ABORTED,
    JOB_COMPLETE,
    QUERY,
    UPLOAD_COMPLETE,
    Job,
    add_job,
    read_lines,
    show_job,
    show_new_job,
    wrong_state,
)
from pardotflow.emulator.salesforce.bulk.life import abort_job
from pardotflow.emulator.salesforce.bulk.options import invalid_job, read_query_options
from pardotflow.emulator.salesforce.bulk.query_run import HEADER, ROWS, check_query
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import json_reply, not_found, refuse
from pardotflow.emulator.salesforce.rest.row_api import read_object
from pardotflow.emulator.usage import count_calls, day_of, used_today

QUERY_JOBS = "bulk_query_jobs"
_RESULT_PAGES = 5


def create_query(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /jobs/query`: the job waits at once."""
    options = read_query_options(read_object(call))
    name = check_query(context, options["statement"], options["operation"])
    state = context.state
    if used_today(state, QUERY_JOBS) >= state.switches.bulk_query_jobs_limit:
        raise refuse(400, "EXCEEDEDQUOTA", "DailyBulkV2QueryJobs Limit exceeded.")
    count_calls(context.db, QUERY_JOBS, day_of(state, QUERY_JOBS), 1)
    delay = state.switches.bulk_delay
    made = new_job(context, QUERY, {**options, "object": name})
    job = replace(made, state=UPLOAD_COMPLETE, due=state.now + delay / 2, seconds=delay)
    add_job(context.db, job)
    return json_reply(show_new_job(job))


def change_query(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`PATCH /jobs/query/{id}` with the state Aborted."""
    job = job_of(context, match, QUERY)
    if read_object(call).get("state") != ABORTED:
        raise invalid_job(f"state must be {ABORTED}")
    return json_reply(show_job(abort_job(context, job)))


def read_results(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /jobs/query/{id}/results[?maxRecords=&locator=]`."""
    job = job_of(context, match, QUERY)
    early = _refuse_unready(context, job)
    if early is not None:
        return early
    first = _read_locator(call.argument("locator"), job)
    count = _read_count(call.argument("maxRecords"), context.state.switches.bulk_query_page)
    lines = read_lines(context.db, job, ROWS, first, count)
    (head,) = read_lines(context.db, job, HEADER)
    following = first + len(lines)
    locator = to_locator(following) if following < job.processed else "null"
    return csv_reply(job, head, lines, {"Sforce-Locator": locator, "Sforce-NumberOfRecords": str(len(lines))})


def list_result_pages(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /jobs/query/{id}/resultPages`: up to five pages that can be fetched side by side; from version 58 on."""
    job = job_of(context, match, QUERY)
    if float(context.version[1:]) < 58:
        raise not_found()
    early = _refuse_unready(context, job)
    if early is not None:
        return early
    size = context.state.switches.bulk_query_page
    first = _read_locator(call.argument("locator"), job)
    starts = list(range(first, max(job.processed, first + 1), size))
    base = context.path(f"jobs/query/{job.id}")
    more = len(starts) > _RESULT_PAGES
    following = f"{base}/resultPages?locator={to_locator(starts[_RESULT_PAGES])}" if more else None
    pages = [{"resultUrl": f"{base}/results?locator={to_locator(n)}"} for n in starts[:_RESULT_PAGES]]
    return json_reply({"resultPages": pages, "nextRecordsUrl": following, "done": not more})


def _refuse_unready(context: Context, job: Job) -> Reply | None:
    """Raises for a job that has no results, or was made with another API version."""
    if job.version != context.version:
        message = f"The job was created with API version {job.version}, not {context.version}"
        raise refuse(409, "INVALIDVERSION", message)
    early = refuse_early(context, job)
    if early is None and job.state != JOB_COMPLETE:
        raise wrong_state(f"A job in state {job.state} has no results")
    return early


def to_locator(place: int) -> str:
    """The opaque name of a row's place: `MTAwMDA` is that of row 10,000."""
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def _read_locator(text: str | None, job: Job) -> int:
    """The row that a locator names; raises INVALID_QUERY_LOCATOR where the job has no such row."""
    if not text:
        return 0
    try:
        place = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        place = ""
    if not place.isdecimal() or len(place) > 12 or int(place) >= job.processed:
        raise refuse(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    return int(place)


def _read_count(text: str | None, most: int) -> int:
    if text is None:
        return most
    if not text.isdecimal() or len(text) > 9 or not int(text):
        raise invalid_job("maxRecords must be a whole number above zero")
    return int(text)

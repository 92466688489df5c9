"""`/jobs/ingest`: jobs that write the rows of a CSV file.

Facts: salesforce_api.md section 6.1. A job takes its data once; rows are saved when the clock has come so far.
"""

from __future__ import annotations

from collections.abc import Mapping

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.bulk.api import csv_reply, job_of, new_job, refuse_early
from pardotflow.emulator.salesforce.bulk.ingest_run import SUCCESSFUL, UNSUCCESSFUL, open_upload, unprocessed_lines
from pardotflow.emulator.salesforce.bulk.job import (
    ABORTED,
    INGEST,
    OPEN,
    UPLOAD_COMPLETE,
    Job,
    add_job,
    read_lines,
    read_upload,
    show_job,
    show_new_job,
    wrong_state,
)
from pardotflow.emulator.salesforce.bulk.life import abort_job, close_job
from pardotflow.emulator.salesforce.bulk.options import invalid_job, read_ingest_options, read_parts
from pardotflow.emulator.salesforce.bulk.upload import BadBatch
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import json_reply, refuse
from pardotflow.emulator.salesforce.rest.row_api import read_object


def create_ingest(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /jobs/ingest`: JSON, or multipart with the data, which closes the job at once."""
    if _media(call) != "multipart/form-data":
        job = new_job(context, INGEST, read_ingest_options(context, read_object(call)))
        add_job(context.db, job)
        return json_reply(show_new_job(job))
    body, content = read_parts(call)
    job = new_job(context, INGEST, read_ingest_options(context, body))
    add_job(context.db, job)
    _store(context, job, content)
    return json_reply(show_new_job(close_job(context, job)))


def upload_rows(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`PUT /jobs/ingest/{id}/batches`: once, as CSV."""
    job = job_of(context, match, INGEST)
    if _media(call) != "text/csv":
        message = f"Content-Type header specified in HTTP request is not supported: {_media(call)}"
        raise refuse(415, "UNSUPPORTED_MEDIA_TYPE", message)
    if job.state != OPEN:
        raise wrong_state(f"Data cannot be uploaded to a job in state {job.state}")
    if read_upload(context.db, job) is not None:
        raise refuse(400, "CLIENTINPUTERROR", f"Found multiple contents for job: {job.id}; data is uploaded only once")
    if len(call.body) > context.state.switches.bulk_upload_bytes:
        raise refuse(400, "EXCEEDEDQUOTA", "The uploaded data is larger than a job can take")
    _store(context, job, call.body)
    return Reply(status=201)


def change_ingest(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`PATCH /jobs/ingest/{id}` with the state UploadComplete or Aborted."""
    job = job_of(context, match, INGEST)
    state = read_object(call).get("state")
    if state not in (UPLOAD_COMPLETE, ABORTED):
        raise invalid_job(f"state must be {UPLOAD_COMPLETE} or {ABORTED}")
    changed = close_job(context, job) if state == UPLOAD_COMPLETE else abort_job(context, job)
    return json_reply(show_job(changed))


def read_successful(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /jobs/ingest/{id}/successfulResults`."""
    return _results(context, match, SUCCESSFUL, "sf__Created")


def read_failed(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /jobs/ingest/{id}/failedResults`."""
    return _results(context, match, UNSUCCESSFUL, "sf__Error")


def read_unprocessed(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /jobs/ingest/{id}/unprocessedrecords`."""
    job = job_of(context, match, INGEST)
    early = refuse_early(context, job)
    if early is not None:
        return early
    head, lines = unprocessed_lines(context, job)
    return csv_reply(job, head, list(lines))


def _results(context: Context, match: Mapping[str, str], part: str, second: str) -> Reply:
    job = job_of(context, match, INGEST)
    early = refuse_early(context, job)
    if early is not None:
        return early
    head = f'"sf__Id"{job.separator}"{second}"'
    try:
        head += job.separator + open_upload(context, job).header_line
    except BadBatch:
        return csv_reply(job, head, [])
    return csv_reply(job, head, read_lines(context.db, job, part))


def _store(context: Context, job: Job, body: bytes) -> None:
    context.db.execute("INSERT INTO bulk_upload VALUES (?, ?)", (job.id, body))


def _media(call: Call) -> str:
    return call.headers.get("content-type", "").partition(";")[0].strip().lower()

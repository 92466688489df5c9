"""Carrying out an ingest job: batches of 10,000 rows, each saved as a single record would be.

A batch is one transaction with its results and the job's counts, so a job goes on after a kill where it stood.
Facts: salesforce_api.md sections 6.1 (results) and 6.3 (batches).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pardotflow.emulator.datafile import savepoint
from pardotflow.emulator.salesforce.bulk.columns import Column, read_columns, to_payload
from pardotflow.emulator.salesforce.bulk.job import (
    FAILED,
    JOB_COMPLETE,
    Job,
    change_job,
    end_job,
    read_upload,
    write_lines,
)
from pardotflow.emulator.salesforce.bulk.upload import BadBatch, BadRow, Row, Upload, to_line
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import Problem, SalesforceError, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.record_ids import id_of
from pardotflow.emulator.salesforce.records.recycle_bin import empty_bin
from pardotflow.emulator.salesforce.records.save import (
    Saved,
    create_record,
    delete_record,
    update_record,
    upsert_record,
)
from pardotflow.emulator.usage import count_calls, day_of, used_today

SUCCESSFUL, UNSUCCESSFUL = "successful", "failed"
BATCHES = "bulk_batches"
_BATCH_ROWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is the same for all rows of a job."""

    job: Job
    info: ObjectInfo
    upload: Upload
    columns: Sequence[Column]


def open_upload(context: Context, job: Job) -> Upload:
    """The upload of a job; raises `BadBatch`."""
    body = read_upload(context.db, job)
    if body is None:
        raise BadBatch("ClientInputError : No data was uploaded")
    return Upload(job, body)


def run_batch(context: Context, job: Job) -> None:
    """Save the next rows; the job ends with the last batch, or as a whole where it cannot be read."""
    try:
        plan = _plan(context, job)
    except BadBatch as bad:
        end_job(context, job, FAILED, error=str(bad))
        return
    rows = list(islice(plan.upload.rows(), job.processed, job.processed + _BATCH_ROWS + 1))
    saved: list[str] = []
    failed: list[str] = []
    for row in rows[:_BATCH_ROWS]:
        _save_row(context, plan, row, saved, failed)
    write_lines(context.db, job, SUCCESSFUL, saved, job.processed - job.failed)
    write_lines(context.db, job, UNSUCCESSFUL, failed, job.failed)
    count_calls(context.db, BATCHES, day_of(context.state, BATCHES), 1)
    counts = {"processed": job.processed + len(saved) + len(failed), "failed": job.failed + len(failed)}
    if len(rows) > _BATCH_ROWS:
        change_job(context, job, **counts)
    else:
        end_job(context, job, JOB_COMPLETE, **counts)


def _plan(context: Context, job: Job) -> _Plan:
    upload = open_upload(context, job)
    info = context.catalog.find(job.object)
    if info is None:
        raise BadBatch(f"InvalidEntity : Unable to find object: {job.object}")
    columns = read_columns(context, info, job, upload.header)
    if used_today(context.state, BATCHES) >= context.state.switches.bulk_batches_limit:
        raise BadBatch("ExceededQuota : ApiBatchItems Limit exceeded.")
    return _Plan(job=job, info=info, upload=upload, columns=columns)


def _save_row(context: Context, plan: _Plan, row: Row, saved: list[str], failed: list[str]) -> None:
    """Save one row, and add its line to the one result or the other."""
    separator = plan.job.separator
    if isinstance(row, BadRow):
        problem = Problem(code="INVALID_FIELD", message=f"Failed to parse the row: {row.reason}", fields=())
        cells = [row.text, *[""] * (len(plan.columns) - 1)]
        failed.append(to_line(["", _show_problems([problem]), *cells], separator))
        return
    try:
        with savepoint(context.db):
            context.take_row(_id_of(plan, row) or None)
            made = _save(context, plan, to_payload(context, plan.columns, row))
            saved.append(to_line([made.record_id, "true" if made.created else "false", *row], separator))
    except SalesforceError as error:
        failed.append(to_line([_id_of(plan, row), _show_problems(error.problems), *row], separator))


def _save(context: Context, plan: _Plan, payload: dict[str, Any]) -> Saved:
    info, operation = plan.info, plan.job.operation
    if operation == "insert":
        return create_record(context, info, payload)
    if operation == "upsert":
        key = info.fields[str(plan.job.external_id).lower()]
        return upsert_record(context, info, key, payload.pop(key.name, None), payload)
    given = payload.pop("Id", None)
    if given is None:
        raise refuse(400, "MISSING_ARGUMENT", f"Id not specified in {_VERBS[operation]} call", ())
    record_id = id_of(info, given)
    if operation == "update":
        return update_record(context, info, record_id, payload)
    delete_record(context, info, record_id)
    if operation == "hardDelete":
        empty_bin(context, record_id)
    return Saved(record_id=record_id, created=False)


_VERBS = {"update": "an update", "delete": "a delete", "hardDelete": "a delete"}


def _id_of(plan: _Plan, row: Sequence[str]) -> str:
    """The id that the row itself gives, if any."""
    return next((cell for cell, column in zip(row, plan.columns, strict=True) if column.field.type == "id"), "")


def _show_problems(problems: Sequence[Problem]) -> str:
    """`CODE:message:field,field --` for each reason."""
    return " ".join(f"{p.code}:{p.message}:{','.join(p.fields or ())} --" for p in problems)


def unprocessed_lines(context: Context, job: Job) -> tuple[str, Iterator[str]]:
    """The header and the rows that were never tried."""
    try:
        upload = open_upload(context, job)
    except BadBatch:
        return "", iter(())
    rest = islice(upload.rows(), job.processed, None)
    return upload.header_line, (row.text if isinstance(row, BadRow) else to_line(row, job.separator) for row in rest)

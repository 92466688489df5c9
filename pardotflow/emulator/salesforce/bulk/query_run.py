"""The SOQL of a query job: what Bulk 2.0 refuses, and the rows as lines of CSV.

The rows are those of the moment at which the job ends, and stay so for as long as it exists.
Facts: salesforce_api.md section 6.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pardotflow.emulator.salesforce.bulk.job import FAILED, JOB_COMPLETE, Job, end_job, write_lines
from pardotflow.emulator.salesforce.bulk.upload import to_line
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import SalesforceError, refuse
from pardotflow.emulator.salesforce.query.records import column_converter, select_rows
from pardotflow.emulator.salesforce.query.scope import query_scope
from pardotflow.emulator.salesforce.soql.compile import compile_soql
from pardotflow.emulator.salesforce.soql.compiled import Column, Compiled
from pardotflow.emulator.salesforce.soql.parser import parse_soql
from pardotflow.emulator.salesforce.soql.tree import Child, Query, TypeOf

HEADER, ROWS = "header", "rows"
Show = Callable[[Any], str]


def check_query(context: Context, statement: str, operation: str) -> str:
    """The object of a statement that a job may run; raises what a query would, or API_ERROR for what jobs refuse."""
    _, compiled = _compile(context, statement, operation)
    return compiled.info.name


def run_query_job(context: Context, job: Job) -> None:
    """Write all rows, and end the job."""
    try:
        query, compiled = _compile(context, str(job.statement), job.operation)
    except SalesforceError as error:
        problem = error.problems[0]
        end_job(context, job, FAILED, error=f"{problem.code} : {problem.message}")
        return
    header = to_line([".".join(column.path) for column in compiled.columns], job.separator)
    write_lines(context.db, job, HEADER, [header])
    write_lines(context.db, job, ROWS, _lines(context, job, query, compiled))
    (count,) = context.db.execute(
        "SELECT count(*) FROM bulk_line WHERE job_id = ? AND part = ?", (job.id, ROWS)
    ).fetchone()
    end_job(context, job, JOB_COMPLETE, processed=count)


def _compile(context: Context, statement: str, operation: str) -> tuple[Query, Compiled]:
    query = parse_soql(statement)
    if query.is_aggregate:
        raise _refused("Aggregate Relationships not supported in Bulk Query")
    if query.offset is not None:
        raise _refused("OFFSET not supported in Bulk Query")
    if any(isinstance(item, TypeOf) for item in query.items):
        raise _refused("TYPEOF not supported in Bulk Query")
    if any(isinstance(item, Child) for item in query.items):
        raise _refused("Nested queries not supported in Bulk Query")
    compiled = compile_soql(query, query_scope(context, include_deleted=operation == "queryAll", levels=1))
    if any(column.field is not None and column.field.type == "address" for column in compiled.columns):
        raise _refused("Selecting compound data not supported in Bulk Query")
    return query, compiled


def _refused(message: str) -> SalesforceError:
    return refuse(400, "API_ERROR", message)


def _lines(context: Context, job: Job, query: Query, compiled: Compiled) -> Iterator[str]:
    limit = "" if query.limit is None else f" LIMIT {query.limit}"
    sql = select_rows(compiled, f"{compiled.where}{compiled.order}{limit}")
    shows = [_show(column, context.state.switches.bulk_query_datetime) for column in compiled.columns]
    for row in context.db.execute(sql, compiled.values):
        cells = ["" if value is None else show(value) for show, value in zip(shows, row, strict=False)]
        yield to_line(cells, job.separator)


def _show(column: Column, zone: str) -> Show:
    """How a stored value is written."""
    change = column_converter(column) if column.formatted else None
    if change is not None:
        return change
    kind = column.field.type if column.field is not None else "string"
    if kind == "boolean":
        return lambda value: "true" if value else "false"
    if kind == "datetime":
        return lambda value: str(value).replace("+0000", zone)
    return str

"""What each route to and from an org takes: calls, jobs, and time at our own limit of requests under way.

Pure. Assumed, because the vendor says nothing of it: a call takes two seconds, a Bulk 2.0 job ten seconds and a second
for each 500 rows, a query job ten seconds and a second for each 5,000 rows.
"""

import math
from dataclasses import dataclass

from pardotflow.connectors.polling import Polling
from pardotflow.connectors.protocol import NOTHING, Operation, Price, calls_for

COLLECTION_ROWS = 200
COMPOSITE_ROWS = 25
IDS_A_CALL = 200
"""A cautious guess of how many ids one query carries beside its fields."""
JOB_BYTES = 100_000_000
"""Raw bytes of one ingest job (Bulk API 2.0 limits: 150 MB once they are encoded)."""
BULK_ABOVE = 2_000
"""Rows above which the vendor advises Bulk 2.0 (Bulk API 2.0 Developer Guide)."""
BULK_FROM = BULK_ABOVE + 1
"""Rows from which changes go by a job, unless an environment says another number."""
RESULT_ROWS = 50_000
"""Rows that are asked for in one page of a query job."""
SECONDS_A_CALL = 2.0
_JOB_START, _ROWS_A_SECOND, _READ_A_SECOND = 10.0, 500, 5_000

_ROWS_A_CALL = {
    Operation.DESCRIBE: 1,
    Operation.READ_ONE: 1,
    Operation.READ_BY_ID: IDS_A_CALL,
    Operation.UPDATE_UNMODIFIED: COMPOSITE_ROWS,
}
INGEST = {
    Operation.BULK_UPDATES: "update",
    Operation.BULK_UPSERTS: "upsert",
    Operation.BULK_CREATES: "insert",
    Operation.BULK_DELETES: "delete",
}
"""What a job's JSON calls them."""
NAMED_IN_RESULTS = (Operation.BULK_UPSERTS, Operation.BULK_CREATES)
"""Only the list of successes tells the ids of new records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What of a connection's settings prices depend on."""

    page_rows: int
    concurrency: int
    polling: Polling

    def price(self, operation: Operation, rows: int, size: int, job_seconds: float | None) -> Price:
        """The price of so many rows."""
        if operation is Operation.READ_BY_JOB:
            return self._read_by_job(rows, size, job_seconds)
        if operation in INGEST:
            return self._ingest(operation, rows, size, job_seconds)
        if operation is Operation.READ:
            return self._plain(max(1, calls_for(rows, self.page_rows)), size)
        return self._plain(calls_for(rows, _ROWS_A_CALL.get(operation, COLLECTION_ROWS)), size)

    def job_polls(self, rows: int) -> int:
        """How often a job of so many rows is asked about, as assumed."""
        return self.polling.polls_within(_JOB_START + rows / _ROWS_A_SECOND)

    def _plain(self, calls: int, size: int) -> Price:
        return Price(calls=calls, size=size, seconds=self._time(calls))

    def _time(self, calls: int) -> float:
        return math.ceil(calls / self.concurrency) * SECONDS_A_CALL

    def _ingest(self, operation: Operation, rows: int, size: int, job_seconds: float | None) -> Price:
        """Create, upload, close, polls, and the list of successes where it is needed."""
        jobs = max(calls_for(size, JOB_BYTES), 1) if rows else 0
        if not jobs:
            return NOTHING
        each = _JOB_START + rows / jobs / _ROWS_A_SECOND if job_seconds is None else job_seconds
        polls = jobs * self.polling.polls_within(each)
        calls = jobs * (3 + (operation in NAMED_IN_RESULTS)) + polls
        return self._jobs(jobs, calls, polls, each, size)

    def _read_by_job(self, rows: int, size: int, job_seconds: float | None) -> Price:
        """The first page of a query, which says how many rows there are; the job, its polls and its pages."""
        each = _JOB_START + rows / _READ_A_SECOND if job_seconds is None else job_seconds
        polls = self.polling.polls_within(each)
        return self._jobs(1, 2 + polls + max(1, calls_for(rows, RESULT_ROWS)), polls, each, size)

    def _jobs(self, jobs: int, calls: int, polls: int, each: float, size: int) -> Price:
        waves = math.ceil(jobs / self.concurrency)
        return Price(
            calls=calls,
            jobs=jobs,
            polls=polls,
            job_seconds=jobs * each,
            size=size,
            seconds=self._time(calls - polls) + waves * each,
        )

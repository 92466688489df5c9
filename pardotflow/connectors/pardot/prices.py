"""What each route to and from a business unit takes: calls, jobs, and time at five requests under way.

Pure. Assumed, because the vendor says nothing of it: a call takes a second, an import and a bulk action 30 seconds and
a second for each 100 rows, an export 30 seconds and a second for each 1,000 rows. Exports run one after the other.
"""

import math
from dataclasses import dataclass

from pardotflow.connectors.pardot.import_file import MOST_BATCHES
from pardotflow.connectors.pardot.imports import calls_for_made, calls_of_import
from pardotflow.connectors.pardot.query import IDS_A_CALL, PAGE_ROWS
from pardotflow.connectors.polling import Polling
from pardotflow.connectors.protocol import NOTHING, Operation, Price, calls_for

BULK_ACTION_ROWS = 100_000
"""Ids of one bulk action (Account Engagement API v5, "Bulk Actions")."""
JOBS_FROM = 100
"""Rows from which an import or a bulk action is worth its price, unless an environment says another number: single
calls are quicker, and their answers say what was stored."""
SECONDS_A_CALL = 1.0
_BYTES_A_ROW = 200
"""A guess for pricing an import whose size is not known yet."""
_JOB_START, _ROWS_A_SECOND, _READ_A_SECOND = 30.0, 100, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What of a connection's settings prices depend on."""

    concurrency: int
    import_batch_bytes: int
    polling: Polling
    export_polling: Polling

    def price(self, operation: Operation, rows: int, size: int, job_seconds: float | None) -> Price:
        """The price of so many rows."""
        if operation is Operation.READ_BY_JOB:
            # The least: a year of records.
            return self.exports(1, rows, job_seconds)
        if operation.is_import:
            found = self._plain(calls_for_made(operation, rows), 0)
            return self._imports(rows, size, job_seconds) + found
        if operation is Operation.BULK_DELETES:
            jobs = calls_for(rows, BULK_ACTION_ROWS)
            return self._jobs(jobs, 2 * jobs, rows, size, job_seconds)
        if operation is Operation.READ:
            return self._plain(max(1, calls_for(rows, PAGE_ROWS)), size)
        return self._plain(calls_for(rows, IDS_A_CALL) if operation is Operation.READ_BY_ID else rows, size)

    def exports(self, exports: int, rows: int, job_seconds: float | None = None) -> Price:
        """So many exports with so many rows altogether: creating, polls and a file each, and the look at both ends."""
        each = _JOB_START + rows / max(exports, 1) / _READ_A_SECOND if job_seconds is None else job_seconds
        polls = exports * self.export_polling.polls_within(each)
        calls = 2 + 2 * exports + polls
        seconds = self._time(calls - polls) + exports * each
        return Price(calls=calls, jobs=exports, polls=polls, job_seconds=exports * each, seconds=seconds)

    def job_polls(self, rows: int) -> int:
        """How often a job of so many rows is asked about, as assumed."""
        return self.polling.polls_within(_JOB_START + rows / _ROWS_A_SECOND)

    def _plain(self, calls: int, size: int) -> Price:
        return Price(calls=calls, size=size, seconds=self._time(calls))

    def _time(self, calls: int) -> float:
        return math.ceil(calls / self.concurrency) * SECONDS_A_CALL

    def _imports(self, rows: int, size: int, job_seconds: float | None) -> Price:
        batches = calls_for(size or rows * _BYTES_A_ROW, self.import_batch_bytes) if rows else 0
        full, rest = divmod(batches, MOST_BATCHES)
        jobs = full + (rest > 0)
        calls = full * calls_of_import(MOST_BATCHES) + (calls_of_import(rest) if rest else 0)
        return self._jobs(jobs, calls, rows, size, job_seconds)

    def _jobs(self, jobs: int, calls: int, rows: int, size: int, job_seconds: float | None) -> Price:
        if not jobs:
            return NOTHING
        each = _JOB_START + rows / jobs / _ROWS_A_SECOND if job_seconds is None else job_seconds
        polls = jobs * self.polling.polls_within(each)
        waves = math.ceil(jobs / self.concurrency)
        return Price(
            calls=calls + polls,
            jobs=jobs,
            polls=polls,
            job_seconds=jobs * each,
            size=size,
            seconds=self._time(calls) + waves * each,
        )

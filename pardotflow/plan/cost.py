"""What a plan takes: the price of every step, the ways that were not taken, and the day's allowance."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import duckdb

_QUOTA = "quota."


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one kind of request takes: API calls, asynchronous jobs, bytes, and seconds at the limit of requests at
    once, where how long calls and jobs last is assumed."""

    system: str
    what: str
    rows: int
    calls: int
    jobs: int = 0
    size: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of apply with its price, or a way in which it could go and does not."""

    action: str
    cost: Cost
    polls: int = 0
    """Of the calls, those that ask how far jobs are, which last `job_seconds` altogether."""
    job_seconds: float = 0.0
    reason: str = ""
    """Why this way is taken, or is not."""
    others: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a system says of its daily allowance, as all its users have spent it."""

    system: str
    used: int
    limit: int

    @property
    def left(self) -> int:
        """Calls that are left of today."""
        return max(self.limit - self.used, 0)

    def last_day(self, calls: int, now: str) -> date | None:
        """The day on which so many calls end, where nobody else makes any and every day has the same allowance.

        `now` is ISO 8601; None where it cannot be read.
        """
        try:
            days = math.ceil(max(calls - self.left, 0) / self.limit)
            return date.fromisoformat(now[:10]) + timedelta(days=days)
        except (ValueError, OverflowError, ZeroDivisionError):
            return None


def read_costs(con: duckdb.DuckDBPyConnection) -> tuple[Cost, ...]:
    """The steps of the attached plan by kind of request."""
    columns = "system, what, row_count, calls, jobs, size, seconds"
    return tuple(_cost(r) for r in con.execute(f"select {columns} from plan.costs order by position").fetchall())


def read_steps(con: duckdb.DuckDBPyConnection) -> tuple[Step, ...]:
    """The steps of the attached plan in the order of apply, each with the ways that were not taken."""
    found = con.execute(
        "select step, action, polls, job_seconds, reason, system, what, row_count, calls, jobs, size, seconds"
        " from plan.routes order by position"
    ).fetchall()
    steps = []
    for _, ways in groupby(found, key=itemgetter(0)):
        taken, *others = (Step(action=w[1], polls=w[2], job_seconds=w[3], reason=w[4], cost=_cost(w[5:])) for w in ways)
        steps.append(replace(taken, others=tuple(others)))
    return tuple(steps)


def read_quotas(meta: Mapping[str, str]) -> tuple[Quota, ...]:
    """What the systems said when the plan was made."""
    found = []
    for key in sorted((k for k in meta if k.startswith(_QUOTA)), reverse=True):
        used, _, limit = meta[key].partition("/")
        found.append(Quota(system=key.removeprefix(_QUOTA), used=int(used), limit=int(limit)))
    return tuple(found)


def _cost(row: tuple[Any, ...]) -> Cost:
    system, what, count, calls, jobs, size, seconds = row
    return Cost(system=system, what=what, rows=count, calls=calls, jobs=jobs, size=size, seconds=seconds)

"""A plan with steps of every kind: one call, a job with its polls, and ways that are not taken."""

from pardotflow.plan.cost import Cost, Quota, Step
from pardotflow.plan.model import PlanReport

from .rows import empty, meta


def _step(action: str, cost: Cost, *others: Step, polls: int = 0, job_seconds: float = 0, reason: str = "") -> Step:
    return Step(action=action, cost=cost, polls=polls, job_seconds=job_seconds, reason=reason, others=others)


def _cost(system: str, what: str, rows: int, calls: int, jobs: int, size: int, seconds: float) -> Cost:
    return Cost(system=system, what=what, rows=rows, calls=calls, jobs=jobs, size=size, seconds=seconds)


def with_steps() -> PlanReport:
    """What apply would do in three steps."""
    one = _cost("salesforce", "Contact updates, each only if unchanged", 1, 1, 0, 84, 2.0)
    jobs = _cost("salesforce", "Lead updates by Bulk job", 480_000, 41, 2, 123_000_000, 1004.0)
    imports = _cost("pardot", "prospect updates by import", 1873, 9, 1, 96_000, 52.7)
    steps = (
        _step(
            "update",
            one,
            _step(
                "update",
                _cost("salesforce", "Contact updates", 1, 1, 0, 84, 2.0),
                reason="as many calls, and an edit of the last moment is not seen",
            ),
            _step(
                "update",
                _cost("salesforce", "Contact updates by Bulk job", 1, 6, 1, 40, 14.0),
                reason="only from 2,001 rows",
            ),
        ),
        _step(
            "update",
            jobs,
            _step(
                "update", _cost("salesforce", "Lead updates", 480_000, 2400, 0, 10**8, 600.0), reason="2,359 more calls"
            ),
            polls=35,
            job_seconds=980.0,
        ),
        _step("update", imports, polls=6, job_seconds=48.7),
    )
    return empty(
        meta=meta(),
        costs=(one, jobs, imports),
        steps=steps,
        quotas=(
            Quota(system="salesforce", used=1000, limit=100_000),
            Quota(system="pardot", used=24_998, limit=25_000),
        ),
    )

"""What a plan costs: calls, jobs, bytes and time by system, and what share of today's allowance they take.

An allowance that a system does not tell is not guessed. Time is the least that it takes with as many requests at once
as the connection allows; how long calls and jobs last is assumed (docs/routes.md).
"""

from collections.abc import Iterable, Sequence

from rich.text import Text

from pardotflow.plan.cost import Cost, Quota, Step
from pardotflow.plan.model import PlanReport
from pardotflow.views.layout import grid, heading, left, paragraph, words
from pardotflow.views.page import FACT, Page
from pardotflow.views.words import about, bytes_text, number, percent, plural, system_name


def cost_facts(report: PlanReport, page: Page) -> list[Text]:
    """The lines `to apply` and `to plan` of the summary."""
    needed = {c.system: _sum(report.costs, c.system) for c in report.costs if c.calls}
    width = max((len(system_name(system)) for system in needed), default=0)
    quotas = {quota.system: quota for quota in report.quotas}
    lines: list[Text] = []
    for system, cost in needed.items():
        text, style = _share(cost, quotas.get(system), report.meta.created_at)
        name = left(words("" if lines else "to apply", "dim"), FACT).append_text(words(system_name(system)))
        lines += paragraph(text, page.width, first=name, indent=FACT + width + 2, style=style)
    read = calls_text(report.read_calls)
    told = f"{read} calls" if read else ""
    return lines + paragraph(told, page.width, first=words("to plan", "dim"), indent=FACT, style="dim")


def _sum(costs: Sequence[Cost], system: str) -> Cost:
    own = [c for c in costs if c.system == system]
    return Cost(
        system=system,
        what="",
        rows=sum(c.rows for c in own),
        calls=sum(c.calls for c in own),
        jobs=sum(c.jobs for c in own),
        size=sum(c.size for c in own),
        seconds=sum(c.seconds for c in own),
    )


def _share(cost: Cost, quota: Quota | None, created_at: str) -> tuple[str, str]:
    calls = plural(cost.calls, "call")
    if quota is None or quota.limit <= 0:
        return _with_rest(calls, cost), ""
    if cost.calls > quota.left:
        ends = quota.last_day(cost.calls, created_at)
        over = f"{calls}, more than the {number(quota.left)} that are left today"
        return _with_rest(f"{over}: it would end on {ends}" if ends else over, cost), "bold red"
    share = f"{percent(cost.calls, quota.left)} of the {number(quota.left)} left today"
    return _with_rest(f"{calls}, {share}", cost), ""


def _with_rest(text: str, cost: Cost) -> str:
    """Jobs, bytes and time behind the calls."""
    return "; ".join(part for part in (text, ", ".join(_rest(cost))) if part)


def _rest(cost: Cost) -> list[str]:
    told = (plural(cost.jobs, "job"), bytes_text(cost.size), about(cost.seconds))
    return [text for amount, text in zip((cost.jobs, cost.size, cost.seconds), told, strict=True) if amount]


def calls_text(calls: Iterable[tuple[str, int]]) -> str:
    """`Salesforce 22, Pardot 148`; systems that were not called are left out."""
    return ", ".join(f"{system_name(system)} {number(n)}" for system, n in calls if n)


def request_lines(costs: Sequence[Cost], page: Page) -> list[Text]:
    """The same by kind of request, for somebody who asked for all."""
    rows = [
        [words(f"{system_name(c.system)} {c.what}"), words(plural(c.rows, "row")), words(plural(c.calls, "call"))]
        for c in costs
        if c.calls
    ]
    return [heading("Requests"), *grid(rows, indent=2)] if rows and page.full else []


def step_lines(steps: Sequence[Step], page: Page) -> list[Text]:
    """What apply does in its order, and below each step the ways that were not taken, for somebody who asked for it."""
    lines: list[Text] = []
    for place, step in enumerate(steps, start=1):
        cost = step.cost
        told = f"{plural(cost.rows, 'row')}, {', '.join([plural(cost.calls, 'call'), *_rest(cost)])}"
        name = f"{place}  {system_name(cost.system)} {cost.what}"
        lines += paragraph(name, page.width, first=words(""), indent=2)
        lines += paragraph(told + _polls(step), page.width, indent=5)
        for other in step.others:
            price = plural(other.cost.calls, "call")
            text = f"not taken: {other.cost.what}, {price}: {other.reason}"
            lines += paragraph(text, page.width, indent=5, style="dim")
    note = "how long calls and jobs last is assumed: docs/routes.md"
    return [heading("Steps", note), *lines] if lines else []


def _polls(step: Step) -> str:
    if not step.polls:
        return ""
    return f"; {number(step.polls)} of the calls ask after jobs that last {about(step.job_seconds, exact=True)}"

"""What a plan costs: calls by system, and what share of today's allowance they take.

An allowance that a system does not tell is not guessed.
"""

from collections.abc import Iterable, Sequence

from rich.text import Text

from pardotflow.plan.model import Cost, PlanReport, Quota
from pardotflow.views.layout import grid, heading, left, paragraph, words
from pardotflow.views.page import FACT, Page
from pardotflow.views.words import number, percent, plural, system_name


def cost_facts(report: PlanReport, page: Page) -> list[Text]:
    """The lines `to apply` and `to plan` of the summary."""
    calls: dict[str, int] = {}
    for cost in report.costs:
        calls[cost.system] = calls.get(cost.system, 0) + cost.calls
    needed = {system: n for system, n in calls.items() if n}
    width = max((len(system_name(system)) for system in needed), default=0)
    quotas = {quota.system: quota for quota in report.quotas}
    lines: list[Text] = []
    for system, n in needed.items():
        text, style = _share(n, quotas.get(system))
        name = left(words("" if lines else "to apply", "dim"), FACT).append_text(words(system_name(system)))
        lines += paragraph(text, page.width, first=name, indent=FACT + width + 2, style=style)
    read = calls_text(report.read_calls)
    told = f"{read} calls" if read else ""
    return lines + paragraph(told, page.width, first=words("to plan", "dim"), indent=FACT, style="dim")


def _share(calls: int, quota: Quota | None) -> tuple[str, str]:
    text = plural(calls, "call")
    if quota is None or quota.limit <= 0:
        return text, ""
    remaining = max(quota.limit - quota.used, 0)
    if calls > remaining:
        return f"{text}, more than the {number(remaining)} that are left today", "bold red"
    return f"{text}, {percent(calls, remaining)} of the {number(remaining)} left today", ""


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

"""The plan in a dozen lines: how much of what happens where, what does not happen, and what it costs.

Nothing is said of what is zero, except that there are no changes.
"""

from collections.abc import Iterable, Sequence

from rich.text import Text

from pardotflow.plan.model import Count, PlanReport, SkipReason
from pardotflow.views.labels import ACTIONS
from pardotflow.views.layout import grid, paragraph, stacked, words
from pardotflow.views.page import FACT, Page
from pardotflow.views.terminal.consent import consent_fact
from pardotflow.views.terminal.cost import cost_facts
from pardotflow.views.terminal.head import guards_fact
from pardotflow.views.words import listed, minute, number, plural, system_object

_SHOWN_ONLY = {"observe": "its changes are shown and never sent", "plan": "its changes are planned and not sent"}

_NOT_COMPARED = (
    *(SkipReason.LEFT_SELECTION, SkipReason.DO_NOT_SYNC),
    *(SkipReason.PERSON_CONTACT, SkipReason.BUSINESS_ACCOUNT),
)


def summary_lines(report: PlanReport, page: Page) -> list[Text]:
    """The table of counts, or that there are no changes, and the facts below it."""
    table = count_table(report.counts) if report.has_changes else paragraph(_nothing(report), page.width, style="green")
    return stacked([table, [*_stand(report, page), *cost_facts(report, page), *_caution(report, page)]])


def _nothing(report: PlanReport) -> str:
    if not report.held_total:
        return "No changes."
    held = plural(report.held_total, "item is", "items are")
    return f"No changes. {held} held; {'it does' if report.held_total == 1 else 'they do'} not count."


def count_table(counts: Sequence[Count]) -> list[Text]:
    """One row for each object, one column for each action that happens, and a total of more than one row."""
    actions = [action for action in ACTIONS if any(c.action == action and c.records for c in counts)]
    places = list(dict.fromkeys((c.system, c.object) for c in counts if c.records))
    has_fields = any(c.fields for c in counts)
    titles = ["", *actions, *(["fields"] if has_fields else [])]
    rows = [[words(title, "dim") for title in titles]]
    for system, name in places:
        own = [c for c in counts if (c.system, c.object) == (system, name)]
        rows.append([words(system_object(system, name)), *_numbers(own, actions, has_fields)])
    if len(places) > 1:
        rows.append([words("total", "dim"), *_numbers(counts, actions, has_fields)])
    return grid(rows, gap=3)


def _numbers(counts: Iterable[Count], actions: Sequence[str], has_fields: bool) -> list[Text]:
    counts = list(counts)
    cells = []
    for action in actions:
        mark, colour = ACTIONS[action]
        records = sum(c.records for c in counts if c.action == action)
        cells.append(words(f"{mark}{number(records)}" if records else "", colour))
    fields = sum(c.fields for c in counts)
    return [*cells, words(number(fields) if fields else "")] if has_fields else cells


def fact(name: str, text: str, page: Page, style: str = "") -> list[Text]:
    """One named line, broken below itself; nothing where there is nothing to say."""
    return paragraph(text, page.width, first=words(name, "dim"), indent=FACT, style=style)


def _stand(report: PlanReport, page: Page) -> list[Text]:
    lines = fact("conflicts", _conflicts(report), page, "yellow" if report.conflicts_open else "")
    lines += fact("consent", consent_fact(report.consent), page, "yellow" if _is_taken_back(report) else "")
    if report.held_total and report.has_changes:
        lines += fact("held", f"{plural(report.held_total, 'item')} seen and listed, not sent", page)
    if report.ambiguities_total:
        found = plural(report.ambiguities_total, "record")
        lines += fact("ambiguous", f"{found} with more than one candidate: nothing is written for them", page)
    lines += fact("skipped", _skipped(report), page)
    return lines + fact("guards", guards_fact(report), page)


def _is_taken_back(report: PlanReport) -> bool:
    """True where somebody is opted in again, or would be."""
    return report.consent is not None and report.consent.total(opts="in") > 0


def _skipped(report: PlanReport) -> str:
    apart = sum(group.count for group in report.skipped if group.kind in _NOT_COMPARED)
    alone = report.skipped_total - apart
    told = f"{plural(alone, 'record')} without a counterpart" if alone else ""
    return listed(part for part in (told, f"{plural(apart, 'pair')} not compared" if apart else "") if part)


def _conflicts(report: PlanReport) -> str:
    waiting = f"{number(report.conflicts_open)} open" if report.conflicts_open else ""
    decided = f"{number(report.conflicts_decided)} decided" if report.conflicts_decided else ""
    return ", ".join(part for part in (waiting, decided) if part)


def _caution(report: PlanReport, page: Page) -> list[Text]:
    lines = []
    if report.has_changes and any(strength not in _SHOWN_ONLY for _, strength in report.syncs):
        text = "Writing may start flows, triggers and engagement programs there."
        lines += fact("automation", text, page, "yellow")
    for sync, pairs, since in report.paused:
        text = f"{sync} is paused{f' since {minute(since)}' if since else ''}: {plural(pairs, 'pair is', 'pairs are')}"
        lines += fact("paused", f"{text} not compared; links and bases stay", page, "yellow")
    for sync, strength in report.syncs:
        if strength in _SHOWN_ONLY:
            lines += fact("strength", f"{sync} is at {strength}: {_SHOWN_ONLY[strength]}", page, "yellow")
    return lines

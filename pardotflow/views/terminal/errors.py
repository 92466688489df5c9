"""Sync errors on a terminal: by cause, each with what to do about it, and a few records with the system's own words."""

from rich.console import Group, RenderableType
from rich.text import Text

from pardotflow.plan.errors import ErrorGroup, ErrorItem, ErrorReport
from pardotflow.views.layout import blanks, clipped, edges, heading, join, paragraph, right, stacked, words
from pardotflow.views.page import Page, more, page_for
from pardotflow.views.words import listed, minute, number, plural, system_name

SAMPLES = 3
_STATES = {"open": "not tried again", "retry": "tried again by the next plan", "ignored": "ignored"}


def render_errors(report: ErrorReport, *, width: int, full: bool = False) -> RenderableType:
    """The errors for a screen of `width` cells; every record where `full`."""
    page = page_for(width, full=full)
    column = max((len(number(len(group.items))) for group in report.groups), default=0)
    blocks = [_head(report), *(_group(group, column, page) for group in report.groups), _next(report)]
    return Group(*(clipped(line, page.width) for line in stacked(blocks)))


def _head(report: ErrorReport) -> list[Text]:
    if not report.groups:
        told = "No sync errors." if not report.total else f"None of {plural(report.total, 'sync error')} is meant."
        return [join(words(told, "green"), words(report.environment, "dim"), gap=2)]
    of = f" of {number(report.total)}" if report.total > report.selected else ""
    return [heading(f"{plural(report.selected, 'sync error')}{of}", report.environment)]


def _group(group: ErrorGroup, column: int, page: Page) -> list[Text]:
    indent = column + 4
    place = join(words(system_name(group.system)), words(group.code or "(no code)", "bold"), gap=2)
    start = join(blanks(2), right(words(number(len(group.items)), "bold"), column), blanks(2), place)
    lines = edges(start, words(group.cause_name, "cyan"), page.width)
    lines += paragraph(group.explanation, page.width, indent=indent, style="dim")
    lines += paragraph(group.way_out, page.width, first=join(blanks(indent), words("→")), indent=indent + 2)
    counts = [(group.open, _STATES["open"]), (group.retry, _STATES["retry"]), (group.ignored, _STATES["ignored"])]
    if group.retry or group.ignored:
        lines.append(join(blanks(indent), words(listed(f"{number(n)} {what}" for n, what in counts if n), "dim")))
    shown = group.items if page.full else group.items[:SAMPLES]
    for item in shown:
        lines += _item(item, indent, page)
    left_out = len(group.items) - len(shown)
    if left_out:
        hint = words(f"  pardotflow errors --code {group.code} --full" if group.code else "  pardotflow errors --full")
        lines += [join(blanks(indent - 2), *more(left_out, "record", "", page)), join(blanks(indent), hint)]
    return lines


def _item(item: ErrorItem, indent: int, page: Page) -> list[Text]:
    place = f"{item.object}/{item.id}" if not item.made_from else f"new {item.object} for {item.made_from}"
    who = join(blanks(indent), words(place, "cyan"), words(f"  {item.name}" if item.name else "", "dim"))
    what = f"{item.action} {', '.join(item.fields)}".strip()
    since = f"{'since' if item.times > 1 else 'at'} {minute(item.first_at)}"
    times = f", {number(item.times)} times" if item.times > 1 else ""
    told = f"{what}, {since}{times}, run {item.run_id}"
    lines = [who, *paragraph(told, page.width, indent=indent + 2, style="dim")]
    if item.state != "open":
        lines.append(join(blanks(indent + 2), words(_STATES.get(item.state, item.state), "yellow")))
    return lines + paragraph(item.message, page.width, indent=indent + 2)


def _next(report: ErrorReport) -> list[Text]:
    if not any(group.open for group in report.groups):
        return []
    lines = [join(words("Next: "), words("pardotflow errors --retry", "bold"), words("  (or --ignore)", "dim"))]
    return [*lines, join(blanks(6), words("with --record, --code or --cause for some of them", "dim"))]

"""What is not sent and why: held items, ambiguities, skipped records, accepted differences, errors of a run.

Each kind is one heading with its count; each group one row with its reason, its line and a few names.
"""

from collections.abc import Mapping, Sequence

from rich.text import Text

from pardotflow.plan.model import Group, HeldKind, PlanReport, RecordName
from pardotflow.plan.run import RunReport
from pardotflow.views.labels import HELD, SKIPPED
from pardotflow.views.labels import label as label_of
from pardotflow.views.layout import blanks, edges, heading, join, paragraph, right, shown, words
from pardotflow.views.page import Page, label, more, row_of_names
from pardotflow.views.values import plain
from pardotflow.views.words import number, plural, system_object

_MOST = 12
_SAMPLES = 3
_LONGEST_NAME = 28


def created_lines(report: PlanReport, page: Page) -> list[Text]:
    """Records that come into being."""
    total = sum(group.count for group in report.created)
    return _plain("New records", number(total), report.created, report.meta.id, page)


def held_lines(report: PlanReport, page: Page) -> list[Text]:
    """What was seen and listed, but is not sent, kind by kind; what stands under consent is not said twice."""
    told = sum(g.count for g in report.held if g.kind == HeldKind.OPT_IN) if report.consent else 0
    others = [g for g in report.held if not told or g.kind != HeldKind.OPT_IN]
    note = f"{number(report.held_total - told)} seen and listed, not sent"
    apart = f"; {number(told)} more under Consent" if told else ""
    return _by_kind("Held", note + apart, others, HELD, report.meta.id, page)


def endless_lines(report: PlanReport, page: Page) -> list[Text]:
    """What every plan would write again, with both rules."""
    groups = [group for group in report.unsettled if group.kind == "oscillates"]
    total = plural(sum(group.count for group in groups), "field")
    note = f"{total}: two rules answer each other, and every plan would write them again"
    return _plain("Does not converge", note, groups, report.meta.id, page)


def doomed_lines(report: PlanReport, page: Page) -> list[Text]:
    """Records that the next plan would delete because of this one."""
    groups = [group for group in report.unsettled if group.kind == "deletes_next"]
    total = plural(sum(group.count for group in groups), "record")
    note = f"{total}: what this plan writes makes the next one delete them"
    return _plain("Deleted next time", note, groups, report.meta.id, page)


def flipflop_lines(report: PlanReport, page: Page) -> list[Text]:
    """What goes to and fro over the runs."""
    total = plural(sum(group.count for group in report.flipflops), "field")
    note = f"{total}: earlier runs wrote the same values, and something undid them"
    return _plain("To and fro", note, report.flipflops, report.meta.id, page)


def later_lines(report: PlanReport, page: Page) -> list[Text]:
    """What follows from this plan and takes another one."""
    groups = [group for group in report.unsettled if group.kind == "needs_another"]
    note = f"{plural(sum(group.count for group in groups), 'field')}: what this plan writes lets others follow"
    return _plain("Left to the next plan", note, groups, report.meta.id, page)


def skipped_lines(report: PlanReport, page: Page) -> list[Text]:
    """Records that have no counterpart and get none."""
    note = plural(report.skipped_total, "record")
    return _by_kind("Skipped", note, report.skipped, SKIPPED, report.meta.id, page)


def ambiguous_lines(report: PlanReport, page: Page) -> list[Text]:
    """Records with several candidates, and who these are."""
    note = f"{plural(report.ambiguities_total, 'record')}: nothing is linked or written for them"
    return _plain("Ambiguous", note, report.ambiguities, report.meta.id, page)


def accepted_lines(report: PlanReport, page: Page) -> list[Text]:
    """Differences that stay: rewritten or cut values."""
    total = number(sum(group.count for group in report.accepted))
    return _plain("Accepted differences", f"{total}: nothing is written", report.accepted, report.meta.id, page)


def refused_lines(report: RunReport, page: Page) -> list[Text]:
    """What a system refused, by its own words."""
    total = sum(group.count for group in report.errors)
    return _plain("Sync errors", plural(total, "record"), report.errors, "", page)


def remainder_lines(report: RunReport, page: Page) -> list[Text]:
    """What of the plan was not carried out."""
    total = sum(group.count for group in report.remainder)
    return _plain("Left over", plural(total, "record"), report.remainder, "", page)


def _plain(title: str, note: str, groups: Sequence[Group], plan: str, page: Page) -> list[Text]:
    if not groups:
        return []
    chosen = groups if page.full else groups[:_MOST]
    left_out = more(len(groups) - len(chosen), "group", plan, page)
    return [heading(title, note), *_rows(chosen, _column(chosen), page), *left_out]


def _by_kind(
    title: str, note: str, groups: Sequence[Group], labels: Mapping[str, str], plan: str, page: Page
) -> list[Text]:
    if not groups:
        return []
    lines = [heading(title, note)]
    chosen = groups if page.full else groups[:_MOST]
    for kind in dict.fromkeys(group.kind for group in chosen):
        told = label_of(labels, kind)
        lines.append(join(blanks(2), words(told, "underline")))
        lines += _rows([group for group in chosen if group.kind == kind], _column(chosen), page, told)
    return lines + more(len(groups) - len(chosen), "group", plan, page)


def _rows(groups: Sequence[Group], column: int, page: Page, title: str = "") -> list[Text]:
    return [line for group in groups for line in _group(group, column, page, title)]


def _column(groups: Sequence[Group]) -> int:
    return max(len(number(group.count)) for group in groups)


def _group(group: Group, column: int, page: Page, title: str) -> list[Text]:
    """One group under a title; a reason that only says the title again is left out."""
    place = join(words(system_object(group.system, group.object)), words(group.field, "bold"), gap=2)
    start = join(blanks(4), right(words(number(group.count), "bold"), column), blanks(1), place)
    lines = edges(start, words(group.line, "cyan"), page.width)
    indent = column + 5
    if group.reason.casefold() != title.casefold():
        lines += paragraph(group.reason, page.width, indent=indent)
    return lines + _samples(group, indent, page)


def _samples(group: Group, indent: int, page: Page) -> list[Text]:
    notes = [*group.sample_notes, *[""] * len(group.samples)]
    pairs = list(zip(group.samples, notes, strict=False))[: len(group.samples) if page.full else _SAMPLES]
    room = page.width - indent
    if not page.full and not any(note for _, note in pairs):
        names = row_of_names([page.name(sample) for sample, _ in pairs], room)
        return [join(blanks(indent), names)] if pairs else []
    return [line for sample, note in pairs for line in _sample(sample, page.note(note), indent, page)]


def _sample(sample: RecordName, note: str, indent: int, page: Page) -> list[Text]:
    """Name and note on one line where both fit whole, else below each other."""
    room = page.width - indent
    told = shown(plain(note, room - 2))
    name = label(sample, page, room if page.full else min(_LONGEST_NAME, room))
    if not note or name.cell_len + 2 + told.cell_len <= room:
        return [join(blanks(indent), join(name, told, gap=2))]
    return [join(blanks(indent), name), join(blanks(indent + 2), told)]

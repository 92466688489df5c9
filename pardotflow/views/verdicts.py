"""Decision tests on a terminal: what failed and why, one line of counts, and the cells that no case covers."""

from rich.console import Group, RenderableType
from rich.text import Text

from pardotflow.plan.verdicts import CaseReport, Difference, FileVerdicts, MappingCoverage, Verdict
from pardotflow.views.layout import clipped, edges, heading, join, paragraph, stacked, words
from pardotflow.views.page import page_for
from pardotflow.views.words import listed, number, percent, plural

_INDENT = 4
_LABEL = 10


def render_verdicts(report: CaseReport, *, width: int, coverage: bool = False) -> RenderableType:
    """The report; with `coverage` every mapping with the cells that no case reaches."""
    room = page_for(width).width
    blocks = [_file(file, room) for file in report.files]
    if coverage:
        blocks += [_sync_coverage(report, sync, room) for sync in dict.fromkeys(c.sync for c in report.coverage)]
    return Group(*(clipped(line, room) for line in stacked([*blocks, _summary(report)])))


def _file(file: FileVerdicts, room: int) -> list[Text]:
    """The file, and the cases that do not hold."""
    failed = [v for v in file.verdicts if not v.is_held]
    count = plural(len(file.verdicts), "case")
    note = f"{count}, {number(len(failed))} failed" if failed else f"{count}, all hold"
    head = edges(heading(file.file, f"{file.sync}: {note}"), words(""), room)
    return [*head, *(line for verdict in failed for line in _verdict(verdict, room))]


def _verdict(verdict: Verdict, room: int) -> list[Text]:
    title = join(words("  ✗ ", "bold red"), words(verdict.name, "bold"))
    lines = edges(title, words(verdict.line, "cyan"), room)
    return [*lines, *(line for difference in verdict.differences for line in _difference(difference, room))]


def _difference(difference: Difference, room: int) -> list[Text]:
    head = join(words(" " * _INDENT), words(difference.what))
    return [
        *edges(head, words(difference.line, "cyan"), room),
        *_fact("expected", difference.expected, room),
        *_fact("planned", difference.planned, room),
        *_fact("why", difference.why, room),
    ]


def _fact(label: str, text: str, room: int) -> list[Text]:
    indent = _INDENT + 2
    first = join(words(" " * indent), words(label, "dim"))
    return paragraph(text, room, first=first, indent=indent + _LABEL)


def _summary(report: CaseReport) -> list[Text]:
    total = report.passed + report.failed
    if report.failed:
        verdict = words(f"{number(report.failed)} of {plural(total, 'case')} failed.", "bold red")
    else:
        verdict = words(f"{plural(total, 'case')}, all hold.", "bold green")
    share = f"{number(report.covered)} of {plural(report.cells, 'policy cell')} covered"
    return [verdict, words(f"{share} ({percent(report.covered, report.cells) or '0%'}).", "dim")]


def _sync_coverage(report: CaseReport, sync: str, room: int) -> list[Text]:
    parts = [c for c in report.coverage if c.sync == sync]
    return [heading(f"Coverage of {sync}"), *(line for part in parts for line in _mapping(part, room))]


def _mapping(part: MappingCoverage, room: int) -> list[Text]:
    count = f"{number(part.covered)} of {number(part.cells)}"
    name = join(words("  "), words(part.mapping, "bold"), words(f"  {count}", "dim"))
    lines = edges(name, words(part.line, "cyan"), room)
    if part.missing and part.covered:
        lines += paragraph(f"not covered: {_missing(part)}", room, indent=_INDENT)
    return lines


def _missing(part: MappingCoverage) -> str:
    """The cells by what was found: `both moved (pardot blank)`, and without a bracket where none of them is covered."""
    by_found: dict[str, list[str]] = {}
    for cell in part.missing:
        by_found.setdefault(cell.found, []).append(cell.values)
    most = part.cells // part.situations
    return ", ".join(
        found if len(values) == most else f"{found} ({listed(values)})" for found, values in by_found.items()
    )

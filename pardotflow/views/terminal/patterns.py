"""Many equal field changes as one row each, largest first, under a heading for each section.

However few rows are shown, every section that has any shows its largest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from pardotflow.plan.model import Action, Pattern, PlanReport, Section
from pardotflow.views.labels import SECTIONS
from pardotflow.views.labels import label as label_of
from pardotflow.views.layout import blanks, edges, heading, join, left, right, shown, words
from pardotflow.views.page import Page, label, more, row_of_names
from pardotflow.views.terminal.change import Move, move_of_pattern, move_text, sign
from pardotflow.views.values import plain
from pardotflow.views.words import number, objects, plural

_MOST = 16
_SAMPLES = 3
_LONGEST_OBJECT = 20
_LONGEST_FIELD = 26
_LONGEST_NAME = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Widths in cells, the same for all rows of the plan."""

    count: int
    object: int
    field: int

    @property
    def details(self) -> int:
        return self.count + 5

    @property
    def values(self) -> int:
        return self.details + self.object + self.field + 4


def pattern_lines(report: PlanReport, page: Page) -> list[Text]:
    """The block of patterns; nothing where nothing folds."""
    if not report.patterns:
        return []
    ordered = sorted(report.patterns, key=lambda p: -p.records)
    chosen = ordered if page.full else _largest(ordered)
    columns = _columns(chosen, page)
    singly = f", {number(report.singles_total)} stand alone" if report.singles_total else ""
    note = f"{plural(report.fields_total, 'field change')} in {plural(report.patterns_total, 'pattern')}{singly}"
    lines = [heading("Patterns", note)]
    for section in _sections(chosen):
        lines += _section(section, [p for p in chosen if _section_of(p) == section], columns, page)
    return lines + more(report.patterns_total - len(chosen), "pattern", report.meta.id, page)


def _sections(patterns: Sequence[Pattern]) -> list[str]:
    """Those that occur, in the order of the labels; deletes come first."""
    found = {_section_of(p) for p in patterns}
    return [section for section in dict.fromkeys([Section.DELETE, *SECTIONS, *sorted(found)]) if section in found]


def _section_of(pattern: Pattern) -> str:
    return Section.DELETE if pattern.action == Action.DELETE else pattern.section


def _largest(patterns: Sequence[Pattern]) -> list[Pattern]:
    """The first of the patterns; invariant: each section's first is among them. The order stays."""
    firsts = {next(i for i, p in enumerate(patterns) if _section_of(p) == s) for s in _sections(patterns)}
    others = [i for i in range(len(patterns)) if i not in firsts]
    return [patterns[i] for i in sorted(firsts | set(others[: max(_MOST - len(firsts), 0)]))]


def _columns(patterns: Sequence[Pattern], page: Page) -> _Columns:
    spare = page.width - 80
    return _Columns(
        count=max(len(number(p.records)) for p in patterns),
        object=min(max(cell_len(objects(p.records, p.object)) for p in patterns), _LONGEST_OBJECT + max(spare // 4, 0)),
        field=min(max(cell_len(p.field) for p in patterns), _LONGEST_FIELD + max(spare // 4, 0)),
    )


def _section(section: str, patterns: Sequence[Pattern], columns: _Columns, page: Page) -> list[Text]:
    reasons = {p.reason for p in patterns}
    common = reasons.pop() if len(reasons) == 1 and len(patterns) > 1 else None
    title = label_of(SECTIONS, section)
    note = "" if common is None or title.casefold() in common.casefold() else common
    lines = [join(blanks(2), heading(title, note, "bold underline"))]
    for pattern in patterns:
        lines += _pattern(pattern, columns, page, "" if common is not None else pattern.reason)
    return lines


def _pattern(pattern: Pattern, columns: _Columns, page: Page, reason: str) -> list[Text]:
    what = shown(plain(objects(pattern.records, pattern.object), columns.object))
    start = join(
        blanks(2),
        sign(pattern.action),
        blanks(1),
        right(words(number(pattern.records), "bold"), columns.count),
        blanks(1),
        left(what, columns.object),
        blanks(2),
    )
    move = move_of_pattern(pattern)
    if pattern.field:
        start = join(start, left(shown(plain(pattern.field, columns.field), "bold"), columns.field), blanks(2))
    row = join(start, move_text(move, page.width - columns.values, page))
    why = join(words(reason, "dim"), words(pattern.line, "cyan"), gap=2)
    return [row, *_details(pattern, move, why, columns.details, page)]


def _details(pattern: Pattern, move: Move, why: Text, indent: int, page: Page) -> list[Text]:
    various = move.various_before or move.various_after
    if various or page.full:
        *lines, last = _samples(pattern, various, indent, page) or [blanks(0)]
        return [*lines, *edges(last, why, page.width)]
    names = row_of_names([page.name(s) for s in pattern.samples[:_SAMPLES]], page.width - indent - why.cell_len - 2)
    return edges(join(blanks(indent), names) if names.plain else names, why, page.width)


def _samples(pattern: Pattern, various: bool, indent: int, page: Page) -> list[Text]:
    """One line a sample, with its values where they differ."""
    room = page.width - indent
    longest = room * 3 // 5 if page.full else _LONGEST_NAME
    labels = [label(sample, page, longest) for sample in pattern.samples[:_SAMPLES]]
    if not various:
        return [join(blanks(indent), one) for one in labels]
    column = max((one.cell_len for one in labels), default=0)
    lines = []
    for one, (before, after) in zip(labels, pattern.sample_values, strict=False):
        move = Move(action=pattern.action, before=before, after=after, pii=pattern.pii)
        values = move_text(move, room - column - 2, page)
        lines.append(join(blanks(indent), left(one, column), blanks(2), values))
    return lines

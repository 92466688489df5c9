"""Whatever records hold: no line is too wide, no control character arrives, markup shows literally."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pardotflow.plan.model import PlanReport
from pardotflow.plan.run import RunReport
from pardotflow.views.terminal import render_plan, render_run

from . import reports, rows
from .screen import text_of

ODD = (
    "[red]x[/red]",
    "\x1b[31mx\x1b]8;;http://example.com\x07",
    "\u202eevil",
    "👨\u200d👩\u200d👧❤\ufe0f🇩🇪",
    "北海道センサー株式会社",
    "\u05e9\u05dc\u05d5\u05dd",
    "a\u0301\u0302\u0303",
    "line\nline\r\nline\ttab",
    "\u009b31m\x00\x08",
    "W" * 500,
    "word " * 60,
    ":smile: [link=http://example.com]",
    "\ud800",
)
TEXT = st.one_of(st.sampled_from(ODD), st.text(max_size=40))
FORBIDDEN = {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), *"\u202a\u202b\u202d\u202e\u200e\u200f\u2066"} - {"\n"}
CLOSED = frozenset({"action", "section", "kind", "mode", "status", "system", "winner", "pii"})
"""Words of closed lists that decide which part of the screen is tested."""


Draw = Callable[[st.SearchStrategy[str]], str]


def scrambled(value: object, draw: Draw, name: str = "") -> object:
    """The same report with other texts in it."""
    if isinstance(value, str):
        return value if name in CLOSED else draw(TEXT)
    if isinstance(value, tuple):
        return tuple(scrambled(item, draw) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: scrambled(getattr(value, f.name), draw, f.name) for f in fields(value)}
        return replace(value, **changed)
    return value


@st.composite
def odd_plans(draw: st.DrawFn) -> PlanReport:
    """A plan in any state whose texts are not what anybody expects."""
    builders = (reports.first_plan, reports.nothing_new, reports.blocked, reports.production, reports.with_conflicts)
    return cast(PlanReport, scrambled(draw(st.sampled_from(builders))(), draw))


def assert_harmless(text: str, width: int) -> None:
    lines = text.split("\n")
    assert [line for line in lines if cell_len(line) > width] == []
    assert not FORBIDDEN & set(text)
    assert [line for line in lines if line.count("\u2068") != line.count("\u2069")] == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(odd_plans(), st.sampled_from((40, 60, 80, 100, 120)), st.booleans(), st.booleans())
def test_any_plan(report: PlanReport, width: int, full: bool, masked: bool) -> None:
    mask = (lambda value, pii: f"{pii}·{value}") if masked else None
    assert_harmless(text_of(render_plan(report, width=width, full=full, mask=mask), width), width)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from((40, 80, 120)))
def test_any_run(data: st.DataObject, width: int) -> None:
    report = cast(RunReport, scrambled(reports.run_with_errors(), lambda strategy: data.draw(strategy)))
    assert_harmless(text_of(render_run(report, width=width), width), width)


def test_escape_sequences_of_values_never_reach_a_terminal_with_colour() -> None:
    evil = "\x1b[41m\x1b]0;owned\x07[bold]no[/bold]"
    change = rows.change(rows.prospect(1, evil), evil, evil, "b", 19, reason=evil)
    text = text_of(render_plan(rows.empty(singles=(change,), singles_total=1), width=120), 120, colour=True)
    assert "\x1b[41m" not in text and "\x1b]" not in text and "\x07" not in text
    assert "\\u{1b}[41m" in text and "[bold]no[/bold]" in text


def test_a_console_narrower_than_the_page_cuts_and_does_not_wrap() -> None:
    text = text_of(render_plan(reports.first_plan(), width=30), 30)
    assert max(cell_len(line) for line in text.splitlines()) <= 30

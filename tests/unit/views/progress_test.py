"""Progress: moving bars on a terminal, one line a finished step elsewhere."""

import io

import pytest
from rich.console import Console

from pardotflow.core.progress import NullProgress, Progress
from pardotflow.views.progress import ProgressView


@pytest.fixture(autouse=True)
def capable_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the tests run on."""
    monkeypatch.setenv("TERM", "xterm")


class Seconds:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def view(*, terminal: bool, clock: Seconds) -> tuple[ProgressView, io.StringIO]:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=80, height=25, color_system=None)
    return ProgressView(console, clock=clock), out


def test_a_line_for_every_finished_step_where_nothing_can_move() -> None:
    clock = Seconds()
    progress, out = view(terminal=False, clock=clock)
    with progress:
        progress.start("Reading Salesforce Contact", 3214)
        progress.advance("Reading Salesforce Contact", 2000)
        clock.now += 12
        progress.advance("Reading Salesforce Contact", 1214)
        progress.finish("Reading Salesforce Contact")
        progress.start("Matching [red]people[/red]\x1b[31m")
        progress.finish("Matching [red]people[/red]\x1b[31m", "4,071 pairs")
        progress.finish("Never started")
    assert out.getvalue().splitlines() == [
        "✓ Reading Salesforce Contact  3,214  12 s",
        "✓ Matching [red]people[/red]\\u{1b}[31m  4,071 pairs",
        "✓ Never started",
    ]


def test_only_what_took_a_while_stays_on_a_terminal() -> None:
    clock = Seconds()
    progress, out = view(terminal=True, clock=clock)
    with progress:
        progress.advance("Short")
        progress.finish("Short")
        progress.start("Long", 10)
        progress.start("Long", 20)
        clock.now += 5
        progress.advance("Long", 20)
        progress.finish("Long", "20 rows")
    text = out.getvalue()
    assert "✓ Long  20 rows  5.0 s" in text
    assert "✓ Short" not in text


def test_bars_tell_count_and_estimate() -> None:
    clock = Seconds()
    progress, out = view(terminal=True, clock=clock)
    with progress:
        progress.start("Reading prospects", 4712)
        progress.start("Counting")
        progress.advance("Counting", 7)
        for _ in range(3):
            clock.now += 1
            progress.advance("Reading prospects", 1000)
        clock.now += 1
    text = out.getvalue()
    assert "3,000 of 4,712" in text and "about 2.0 s left" in text
    assert "Counting" in text and " 7 " in text


def test_the_display_ends_when_the_command_breaks() -> None:
    progress, out = view(terminal=True, clock=Seconds())
    with pytest.raises(RuntimeError), progress:
        progress.start("Reading")
        raise RuntimeError("broken")
    assert out.getvalue().count("\x1b[?25l") == out.getvalue().count("\x1b[?25h")


def test_both_satisfy_the_protocol() -> None:
    shown, out = view(terminal=False, clock=Seconds())
    told: list[Progress] = [NullProgress(), shown]
    for progress in told:
        progress.start("x", 2)
        progress.advance("x")
        progress.finish("x", "done")
    assert out.getvalue().count("done") == 1

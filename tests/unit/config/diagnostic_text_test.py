"""The text form of a diagnostic."""

from pardotflow.core.diagnostic import Diagnostic, Frame, Severity
from pardotflow.core.span import Span
from pardotflow.views.diagnostics import LINE_WIDTH, render_diagnostic


def diagnostic(line: str, column: int, length: int = 1, number: int = 2) -> Diagnostic:
    frame = Frame(lines=((number - 1, "before"), (number, line), (number + 1, "after")))
    span = Span(file="a.yml", line=number, column=column, length=length)
    return Diagnostic(code="PF110", message="what is wrong", span=span, frame=frame, help="The way out.")


def test_the_whole_form() -> None:
    assert render_diagnostic(diagnostic("  key: value", 3, 3, 10)) == (
        "error[PF110] what is wrong\n"
        "  --> a.yml:10:3\n"
        "   |\n"
        " 9 | before\n"
        "10 |   key: value\n"
        "   |   ^^^\n"
        "11 | after\n"
        "   = The way out."
    )


def test_without_a_place_or_a_way_out() -> None:
    plain = Diagnostic(code="PF125", message="nothing reads it", severity=Severity.WARNING)
    assert render_diagnostic(plain) == "warning[PF125] nothing reads it"


def test_a_place_in_a_file_that_has_gone() -> None:
    gone = Diagnostic(code="PF101", message="x", span=Span(file="a.yml", line=3, column=2))
    assert render_diagnostic(gone) == "error[PF101] x\n --> a.yml:3:2"


def test_carets_stand_below_wide_characters() -> None:
    lines = render_diagnostic(diagnostic("名前: 値 x", 7, 1)).splitlines()
    assert lines[4] == "2 | 名前: 値 x"
    assert lines[5].index("^") == len("  | ") + 2 + 2 + 2 + 2 + 1
    assert render_diagnostic(diagnostic("値", 1, 1)).splitlines()[5].endswith("| ^^")


def test_a_tab_takes_one_column() -> None:
    lines = render_diagnostic(diagnostic("\tkey: x", 2, 3)).splitlines()
    assert (lines[4], lines[5]) == ("2 |  key: x", "  |  ^^^")


def test_control_characters_never_reach_the_terminal() -> None:
    text = render_diagnostic(diagnostic("key: \x1b[31mred\x07", 1, 3))
    assert "\x1b" not in text and "\x07" not in text
    assert "\x1b" not in render_diagnostic(Diagnostic(code="PF110", message="\x1b[2J", help="\x1b"))


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "a" * 150 + "HERE" + "b" * 300
    shown, marks = render_diagnostic(diagnostic(line, 151, 4)).splitlines()[4:6]
    assert len(shown) <= LINE_WIDTH + len("2 | ") + 2
    assert shown[marks.index("^") : marks.rindex("^") + 1] == "HERE"


def test_carets_end_where_a_line_is_cut() -> None:
    shown, marks = render_diagnostic(diagnostic("x: " + "a" * 300, 4, 300)).splitlines()[4:6]
    assert len(marks) == len(shown) - 1 and shown.endswith("…")


def test_carets_end_where_the_line_ends() -> None:
    assert render_diagnostic(diagnostic("ab", 2, 50)).splitlines()[5] == "  |  ^"
    assert render_diagnostic(diagnostic("", 1, 5)).splitlines()[5] == "  | ^"

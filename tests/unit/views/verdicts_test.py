"""Decision tests on a screen: what failed, why, where; and the cells that are left."""

from rich.console import Console

from pardotflow.plan.verdicts import CaseReport, Difference, FileVerdicts, MappingCoverage, PolicyCell, Verdict
from pardotflow.views.verdicts import render_verdicts

SAME = tuple(PolicyCell(found="neither moved", values=v) for v in ("both filled", "salesforce blank", "pardot blank"))
BOTH = tuple(PolicyCell(found="both moved", values=v) for v in ("both filled", "pardot blank"))
DIFFERENCE = Difference(
    what="pardot phone", expected='"2"', planned="nothing", why="held: a blank", line="syncs/a.yml:9"
)


def screen(report: CaseReport, *, width: int = 80, coverage: bool = False) -> str:
    console = Console(width=width, no_color=True, highlight=False)
    with console.capture() as shown:
        console.print(render_verdicts(report, width=width, coverage=coverage))
    return "\n".join(line.rstrip() for line in shown.get().splitlines())


def report(*differences: Difference) -> CaseReport:
    verdicts = (
        Verdict(name="first", line="tests/a.yml:3", differences=()),
        Verdict(name="second \x1b[31m", line="tests/a.yml:9", differences=differences),
    )
    coverage = (
        MappingCoverage(
            sync="people", mapping="phone", line="syncs/a.yml:9", cells=18, situations=6, missing=SAME + BOTH
        ),
        MappingCoverage(sync="people", mapping="email", line="syncs/a.yml:8", cells=18, situations=6, missing=SAME * 6),
    )
    return CaseReport(files=(FileVerdicts(file="tests/a.yml", sync="people", verdicts=verdicts),), coverage=coverage)


def test_a_case_that_fails() -> None:
    assert screen(report(DIFFERENCE)).splitlines() == [
        "tests/a.yml  people: 2 cases, 1 failed",
        "  ✗ second \\u{1b}[31m" + " " * 46 + "tests/a.yml:9",
        "    pardot phone" + " " * 51 + "syncs/a.yml:9",
        '      expected  "2"',
        "      planned   nothing",
        "      why       held: a blank",
        "",
        "1 of 2 cases failed.",
        "13 of 36 policy cells covered (36%).",
    ]


def test_cases_that_hold() -> None:
    assert screen(report()).splitlines() == [
        "tests/a.yml  people: 2 cases, all hold",
        "",
        "2 cases, all hold.",
        "13 of 36 policy cells covered (36%).",
    ]


def test_the_cells_that_are_left_are_told_by_situation() -> None:
    shown = screen(report(), coverage=True)
    assert "  phone  13 of 18" in shown and "  email  0 of 18" in shown
    assert "not covered: neither moved, both moved (both filled and pardot blank)" in shown


def test_no_line_is_wider_than_the_screen() -> None:
    long = Difference(what="pardot note__c", expected="x" * 300, planned="y " * 150, why="z", line="syncs/a.yml:9")
    assert max(len(line) for line in screen(report(long), width=60, coverage=True).splitlines()) <= 60

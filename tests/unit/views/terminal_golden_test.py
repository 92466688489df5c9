"""The screens of every state of a plan and a run, at both widths, read in review as golden text."""

from collections.abc import Callable

import pytest

from pardotflow.plan.model import PlanReport
from pardotflow.plan.run import RunReport
from pardotflow.views.terminal import render_plan, render_run

from . import reports, rows, steps
from .screen import check_golden, text_of

PLANS = (
    reports.first_plan,
    reports.nothing_new,
    reports.blocked,
    reports.production,
    reports.with_conflicts,
    rows.empty,
)
RUNS = (reports.run, reports.run_with_errors, reports.run_with_remainder, reports.run_interrupted)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("build", PLANS, ids=lambda build: build.__name__)
def test_plan(build: Callable[[], PlanReport], width: int) -> None:
    check_golden(f"{build.__name__}_{width}", text_of(render_plan(build(), width=width), width))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("build", RUNS, ids=lambda build: build.__name__)
def test_run(build: Callable[[], RunReport], width: int) -> None:
    check_golden(f"{build.__name__}_{width}", text_of(render_run(build(), width=width), width))


@pytest.mark.parametrize("width", [80, 120])
def test_steps(width: int) -> None:
    check_golden(f"with_steps_{width}", text_of(render_plan(steps.with_steps(), width=width, steps=True), width))


def test_full_plan() -> None:
    check_golden("first_plan_full_80", text_of(render_plan(reports.first_plan(), width=80, full=True), 80))
    conflicts = render_plan(reports.with_conflicts(), width=80, full=True)
    check_golden("with_conflicts_full_80", text_of(conflicts, 80))


def test_masked_plan() -> None:
    masked = render_plan(reports.first_plan(), width=80, mask=lambda value, pii: f"{pii}·{len(value)}")
    check_golden("first_plan_masked_80", text_of(masked, 80))

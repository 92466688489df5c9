"""Rules of the plan's screen that golden text alone would not defend."""

from dataclasses import replace

import pytest

from pardotflow.plan.cost import Quota
from pardotflow.plan.model import GuardResult, PlanReport
from pardotflow.views.terminal import render_plan, render_run

from . import reports, rows
from .screen import text_of


def screen(report: PlanReport, *, width: int = 80, full: bool = False) -> str:
    return text_of(render_plan(report, width=width, full=full), width)


def test_what_blocks_stands_before_every_count() -> None:
    text = screen(reports.blocked())
    assert text.index("BLOCKED by 2 guards") < text.index("update   fields")
    assert "--allow people.updates=1873" in text


def test_commands_are_never_broken_where_they_could_not_be_pasted() -> None:
    text = screen(reports.blocked())
    assert (
        "pardotflow apply k7m2q9 \\\n    --allow people.updates=1873 \\\n    --allow people.clears:phone=120\n" in text
    )


def test_a_block_without_a_failed_guard_is_still_told() -> None:
    report = rows.empty(meta=rows.meta(blocked=True, applyable=False))
    assert "BLOCKED: see the notes." in screen(report)
    assert "Next" not in screen(report)


def test_production_is_told_without_colour() -> None:
    assert " PRODUCTION " in screen(reports.production()).splitlines()[1]


def test_nothing_is_said_of_zero() -> None:
    text = screen(rows.empty())
    assert text.splitlines()[2:] == [
        "No changes.",
        "",
        "Saved as  .pardotflow/plans/k7m2q9.plan",
        "Nothing to do.",
    ]


@pytest.mark.parametrize(("held", "told"), [(1, "1 item is held; it does not"), (2, "2 items are held; they do not")])
def test_held_items_do_not_count_as_changes(held: int, told: str) -> None:
    assert f"No changes. {told} count." in screen(rows.empty(held_total=held))


def test_an_incomplete_or_failed_plan_says_so() -> None:
    text = screen(rows.empty(meta=rows.meta(complete=False, errored=True, applyable=False)))
    assert "Incomplete" in text and "Something failed" in text
    one = reports.production()
    refused = replace(one, meta=replace(one.meta, applyable=False))
    assert "Nothing of this plan is applied." in screen(refused)


def test_links_alone_are_worth_an_apply() -> None:
    report = rows.empty(identity=(reports.identity(),))
    assert "to remember the new links (nothing is sent): pardotflow apply k7m2q9" in screen(report)


def test_open_conflicts_are_the_next_step_where_nothing_is_to_be_sent() -> None:
    assert "3 open conflicts left; to decide: pardotflow conflicts\n" in screen(rows.empty(conflicts_open=3))


def test_more_calls_than_are_left() -> None:
    one = replace(reports.first_plan(), quotas=(Quota(system="pardot", used=25000, limit=25000),))
    text = screen(one)
    assert "Pardot      8 calls, more than the 0 that are left today" in text
    assert "Salesforce  8 calls\n" in text


def test_every_section_shows_its_largest_pattern_however_many_there_are() -> None:
    many = tuple(rows.pattern(1000 - i, f"field{i}", "a", "b", 20) for i in range(40))
    small = rows.pattern(3, "tiny", "a", "b", 21, section="drift")
    report = rows.empty(patterns=(*many, small), patterns_total=400, fields_total=9, counts=reports.counts())
    text = screen(report)
    assert "Drift put back" in text and "tiny" in text
    assert "… and 384 more patterns: pardotflow show k7m2q9 --full" in text
    assert "field39" not in text and "field39" in screen(report, full=True)


def test_a_common_reason_is_said_once() -> None:
    both = tuple(rows.pattern(9, name, "a", "b", 20, reason="the mapping is new") for name in ("x", "y"))
    text = screen(rows.empty(patterns=both, patterns_total=2, fields_total=18))
    assert text.count("the mapping is new") == 1


def test_a_star_is_various_only_where_the_samples_say_so() -> None:
    literal = rows.pattern(9, "rating", "*", "**", 20, sample_values=(("*", "**"),) * 3)
    text = screen(rows.empty(patterns=(literal,), patterns_total=1, fields_total=9))
    assert '"*" → "**"' in text and "various" not in text


def test_single_changes_end_with_the_screenful() -> None:
    own = tuple(rows.change(rows.prospect(i, f"Person {i}"), "city", "a", "b", 19) for i in range(300))
    report = rows.empty(singles=own, singles_total=900, fields_total=900)
    text = screen(report)
    assert len(text.splitlines()) < 60
    assert "more: pardotflow show k7m2q9 --full" in text
    shown = text.count('"a" → "b"')
    assert f"… and {900 - shown} more" in text
    assert screen(report, full=True).count('"a" → "b"') == 300


def test_one_record_with_very_many_fields_does_not_fill_the_screen() -> None:
    own = tuple(rows.change(rows.ADA, f"field{i}", "a", "b", 19) for i in range(100))
    text = screen(rows.empty(singles=own, singles_total=100, fields_total=100))
    shown = text.count('"a" → "b"')
    assert shown < 40
    assert f"… and {100 - shown} more" in text


def test_groups_end_with_the_screenful() -> None:
    many = tuple(rows.group("blank", f"f{i}", "", 5, 18) for i in range(30))
    assert "… and 18 more groups: pardotflow show k7m2q9 --full" in screen(rows.empty(held=many, held_total=150))
    assert "f29" in screen(rows.empty(held=many, held_total=150), full=True)
    run = reports.run(errors=many, refused=150, status="with_errors")
    assert "… and 18 more groups\n" in text_of(render_run(run, width=80), 80)


def test_requests_are_listed_where_all_is_asked_for() -> None:
    assert "import prospects" not in screen(reports.first_plan())
    assert "import prospects" in screen(reports.first_plan(), full=True)


def test_guards_that_passed() -> None:
    one = GuardResult(sync="p", guard="g", number=0, limit="", allowed=0, passed=True, flag="", line="")
    assert "guards      g 0 of 0 allowed\n" in screen(rows.empty(guards=(one,)))
    failed = replace(one, guard="h", passed=False)
    assert "guards      g 0 of 0 allowed\n" in screen(rows.empty(guards=(one, failed)))


def test_a_mask_hides_every_marked_value_and_every_name() -> None:
    report = replace(reports.first_plan(), conflicts=reports.conflicts(), conflicts_open=2, conflicts_decided=1)
    masked = render_plan(report, width=120, full=True, mask=lambda value, pii: f"<{pii}>")
    text = text_of(masked, 120)
    hidden = ("23125", "0100", "7946", "Ada", "Berg", "조민서", "layla", "Dov", "Twin", "حداد", "Kang", "Zoë")
    assert [secret for secret in hidden if secret in text] == []
    assert "<phone> → (blank)" in text and "<name>" in text and "<free_text>" in text


def test_the_same_report_gives_the_same_bytes() -> None:
    assert screen(reports.first_plan()) == screen(reports.first_plan())


def test_a_run_of_an_unknown_status_is_still_shown() -> None:
    assert "half_done" in text_of(render_run(reports.run(status="half_done"), width=80), 80)


def test_a_screen_wider_than_useful_is_not_filled() -> None:
    assert screen(reports.first_plan(), width=200) == screen(reports.first_plan(), width=120)


def test_a_spent_plan_names_its_run_and_not_the_command_to_apply_it() -> None:
    report = reports.first_plan()
    text = text_of(render_plan(report, width=80, applied="run 3f2a, 2026-11-21 05:20 UTC"), 80)
    assert "Applied already: run 3f2a, 2026-11-21 05:20 UTC.\nNext: pardotflow plan\n" in text
    assert f"apply {report.meta.id}" not in text


def test_automation_is_named_only_where_something_is_written() -> None:
    assert "Writing may start flows" in screen(reports.first_plan())
    assert "Writing may start flows" not in screen(replace(reports.first_plan(), syncs=(("people", "observe"),)))


def test_a_heading_does_not_say_its_reason_again() -> None:
    told, section = "the mapping changed", "mapping_changed"
    two = (
        rows.pattern(9, "phone", "1", "2", 18, section=section, reason=told),
        rows.pattern(8, "city", "A", "B", 19, section=section, reason=told),
    )
    text = screen(replace(reports.first_plan(), patterns=two))
    assert "Mapping changed\n" in text

"""Sync errors: kept with their cause until they are resolved, tried again where that was asked for, and never in the
way of anything else."""

import json
from datetime import UTC, datetime

import pytest

from pardotflow.connectors.cause import CAUSES, Cause
from pardotflow.connectors.explain import cause_of
from pardotflow.connectors.pardot.codes import CODES as PARDOT_CODES
from pardotflow.connectors.salesforce.codes import CODES as SALESFORCE_CODES
from pardotflow.core.address import parse_address
from pardotflow.core.values import System
from pardotflow.engine.errorlist import Wanted, report_errors, select_errors
from pardotflow.plan.errors import errors_json
from pardotflow.store.syncerrors import ErrorState, SyncError
from pardotflow.views.terminal.errors import render_errors
from tests.engine.harness import SavedPlan, World, people
from tests.engine.refused_test import NAME, RULE, always, held
from tests.unit.views.screen import text_of

NOW = datetime(2026, 3, 3, tzinfo=UTC)


def decide(world: World, state: ErrorState, wanted: Wanted | None = None) -> int:
    """What `errors --retry` and `--ignore` do."""
    meant = select_errors(world.ledger.sync_errors(), wanted or Wanted())
    world.ledger.decide_errors(meant, state, NOW)
    return len(meant)


def told(plan: SavedPlan) -> list[str]:
    """The plan's line about sync errors."""
    return [n["note"] for n in plan["notes"] if n["note"].startswith("sync errors")]


def refuse_two(world: World) -> tuple[str, str]:
    """Two contacts whose names are refused; returns their ids."""
    world.configure(people([NAME]))
    ids = [world.pair({}, {"firstName": name})[0] for name in ("a", "b")]
    world.crm.habits.refuses = always(RULE)
    world.settle()
    return ids[0], ids[1]


def test_every_code_is_of_a_cause() -> None:
    for system, codes in ((System.SALESFORCE, SALESFORCE_CODES), (System.PARDOT, PARDOT_CODES)):
        assert [c for c in codes if cause_of(system, c) is Cause.UNKNOWN] == []
    assert set(CAUSES) == set(Cause)


@pytest.mark.parametrize(
    ("code", "cause"),
    [("HTTP 503", "transient"), ("HTTP 403", "rights"), ("HTTP 418", "unknown"), ("NEW_CODE", "unknown")],
)
def test_a_code_that_is_in_no_table_is_judged_by_the_status_alone(code: str, cause: str) -> None:
    assert cause_of(System.SALESFORCE, code) == cause


def test_what_was_refused_is_kept_with_what_it_was_about(world: World) -> None:
    first, _ = refuse_two(world)
    [error] = [e for e in world.ledger.sync_errors() if e.record == first]
    assert (error.code, error.action, error.fields, error.sync, error.line) == (
        RULE,
        "update",
        "FirstName",
        "people",
        "syncs/people.yml:2",
    )
    assert (error.times, error.state) == (1, "open")


def test_errors_do_not_block_others_and_are_told_in_one_line(world: World) -> None:
    refuse_two(world)
    world.crm.habits.refuses = always("")
    other, _ = world.pair({}, {"firstName": "c"})
    world.clock.tick(600)
    plan = world.settle()
    assert [f["id"] for f in plan.sendable] == [other]
    assert len(held(plan)) == 2
    [line] = told(plan)
    assert "2 refused before and not tried again" in line


def test_only_what_was_asked_for_is_tried_again(world: World) -> None:
    first, second = refuse_two(world)
    world.crm.habits.refuses = always("")
    assert decide(world, ErrorState.RETRY, Wanted(record=parse_address(f"contact/{first[:15]}#firstname"))) == 1
    plan = world.settle()
    assert [f["id"] for f in plan.sendable] == [first]
    assert [e.record for e in world.ledger.sync_errors()] == [second]
    assert not world.plan().sendable


def test_what_is_refused_again_waits_again_and_is_counted(world: World) -> None:
    first, _ = refuse_two(world)
    for _ in range(2):
        decide(world, ErrorState.RETRY)
        assert len(world.settle().sendable) == 2
    assert not world.plan().sendable
    [error] = [e for e in world.ledger.sync_errors() if e.record == first]
    assert (error.times, error.state) == (3, "open")
    assert error.first_at < error.at


def test_what_is_ignored_is_counted_and_no_news_until_the_change_differs(world: World) -> None:
    first, _ = refuse_two(world)
    decide(world, ErrorState.IGNORED, Wanted(record=parse_address(f"Contact/{first}")))
    plan = world.settle()
    assert not plan.sendable
    assert first not in [id for id, _ in held(plan)]
    [line] = told(plan)
    assert "1 refused before and not tried again, 1 ignored" in line
    decide(world, ErrorState.OPEN)
    assert first in [id for id, _ in held(world.plan())]
    decide(world, ErrorState.IGNORED)
    prospect = next(r for r in world.unit.live("prospect") if r.last.values["salesforceId"] == first)
    world.unit.edit("prospect", prospect.id, {"firstName": "z"})
    world.clock.tick(600)
    assert [f["after"] for f in world.settle().sendable] == ["z"]
    assert first in [id for id, _ in held(world.plan())]


def test_a_passing_refusal_is_listed_and_tried_again_by_itself(world: World) -> None:
    world.configure(people([NAME]))
    world.pair({}, {"firstName": "a"})
    world.crm.habits.refuses = always("UNABLE_TO_LOCK_ROW")
    world.settle()
    assert [(e.code, e.state) for e in world.ledger.sync_errors()] == [("UNABLE_TO_LOCK_ROW", "retry")]
    world.crm.habits.refuses = always("")
    assert len(world.settle().sendable) == 1
    assert not world.ledger.sync_errors()


def test_an_error_whose_change_nobody_wants_any_more_is_resolved(world: World) -> None:
    first, second = refuse_two(world)
    world.crm.edit("Contact", first, {"FirstName": "a"})
    world.clock.tick(600)
    # A plan of one record knows nothing of the others.
    narrow = world.plan(record=f"Contact/{first}")
    world.apply(narrow)
    assert len(world.ledger.sync_errors()) == 2
    world.settle()
    assert [e.record for e in world.ledger.sync_errors()] == [second]


def test_an_ignored_deletion_is_not_told_either(world: World) -> None:
    world.configure(people([NAME], deletes={"salesforce": "archive"}))
    crm, _ = world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.settle()
    world.crm.delete("Contact", crm)
    world.unit.habits.refuses = always("108")
    world.clock.tick(600)
    world.settle()
    assert [h["kind"] for h in world.plan()["held"]] == ["refused"]
    decide(world, ErrorState.IGNORED)
    plan = world.plan()
    assert not plan["held"] and not plan.sendable
    assert told(plan)


ERRORS = (
    SyncError(
        system="pardot",
        object="prospect",
        record="new:Contact/003000000000001AAA",
        action="create",
        payload="p",
        code="65",
        message="Invalid email: ada@x.org",
        run_id="r1",
        at="2026-03-02T09:00:00+00:00",
        name="Ada Berg",
        fields="email,firstName",
    ),
    *(
        SyncError(
            system="salesforce",
            object="Contact",
            record=f"00300000000000{n}AAA",
            action="update",
            payload="p",
            code=RULE,
            message="Phone must be +",
            run_id="r2",
            at="2026-03-02T10:00:00+00:00",
            first_at="2026-03-01T10:00:00+00:00",
            times=n,
            state=ErrorState.IGNORED if n == 9 else ErrorState.OPEN,
            name="Bo Cruz",
            fields="Phone",
        )
        for n in range(2, 10)
    ),
)


def test_errors_are_grouped_by_cause_the_most_frequent_first() -> None:
    report = report_errors(ERRORS, Wanted(), "dev")
    assert [(g.code, g.cause, len(g.items)) for g in report.groups] == [(RULE, "data", 8), ("65", "data", 1)]
    screen = text_of(render_errors(report, width=80), 80)
    assert screen.startswith("9 sync errors  dev\n")
    for words in (
        "a validation rule objects: change the data or the rule",
        "7 not tried again and 1 ignored",
        "new prospect for Contact/003000000000001AAA  Ada Berg",
        "update Phone, since 2026-03-01 10:00 UTC, 2 times, run r2",
        "… and 5 more records\n       pardotflow errors --code FIELD_CUSTOM_VALIDATION_EXCEPTION --full\n",
    ):
        assert words in screen, screen


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(record=parse_address("contact/003000000000001")), 1),
        (Wanted(record=parse_address("Contact/003000000000001#Phone")), 0),
        (Wanted(record=parse_address("Contact/003000000000001#EMAIL")), 1),
        (Wanted(code="field_custom_validation_exception"), 8),
        (Wanted(cause="data"), 9),
        (Wanted(cause="rights"), 0),
        (Wanted(cause="data", code="65"), 1),
    ],
)
def test_a_selection_means_all_that_it_names(wanted: Wanted, count: int) -> None:
    assert len(select_errors(ERRORS, wanted)) == count


def test_json_masks_names_and_the_systems_words_by_ordinals() -> None:
    report = report_errors(ERRORS, Wanted(), "dev")
    text = errors_json(report)
    assert not any(word in text for word in ("Ada", "Bo Cruz", "ada@x.org", "must be"))
    first, other = (g["items"][0] for g in json.loads(text)["groups"])
    assert (first["name"], first["message"]) == ("<name 1>", "<message 1>")
    assert (other["name"], other["message"]) == ("<name 2>", "<message 2>")
    assert "ada@x.org" in errors_json(report, clear_values=True)

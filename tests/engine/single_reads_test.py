"""Fields that hold several values are read prospect by prospect: of whom, at what price, and what is written back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pardotflow.connectors.protocol import Answer, PreparedRequest
from pardotflow.core.errors import InvalidProject
from pardotflow.engine.session import open_session
from tests.engine.harness import SavedPlan
from tests.engine.several import MANY, Setup, contact, opened, single_reads, stored


def sent(plan: SavedPlan) -> list[tuple[str, str, str | None, str | None]]:
    """What would be written: system, field, before, after."""
    return sorted(((f["system"], f["field"], f["before"], f["after"]) for f in plan.sendable), key=str)


def told(plan: SavedPlan) -> str:
    """What the coverage says of prospects."""
    with duckdb.connect(str(plan.path), read_only=True) as con:
        return str(con.execute("select note from coverage where object = 'prospect'").fetchall()[0][0])


def test_only_the_prospects_of_pairs_are_asked_for(tmp_path: Path) -> None:
    setup = Setup(crm=["a;b", "c"], unit=['["b", "a"]', '["a", "c"]', '["a"]', "[]"])
    with opened(tmp_path / "w", setup) as world:
        world.forget_requests()
        plan = world.plan()
        assert single_reads(world) == ["100", "101"]
        assert [(c["a_value"], c["b_value"]) for c in plan["conflicts"]] == [("c", "a;c")]
        assert "2 calls of at most 200" in told(plan)


def test_values_are_compared_as_sets(tmp_path: Path) -> None:
    mapping = {**MANY, "direction": "to_salesforce"}
    with opened(
        tmp_path / "w", Setup(crm=["a;b", "c", None], unit=['["b", "a"]', '["c", "b"]', '["a"]'], fields=[mapping])
    ) as world:
        plan = world.plan()
        assert sent(plan) == [("salesforce", "Many__c", "c", "b;c"), ("salesforce", "Many__c", None, "a")]


@pytest.mark.parametrize("form", ["array", "joined"])
def test_what_is_written_is_what_is_read_again(tmp_path: Path, form: str) -> None:
    mapping = {**MANY, "direction": "to_pardot"}
    setup = Setup(
        crm=["a;c", "b", None],
        unit=['["b"]', None, '["a", "b"]'],
        fields=[mapping],
        switches={"array_write_form": form},
        several_values=form,
    )
    with opened(tmp_path / "w", setup) as world:
        applied = world.apply(world.plan())
        assert (applied.report.confirmed, applied.report.refused) == (3, 0)
        assert [unit for _, unit in stored(world).values()] == ['["a", "c"]', '["b"]', None]
        for _ in range(2):
            world.tick(120)
            assert not world.plan().sendable


def test_the_other_form_is_refused_and_kept_as_an_error(tmp_path: Path) -> None:
    mapping = {**MANY, "direction": "to_pardot"}
    setup = Setup(crm=["a;c"], unit=['["b"]'], fields=[mapping], switches={"array_write_form": "joined"})
    with opened(tmp_path / "w", setup) as world:
        assert world.apply(world.plan()).report.refused == 1
        assert stored(world)["0"] == ("a;c", '["b"]')


def test_only_what_changed_is_asked_for_again(tmp_path: Path) -> None:
    with opened(tmp_path / "w", Setup(crm=["a", "b", "c"], unit=["a", "b", "c"])) as world:
        world.apply(world.plan())
        world.tick(3600)
        world.forget_requests()
        assert not world.plan().sendable
        assert single_reads(world) == []
        world.emulator.set("prospect/101", many__c=["b", "a"])
        world.tick(3600)
        plan = world.plan()
        assert single_reads(world) == ["101"]
        assert sent(plan) == [("salesforce", "Many__c", "b", "a;b")]
        world.apply(plan)
        world.tick(3600)
        world.forget_requests()
        assert not world.plan(full=True).sendable
        assert single_reads(world) == ["100", "101", "102"]


def test_a_full_read_that_was_not_asked_for_keeps_what_did_not_change_for_a_week(tmp_path: Path) -> None:
    score = {"salesforce": "Text__c", "pardot": "score", "direction": "to_salesforce"}
    with opened(tmp_path / "w", Setup(crm=["a"], unit=["a"], fields=[MANY, score])) as world:
        world.apply(world.plan())
        world.tick(24 * 3600)
        world.forget_requests()
        assert world.plan().tables["changes"] == []
        assert single_reads(world) == []
        world.tick(8 * 24 * 3600)
        world.plan()
        assert single_reads(world) == ["100"]


def test_nothing_is_spent_beyond_the_limit(tmp_path: Path) -> None:
    setup = Setup(crm=["a"] * 3, unit=["a"] * 3, source={"single_reads": 2})
    with opened(tmp_path / "w", setup) as world:
        world.forget_requests()
        with pytest.raises(InvalidProject) as refused:
            world.plan()
        (diagnostic,) = refused.value.diagnostics
        assert diagnostic.code == "PF205"
        assert "3 prospects" in diagnostic.message and "limit 2" in diagnostic.message
        assert "single_reads: 3" in diagnostic.help
        assert diagnostic.span is not None and diagnostic.span.file == "sources/all.yml"
        assert single_reads(world) == []


def test_an_edit_between_plan_and_apply_is_not_overwritten(tmp_path: Path) -> None:
    mapping = {**MANY, "direction": "to_pardot"}
    with opened(tmp_path / "w", Setup(crm=["a", "b"], unit=["c", "c"], fields=[mapping])) as world:
        plan = world.plan()
        world.tick(120)
        world.emulator.set("prospect/100", many__c=["b", "c"])
        world.tick(120)
        applied = world.apply(plan)
        assert (applied.report.confirmed, applied.report.moved) == (1, 1)
        assert [unit for _, unit in stored(world).values()] == ['["b", "c"]', '["b"]']


def test_a_record_that_changed_just_before_the_plan_has_not_moved(tmp_path: Path) -> None:
    mapping = {**MANY, "direction": "to_pardot"}
    with opened(tmp_path / "w", Setup(crm=["a"], unit=["c"], fields=[mapping])) as world:
        world.emulator.set("prospect/100", many__c=["b"])
        plan = world.plan()
        assert world.apply(plan).report.confirmed == 1


def test_arrays_never_go_by_import(tmp_path: Path) -> None:
    mapping = {**MANY, "direction": "to_pardot"}
    name = {"salesforce": "LastName", "pardot": "lastName", "direction": "to_pardot"}
    count = 110
    setup = Setup(crm=["a"] * count, unit=["b"] * count, fields=[mapping, name])
    with opened(tmp_path / "w", setup) as world:
        for n in range(5):
            world.emulator.set(f"Contact/{contact(n)}", Many__c="b", LastName="New")
        plan = world.plan()
        assert {c["operation"] for c in plan["changes"]} == {"update"}
        world.apply(plan)
        assert {unit for _, unit in stored(world).values()} == {'["a"]', '["b"]'}


def test_an_expression_reads_every_prospect(tmp_path: Path) -> None:
    mapping = {"salesforce": "Text__c", "direction": "to_salesforce", "sql": "upper(pardot.many__c)"}
    with opened(tmp_path / "w", Setup(crm=["a"], unit=["a", "b"], fields=[mapping])) as world:
        world.forget_requests()
        plan = world.plan()
        assert single_reads(world) == ["100", "101"]
        assert sent(plan) == [("salesforce", "Text__c", None, "A")]


def test_a_value_with_the_separator_is_held(tmp_path: Path) -> None:
    with opened(tmp_path / "w", Setup(crm=[None], unit=['["a;b", "c"]'])) as world:
        plan = world.plan()
        assert not plan.sendable
        assert [(h["field"], h["kind"]) for h in plan["held"]] == [("Many__c", "unreadable")]


def test_one_record_is_planned_with_one_call_more(tmp_path: Path) -> None:
    mapping = {**MANY, "direction": "to_salesforce"}
    with opened(tmp_path / "w", Setup(crm=["a", "b"], unit=["c", "c"], fields=[mapping])) as world:
        world.forget_requests()
        plan = world.plan(record="prospect/101")
        assert single_reads(world) == ["101"]
        assert sent(plan) == [("salesforce", "Many__c", "b", "c")]


def test_a_new_record_gets_the_values(tmp_path: Path) -> None:
    rule = {"object": "Lead", "when": "true", "set": {"Company": "'?'", "LastName": "pardot.lastName"}, "key": "Key__c"}
    sync = {"create": {"salesforce": rule}, "match": ["salesforce_id", {"salesforce": "Key__c", "pardot": "id"}]}
    with opened(tmp_path / "w", Setup(crm=["a"], unit=["a", '["c", "a"]'], sync=sync)) as world:
        world.forget_requests()
        plan = world.plan()
        assert single_reads(world) == ["100", "101"]
        assert ("salesforce", "Many__c", None, "a;c") in sent(plan)
        world.apply(plan)
        world.tick(120)
        assert not world.plan().sendable


def test_a_value_that_was_read_right_after_a_change_is_read_again(tmp_path: Path) -> None:
    """Two edits of one second have one stamp, and a cache may show the first of them."""
    mapping = {**MANY, "direction": "to_salesforce"}
    with opened(tmp_path / "w", Setup(crm=["a"], unit=["a"], fields=[mapping])) as world:
        for value in ("b", "c"):
            world.emulator.set("prospect/100", many__c=[value])
            assert sent(world.plan()) == [("salesforce", "Many__c", "a", value)]


def test_another_order_in_the_answer_is_no_rewriting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapping = {**MANY, "direction": "to_pardot"}
    with opened(tmp_path / "w", Setup(crm=["a;c"], unit=["b"], fields=[mapping])) as world:
        pardot = world.connectors["pardot"]
        send = pardot.send

        def turned(prepared: PreparedRequest, **more: Any) -> Answer:
            answer = send(prepared, **more)
            rows = [replace(r, fields={**(r.fields or {}), "many__c": ["c", "a"]}) for r in answer.rows]
            return replace(answer, rows=tuple(rows))

        monkeypatch.setattr(pardot, "send", turned)
        world.apply(world.plan())
        with open_session(world.layout) as con:
            assert con.execute("select rewrites from mem.bases").fetchall() == [(0,)]


def test_an_answer_from_before_the_last_change_is_no_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapping = {**MANY, "direction": "to_salesforce"}
    with opened(tmp_path / "w", Setup(crm=["a"], unit=["b"], fields=[mapping])) as world:
        old = {"id": 100, "updatedAt": "2020-01-01T00:00:00+00:00", "many__c": ["c"]}
        with monkeypatch.context() as lagging:
            lagging.setattr(world.connectors["pardot"], "read_record", lambda *_: old)
            plan = world.plan()
        assert not plan.sendable
        assert [(h["kind"], h["reason"]) for h in plan["held"]] == [("unreadable", "not read yet, record by record")]
        assert sent(world.plan()) == [("salesforce", "Many__c", "a", "b")]


def test_a_prospect_that_is_not_there_any_more_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapping = {**MANY, "direction": "to_pardot"}
    with opened(tmp_path / "w", Setup(crm=["a"], unit=["b"], fields=[mapping])) as world:
        monkeypatch.setattr(world.connectors["pardot"], "read_record", lambda *_: None)
        plan = world.plan()
        assert not plan.sendable
        assert not plan["held"]


def test_a_model_reads_every_prospect(tmp_path: Path) -> None:
    """Beside the object a model may only rename the field: then it is written as the field itself."""
    sides = {"salesforce": {"object": "Contact"}, "pardot": {"object": "prospect", "model": "plus"}}
    setup = Setup(
        crm=["a", "c;b"],
        unit=["b", None, "c"],
        fields=[{**MANY, "pardot": "tags"}],
        sync={"sides": sides},
        models={"plus": "select id, many__c as tags from {{ source('prospects') }}"},
    )
    with opened(tmp_path / "w", setup) as world:
        world.forget_requests()
        plan = world.plan()
        assert single_reads(world) == ["100", "101", "102"]
        assert sent(plan) == [("pardot", "many__c", None, "b;c")]
        world.apply(plan)
        assert stored(world)["1"] == ("c;b", '["b", "c"]')

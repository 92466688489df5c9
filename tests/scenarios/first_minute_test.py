"""The README's first minute: the example is planned, applied, and at rest."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from .conftest import FirstMinute
from .driving import Json
from .judging import asked, select, writes

SCHEMA = Path(__file__).parents[2] / "schemas" / "plan.schema.json"


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    document = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


def test_the_first_plan_has_changes(first_minute: FirstMinute) -> None:
    said = first_minute.plan.expect(2)
    assert "Nothing is remembered yet" in said.out
    assert "Next: pardotflow apply " in said.out


def test_apply_confirms_every_change(first_minute: FirstMinute) -> None:
    said = first_minute.apply.expect(0)
    assert "Applied. Every change was confirmed." in said.out
    planned = sum(1 for change in first_minute.first_json["changes"] if change["sendable"])
    assert re.search(rf"confirmed +{planned:,}\b", said.out)


def test_the_second_plan_has_nothing_to_send_and_states_what_is_held(first_minute: FirstMinute) -> None:
    held = len(first_minute.settled_json["held"])
    assert held > 0
    said = first_minute.settled.expect(0)
    assert f"No changes. {held} items are held; they do not count." in said.out
    first_minute.settled_detailed.expect(0)
    assert first_minute.settled_json["changes"] == []


def test_plans_write_nothing(first_minute: FirstMinute) -> None:
    run = select(first_minute.project.ledger, "SELECT * FROM runs")
    assert [each["status"] for each in run] == ["done"]
    sent = writes(first_minute.project.data)
    requests = select(first_minute.project.ledger, "SELECT kind, status FROM requests")
    assert {each["status"] for each in requests} == {"answered"}
    # Opening, filling and submitting an import are requests of one journal entry.
    imports = [each for each in sent if "/imports" in each.path]
    assert len(requests) == len(sent) - len(imports) + sum(1 for r in requests if r["kind"] == "import_updates")


def test_every_request_is_answered_and_none_is_refused(first_minute: FirstMinute) -> None:
    statuses = {each.status for each in asked(first_minute.project.data)}
    assert statuses <= {200, 201, 204}


def test_writes_name_themselves_and_do_not_start_assignment(first_minute: FirstMinute) -> None:
    sent = [each for each in writes(first_minute.project.data) if each.system == "salesforce"]
    assert sent
    for each in sent:
        headers = {name.lower(): value for name, value in json.loads(each.headers).items()}
        assert headers["sforce-auto-assign"] == "FALSE"
        assert "client=pardotflow" in headers["sforce-call-options"]


def test_no_line_of_the_plan_is_cut(first_minute: FirstMinute) -> None:
    lines = first_minute.plan.out.splitlines()
    assert all(len(line) <= 120 for line in lines)
    assert any(re.search(r"syncs/people\.yml:\d+$", line.rstrip()) for line in lines)


@pytest.mark.parametrize("which", ["first_json", "settled_json"])
def test_the_json_of_a_plan_follows_its_schema(
    which: str, first_minute: FirstMinute, schema: Draft202012Validator
) -> None:
    document = getattr(first_minute, which)
    problems = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in schema.iter_errors(document)]
    assert problems[:5] == []
    assert document["version"] == "1.0"


def test_the_schema_closes_every_object_and_describes_every_key() -> None:
    document = json.loads(SCHEMA.read_text("utf-8"))
    assert "only grows" in document["description"]
    for path, node in _nodes(document, "#"):
        if node.get("type") == "object" or "properties" in node:
            assert "additionalProperties" in node, path
        for name, value in node.get("properties", {}).items():
            assert value.get("description") or "$ref" in value, f"{path}/{name} is not described"


def _nodes(value: Json, path: str) -> list[tuple[str, dict[str, Json]]]:
    if isinstance(value, list):
        return [found for n, item in enumerate(value) for found in _nodes(item, f"{path}/{n}")]
    if not isinstance(value, dict):
        return []
    below = [found for name, item in value.items() for found in _nodes(item, f"{path}/{name}")]
    return [(path, value), *below] if "properties" not in path.rsplit("/", 1)[-1] else below

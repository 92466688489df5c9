"""The commands that look and change nothing: what they say of the example, as text and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import FirstMinute
from .driving import Project
from .judging import last_asked


@pytest.fixture(scope="module")
def looked_at(first_minute: FirstMinute) -> Project:
    """The example at rest; nothing here changes it."""
    return first_minute.project


@pytest.mark.parametrize("offline", [[], ["--offline"]])
def test_validate(offline: list[str], looked_at: Project) -> None:
    said = looked_at.run("validate", *offline).expect(0)
    assert (said.out, said.err) == ("", "The project is valid.\n")


def test_validate_reports_every_problem_at_once(example: Project) -> None:
    example.replace("syncs/people.yml", "pardot: department}", "pardot: departmint}")
    example.replace("syncs/product_usage.yml", "warehouse: product_seats,", "warehouse: product_seat,")
    example.replace("syncs/people.yml", 'when: "Email is not null"', 'when: "EMail_Address is not null"')
    said = example.run("validate").expect(1)
    assert said.err.count("error[PF") == 3, said.err
    for word in ("departmint", "product_seat", "EMail_Address"):
        assert f'"{word}"' in said.err
    assert 'Did you mean "department"?' in said.err
    assert example.line_of("syncs/people.yml", "departmint") in said.err


def test_validate_without_any_memory_needs_the_systems_once(example: Project) -> None:
    (example.state / "ledger.sqlite").unlink()
    said = example.run("validate", "--offline").expect(0)
    assert "were not checked: nothing is remembered of them." in said.err
    before = last_asked(example.data)
    example.run("validate").expect(0)
    assert last_asked(example.data) > before
    after = last_asked(example.data)
    assert example.run("validate").expect(0).err == "The project is valid.\n"
    assert last_asked(example.data) == after


def test_list(looked_at: Project) -> None:
    text = looked_at.run("list").expect(0).out
    parts = looked_at.run("list", "--format", "json").expect(0).json
    assert [(part["kind"], part["name"]) for part in parts] == [
        ("source", "prospects"),
        ("source", "contacts"),
        ("source", "leads"),
        ("source", "usage"),
        ("model", "product_usage"),
        ("model", "usage_by_person"),
        ("sync", "people"),
        ("sync", "product_usage"),
    ]
    for part in parts:
        assert part["name"] in text
        assert part["where"] in text


def test_graph(looked_at: Project) -> None:
    text = looked_at.run("graph").expect(0).out
    steps = looked_at.run("graph", "--format", "json").expect(0).json
    done: set[str] = set()
    for step in steps:
        assert set(step["needs"]) <= done, "every step comes after what it needs"
        done.add(step["step"])
    needs = {step["step"]: step["needs"] for step in steps}
    assert needs["model:product_usage"] == ["model:usage_by_person"]
    assert needs["sync:product_usage"] == ["model:product_usage", "source:prospects"]
    assert all(step.partition(":")[2] in text for step in done)


def test_compile_writes_what_a_person_can_read(example: Project) -> None:
    written = [Path(line) for line in example.run("compile").expect(0).out.splitlines()]
    assert [path.name for path in written] == [
        "00_normal_forms.sql",
        "model_product_usage.sql",
        "model_usage_by_person.sql",
        "01_sync_people.sql",
        "02_sync_product_usage.sql",
        "graph.json",
    ]
    assert all(path.is_relative_to(example.state) for path in written)
    people = (example.state / "compiled" / "01_sync_people.sql").read_text("utf-8")
    assert "{{" not in people
    assert "{%" not in people
    assert "upper(coalesce(" in people.replace("UPPER(COALESCE(", "upper(coalesce(")


def test_show_repeats_the_plan(first_minute: FirstMinute) -> None:
    project, plan = first_minute.project, first_minute.plan.plan_id
    short = project.run("show", plan).expect(0)
    full = project.run("show", plan, "--full").expect(0)
    assert short.out == first_minute.plan.out
    assert f"pardotflow show {plan} --full" in short.out
    assert f"pardotflow show {plan} --full" not in full.out
    assert len(full.out.splitlines()) > 1000
    file = project.state / "plans" / f"{plan}.plan"
    assert project.run("show", str(file)).expect(0).out == short.out


def test_the_version_and_the_help_need_no_project(tmp_path: Path) -> None:
    nowhere = Project(root=tmp_path)
    assert nowhere.run("--version").expect(0).out == "pardotflow 0.1.0\n"
    help = nowhere.run("--help").expect(0).out
    for command in ("plan", "apply", "show", "validate", "compile", "list", "graph", "emulator"):
        assert f"  {command} " in help
        assert "--help" in nowhere.run(command, "--help").expect(0).out

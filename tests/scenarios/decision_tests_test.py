"""The example's decision tests: they hold, its truth tables hold, and no system is asked for them."""

from __future__ import annotations

from .driving import Project


def test_the_cases_of_the_example_hold_without_any_system(example: Project) -> None:
    # Without its data file no emulator could serve anything.
    example.data.unlink()
    said = example.run("test").expect(0)
    assert "tests/people.yml  people: 12 cases, all hold" in said.out
    assert not example.data.exists()


def test_its_truth_tables_hold_and_are_the_same_every_time(example: Project) -> None:
    for sync in ("people", "product_usage"):
        name = f"tests/{sync}_table.yml"
        example.run("test", "--generate", sync, "--out", name).expect(0)
        written = (example.root / name).read_text("utf-8")
        assert example.run("test", "--generate", sync).expect(0).out == written
        found = example.run("test", name, "--format", "json").expect(0).json
        assert found["failed"] == 0 and found["passed"] == written.count("  - case: ")
        assert found["covered"] == found["cells"]
    example.replace("syncs/people.yml", "pardot: jobTitle, on_link: salesforce", "pardot: jobTitle, on_link: pardot")
    example.run("test", "--sync", "product_usage").expect(0)
    said = example.run("test", "tests/people_table.yml").expect(1)
    assert "✗ jobTitle: no base, both filled" in said.out and "✗ phone" not in said.out


def test_what_was_written_by_hand_is_not_overwritten(example: Project) -> None:
    file = example.root / "tests/people.yml"
    before = file.read_bytes()
    said = example.run("test", "--generate", "people#phone", "--out", "tests/people.yml").expect(1)
    assert "written by hand" in said.err and file.read_bytes() == before
    assert "there is no sync" in example.run("test", "--generate", "#phone").expect(1).err

"""`emulator reset|snapshot|restore` on a project's data file: the project sees the same org, moved back."""

from .driving import Project


def test_there_and_back(planned: Project) -> None:
    first = planned.run("plan", "--quiet").expect(0)
    planned.run("emulator", "snapshot", "before").expect(0)
    planned.run("emulator", "set", "Contact/contact3@small.example#Phone=+49 30 1").expect(0)
    moved = planned.run("plan", "--quiet").expect(0)
    assert moved.out != first.out and "+49 30 1" in moved.out
    said = planned.run("emulator", "restore", "before").expect(0)
    assert said.out.strip().endswith("is as it was in before")
    assert "+49 30 1" not in planned.run("plan", "--quiet", "--refresh").expect(0).out
    planned.run("emulator", "reset").expect(0)
    unknown = planned.run("emulator", "restore", "nope").expect(1)
    assert "there is no snapshot 'nope'" in unknown.err and "before, seeded" in unknown.err

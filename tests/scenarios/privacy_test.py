"""What is kept is private: files with personal data have mode 0600, and no secret is in any file or output."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

from .driving import Project, Said, copy_project
from .judging import select
from .live import ORG, Live, living


def test_files_with_personal_data_are_for_their_owner_alone(settled: Project) -> None:
    settled.run("emulator", "set", "Contact/contact1@small.example#Title=Director").expect(0)
    settled.run("plan", "--out", "mine.plan").expect(0)
    settled.run("apply", "mine.plan", "--yes").expect(0)
    assert _mode(settled.state) == 0o700
    kept = [path for path in settled.state.rglob("*") if path.is_file() and path.stat().st_size]
    assert {path.name for path in kept} >= {"memory.duckdb", "snapshots.duckdb", "ledger.sqlite", "emulator.db"}
    assert {path.name: oct(_mode(path)) for path in [*kept, settled.root / "mine.plan"] if _mode(path) != 0o600} == {}
    assert {oct(_mode(path)) for path in settled.state.rglob("*") if path.is_dir()} == {oct(0o700)}
    assert (settled.root / ".pardotflow" / ".gitignore").read_text("utf-8") == "*\n"


def test_json_masks_personal_values_and_names_unless_asked(settled: Project) -> None:
    settled.run("emulator", "set", "Contact/contact1@small.example#Phone=+1 555 0123").expect(0)
    masked = settled.run("plan", "--quiet", "--format", "json").expect(0)
    shown = settled.run("plan", "--quiet", "--format", "json", "--clear-values").expect(0)
    assert "+1 555 0123" in shown.out
    assert "+1 555 0123" not in masked.out
    (change,), (clear,) = masked.json["changes"], shown.json["changes"]
    (field,) = change["fields"]
    assert field["field"] == "phone"
    assert {field["before"], field["after"]} == {"<phone 1>", "<phone 2>"}
    assert change["id"] == clear["id"]
    assert clear["name"] not in masked.out
    assert masked.json["digest"] == shown.json["digest"]


def test_no_secret_is_in_any_file_or_output(live_settled: Project, tmp_path: Path) -> None:
    with living(copy_project(live_settled, tmp_path / "small")) as live:
        live.edit("Contact/contact1@small.example", Title="Director")
        said = list(_use(live))
        secrets = {live.project.variables[name] for name in ("SF_CLIENT_SECRET", "SF_REFRESH_TOKEN", "SF_ACCESS_TOKEN")}
        secrets |= {row["token"] for row in select(live.data, "SELECT token FROM token")}
        texts = {str(path): text for path in written(live.project) for text in contents(path)}
        texts |= {f"output of command {n}": (each.out + each.err).encode() for n, each in enumerate(said)}
    assert len(secrets) > len(said), "each command signs in and gets tokens of its own"
    assert len(texts) > 20
    leaks = [(place, secret[:6]) for place, text in texts.items() for secret in secrets if secret.encode() in text]
    assert leaks == []


def test_every_file_that_a_command_writes_is_for_its_owner_alone(settled: Project) -> None:
    """Plans, what is compiled, backups, what a restore keeps aside, the lock while it is kept. The copies that are made
    before a migration are tested with it."""
    before = set(settled.root.rglob("*"))
    settled.run("emulator", "set", "Contact/contact1@small.example#Title=Director").expect(0)
    for command in LOOKING_AND_KEEPING:
        settled.run(*command.split()).expect(0)
    made = [path for path in settled.root.rglob("*") if path not in before]
    names = {path.name for path in made}
    assert {"a.plan", "b.backup", "memory.duckdb"} <= names
    assert any(name.startswith("replaced-") for name in names)
    assert {str(path): oct(_mode(path)) for path in made if _mode(path) != (0o700 if path.is_dir() else 0o600)} == {}


LOOKING_AND_KEEPING = (
    "plan --quiet --out a.plan",
    "apply a.plan --yes --quiet",
    "compile",
    "state backup --out b.backup",
    "state restore b.backup --yes",
    "state lock --reason maintenance",
    "state prune",
)


def written(project: Project) -> list[Path]:
    """Every file of a project but the org's own, and the keys that it gave."""
    own = [path for path in project.root.iterdir() if not path.name.startswith(ORG)]
    return [path for each in own for path in (each, *each.rglob("*")) if path.is_file()]


def contents(path: Path) -> Iterator[bytes]:
    """What a file says; of an archive, what its parts say."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    else:
        yield path.read_bytes()


def _use(live: Live) -> Iterator[Said]:
    """Commands that end well, and commands that the systems refuse."""
    project = live.project
    for command in ("state backup --out b.backup", "state lock --reason x", "state unlock", "state list --format json"):
        yield project.run(*command.split(), "--env", "live").expect(0)
    yield project.run("plan", "--env", "live", "--out", "a.plan", "--quiet")
    yield project.run("errors", "--env", "live", "--format", "json")
    yield project.run("graph", "--env", "live")
    yield project.run("validate", "--env", "live")
    yield project.run("compile", "--env", "live")
    yield project.run("plan", "--env", "live", "--refresh", "--format", "json").expect(0)
    live.admin("POST", "expire-tokens")
    live.admin("POST", "faults", {"method": "PATCH", "path": "/objects/prospects/", "status": 401, "times": 2})
    yield project.run("apply", "--env", "live", "--yes")
    live.admin("POST", "revoke", {})
    yield project.run("plan", "--env", "live").expect(1)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)

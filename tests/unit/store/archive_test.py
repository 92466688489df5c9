"""A backup: it has everything that a ledger remembers, and nothing of a foreign archive is unpacked."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pardotflow.core.errors import StateError, UsageError
from pardotflow.store.archive import (
    LEDGER_TABLES,
    copy_ledger,
    read_archive,
    read_tables,
    restore_archive,
    write_archive,
)
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger
from pardotflow.store.restoring import check_restored, finish_restore

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CACHES = {"about", "describes", "identities"}
HEAD = {"project": "small", "environment": "dev"}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An environment with a ledger and one plan."""
    found = Layout(root=tmp_path / "state")
    found.prepare()
    ledger = Ledger(found.ledger)
    plan = found.plans / "one.plan"
    plan.write_bytes(b"a plan")
    ledger.save_plan("one", plan, "d", AT)
    ledger.start_run("run", "one", AT, plan)
    ledger.close()
    return found


def test_every_table_of_a_ledger_is_remembered_or_a_cache(layout: Layout) -> None:
    with closing(sqlite3.connect(layout.ledger)) as db:
        tables = {row[0] for row in db.execute("select name from sqlite_master where type = 'table'")}
    assert tables == {*LEDGER_TABLES} | CACHES, "a new table belongs into store.archive.LEDGER_TABLES, or is a cache"


def test_a_copied_ledger_holds_the_same(layout: Layout, tmp_path: Path) -> None:
    ledger = Ledger(layout.ledger)
    copy_ledger(ledger.database, tmp_path / "copy.sqlite")
    ledger.close()
    assert read_tables(tmp_path / "copy.sqlite") == read_tables(layout.ledger)


def _with(archive: Path, name: str, body: bytes, *, listed: bool) -> Path:
    """The archive with one part more."""
    out = archive.with_name("more.backup")
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(out, "w") as target:
        for each in source.namelist():
            content = source.read(each)
            if each == "manifest.json" and listed:
                manifest = json.loads(content)
                manifest["sha256"][name] = hashlib.sha256(body).hexdigest()
                content = json.dumps(manifest).encode()
            target.writestr(each, content)
        target.writestr(name, body)
    return out


@pytest.mark.parametrize("name", ["../outside.plan", "plans/../../outside.plan", "emulator.db", "plans/sub/x.plan"])
@pytest.mark.parametrize("listed", [True, False])
def test_what_belongs_nowhere_is_not_unpacked(name: str, listed: bool, layout: Layout, tmp_path: Path) -> None:
    file = tmp_path / "kept.backup"
    made = write_archive(layout, layout.ledger, HEAD, AT, file)
    assert (made.runs, made.plans, made.links) == (1, 1, 0) and read_archive(file) == made
    spoilt = _with(file, name, b"x", listed=listed)
    if listed:
        with pytest.raises(UsageError, match="another version"):
            read_archive(spoilt)
    restore_archive(spoilt, layout, AT)
    assert not list(tmp_path.rglob("outside.plan")) and not (layout.root / "emulator.db").exists()
    assert [p.name for p in layout.plans.iterdir()] == ["one.plan"]


class Killed(BaseException):
    """The process ends here."""


def test_a_restore_that_is_killed_leaves_the_old_or_the_new_whole(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept.backup"
    write_archive(layout, layout.ledger, HEAD, AT, file)
    real, later = Path.rename, replace(layout, root=tmp_path / "later")
    seen, left = set[str](), 0
    while True:
        shutil.copytree(layout.root, later.root)
        # What was applied since the backup.
        ledger = Ledger(later.ledger)
        ledger.start_run("since", "two", AT, later.plans / "two.plan")
        ledger.close()
        (later.plans / "two.plan").write_bytes(b"a newer plan")
        left, stop_at = 0, len(seen)

        def rename(path: Path, target: Path, *, at: int = stop_at) -> Path:
            nonlocal left
            if left == at:
                raise Killed
            left += 1
            return real(path, target)

        monkeypatch.setattr(Path, "rename", rename)
        is_killed = False
        try:
            restore_archive(file, later, AT)
        except Killed:
            is_killed = True
        monkeypatch.setattr(Path, "rename", real)
        later.prepare()
        if is_killed and left:
            with pytest.raises(StateError, match="is being put in its place"):
                check_restored(later)
        assert finish_restore(later) == (is_killed and left > 0)
        check_restored(later)
        runs = {row[0] for row in read_tables(later.ledger)["runs"][1]}
        plans = {path.name for path in later.plans.iterdir()}
        assert later.memory.exists()
        assert (runs, plans) == (({"run", "since"}, {"one.plan", "two.plan"}) if not left else ({"run"}, {"one.plan"}))
        assert not list(later.root.glob("restore-*"))
        if left:
            [aside] = later.root.glob("replaced-*")
            assert {"memory.duckdb", "ledger.sqlite", "plans"} <= {path.name for path in aside.iterdir()}
        seen.add(str(stop_at))
        shutil.rmtree(later.root)
        if not is_killed:
            break
    assert len(seen) > 7, "every rename was the last one once"

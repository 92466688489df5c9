"""`retention:` of `pardotflow.yml`."""

from pathlib import Path

from pardotflow.cli.statefiles import keep_of
from pardotflow.config.load import LoadedProject, load_project
from pardotflow.store.retention import Keep


def _loaded(root: Path, retention: str) -> LoadedProject:
    (root / "environments").mkdir()
    (root / "pardotflow.yml").write_text(f"name: small\nversion: 1\n{retention}")
    (root / "environments" / "dev.yml").write_text("type: emulator\n")
    return load_project(root, None, {})


def test_days_and_forever_and_what_is_not_said(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, "retention: {journals: forever, plans: 7, least_plans: 3}\n")
    assert loaded.project is not None
    assert keep_of(loaded.project) == Keep(journals=None, plans=7, snapshots=30, backups=90, least_plans=3)


def test_without_it_the_stated_defaults_hold(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, "")
    assert loaded.project is not None and keep_of(loaded.project) == Keep()


def test_nothing_is_kept_for_no_time(tmp_path: Path) -> None:
    assert _loaded(tmp_path, "retention: {plans: 0}\n").project is None

"""`state:` of an environment: what it takes, what it warns of, and what is said where the driver is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pardotflow.cli import state_home
from pardotflow.config.load import LoadedProject, load_project
from pardotflow.core.errors import UsageError

SECRET = "hunter2"


def _loaded(root: Path, state: str) -> LoadedProject:
    (root / "environments").mkdir()
    (root / "pardotflow.yml").write_text("name: small\nversion: 1\n")
    (root / "environments" / "dev.yml").write_text(f"type: emulator\nstate: {state}\n")
    return load_project(root, None, {}, environ={"STATE_URL": f"postgresql://me:{SECRET}@db/x"})


def test_an_address_from_the_environment_is_a_secret(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, "{type: postgres, url: \"{{ env_var('STATE_URL') }}\", schema: small_dev}")
    assert loaded.project is not None and loaded.diagnostics == ()
    state = loaded.project.environment.state
    assert state is not None and state.lock_expires == 60 and SECRET not in repr(state)
    assert SECRET in state.url.reveal()


def test_a_password_in_the_file_is_a_warning_that_does_not_show_it(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, f"{{type: postgres, url: 'postgresql://me:{SECRET}@db/x', schema: small_dev}}")
    [warning] = loaded.diagnostics
    assert warning.code == "PF132" and "environments/dev.yml:2 holds a password" in warning.message
    assert SECRET not in str(warning)


def test_a_schema_has_a_plain_name(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path, "{type: postgres, url: x, schema: 'small; drop table'}")
    assert loaded.project is None


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pardotflow.store.postgres", None)
    with pytest.raises(UsageError, match="psycopg") as missing:
        state_home.postgres_class()
    assert missing.value.hint == "Run: pip install 'pardotflow[postgres]'"

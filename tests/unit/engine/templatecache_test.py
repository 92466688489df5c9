"""Compiled templates are kept for the next command, and nothing that is wrong with the files is ever noticed."""

import os
from collections.abc import Callable
from pathlib import Path

import jinja2
import pytest

from pardotflow.engine.templatecache import TemplateCache, template_cache

TEXT = "select {{ 1 + 1 }}"


def rendered(folder: Path, text: str = TEXT) -> str:
    loader = jinja2.DictLoader({"one.sql": text})
    return jinja2.Environment(loader=loader, bytecode_cache=TemplateCache(folder)).get_template("one.sql").render()


def forbidden(*_: object) -> str:
    raise AssertionError("compiled again")


def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered(tmp_path / "kept")
    monkeypatch.setattr(jinja2.Environment, "compile", forbidden)
    assert rendered(tmp_path / "kept") == "select 2"


def test_another_text_is_another_template(tmp_path: Path) -> None:
    rendered(tmp_path / "kept")
    assert rendered(tmp_path / "kept", "select {{ 1 + 2 }}") == "select 3"


@pytest.mark.parametrize(
    "damage",
    [
        lambda kept: b"",
        lambda kept: kept[: len(kept) // 2],
        lambda kept: kept[:-1] + bytes([kept[-1] ^ 1]),
        lambda kept: b"\0" * len(kept),
    ],
    ids=["empty", "cut", "flipped", "zeros"],
)
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    rendered(tmp_path / "kept")
    (file,) = (tmp_path / "kept").iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert rendered(tmp_path / "kept") == "select 2"
    assert file.read_bytes() == whole


def test_a_folder_that_others_can_use_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered(tmp_path / "kept")
    (tmp_path / "kept").chmod(0o770)
    monkeypatch.setattr(jinja2.Environment, "compile", forbidden)
    with pytest.raises(AssertionError, match="compiled again"):
        rendered(tmp_path / "kept")


def test_a_folder_of_somebody_else_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered(tmp_path / "kept")
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    monkeypatch.setattr(jinja2.Environment, "compile", forbidden)
    with pytest.raises(AssertionError, match="compiled again"):
        rendered(tmp_path / "kept")


def test_without_a_folder_they_are_compiled(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert rendered(tmp_path / "file" / "kept") == "select 2"


def test_where_they_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    environment = jinja2.Environment(loader=jinja2.DictLoader({"one.sql": TEXT}), bytecode_cache=template_cache())
    environment.get_template("one.sql")
    assert [file.parent for file in (tmp_path / "pardotflow").iterdir()] == [tmp_path / "pardotflow"]

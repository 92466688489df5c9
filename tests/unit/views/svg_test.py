"""Pictures of screens: the same bytes every time, and nothing fetched from anywhere."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pardotflow.views.svg import save_svg
from pardotflow.views.terminal import render_plan

from . import reports


def picture(path: Path) -> str:
    save_svg(render_plan(reports.production(), width=100), path, "pardotflow plan <a&b>")
    return path.read_text(encoding="utf-8")


def test_same_bytes_whatever_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = picture(tmp_path / "plan.svg")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "dumb")
    assert picture(tmp_path / "plan.svg") == first


def test_ids_come_from_the_name(tmp_path: Path) -> None:
    ids = [set(re.findall(r' id="([^"-]+)', picture(tmp_path / name))) for name in ("a.svg", "b.svg")]
    assert len(ids[0]) == len(ids[1]) == 1 and ids[0] != ids[1]


def test_well_formed_and_self_contained(tmp_path: Path) -> None:
    text = picture(tmp_path / "plan.svg")
    shown = "".join(ElementTree.fromstring(text).itertext()).replace("\u00a0", " ")
    assert "pardotflow plan <a&b>" in shown and " PRODUCTION " in shown
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]

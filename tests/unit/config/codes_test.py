"""Every code that the source uses is registered, and docs/diagnostics.md lists every code.

Set PARDOTFLOW_UPDATE=1 to write the page anew from the registry.
"""

import os
import re
from pathlib import Path

from pardotflow.core.codes import CODES, CONNECTION_CODES, PLAN_CODES, PROJECT_CODES

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "diagnostics.md"
HEAD = """# Diagnostics

What `pardotflow` says of a project, a plan or a connection, by code. A code never changes its meaning.
An *error* stops the command; a *warning* is shown and lets it go on.
"""
CHAPTERS = (
    ("Project files (PF1xx)", PROJECT_CODES),
    ("Plan and apply (PF2xx)", PLAN_CODES),
    ("Connections (PF3xx)", CONNECTION_CODES),
)


def render_page() -> str:
    """The whole page."""
    parts = [HEAD]
    for title, codes in CHAPTERS:
        if codes:
            parts.append(f"## {title}\n")
        parts += [f"### {c.code}: {c.title}\n\n{c.explanation}\n\n*What to do:* {c.way_out}\n" for c in codes]
    return "\n".join(parts)


def used_codes() -> set[str]:
    """Codes that stand in the source, outside the registry itself."""
    sources = (p for p in (ROOT / "pardotflow").rglob("*.py") if "codes" not in p.parts)
    return {code for p in sources for code in re.findall(r'"(PF\d{3})"', p.read_text("utf-8"))}


def test_every_used_code_is_registered() -> None:
    assert used_codes() - set(CODES) == set()


def test_every_code_of_project_files_is_used() -> None:
    assert {c.code for c in PROJECT_CODES} - used_codes() == set()


def test_codes_are_unique_and_of_their_chapter() -> None:
    everything = (*PROJECT_CODES, *PLAN_CODES, *CONNECTION_CODES)
    assert len(CODES) == len(everything)
    for digit, codes in zip("123", (PROJECT_CODES, PLAN_CODES, CONNECTION_CODES), strict=True):
        assert all(re.fullmatch(rf"PF{digit}\d\d", c.code) for c in codes)


def test_every_entry_is_complete() -> None:
    for entry in CODES.values():
        assert entry.title and entry.title[-1] != "."
        assert entry.explanation.endswith(".") and entry.way_out.endswith(".")


def test_the_page_lists_every_code() -> None:
    if os.environ.get("PARDOTFLOW_UPDATE"):
        PAGE.write_text(render_page(), "utf-8")
    assert PAGE.read_text("utf-8") == render_page()

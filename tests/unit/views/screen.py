"""What a console shows, as text, and the comparison with the golden files.

`UPDATE_GOLDEN=1 pytest tests/unit/views` writes the files anew; the difference is then read in review.
"""

import io
import os
from pathlib import Path

from rich.console import Console, RenderableType

GOLDEN = Path(__file__).parent / "golden"


def text_of(renderable: RenderableType, width: int, *, colour: bool = False) -> str:
    """The screen of a console of that width, with escape sequences where `colour`."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        height=40,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
    )
    console.print(renderable)
    return out.getvalue()


def check_golden(name: str, text: str) -> None:
    """Compare with `golden/<name>.txt`; line ends carry no blanks."""
    clean = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(clean, encoding="utf-8")
    assert clean == path.read_text(encoding="utf-8")

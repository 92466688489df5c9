"""A screen saved as a picture, for documents.

The same screen gives the same bytes: fixed width, fixed ids, no clock, no font that is fetched from somewhere.
"""

import io
from pathlib import Path
from zlib import crc32

from rich.console import Console, RenderableType

WIDTH = 100
"""Columns of a picture."""
_HEIGHT = 40
"""Without any effect on the picture; it keeps the size of the terminal at hand out of it."""

_FORMAT = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<style>
.{unique_id}-matrix {{
  font: {char_height}px/{line_height}px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
  font-variant-east-asian: full-width;
}}
.{unique_id}-title {{ font: bold 18px sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def save_svg(renderable: RenderableType, path: Path, title: str, *, width: int = WIDTH) -> None:
    """Write what a console of `width` columns would show, with `title` above it; raises OSError.

    Ids inside the picture come from the file's name, so that several pictures fit into one page.
    """
    console = Console(
        record=True,
        width=width,
        height=_HEIGHT,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        no_color=False,
    )
    console.print(renderable)
    unique = f"pf{crc32(path.name.encode()):08x}"
    path.write_text(console.export_svg(title=title, code_format=_FORMAT, unique_id=unique), encoding="utf-8")

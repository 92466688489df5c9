"""Files of a project: found in a fixed order, read as strict UTF-8.

A file that lies where one is expected but is not read is never passed over in silence.
"""

from pathlib import Path

from pardotflow.config.document import parse_document
from pardotflow.config.findings import Findings
from pardotflow.config.nodes import MapNode
from pardotflow.core.span import Span

PROJECT_FILE = "pardotflow.yml"


def find_root(start: Path) -> Path | None:
    """The folder with `pardotflow.yml`: `start` or the nearest one above it; None where there is none
    or `start` itself does not exist."""
    start = start.absolute()
    if not start.exists():
        return None
    return next((folder for folder in (start, *start.parents) if (folder / PROJECT_FILE).is_file()), None)


def list_files(root: Path, folder: str, ending: str, findings: Findings) -> tuple[Path, ...]:
    """Every file below `folder` with that ending, in the order of their paths. Reported are `.yaml` for `.yml`, a file
    in the place of the folder, and a folder in the place of a file."""
    if (root / folder).is_file():
        findings.error("PF101", f"{folder} is a file", None, f"It must be a folder that holds files *{ending}.")
        return ()
    every = sorted(p for p in (root / folder).rglob("*") if not p.name.startswith("."))
    for path in (p for p in every if p.suffix == ending and p.is_dir()):
        findings.error("PF101", f"{relative(path, root)} is a folder", None, "It must be a file.")
    found = [p for p in every if p.is_file()]
    for path in found:
        if path.suffix == ".yaml":
            help = f"Rename it to {path.with_suffix('.yml').name}."
            findings.warning("PF108", f"{relative(path, root)} is not read: files end in .yml", None, help)
    return tuple(p for p in found if p.suffix == ending)


def relative(path: Path, root: Path) -> str:
    """The name of a file as places show it, with forward slashes."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def read_text(path: Path, root: Path, findings: Findings, *, marks: str = "") -> str | None:
    """The text of a file, or None where it cannot be read or is not UTF-8 without a byte order mark.

    With `marks` it may begin with that one.
    """
    name = relative(path, root)
    try:
        content = path.read_bytes()
    except OSError as e:
        findings.error("PF101", f"{name} cannot be read: {e.strerror}", None, "Check the file's rights.")
        return None
    unread = content.removeprefix(marks.encode())
    if unread.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        span = Span(file=name, line=1)
        findings.error("PF101", "the file starts with a byte order mark", span, "Save it as UTF-8 without BOM.")
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as e:
        findings.error("PF101", "the file is not UTF-8", _place(content, e.start, name), "Save it as UTF-8.")
        return None


def read_document(path: Path, root: Path, findings: Findings) -> MapNode | None:
    """The tree of a YAML file, or None where it cannot be read."""
    text = read_text(path, root, findings)
    return None if text is None else parse_document(text, relative(path, root), findings)


def _place(content: bytes, offset: int, name: str) -> Span:
    before = content[:offset].decode("utf-8")
    line = before.count("\n") + 1
    return Span(file=name, line=line, column=len(before) - (before.rfind("\n") + 1) + 1)

"""A plan while it is made: a file under a name that nobody applies, which gets its own name when it is whole."""

import shutil
from pathlib import Path

from pardotflow.core.errors import UsageError
from pardotflow.store.layout import make_private


def put_in_place(draft: Path, path: Path) -> Path:
    """Give a finished plan its name; raises UsageError where it cannot be put there."""
    make_private(draft)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(draft, path)
    except OSError as trouble:
        raise UsageError(
            f"the plan cannot be saved as {path}: {trouble.strerror}", hint="Name another file with --out."
        ) from trouble
    make_private(path)
    return path.resolve()


def remove_draft(draft: Path) -> None:
    """Remove what an unfinished plan has left."""
    for file in (draft, draft.with_name(f"{draft.name}.wal")):
        file.unlink(missing_ok=True)

"""Put what a backup held in its place, so that a command that is killed meanwhile leaves the old or the new whole.

It is unpacked beside the state. One rename of that folder decides: before it nothing has changed, and after it the
next command that takes the lock carries the rest to its end.
"""

import shutil
from pathlib import Path

from pardotflow.core.errors import StateError
from pardotflow.store.layout import Layout
from pardotflow.store.premigration import MARK

MEMORY, LEDGER, PLANS = "memory.duckdb", "ledger.sqlite", "plans"
_OLD = {MEMORY: "memory.*", LEDGER: "ledger.sqlite*", PLANS: PLANS}
"""By what comes: the files that go for it, logs and marks too."""
_READY = ".ready"


def unpacked_folder(layout: Layout, moment: str) -> Path:
    """The folder to unpack a backup into, new and empty."""
    fresh = layout.root / f"restore-{moment}.part"
    for folder in (fresh, fresh / PLANS):
        folder.mkdir(mode=0o700)
    return fresh


def put_unpacked(fresh: Path, layout: Layout) -> Path:
    """Put a folder that is unpacked whole in place; returns the folder in which what was there is kept aside."""
    ready = fresh.with_suffix(_READY)
    fresh.rename(ready)
    return _place(ready, layout)


def finish_restore(layout: Layout) -> bool:
    """Under the lock: carry a restore that was cut short to its end, or remove what it had unpacked so far. True where
    it came to its end only now."""
    for part in layout.root.glob("restore-*.part"):
        shutil.rmtree(part, ignore_errors=True)
    found = _ready(layout)
    for ready in found:
        _place(ready, layout)
    return bool(found)


def check_restored(layout: Layout) -> None:
    """Without the lock: raises StateError while only a part of a backup is in its place."""
    if _ready(layout):
        raise StateError(
            f"a backup is being put in its place in {layout.root}",
            hint="Where that was cut short, the next command that takes the lock ends it: pardotflow plan",
        )


def _ready(layout: Layout) -> list[Path]:
    return sorted(layout.root.glob(f"restore-*{_READY}"))


def _place(ready: Path, layout: Layout) -> Path:
    """What still stands in the ready folder is not in place yet, and what goes for it may still be there."""
    aside = layout.root / ready.name.removesuffix(_READY).replace("restore-", "replaced-")
    try:
        aside.mkdir(mode=0o700, exist_ok=True)
        coming = [name for name in _OLD if (ready / name).exists()]
        for old in [path for name in coming for path in sorted(layout.root.glob(_OLD[name])) if MARK not in path.name]:
            old.rename(_free(aside / old.name))
        for name in coming:
            (ready / name).rename(layout.root / name)
        shutil.rmtree(ready)
    except OSError as trouble:
        raise StateError(
            f"the backup could not be put in place: {trouble.strerror}",
            hint=f"What was there is in {aside}. Make room, and run the command again: it goes on with it.",
        ) from trouble
    return aside


def _free(place: Path) -> Path:
    """A name that nothing has: between two tries an empty folder of plans was made anew."""
    while place.exists():
        place = place.with_name(f"{place.name}.later")
    return place

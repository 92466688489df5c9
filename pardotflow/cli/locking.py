"""`state lock` and `state unlock`: keep everybody out for a while, and let them in again."""

from __future__ import annotations

from pardotflow.cli.console import write
from pardotflow.cli.exits import Exit
from pardotflow.cli.state_home import lock_of
from pardotflow.cli.workspace import Choice, load
from pardotflow.store.layout import Layout
from pardotflow.store.lock import Holder, refusal, takeover
from pardotflow.store.machine import this_process


def keep_lock(choice: Choice, reason: str) -> Exit:
    """Hold the lock until it is released. Raises StateError where somebody holds it."""
    project, _ = load(choice)
    layout = Layout(root=project.state)
    layout.prepare()
    lock = lock_of(project, layout)()
    try:
        taken = lock.take(this_process(), "state lock", reason=reason)
        if isinstance(taken, Holder):
            raise refusal(taken, lock.where, lock.moment())
        told = takeover(taken)
    finally:
        lock.close()
    write(f"{told}\n" if told else "")
    write(f"{lock.where} is locked: {reason}\nIt stays so until: pardotflow state unlock\n")
    return Exit.FINE


def release_lock(choice: Choice, *, force: bool) -> Exit:
    """Release a lock that this person keeps, or that nobody holds any more; with `force` any."""
    project, _ = load(choice)
    layout = Layout(root=project.state)
    layout.prepare()
    lock = lock_of(project, layout)()
    try:
        now = lock.moment()
        held = lock.unlock(this_process(), force=force)
    finally:
        lock.close()
    write(f"Released: {held.describe(now)}\n" if held else f"{lock.where} was not locked.\n")
    return Exit.FINE

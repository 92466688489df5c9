"""Ctrl-C: raised while a plan is made, and noted while changes are sent.

An exception can come up between any two instructions, also between an answer and its place in the journal; a note
cannot. It can also be swallowed, where it comes up in a callback of the interpreter, or turned into another error,
where the database notices it first: so it is remembered, and asked for before each step and at the end. Outside the
main thread, where Python delivers no signals, nothing changes.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_asked = threading.Event()


def listen() -> None:
    """From here on a Ctrl-C of this process is remembered as well as raised."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _raise)


def _raise(number: int, frame: FrameType | None) -> None:
    _asked.set()
    raise KeyboardInterrupt


def is_asked() -> bool:
    """True once the user has asked to stop."""
    return _asked.is_set()


def stop_if_asked() -> None:
    """Raise KeyboardInterrupt where the user has asked to stop and that has led to nothing."""
    if is_asked():
        raise KeyboardInterrupt


@contextmanager
def noted_interrupts(note: Callable[[], None]) -> Iterator[None]:
    """While the block runs, every Ctrl-C calls `note`, which may raise to leave the block at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        note()

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

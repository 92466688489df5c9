"""Ctrl-C while changes are sent: noted instead of raised, so that nothing is cut off between a system and the journal.

An exception can come up between any two instructions, also between an answer and its place in the journal; a note
cannot. Outside the main thread, where Python delivers no signals, nothing changes.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


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

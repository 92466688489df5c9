"""Kill the process of a command for real at a step of its journal.

It dies by SIGKILL before or after the N-th call of a method of the ledger. Where the command comes to fewer, it ends as
usual.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from pardotflow.store.ledger import Ledger

STEPS = (
    "start_run",
    "plan_request",
    "mark_sent",
    "note_handle",
    "answer_request",
    "publish",
    "end_run",
    "close_requests",
    "resolve_rows",
    "save_plan",
)
"""Every point at which a run writes down how far it is; `publish` is where memory is complete."""


def kill_at(step: str, when: str, number: int) -> None:
    """From now on the process dies at that call."""
    original = getattr(Ledger, step)
    calls = 0

    def dying(self: Ledger, *arguments: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(self, *arguments, **more)
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(Ledger, step, dying)

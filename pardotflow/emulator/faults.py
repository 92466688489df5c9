"""Faults on order: answers, delays and dropped connections for the next requests that match.

A fault is a row of the data file and is used up as requests meet it, whichever process serves them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.exchange import Call, Reply, to_json
from pardotflow.emulator.problem import EmulatorError

_KEYS = {"method", "path", "query", "times", "skip", "status", "body", "headers", "delay", "drop", "effect"}
_DROPS = {None, "before", "after"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one request. `drop` closes the connection before or after the effect; `delay` is in seconds.

    A fault with a `status` answers by itself; the request has its effect only where `effect` is true.
    """

    status: int | None = None
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: str | None = None
    effect: bool = False

    def to_reply(self) -> Reply | None:
        """The answer that replaces the true one, if any."""
        if self.status is None:
            return None
        text = self.body.encode() if isinstance(self.body, str) else to_json(self.body)
        body = b"" if self.body is None else text
        media = self.headers.get("Content-Type", "application/json") if body else None
        rest = {name: value for name, value in self.headers.items() if name.lower() != "content-type"}
        return Reply(status=self.status, body=body, media=media, headers=rest)


def order_fault(file: DataFile, spec: Mapping[str, Any]) -> int:
    """Enter a fault; returns its number. Raises `EmulatorError` for a specification that cannot be meant."""
    unknown = set(spec) - _KEYS
    if unknown:
        raise EmulatorError(f"unknown key in a fault: {', '.join(sorted(unknown))}")
    if spec.get("drop") not in _DROPS:
        raise EmulatorError("drop is before or after")
    try:
        re.compile(spec.get("path", ""))
        re.compile(spec.get("query", ""))
        times, skip = int(spec.get("times", 1)), int(spec.get("skip", 0))
        _build(spec)
    except (re.error, TypeError, ValueError) as cause:
        raise EmulatorError(f"unreadable fault: {cause}") from cause
    with file.write() as db:
        made = db.execute(
            "INSERT INTO fault (spec, skip, remaining) VALUES (?, ?, ?)", (json.dumps(dict(spec)), skip, times)
        ).lastrowid
    return int(made or 0)


def clear_faults(file: DataFile) -> None:
    """Forget all faults."""
    with file.write() as db:
        db.execute("DELETE FROM fault")


def list_faults(file: DataFile) -> list[dict[str, Any]]:
    """The faults that are still to come."""
    rows = file.read().execute("SELECT n, spec, skip, remaining FROM fault ORDER BY n")
    return [{**json.loads(spec), "n": n, "skip": skip, "times": remaining} for n, spec, skip, remaining in rows]


def take_fault(file: DataFile, call: Call) -> Fault | None:
    """Use up the first fault that matches a request."""
    if file.read().execute("SELECT 1 FROM fault LIMIT 1").fetchone() is None:
        return None
    with file.write() as db:
        for n, text, skip, remaining in db.execute("SELECT n, spec, skip, remaining FROM fault ORDER BY n").fetchall():
            spec = json.loads(text)
            if not _matches(spec, call):
                continue
            if skip > 0:
                db.execute("UPDATE fault SET skip = skip - 1 WHERE n = ?", (n,))
                return None
            if remaining <= 1:
                db.execute("DELETE FROM fault WHERE n = ?", (n,))
            else:
                db.execute("UPDATE fault SET remaining = remaining - 1 WHERE n = ?", (n,))
            return _build(spec)
    return None


def _matches(spec: Mapping[str, Any], call: Call) -> bool:
    method = spec.get("method")
    return (
        (method is None or str(method).upper() == call.method)
        and re.search(spec.get("path", ""), call.path) is not None
        and re.search(spec.get("query", ""), call.query) is not None
    )


def _build(spec: Mapping[str, Any]) -> Fault:
    status = spec.get("status")
    return Fault(
        status=None if status is None else int(status),
        body=spec.get("body"),
        headers={str(name): str(value) for name, value in (spec.get("headers") or {}).items()},
        delay=float(spec.get("delay", 0)),
        drop=spec.get("drop"),
        effect=bool(spec.get("effect", False)),
    )

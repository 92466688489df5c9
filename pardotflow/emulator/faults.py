"""Faults on order: answers, delays and broken connections for the next requests that match.

A fault is a rule in the data file and is used up as requests meet it, whichever process serves them. A fault plan is
the whole list of rules at once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.exchange import Call
from pardotflow.emulator.fault_answer import lag_of
from pardotflow.emulator.fault_envelope import in_envelope, session_of
from pardotflow.emulator.fault_rule import (
    Fault,
    Spec,
    build_fault,
    check_rule,
    does_something,
    read_match,
    read_when,
)
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.request_log import system_of
from pardotflow.emulator.state import load_switches


def read_plan(document: object) -> list[Spec]:
    """The checked rules of a plan: a list, or a mapping with `rules` and a `seed`. Raises `EmulatorError`.

    A rule without a seed of its own gets one from the plan's seed and its place, so that two rules choose apart.
    """
    whole = document if isinstance(document, Mapping) else {"rules": document}
    unknown = sorted(set(map(str, whole)) - {"rules", "seed"})
    if unknown:
        raise EmulatorError(f"unknown key in a fault plan: {', '.join(unknown)}; there are: rules, seed")
    rules = whole.get("rules")
    if rules is None:
        return []
    if not isinstance(rules, list):
        raise EmulatorError("a fault plan has a list of rules")
    return [_read_rule(place, rule, whole.get("seed", 0)) for place, rule in enumerate(rules, start=1)]


def _read_rule(place: int, rule: object, seed: object) -> Spec:
    try:
        spec = check_rule(rule)
        if not does_something(spec):
            raise EmulatorError("does nothing; write trouble, status, code, delay, drop or truncate")
    except EmulatorError as cause:
        raise EmulatorError(f"rule {place}: {cause}") from cause
    return {"seed": f"{seed}.{place}", **spec}


def read_plan_file(path: Path) -> list[Spec]:
    """The checked rules of a YAML or JSON file; raises `EmulatorError` with its name."""
    try:
        return read_plan(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as cause:
        why = cause.strerror if isinstance(cause, OSError) else cause
        raise EmulatorError(f"cannot read the fault plan {path}: {why}") from cause
    except EmulatorError as cause:
        raise EmulatorError(f"{path}: {cause}") from cause


def put_plan(file: DataFile, rules: Sequence[Spec]) -> None:
    """Put the rules of a plan in the place of all faults, and count from the beginning."""
    with file.write() as db:
        db.execute("DELETE FROM fault")
        save_rules(db, rules)


def save_rules(db: sqlite3.Connection, rules: Sequence[Spec]) -> int:
    """Store checked rules in their order; returns the number of the last one."""
    last = 0
    for rule in rules:
        when = read_when(rule)
        made = db.execute(
            "INSERT INTO fault (spec, skip, remaining) VALUES (?, ?, ?)",
            (json.dumps(dict(rule)), when.skip, when.times),
        )
        last = int(made.lastrowid or 0)
    return last


def order_fault(file: DataFile, spec: Spec) -> int:
    """Enter a fault after the others; returns its number. Raises `EmulatorError` for one that cannot be meant."""
    checked = check_rule(spec)
    with file.write() as db:
        return save_rules(db, [checked])


def clear_faults(file: DataFile) -> None:
    """Forget all faults."""
    with file.write() as db:
        db.execute("DELETE FROM fault")


def list_faults(file: DataFile) -> list[dict[str, Any]]:
    """The faults that are still to come; `met` counts the matching requests after the skipped ones."""
    rows = file.read().execute("SELECT n, spec, skip, remaining, met FROM fault ORDER BY n")
    return [
        {**json.loads(spec), "n": n, "skip": skip, "times": "always" if remaining is None else remaining, "met": met}
        for n, spec, skip, remaining, met in rows
    ]


def take_fault(file: DataFile, call: Call) -> Fault | None:
    """Use up the first fault that hits a request.

    A fault that still skips lets the request pass. One that `every` or `probability` passes over leaves it to the next.
    """
    with file.write() as db:
        for n, text, skip in db.execute("SELECT n, spec, skip FROM fault ORDER BY n").fetchall():
            spec: dict[str, Any] = json.loads(text)
            if not read_match(spec).covers(call):
                continue
            if skip > 0:
                db.execute("UPDATE fault SET skip = skip - 1 WHERE n = ?", (n,))
                return None
            (met,) = db.execute("UPDATE fault SET met = met + 1 WHERE n = ? RETURNING met", (n,)).fetchone()
            if read_when(spec).hits(met):
                db.execute("DELETE FROM fault WHERE n = ? AND remaining <= 1", (n,))
                db.execute("UPDATE fault SET remaining = remaining - 1 WHERE n = ?", (n,))
                _enter(db, spec, call)
                fault = build_fault(spec, system_of(call.path), load_switches(db), number=met)
                return (
                    fault if fault.instead is None else replace(fault, instead=in_envelope(spec, fault.instead, call))
                )
    return None


def _enter(db: sqlite3.Connection, spec: Spec, call: Call) -> None:
    """What a trouble leaves behind in the data: the session that ended, the cache that lags from now on."""
    if spec.get("trouble") == "expired_token":
        db.execute("UPDATE token SET revoked = 1 WHERE token = ? AND kind = 'access'", (session_of(call),))
    if spec.get("trouble") == "cache_lag":
        db.execute(
            "INSERT INTO switch VALUES ('cache_lag', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (json.dumps(lag_of(spec)),),
        )

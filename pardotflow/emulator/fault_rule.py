"""One rule of a fault plan: which requests it matches, what happens to them, and when.

A rule is stored as it was written; it is checked whole before it is stored, so that nothing can go wrong while a
request is served.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.fault_answer import build_answer, number_of
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.request_log import system_of
from pardotflow.emulator.salesforce.records.locks import RowLocks, chance
from pardotflow.emulator.switches import Switches
from pardotflow.emulator.troubles import SERVER_STATUSES, SYSTEMS, TROUBLES

Spec = Mapping[str, Any]
_MATCH = frozenset({"system", "method", "path", "query", "body"})
_FLAT = frozenset({"method", "path", "query"})
_ANSWER = frozenset({"status", "code", "message", "body", "headers", "effect"})
_WIRE = frozenset({"delay", "drop", "truncate"})
_WHEN = frozenset({"skip", "times", "every", "probability", "seed"})
_TROUBLE = frozenset({"trouble", "rows", "share", "seconds"})
_KEYS = _FLAT | _ANSWER | _WIRE | _WHEN | _TROUBLE | {"match"}
_WRITES = frozenset({"POST", "PATCH", "DELETE"})
_DROPS = (None, "before", "after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one request. `drop` closes the connection before or after the effect; `delay` is in seconds.

    A fault with an answer `instead` answers by itself; the request has its effect only where `effect` is true.
    `truncate` closes the connection after that many bytes of the body.
    """

    instead: Reply | None = None
    delay: float = 0.0
    drop: str | None = None
    effect: bool = False
    truncate: int | None = None
    locks: RowLocks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which requests a rule is about; the expressions are searched for, not matched whole."""

    systems: frozenset[str] = frozenset(SYSTEMS)
    methods: frozenset[str] | None = None
    path: re.Pattern[str] = field(default_factory=lambda: re.compile(""))
    query: re.Pattern[str] = field(default_factory=lambda: re.compile(""))
    body: re.Pattern[str] | None = None

    def covers(self, call: Call) -> bool:
        """Whether a request is one of these."""
        return (
            system_of(call.path) in self.systems
            and (self.methods is None or call.method in self.methods)
            and self.path.search(call.path) is not None
            and self.query.search(call.query) is not None
            and (self.body is None or self.body.search(call.body.decode(errors="replace")) is not None)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Which of the matching requests are hit. `times` is None for no end."""

    skip: int = 0
    times: int | None = 1
    every: int = 1
    probability: float = 1.0
    seed: str = "0"

    def hits(self, number: int) -> bool:
        """Whether the request with this number, counted from 1 after the skipped ones, is hit."""
        return number % self.every == 0 and chance(self.seed, number) < self.probability


def check_rule(spec: object) -> Spec:
    """Return a specification that can be meant, or raise `EmulatorError` with what is wrong with it."""
    if not isinstance(spec, Mapping):
        raise EmulatorError("must be a mapping")
    spec = {key: value for key, value in spec.items() if value is not None}
    _refuse_unknown("key", spec, _KEYS)
    read_when(spec)
    systems = read_match(spec).systems
    _check_trouble(spec)
    try:
        for system in sorted(systems):
            build_fault(spec, system, Switches(), number=1)
        json.dumps(dict(spec))
    except UnicodeEncodeError as cause:
        raise EmulatorError(f"a text cannot be sent: {cause.reason}") from cause
    except (TypeError, ValueError, RecursionError) as cause:
        raise EmulatorError(f"cannot be written as JSON: {cause}") from cause
    return spec


def does_something(spec: Spec) -> bool:
    """Whether a rule names any effect."""
    return any(key in spec for key in ("trouble", "status", "code", *_WIRE))


def read_match(spec: Spec) -> Match:
    """The condition of a rule: `match`, or its keys beside the others."""
    written = spec.get("match", {})
    if not isinstance(written, Mapping):
        raise EmulatorError("match must be a mapping")
    _refuse_unknown("key in match", written, _MATCH)
    both = sorted(set(written) & set(spec) & _FLAT)
    if both:
        raise EmulatorError(f"{both[0]} stands in match and beside it")
    parts = {key: spec[key] for key in _FLAT if key in spec} | dict(written)
    methods = frozenset({str(parts["method"]).upper()}) if parts.get("method") is not None else None
    if spec.get("trouble") == "row_lock":
        methods = _WRITES & (methods or _WRITES)
    return Match(
        systems=_read_systems(spec, parts.get("system")),
        methods=methods,
        path=_pattern("path", parts.get("path", "")),
        query=_pattern("query", parts.get("query", "")),
        body=None if "body" not in parts else _pattern("body", parts["body"]),
    )


def _read_systems(spec: Spec, named: object) -> frozenset[str]:
    """The systems of a rule; a code or a trouble that only some can have narrows them."""
    if named is not None and named not in SYSTEMS:
        raise EmulatorError(f"match.system is {', '.join(SYSTEMS)}, not {named!r}")
    possible: tuple[str, ...] = SYSTEMS
    trouble = spec.get("trouble")
    if isinstance(trouble, str) and trouble in TROUBLES:
        possible = TROUBLES[trouble].systems
    elif "code" in spec:
        possible = ("pardot",) if isinstance(spec["code"], int) else ("salesforce", "oauth")
    if named is not None and named not in possible:
        what = f"trouble {trouble}" if "trouble" in spec else f"code {spec['code']!r}"
        raise EmulatorError(f"{named} has no {what}; it belongs to {' and '.join(possible)}")
    return frozenset(possible if named is None else (str(named),))


def read_when(spec: Spec) -> When:
    """When a rule hits; one with `every` or `probability` has no end unless `times` says so."""
    endless = spec.get("times") == "always" or ("times" not in spec and ("every" in spec or "probability" in spec))
    return When(
        skip=int(number_of(spec, "skip", 0)),
        times=None if endless else int(number_of(spec, "times", 1, least=1)),
        every=int(number_of(spec, "every", 1, least=1)),
        probability=number_of(spec, "probability", 1, most=1),
        seed=str(spec.get("seed", 0)),
    )


def _check_trouble(spec: Spec) -> None:
    name = spec.get("trouble")
    if name is None:
        stray = sorted(set(spec) & (_TROUBLE - {"trouble"}))
        if stray:
            raise EmulatorError(f"{stray[0]} belongs to a trouble")
        if "code" in spec and "body" in spec:
            raise EmulatorError("write code or body, not both")
        if "message" in spec and "code" not in spec:
            raise EmulatorError("message belongs to a code")
        return
    if not isinstance(name, str) or name not in TROUBLES:
        raise EmulatorError(f"there is no trouble {name!r}; there are: {', '.join(TROUBLES)}")
    allowed = TROUBLES[name].keys | {"headers"}
    stray = sorted(set(spec) & (_ANSWER | _TROUBLE) - {"trouble"} - allowed)
    if stray:
        raise EmulatorError(f"trouble {name} takes no {stray[0]}")
    if name == "server_error" and int(number_of(spec, "status", 503)) not in SERVER_STATUSES:
        raise EmulatorError(f"trouble server_error has status {', '.join(map(str, sorted(SERVER_STATUSES)))}")


def build_fault(spec: Spec, system: str, switches: Switches, *, number: int) -> Fault:
    """What a rule does to the request of a system; `number` varies the choice of random rows."""
    if spec.get("drop") not in _DROPS:
        raise EmulatorError("drop is before or after")
    if not isinstance(spec.get("effect", False), bool):
        raise EmulatorError(f"effect is true or false, not {spec['effect']!r}")
    return Fault(
        instead=build_answer(spec, system, switches),
        delay=number_of(spec, "delay", 0),
        drop=spec.get("drop"),
        effect=spec.get("effect", False),
        truncate=int(number_of(spec, "truncate", 0)) if "truncate" in spec else None,
        locks=_locks(spec, number) if spec.get("trouble") == "row_lock" else None,
    )


def _locks(spec: Spec, number: int) -> RowLocks:
    rows = spec.get("rows", [])
    if not isinstance(rows, list) or not all(type(row) is int and row > 0 for row in rows):
        raise EmulatorError("rows is a list of places in the request; the first is 1")
    if rows and "share" in spec:
        raise EmulatorError("write rows or share, not both")
    seed = f"{spec.get('seed', 0)}/{number}"
    return RowLocks(rows=frozenset(rows), share=number_of(spec, "share", 1, most=1), seed=seed)


def _pattern(name: str, text: object) -> re.Pattern[str]:
    try:
        return re.compile(str(text))
    except re.error as cause:
        raise EmulatorError(f"{name} is no regular expression: {cause}") from cause


def _refuse_unknown(what: str, given: Mapping[Any, Any], known: frozenset[str]) -> None:
    unknown = sorted(set(map(str, given)) - known)
    if unknown:
        raise EmulatorError(f"unknown {what}: {', '.join(unknown)}; there are: {', '.join(sorted(known))}")

"""The names by which `--allow` lets guards pass: what a plan prints, and what an apply takes.

A guard's own name is enough where one sync has it; where several do, each is named with its sync: `people.updates`.
"""

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

GuardId = tuple[str, str]
"""Sync and guard; the sync is empty where a guard is about the whole plan."""


def allow_names(guards: Sequence[GuardId]) -> list[str]:
    """The shortest name of each guard that is its alone."""
    shared = Counter(guard for _, guard in guards)
    return [guard if shared[guard] == 1 else full_name((sync, guard)) for sync, guard in guards]


def full_name(guard: GuardId) -> str:
    """The name that is always understood."""
    sync, name = guard
    return f"{sync}.{name}" if sync else name


def allow_flag(name: str, number: int) -> str:
    """The option that lets a guard pass with this number, as a shell takes it."""
    return f"--allow {shlex.quote(f'{name}={number}')}"


def still_blocking(guards: Iterable[tuple[str, str, int, bool]], allowed: Mapping[str, int]) -> list[str]:
    """Guards (sync, name, number, passed) that block although `--allow` gave these numbers, by their allow names."""
    rows = list(guards)
    names = allow_names([(sync, guard) for sync, guard, _, _ in rows])
    blocking = []
    for (sync, guard, number, passed), name in zip(rows, names, strict=True):
        most = max(allowed.get(name, -1), allowed.get(full_name((sync, guard)), -1))
        if not passed and number > most:
            blocking.append(name)
    return blocking


def unknown_names(names: Iterable[str], guards: Sequence[GuardId]) -> list[str]:
    """Names that stand for none of the guards, or for several."""
    known = {*allow_names(guards), *map(full_name, guards)}
    return [name for name in names if name not in known]

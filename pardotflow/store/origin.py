"""Whose records an environment remembers: its files belong to one organisation of each system.

Record ids of another organisation may look the same and mean other people. So links and bases of another one are
refused, and snapshots of another one begin anew.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from pardotflow.core.errors import PlanRefused
from pardotflow.plan.instance import in_memory
from pardotflow.store.damage import is_sound
from pardotflow.store.memory import attach_memory, attach_snapshots

Publish = Callable[[duckdb.DuckDBPyConnection], None]
_PREFIX = "organization."


def bind_memory(path: Path, organizations: Mapping[str, str], publish: Publish = lambda _: None) -> None:
    """Note whose links these are, by system; raises PlanRefused where there are links of another organisation.
    `publish` is told of a session that wrote."""
    with in_memory() as con:
        attach_memory(con, path, read_only=True)
        known = dict(con.execute("select key, value from mem.about where starts_with(key, ?)", [_PREFIX]).fetchall())
        new = {s: o for s, o in organizations.items() if known.get(_PREFIX + s) != o}
        if not new:
            return
        has_links = con.execute("select 1 from mem.links limit 1").fetchone() is not None
        for system, organization in new.items():
            former = known.get(_PREFIX + system)
            if former is not None and has_links:
                raise PlanRefused(
                    f"what is remembered here is of {system} {former}, but this connection is {organization}",
                    hint=f"Check the credentials; to begin anew, move {path} and ledger.sqlite beside it away.",
                )
        con.execute("detach mem")
        attach_memory(con, path, read_only=False)
        for system, organization in new.items():
            con.execute("delete from mem.about where key = ?", [_PREFIX + system])
            con.execute("insert into mem.about values (?, ?)", [_PREFIX + system, organization])
        publish(con)


def bind_snapshots(path: Path, organizations: Mapping[str, str], *, renew: bool) -> None:
    """Note whose records these are; those of another organisation are deleted, and read again when they are needed.

    Raises StateError where the file cannot be opened; with `renew` a damaged one is deleted too.
    """
    if path.is_dir() or (path.exists() and not (renew and not is_sound(path))):
        with in_memory() as con:
            attach_snapshots(con, path)
            if dict(con.execute("select connection, organization from snap.origins").fetchall()) == organizations:
                return
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)
    with in_memory() as con:
        attach_snapshots(con, path)
        con.executemany("insert into snap.origins values (?, ?)", [list(pair) for pair in organizations.items()])

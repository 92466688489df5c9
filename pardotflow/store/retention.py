"""What is kept for how long: journals, plans, snapshots that nobody reads any more, old copies.

Never removed: sync errors that are open, requests whose outcome is not known with their run and plan, runs that nothing
closed, and the last plans.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pardotflow.plan.instance import in_memory
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger
from pardotflow.store.memory import attach_snapshots
from pardotflow.store.premigration import list_backups

_OPEN = "('planned', 'sent', 'unknown')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Days for which each is kept; None keeps it for ever. `least_plans` are kept however old they are."""

    journals: int | None = 365
    plans: int | None = 90
    backups: int | None = 90
    """Copies that migrations and `state restore` left."""
    snapshots: int | None = 30
    """Copies of objects that were not read for so long, and pages of reads that were cut short."""
    least_plans: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was removed."""

    runs: int
    plans: tuple[str, ...]
    snapshots: tuple[str, ...]
    files: tuple[Path, ...]

    @property
    def is_nothing(self) -> bool:
        """True where everything was young enough."""
        return not (self.runs or self.plans or self.snapshots or self.files)


def prune(layout: Layout, ledger: Ledger, keep: Keep, now: datetime) -> Pruned:
    """Remove what is older than is kept. The caller holds the lock, and has no snapshot open."""
    plans = _old_plans(ledger, keep, now)
    for plan_id, path in plans:
        # A file outside the environment's folder belongs to whoever named it.
        if path.parent.resolve() == layout.plans.resolve():
            path.unlink(missing_ok=True)
        ledger.drop_plan(plan_id)
    files = _old(list_backups(layout.root) | _replaced(layout), keep.backups, now)
    files += _old(frozenset(layout.landing.glob("*")), keep.snapshots, now)
    for path in files:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return Pruned(
        runs=_prune_runs(ledger, keep, now),
        plans=tuple(i for i, _ in plans),
        snapshots=_prune_snapshots(layout, keep, now),
        files=tuple(sorted(files)),
    )


def _prune_snapshots(layout: Layout, keep: Keep, now: datetime) -> tuple[str, ...]:
    """Copies of objects that nothing reads any more; one that is needed again is read whole."""
    if keep.snapshots is None or not layout.snapshots.exists():
        return ()
    before = (now - timedelta(days=keep.snapshots)).replace(tzinfo=None)
    with in_memory() as con:
        attach_snapshots(con, layout.snapshots)
        old = con.execute("select connection, object from snap.cursors where cursor_at < ?", [before]).fetchall()
        for connection, item in old:
            con.execute("delete from snap.cursors where connection = ? and object = ?", [connection, item])
            con.execute(f'drop table if exists snap."{connection}.{item}"')
    return tuple(f"{connection} {item}" for connection, item in old)


def _old_plans(ledger: Ledger, keep: Keep, now: datetime) -> list[tuple[str, Path]]:
    if keep.plans is None:
        return []
    rows = ledger.database.execute(
        "select id, path, coalesce(created_at, (select max(started_at) from runs r where r.plan_id = plans.id), '')"
        " from plans where path is not null order by 3 desc, id desc"
    ).fetchall()
    needed = {
        row[0]
        for row in ledger.database.execute(
            "select r.plan_id from runs r where r.ended_at is null or exists"
            f" (select 1 from requests q where q.run_id = r.id and q.status in {_OPEN})"
        ).fetchall()
    }
    before = (now - timedelta(days=keep.plans)).isoformat()
    return [
        (row[0], ledger.folder / row[1]) for row in rows[keep.least_plans :] if row[2] < before and row[0] not in needed
    ]


def _prune_runs(ledger: Ledger, keep: Keep, now: datetime) -> int:
    """Forget the requests of old runs that are closed and have nothing open. The run itself stays, with its counts."""
    if keep.journals is None:
        return 0
    before = (now - timedelta(days=keep.journals)).isoformat()
    old = [
        row[0]
        for row in ledger.database.execute(
            "select id from runs r where r.ended_at is not null and r.ended_at < ?"
            f" and not exists (select 1 from requests q where q.run_id = r.id and q.status in {_OPEN})"
            " and not exists (select 1 from sync_errors e where e.run_id = r.id)"
            " and exists (select 1 from requests q where q.run_id = r.id)",
            (before,),
        ).fetchall()
    ]
    with ledger.transaction():
        for table in ("request_rows", "requests"):
            ledger.database.executemany(f"delete from {table} where run_id = ?", [(run,) for run in old])
    return len(old)


def _replaced(layout: Layout) -> frozenset[Path]:
    return frozenset([*layout.root.glob("replaced-*"), *layout.root.glob("memory.duckdb.unpublished")])


def _old(paths: frozenset[Path], days: int | None, now: datetime) -> list[Path]:
    if days is None:
        return []
    before = (now - timedelta(days=days)).timestamp()
    return sorted(path for path in paths if path.stat().st_mtime < before)

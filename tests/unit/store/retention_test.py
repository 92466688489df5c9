"""What is older than it is kept goes, and what somebody still needs stays however old it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pardotflow.plan.instance import in_memory
from pardotflow.store.journal import JournalRow
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger
from pardotflow.store.memory import attach_snapshots
from pardotflow.store.retention import Keep, prune
from pardotflow.store.syncerrors import SyncError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
KEEP = Keep(journals=30, plans=30, backups=30, snapshots=30, least_plans=2)
ERROR = SyncError(
    system="pardot", object="prospect", record="7", action="update", payload="d", code="10", message="no",
    run_id="run-refused", at=NOW.isoformat(),
)  # fmt: skip


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An empty environment."""
    found = Layout(root=tmp_path / "state")
    found.prepare()
    return found


@pytest.fixture
def ledger(layout: Layout) -> Iterator[Ledger]:
    """With five runs, each of a plan of its own, a year old: done, refused, unknown, not closed, and one of today."""
    found = Ledger(layout.ledger)
    for n, name in enumerate(("done", "refused", "unknown", "running", "today")):
        at = NOW if name == "today" else NOW - timedelta(days=365 - n)
        plan = layout.plans / f"{name}.plan"
        plan.write_bytes(b"")
        found.save_plan(name, plan, "d", at)
        found.start_run(f"run-{name}", name, at, plan)
        head = {"system": "pardot", "kind": "update", "object": "prospect", "key": "", "planned_at": at.isoformat()}
        row = JournalRow(change=1, record_key="7", status="planned")
        found.plan_request(f"run-{name}", 1, head, [row])
        found.mark_sent(f"run-{name}", 1, at)
        if name != "unknown":
            found.answer_request(f"run-{name}", 1, at, "answered", "", [])
        if name == "refused":
            found.save_errors([ERROR])
        if name != "running":
            found.end_run(f"run-{name}", at, "done", {}, {})
    for n in range(3):
        plan = layout.plans / f"old{n}.plan"
        plan.write_bytes(b"")
        found.save_plan(f"old{n}", plan, "d", NOW - timedelta(days=40 + n))
    yield found
    found.close()


def test_old_journals_and_plans_go_and_what_is_needed_stays(layout: Layout, ledger: Ledger) -> None:
    pruned = prune(layout, ledger, KEEP, NOW)
    assert pruned.runs == 1
    journals = {run for run in ("done", "refused", "unknown", "running", "today") if ledger.journal(f"run-{run}")}
    assert journals == {"refused", "unknown", "running", "today"}
    # The two newest are today's and the youngest of the old ones.
    assert {p.stem for p in layout.plans.glob("*.plan")} == {"today", "old0", "unknown", "running"}
    assert set(pruned.plans) == {"done", "refused", "old1", "old2"}
    assert ledger.spent_by("done") == "run-done", "a plan is applied once, also when its file is gone"
    assert len(ledger.sync_errors()) == 1 and [run.run_id for run in ledger.unfinished_runs()] == ["run-running"]
    assert prune(layout, ledger, KEEP, NOW).is_nothing


def test_forever_is_forever(layout: Layout, ledger: Ledger) -> None:
    keep = Keep(journals=None, plans=None, backups=None, snapshots=None)
    assert prune(layout, ledger, keep, NOW + timedelta(days=10_000)).is_nothing


def test_a_plan_that_somebody_saved_elsewhere_is_theirs(layout: Layout, ledger: Ledger, tmp_path: Path) -> None:
    own = tmp_path / "own.plan"
    own.write_bytes(b"")
    ledger.save_plan("own", own, "d", NOW - timedelta(days=300))
    assert "own" in prune(layout, ledger, KEEP, NOW).plans and own.exists()


def test_old_copies_and_snapshots_that_nobody_reads(layout: Layout, ledger: Ledger) -> None:
    copies = [layout.root / "ledger.sqlite.before-v4.2026-01-01T000000Z", layout.root / "replaced-2026"]
    copies[0].write_bytes(b"")
    copies[1].mkdir()
    young = layout.root / "memory.duckdb.before-v6.2026-05-30T000000Z"
    young.write_bytes(b"")
    for path in copies:
        os.utime(path, (0, 0))
    os.utime(young, (NOW.timestamp(), NOW.timestamp()))
    with in_memory() as con:
        attach_snapshots(con, layout.snapshots)
        for item, at in (("Contact", NOW), ("Lead", NOW - timedelta(days=31))):
            con.execute(f'create table snap."salesforce.{item}" (_id varchar)')
            values = ["salesforce", item, at.replace(tzinfo=None)]
            con.execute("insert into snap.cursors (connection, object, cursor_at) values (?, ?, ?)", values)
    pruned = prune(layout, ledger, KEEP, NOW)
    assert pruned.files == tuple(sorted(copies)) and young.exists() and not copies[1].exists()
    assert pruned.snapshots == ("salesforce Lead",)
    with in_memory() as con:
        attach_snapshots(con, layout.snapshots)
        tables = con.execute("select table_name from duckdb_tables() where database_name = 'snap'").fetchall()
    assert ("salesforce.Contact",) in tables and ("salesforce.Lead",) not in tables

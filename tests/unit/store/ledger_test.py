"""The ledger: an older one is brought up to this version, a newer one is refused, decisions are kept in one order."""

import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pardotflow.core.describe import ObjectInfo
from pardotflow.core.errors import StateError
from pardotflow.store.decisions import Decision
from pardotflow.store.journal import JournalRow
from pardotflow.store.ledger import Ledger
from pardotflow.store.ledgertables import VERSION


def decision(mapping: str, word: str, at: str = "2026-03-02T09:00:00+00:00") -> Decision:
    """A decision about one pair."""
    return Decision(
        sync="people",
        a_object="Contact",
        a_id="003A",
        b_object="prospect",
        b_id="7",
        mapping=mapping,
        digest="d",
        a_value="x",
        b_value=None,
        decision=word,
        decided_at=at,
        source="answers.yml",
    )


def test_a_ledger_of_the_first_version_is_brought_up(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    Ledger(file).close()
    with sqlite3.connect(file) as db:
        db.execute("drop table decisions")
        db.execute("insert into about values ('kept', 'yes')")
        db.executescript("alter table runs drop column continues; drop table calls")
        db.execute("pragma user_version = 1")
    ledger = Ledger(file)
    assert not ledger.is_new
    ledger.save_decisions([decision("phone", "keep")])
    ledger.close()
    with sqlite3.connect(file) as db:
        assert db.execute("pragma user_version").fetchone() == (VERSION,)
        assert db.execute("select value from about").fetchall() == [("yes",)]


def test_what_the_second_version_described_of_pardot_is_read_again(tmp_path: Path) -> None:
    file, at = tmp_path / "ledger.sqlite", datetime(2026, 3, 2, tzinfo=UTC)
    ledger = Ledger(file)
    for system, item in (("pardot", "prospect"), ("salesforce", "Contact")):
        ledger.save_describe(system, item, ObjectInfo(name=item, label=item, fields=()), at)
    ledger.close()
    with sqlite3.connect(file) as db:
        db.executescript("alter table runs drop column continues; drop table calls")
        db.execute("pragma user_version = 2")
    ledger = Ledger(file)
    assert ledger.read_describe("pardot", "prospect") is None
    assert ledger.read_describe("salesforce", "Contact") is not None
    ledger.close()


def test_the_refusals_of_the_third_version_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    Ledger(file).close()
    with sqlite3.connect(file) as db:
        db.executescript(
            "drop table sync_errors; create table sync_errors (system text, object text, record text, action text,"
            " payload text, code text, message text, run_id text, at text,"
            " primary key (system, object, record, action));"
            "insert into sync_errors values ('pardot', 'prospect', '1', 'update', 'p', '57', 'no', 'r', '2026-03-02');"
            "alter table runs drop column continues; drop table calls;"
            "pragma user_version = 3"
        )
    ledger = Ledger(file)
    [error] = ledger.sync_errors()
    assert (error.about, error.code, error.state, error.times, error.first_at) == (
        ("pardot", "prospect", "1", "update"),
        "57",
        "open",
        1,
        "2026-03-02",
    )
    ledger.close()


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    Ledger(file).close()
    with sqlite3.connect(file) as db:
        db.execute(f"pragma user_version = {VERSION + 1}")
    with pytest.raises(StateError, match="another version"):
        Ledger(file)


def test_the_last_decision_about_a_conflict_is_kept(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.save_decisions([decision("title", "keep"), decision("phone", "salesforce")])
    ledger.save_decisions([decision("title", "pardot", at="later")])
    assert ledger.decisions() == [decision("phone", "salesforce"), decision("title", "pardot", at="later")]
    first = decision("title", "keep")
    ledger.forget_decisions([(*first.about, first.decided_at)])
    assert len(ledger.decisions()) == 2
    ledger.forget_decisions([(*first.about, "later")])
    assert ledger.decisions() == [decision("phone", "salesforce")]
    ledger.close()


def test_the_rows_of_a_large_job_are_resolved_at_once(tmp_path: Path) -> None:
    """To look for each of 10,000 rows by its change alone took a minute, and grew with the square of their number."""
    count, now = 10_000, datetime(2026, 3, 2, tzinfo=UTC)
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.start_run("run", "plan", now, tmp_path / "a.plan")
    head = dict.fromkeys(("system", "kind", "object", "key", "planned_at"), "x")
    for number, first in ((1, 0), (2, count)):
        rows = [JournalRow(change=first + n, record_key="", status="planned") for n in range(count)]
        ledger.plan_request("run", number, head, rows)
        ledger.mark_sent("run", number, now)
    again = [JournalRow(change=n, record_key="", status="again") for n in range(count)]
    ledger.answer_request("run", 1, now, "answered", "", again)
    ledger.close_requests("run")
    began = time.process_time()
    done = [JournalRow(change=n, record_key="", status="confirmed", record_id="7") for n in range(2 * count)]
    ledger.resolve_rows("run", done)
    ledger.give_up_rows("run", [(n, "refused") for n in range(1, 2 * count)])
    assert time.process_time() - began < 10
    found = [(entry.request, entry.request_status, entry.row.status) for entry in ledger.journal("run")]
    # Only what was unknown is resolved, and only what was to be tried again is given up.
    assert found[:2] == [(1, "answered", "again"), (1, "answered", "refused")]
    assert set(found[1:count]) == {(1, "answered", "refused")}
    assert set(found[count:]) == {(2, "resolved", "confirmed")}
    ledger.close()

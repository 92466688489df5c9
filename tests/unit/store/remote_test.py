"""The remote state: what a ledger says means the same there, and memory travels in parts of which only some change."""

from __future__ import annotations

import ast
import inspect
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pardotflow.core.errors import StateError
from pardotflow.core.secret import Secret
from pardotflow.plan.instance import in_memory
from pardotflow.store import decisions, ledger
from pardotflow.store.heart import Wish, holding
from pardotflow.store.journal import JournalRow
from pardotflow.store.layout import Layout
from pardotflow.store.ledger import Ledger
from pardotflow.store.lock import Holder, Lock, LockLost, Taken
from pardotflow.store.machine import this_process
from pardotflow.store.memory import attach_memory, copy_mark
from pardotflow.store.postgres import Patience, PostgresDatabase
from pardotflow.store.remote import RemoteState
from pardotflow.store.syncerrors import ErrorState, SyncError
from tests.unit.store.ledger_test import decision

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LINKS = (
    "insert into mem.links select 'people', 'Contact', '003' || i, 'prospect', i, 'found', 'r', null, null"
    " from range({}) t(i)"
)


@pytest.fixture
def schema(postgres_url: str, request: pytest.FixtureRequest) -> str:
    """A name that no other test has."""
    return str(request.node.name).lower().replace("[", "_").rstrip("]")[:60]


@contextmanager
def opened(url: str, schema: str, root: Path, owner: str = "small/live", *, lock: bool = True) -> Iterator[RemoteState]:
    """The remote state as a machine whose folder is `root` opens it."""
    root.mkdir(exist_ok=True)
    database = PostgresDatabase(Secret(url), schema)
    try:
        state = RemoteState(database, "there", Layout(root=root), owner)
    except StateError:
        database.close()
        raise
    taken = Lock(database, "there").take(replace(this_process(), born=""), "test") if lock else None
    state.token = taken.holder.token if isinstance(taken, Taken) else ""
    try:
        yield state
    finally:
        Lock(database, "there").release(state.token)
        state.close()


@contextmanager
def memory(state: RemoteState, root: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The fetched memory, open to be written, and published at the end."""
    state.fetch_memory()
    with in_memory() as con:
        attach_memory(con, root / "memory.duckdb", read_only=False)
        yield con
        state.publish(con)


def test_what_one_machine_publishes_another_one_fetches(postgres_url: str, schema: str, tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    with opened(postgres_url, schema, a) as state:
        assert state.is_new
        with memory(state, a) as con:
            con.execute(LINKS.format(100_000))
        assert not state.fetch_memory(), "what was published is a copy of the last generation"
        before = _parts(state)
        with memory(state, a) as con:
            con.execute("update mem.links set tombstone = 'a' where a_id = '0037'")
        after = _parts(state)
        assert sum(before[key] != after[key] for key in before) == 1, "only the bucket of the changed row is sent"
        assert len(before) > 4
    with opened(postgres_url, schema, b) as state:
        assert not state.is_new and state.fetch_memory()
        with in_memory() as con:
            attach_memory(con, b / "memory.duckdb", read_only=True)
            assert con.execute("select count(*), count(tombstone) from mem.links").fetchall() == [(100_000, 1)]
        assert (b / "memory.duckdb").stat().st_mode & 0o077 == 0
        assert not state.fetch_memory()


def _parts(state: RemoteState) -> dict[tuple[str, int], str]:
    found = state.database.execute("select name, bucket, xmin::text from memory_parts where name = 'links'")
    return {(row[0], row[1]): row[2] for row in found}


def test_what_was_written_and_not_published_is_no_copy(postgres_url: str, schema: str, tmp_path: Path) -> None:
    with opened(postgres_url, schema, tmp_path / "a") as state:
        with memory(state, tmp_path / "a") as con:
            con.execute(LINKS.format(3))
        with in_memory() as con:
            attach_memory(con, tmp_path / "a" / "memory.duckdb", read_only=False)
            con.execute("delete from mem.links")
        with pytest.raises(StateError, match="is not in there yet"):
            state.check_published()
        assert state.fetch_memory()
        state.check_published()
        with in_memory() as con:
            attach_memory(con, tmp_path / "a" / "memory.duckdb", read_only=True)
            assert con.execute("select count(*) from mem.links").fetchall() == [(3,)]


def test_a_generation_that_moved_on_is_not_overwritten(postgres_url: str, schema: str, tmp_path: Path) -> None:
    with opened(postgres_url, schema, tmp_path / "a") as state:
        with memory(state, tmp_path / "a") as con:
            con.execute(LINKS.format(3))
        wrong = pytest.raises(StateError, match="is of generation 9, and generation 1 was at work here")
        with wrong, memory(state, tmp_path / "a"):
            state.database.execute("update about set value = '9' where key = 'generation'")


def test_a_publication_that_takes_long_loses_no_lock(postgres_url: str, schema: str, tmp_path: Path) -> None:
    """It takes longer than a silent holder is waited for; the heart beats meanwhile, and nobody waits for it."""
    with opened(postgres_url, schema, tmp_path / "a", lock=False) as state:
        beating = Wish(command="apply", beat=0.1, expires_after=1.0)
        with holding(lambda: Lock(PostgresDatabase(Secret(postgres_url), schema), "there"), beating) as held:
            state.token = held.holder.token
            with memory(state, tmp_path / "a") as con, ThreadPoolExecutor(1) as pool:
                con.execute(LINKS.format(3))
                busy = PostgresDatabase(Secret(postgres_url), schema)
                with busy.transaction():
                    busy.execute("lock table memory_parts in share mode")
                    sending = pool.submit(state.publish, con)
                    time.sleep(1.4)
                    other = replace(this_process(), machine="elsewhere")
                    assert isinstance(Lock(busy, "there").take(other, "plan"), Holder)
                    assert not sending.done()
                sending.result()
                busy.close()
            held.check()
        assert state.database.execute("select value from about where key = 'generation'").fetchone() == ("2",)


def test_a_machine_that_vanishes_in_the_middle_of_a_write_is_not_waited_for(
    postgres_url: str, schema: str, tmp_path: Path
) -> None:
    url = Secret(postgres_url)
    with opened(postgres_url, schema, tmp_path / "a", lock=False) as state:
        gone = PostgresDatabase(url, schema, patience=Patience(idle=1.0))
        taken = Lock(gone, "there").take(replace(this_process(), machine="elsewhere"), "apply")
        assert isinstance(taken, Taken)
        # Its process is silent for good, and its connection is not closed.
        vanished = RemoteState(gone, "there", Layout(root=tmp_path / "b"), "small/live")
        vanished.token = taken.holder.token
        open_transaction = gone.transaction()
        open_transaction.__enter__()
        vanished.fence()
        here = Lock(PostgresDatabase(url, schema, patience=Patience(lock=0.2)), "there")
        with pytest.raises(StateError, match="is held by a transaction that does not end") as refused:
            here.unlock(this_process(), force=True)
        assert "Try again in a minute" in refused.value.hint
        time.sleep(1.0)
        held = here.unlock(this_process(), force=True)
        assert held is not None and held.token == taken.holder.token
        here.close()
        with pytest.raises(StateError):
            open_transaction.__exit__(None, None, None)
        assert state.database.execute("show idle_in_transaction_session_timeout").fetchone() == ("1min",)


def test_a_state_belongs_to_one_environment(postgres_url: str, schema: str, tmp_path: Path) -> None:
    with opened(postgres_url, schema, tmp_path / "a"):
        pass
    wrong = pytest.raises(StateError, match="holds the state of small/live, not of small/production")
    with wrong, opened(postgres_url, schema, tmp_path / "a", "small/production"):
        pass


def test_a_full_folder_is_not_overwritten_by_an_empty_state(postgres_url: str, schema: str, tmp_path: Path) -> None:
    a = tmp_path / "a"
    a.mkdir()
    with in_memory() as con:
        attach_memory(con, a / "memory.duckdb", read_only=False)
        con.execute(LINKS.format(3))
    with (
        opened(postgres_url, schema, a) as state,
        pytest.raises(StateError, match=r"is empty, and .* is not") as refused,
    ):
        state.fetch_memory()
    assert "state restore" in refused.value.hint


def test_a_state_is_replaced_whole_or_not_at_all(postgres_url: str, schema: str, tmp_path: Path) -> None:
    a, plan = tmp_path / "a", tmp_path / "new.plan"
    plan.write_bytes(b"a plan")
    rows: dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]] = {"runs": (("id",), [("new",)])}
    looks = ("select id from runs", "select id from plan_files", "select value from about where key = 'generation'")

    def kept(state: RemoteState) -> list[str]:
        return [row[0] for query in looks for row in state.database.execute(query)]

    with opened(postgres_url, schema, a) as state, in_memory() as con:
        state.database.run_script("insert into runs (id) values ('old'); insert into plan_files values ('old', '');")
        attach_memory(con, a / "memory.duckdb", read_only=False)
        con.execute(LINKS.format(3))
        token, state.token = state.token, "of nobody"
        with pytest.raises(LockLost):
            state.replace(rows, [plan], con)
        assert kept(state) == ["old", "old", "0"] and not copy_mark(a / "memory.duckdb").exists()
        state.token = token
    with opened(postgres_url, schema, a) as state, in_memory() as con:
        attach_memory(con, a / "memory.duckdb", read_only=False)
        state.replace(rows, [plan], con)
        assert kept(state) == ["new", "new", "1"] and not state.fetch_memory()


def test_nothing_is_journalled_once_the_lock_is_lost(postgres_url: str, schema: str, tmp_path: Path) -> None:
    with opened(postgres_url, schema, tmp_path / "a") as state:
        book = Ledger(tmp_path / "a" / "ledger.sqlite", state)
        head = {"system": "pardot", "kind": "create", "object": "prospect", "key": "", "planned_at": AT.isoformat()}
        row = JournalRow(change=1, record_key="003", status="planned")
        book.plan_request("r", 1, head, [row])
        book.note_handle("r", 1, "job")
        Lock(state.database, "there").unlock(this_process(), force=True)
        with pytest.raises(LockLost):
            book.plan_request("r", 2, head, [row])
        with pytest.raises(LockLost):
            book.note_handle("r", 1, "another")
        assert state.database.execute("select handle from requests").fetchall() == [("job",)], "no job is started"
        assert [each.row.change for each in book.journal("r")] == [1]
        book.close()


@pytest.fixture(params=["local", "remote"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A ledger of each kind."""
    if request.param == "local":
        made = Ledger(tmp_path / "ledger.sqlite")
        yield made
        made.close()
        return
    with opened(request.getfixturevalue("postgres_url"), "kinds", tmp_path / "a") as state:
        state.database.run_script(
            "delete from plans; delete from runs; delete from decisions; delete from sync_errors;"
            "delete from requests; delete from request_rows; delete from plan_files;"
        )
        made = Ledger(tmp_path / "a" / "ledger.sqlite", state)
        yield made
        made.close()


def test_a_ledger_says_the_same_wherever_it_is_kept(book: Ledger, tmp_path: Path) -> None:
    plan = tmp_path / "one.plan"
    plan.write_bytes(b"a plan, 100% whole?")
    book.save_plan("p1", plan, "d", AT)
    book.start_run("r1", "p1", AT, plan)
    assert book.spent_by("p1") == "r1" and book.runs_since("2026-01-01") == ["r1"] and book.last_run() == "r1"
    # What is known of the last run goes before what the clocks say.
    assert book.runs_since("2027", "") == ["r1"] == book.runs_since("2026-01-01", "of another ledger")
    assert book.runs_since("2026-01-01", "r1") == []
    assert [(run.run_id, run.plan_id) for run in book.unfinished_runs()] == [("r1", "p1")]
    head = {"system": "pardot", "kind": "create", "object": "prospect", "key": "k", "planned_at": AT.isoformat()}
    book.plan_request("r1", 1, head, [JournalRow(change=n, record_key=f"003{n}", status="planned") for n in (1, 2)])
    book.mark_sent("r1", 1, AT)
    book.note_handle("r1", 1, "job")
    assert book.open_creates() == [("pardot", "prospect", f"003{n}", AT, False) for n in (1, 2)]
    done = JournalRow(change=1, record_key="", status="confirmed", record_id="7")
    book.answer_request("r1", 1, AT, "answered", "", [done])
    first, second = book.journal("r1")
    assert (first.row.record_id, first.size, first.sent_at, first.answered_at) == ("7", 2, AT, AT)
    assert second.row.status == "planned"
    error = SyncError(
        system="pardot", object="prospect", record="7", action="update", payload="d", code="10", message="no",
        run_id="r1", at=AT.isoformat(),
    )  # fmt: skip
    book.save_errors([error])
    book.save_errors([replace(error, message="no more")])
    book.save_errors([replace(error, message="still not", run_id="r2")])
    [kept] = book.sync_errors()
    assert (kept.message, kept.times, kept.first_at) == ("still not", 2, AT.isoformat())
    book.decide_errors([error], ErrorState.RETRY, AT)
    assert [e.state for e in book.sync_errors()] == [ErrorState.RETRY]
    book.clear_errors([("pardot", "prospect", "7", "update")])
    assert book.sync_errors() == []
    book.save_decisions([decision("title", "keep"), decision("title", "pardot", at="later")])
    assert book.decisions() == [decision("title", "pardot", at="later")]
    book.end_run("r1", AT, "done", {"confirmed": 1}, {"pardot": 2})
    found = book.latest_plan()
    assert book.unfinished_runs() == [] and found is not None and found[0] == "p1"
    assert [plan_id for plan_id, _ in book.find_plan("p")] == ["p1"] and book.find_plan("x") == []


@pytest.mark.parametrize(
    "url", ["hunter2 nonsense", "postgresql://me:hunter2@/x?host=/nowhere", "password=hunter2 host=/no"]
)
def test_no_error_repeats_the_password(url: str) -> None:
    with pytest.raises(StateError) as refused:
        PostgresDatabase(Secret(url), "x")
    assert "hunter2" not in f"{refused.value} {refused.value.hint}"


def test_what_the_ledger_says_is_understood_by_both() -> None:
    """The statements that only one of the two databases knows stand in the modules of that database alone."""
    foreign = ("insert or ", "rowid", "ifnull(", "datetime(", "strftime(", "::", "returning", "autoincrement")
    for module in (ledger, decisions):
        texts = [n.value for n in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(n, ast.Constant)]
        said = [t for t in texts if isinstance(t, str) and any(word in t.lower() for word in foreign)]
        assert said == [], f"{module.__name__}: PostgreSQL and SQLite must both understand it"

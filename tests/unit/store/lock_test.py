"""The lock: one holder at a time, in a file and in a database; who is gone is followed, who lost it is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pardotflow.core.errors import StateError
from pardotflow.core.secret import Secret
from pardotflow.store.heart import Held, Wish, holding
from pardotflow.store.lock import TABLE, Fate, Holder, Lock, LockLost, OpenLock, Taken, judge, open_lock_file, takeover
from pardotflow.store.machine import is_gone, this_process
from pardotflow.store.postgres import PostgresDatabase

ME = this_process()
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["file", "postgres"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenLock]:
    """Opens one lock, each time over a connection of its own."""
    if request.param == "file":
        yield lambda: open_lock_file(tmp_path / "lock")
        return
    url = Secret(request.getfixturevalue("postgres_url"))
    made = PostgresDatabase(url, "locks")
    made.run_script(f"{TABLE} delete from holder;")
    made.close()
    yield lambda: Lock(PostgresDatabase(url, "locks"), "the schema locks")


def holder(**more: object) -> Holder:
    """A command at work on this machine, in this process."""
    found = Holder(
        token="t",
        owner=ME.owner,
        host=ME.host,
        machine=ME.machine,
        pid=ME.pid,
        born=ME.born,
        command="apply",
        reason="",
        since=NOW.isoformat(),
        beat_at=NOW.isoformat(),
        expires_after=60.0,
    )
    return replace(found, **more)  # type: ignore[arg-type]


def _wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


def _dead() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("held", "after", "fate"),
    [
        (holder(), 0, Fate.HELD),
        (holder(), 3600, Fate.HELD),
        (holder(born="1"), 0, Fate.GONE),
        (holder(pid=_dead()), 0, Fate.GONE),
        (holder(machine="elsewhere", pid=_dead()), 59, Fate.HELD),
        (holder(machine="elsewhere"), 61, Fate.EXPIRED),
        (holder(machine="elsewhere", expires_after=0.0, reason="x"), 10**6, Fate.HELD),
    ],
    ids=["works", "silent here", "id given again", "dead", "elsewhere", "elsewhere and silent", "kept"],
)
def test_who_still_holds(held: Holder, after: int, fate: Fate) -> None:
    assert judge(held, NOW + timedelta(seconds=after), ME.machine) is fate


def test_one_holds_and_the_other_is_told_who(opener: OpenLock) -> None:
    with holding(opener, Wish(command="apply")) as held:
        held.check()
        told = f"apply by {ME.owner} on .*, process {os.getpid()}, since 20"
        with pytest.raises(StateError, match=told) as refused, holding(opener, Wish(command="plan")):
            pass
        assert (
            "Wait until it ends and try again." in refused.value.hint and "state unlock --force" in refused.value.hint
        )
    with holding(opener, Wish(command="plan")):
        pass


def test_a_killed_holder_is_followed_at_once_and_it_is_said(opener: OpenLock, tmp_path: Path) -> None:
    lock = opener()
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    taken = lock.take(replace(ME, pid=process.pid, born=""), "apply")
    assert isinstance(taken, Taken) and takeover(taken) == ""
    assert isinstance(lock.take(ME, "plan"), Holder)
    process.send_signal(signal.SIGKILL)
    # It is not waited for: what was killed stays as a zombie, and works no more.
    _wait_until(lambda: is_gone(replace(ME, pid=process.pid, born=""), ME.machine))
    told: list[str] = []
    with holding(opener, Wish(command="plan", tell=told.append)):
        process.wait()
    assert len(told) == 1 and told[0].startswith("The lock was taken over: its process is gone. It was apply by")
    lock.close()


def test_who_is_silent_elsewhere_is_followed_after_the_stated_time(opener: OpenLock) -> None:
    lock = opener()
    other = replace(ME, machine="elsewhere", host="runner-7")
    assert isinstance(lock.take(other, "apply", expires_after=1.5), Taken)
    with pytest.raises(StateError, match="on runner-7"), holding(opener, Wish(command="plan")):
        pass
    told: list[str] = []
    with holding(opener, Wish(command="plan", wait=20, tell=told.append)):
        pass
    assert told[0].startswith("Waiting up to 20 s for apply by") and "no sign of life for" in told[1]
    lock.close()


def test_a_heart_beats_while_a_command_works(opener: OpenLock) -> None:
    with holding(opener, Wish(command="apply", beat=0.05)) as held:
        lock = opener()
        first = lock.read()
        assert first is not None
        _wait_until(lambda: (lock.read() or first).beat_at > first.beat_at)
        lock.close()
        held.check()


def test_a_lock_that_was_broken_stops_its_holder(opener: OpenLock) -> None:
    with holding(opener, Wish(command="apply", beat=0.05)) as held:
        lock = opener()
        with pytest.raises(StateError, match="is held: apply by"):
            lock.unlock(replace(ME, owner="somebody"), force=False)
        assert lock.unlock(replace(ME, owner="somebody"), force=True) is not None
        assert isinstance(lock.take(replace(ME, pid=os.getppid(), born=""), "plan"), Taken)
        _wait_until(lambda: held.is_lost)
        with pytest.raises(LockLost, match="was lost"):
            held.check()
    left = lock.read()
    assert left is not None and left.command == "plan", "what another one took is not released by the one who lost it"
    lock.close()


def test_a_lock_that_was_broken_is_noticed_before_the_next_beat(opener: OpenLock) -> None:
    with holding(opener, Wish(command="apply", beat=60)) as held:
        held.look()
        lock = opener()
        lock.unlock(ME, force=True)
        lock.close()
        held.check()
        with pytest.raises(LockLost, match="was lost"):
            held.look()
        assert held.is_lost


def test_who_cannot_beat_counts_its_lock_as_lost_before_others_do() -> None:
    held = Held(holder(), "here", expires_after=2)
    held.check()
    time.sleep(1.7)
    with pytest.raises(LockLost):
        held.check()


def test_a_kept_lock_stays_until_it_is_released(opener: OpenLock) -> None:
    lock = opener()
    kept = lock.take(ME, "state lock", reason="the org is migrated")
    assert isinstance(kept, Taken)
    with pytest.raises(StateError, match=r"is locked by .*: the org is migrated"), holding(opener, Wish(command="run")):
        pass
    with holding(opener, Wish(command="state mv", within=True)):
        found = lock.read()
        assert found is not None and found.command == "state mv"
    again = lock.read()
    assert again is not None and again.is_kept and again.reason == "the org is migrated"
    with pytest.raises(StateError, match="is held"):
        lock.unlock(replace(ME, owner="somebody"), force=False)
    assert lock.unlock(ME, force=False) is not None and lock.read() is None
    lock.close()


def test_a_kept_lock_outlives_a_command_that_died_within_it(opener: OpenLock) -> None:
    lock = opener()
    lock.take(ME, "state lock", reason="the org is migrated")
    assert isinstance(lock.take(replace(ME, pid=_dead(), born=""), "state mv", within=True), Taken)
    with pytest.raises(StateError, match="the org is migrated"), holding(opener, Wish(command="apply")):
        pass
    with holding(opener, Wish(command="state mv", within=True)):
        pass
    found = lock.read()
    assert found is not None and found.is_kept
    lock.close()

"""Hold the lock of an environment while a command works: take it or wait for it, beat, notice its loss, let go.

A lock is lost when its row is not ours any more, or when no beat reached the database for as long as it takes others
to see us as gone. `check` costs no call; who sends asks it before each request, and before each try of a write.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from pardotflow.core.errors import StateError
from pardotflow.store.lock import BEAT, EXPIRY, Holder, Lock, LockLost, OpenLock, Taken, refusal, takeover
from pardotflow.store.machine import this_process

POLL = 0.5
"""Seconds between two looks at a lock that is waited for."""
SAFE_SHARE = 0.8
"""After this share of the time to expiry without an answer to a beat we count our lock as lost: nothing more leaves,
no further try either. What is in flight may be answered after somebody else has begun, who finds it in the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the lock is wanted for. `wait` are the seconds that the command may wait for it."""

    command: str
    wait: float = 0.0
    within: bool = False
    """The person who keeps the lock may do this meanwhile."""
    beat: float = BEAT
    expires_after: float = EXPIRY
    tell: Callable[[str], None] = lambda _: None
    """Is told of waiting, and of a lock that was taken over."""


class Held:
    """The lock that this process holds."""

    def __init__(self, holder: Holder, where: str, expires_after: float, lock: Lock | None = None) -> None:
        self.holder = holder
        self._lock = lock
        self._where = where
        self._expires_after = expires_after
        self._beaten_at = _awake_or_not()
        self._is_lost = False

    @property
    def is_lost(self) -> bool:
        """True once somebody else may hold it."""
        return self._is_lost or _awake_or_not() - self._beaten_at > SAFE_SHARE * self._expires_after

    def check(self) -> None:
        """Raises LockLost where the lock expired or was broken; costs nothing else."""
        if self.is_lost:
            raise LockLost(
                f"the lock of {self._where} was lost: it expired, or somebody released it by force",
                hint="Nothing more was sent. What was sent stands in the journal: run the command again.",
            )

    def look(self) -> None:
        """`check` after a look at the lock itself, so that what broke it is noticed before the next beat. Only for the
        thread that took it. Raises StateError where it cannot be read, too."""
        if self._lock is not None:
            found = self._lock.read()
            self._is_lost = self._is_lost or found is None or found.token != self.holder.token
        self.check()

    def beaten(self, began: float, *, is_ours: bool) -> None:
        """A beat that began at that moment was answered."""
        self._beaten_at = began
        self._is_lost = self._is_lost or not is_ours


@contextmanager
def holding(open_lock: OpenLock, wish: Wish) -> Iterator[Held]:
    """Hold the lock for the length of a block. Raises StateError where somebody else holds it."""
    lock = open_lock()
    try:
        taken, began = _take(lock, wish)
        told = takeover(taken)
        if told:
            wish.tell(told)
        held = Held(taken.holder, lock.where, wish.expires_after, lock)
        held.beaten(began, is_ours=True)
        stop = Event()
        heart = Thread(target=_beat, args=(open_lock, held, wish.beat, stop), name="heart", daemon=True)
        heart.start()
        try:
            yield held
        finally:
            stop.set()
            heart.join()
            _release(lock, taken.holder, wish)
    finally:
        lock.close()


def _take(lock: Lock, wish: Wish) -> tuple[Taken, float]:
    """The lock, and when it was asked for."""
    me = this_process()
    until = time.monotonic() + wish.wait
    is_told = False
    while True:
        began = _awake_or_not()
        found = lock.take(me, wish.command, expires_after=wish.expires_after, within=wish.within)
        if isinstance(found, Taken):
            return found, began
        now = lock.moment()
        left = until - time.monotonic()
        if left <= 0:
            raise refusal(found, lock.where, now)
        if not is_told:
            wish.tell(f"Waiting up to {wish.wait:g} s for {found.describe(now)}.")
            is_told = True
        time.sleep(min(POLL, left))


def _release(lock: Lock, holder: Holder, wish: Wish) -> None:
    """What cannot be released expires: that is no reason to call what was done a failure."""
    try:
        lock.release(holder.token)
    except StateError as trouble:
        wish.tell(f"The lock could not be released and expires after {wish.expires_after:g} s: {trouble}")


def _beat(open_lock: OpenLock, held: Held, every: float, stop: Event) -> None:
    """In a thread of its own. A beat that fails is tried again with the next; the connection is opened anew."""
    lock: Lock | None = None
    while not stop.wait(every):
        began = _awake_or_not()
        try:
            lock = lock or open_lock()
            held.beaten(began, is_ours=lock.beat(held.holder.token))
        except StateError:
            if lock is not None:
                lock.close()
            lock = None
    if lock is not None:
        lock.close()


def _awake_or_not() -> float:
    """Seconds that go on while the machine sleeps, where the system counts them."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)

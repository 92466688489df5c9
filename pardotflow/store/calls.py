"""How many calls were made of each system, by hour: what a budget of 24 hours is counted by."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from pardotflow.store.database import Database

TABLE = "create table calls (hour text, system text, calls integer, primary key (hour, system));"


class DayCount:
    """Counts the calls of one command to one system before they are made, so that those of a command that is killed
    count, too. Each time over a connection of its own, since any thread may ask."""

    def __init__(self, connect: Callable[[], Database], now: Callable[[], datetime], system: str) -> None:
        self._connect = connect
        self._now = now
        self._system = system
        self._at: datetime | None = None

    def reserve(self, number: int) -> None:
        """Count so many calls in this hour; durable when it returns."""
        self._at = self._now()
        self._add(self._at, number)

    def give_back(self, number: int) -> None:
        """The last so many calls that were reserved were not made."""
        if self._at is not None and number:
            self._add(self._at, -number)

    def _add(self, at: datetime, number: int) -> None:
        db = self._connect()
        try:
            with db.transaction():
                add_calls(db, at, {self._system: number})
        finally:
            db.close()


def add_calls(db: Database, at: datetime, calls: Mapping[str, int]) -> None:
    """Add to the hour of a moment."""
    db.executemany(
        "insert into calls (hour, system, calls) values (?, ?, ?)"
        " on conflict (hour, system) do update set calls = calls.calls + excluded.calls",
        [(_hour(at), system, number) for system, number in calls.items() if number],
    )


def read_calls(db: Database, since: datetime) -> dict[str, int]:
    """The calls of each system in the hours that ended after a moment: an hour that began before it counts whole."""
    found = db.execute("select system, sum(calls) from calls where hour >= ? group by system", (_hour(since),))
    return {system: int(number) for system, number in found.fetchall()}


def _hour(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H")

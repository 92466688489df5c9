"""How many calls were made of each system, by hour: what a budget of 24 hours is counted by."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pardotflow.store.database import Database

TABLE = "create table calls (hour text, system text, calls integer, primary key (hour, system));"


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

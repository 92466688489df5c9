"""getUpdated and getDeleted: what they list, how far they reach, and what they refuse."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.emulator.running import Emulator

MINUTE = timedelta(minutes=1)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def stamp(moment: datetime) -> str:
    return moment.isoformat()


def ask(emulator: Emulator, verb: str, start: datetime, end: datetime) -> dict[str, Any]:
    answer = emulator.salesforce.get(f"/sobjects/contact/{verb}/", params={"start": stamp(start), "end": stamp(end)})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(emulator: Emulator, verb: str, **params: str) -> tuple[int, str]:
    return emulator.salesforce_error(emulator.salesforce.get(f"/sobjects/Contact/{verb}", params=params))


def test_updated_lists_created_and_changed_records_that_are_still_there(emulator: Emulator) -> None:
    made = emulator.create("Contact", LastName="Made")
    gone = emulator.create("Contact", LastName="Gone")
    assert emulator.salesforce.delete(f"/sobjects/Contact/{gone}").status_code == 204
    emulator.salesforce.patch("/sobjects/Contact/0035e000000con1AAA", json={"Phone": "1"})
    body = ask(emulator, "updated", now() - 5 * MINUTE, now() + 5 * MINUTE)
    assert list(body) == ["ids", "latestDateCovered"]
    assert sorted(body["ids"]) == sorted([made, "0035e000000con1AAA"])


def test_nothing_is_committed_behind_an_answer(emulator: Emulator) -> None:
    """A transaction of another process goes on; a write that waits for it and an answer that covers it end after it."""
    with closing(sqlite3.connect(emulator.data, isolation_level=None)) as other, ThreadPoolExecutor() as pool:
        other.execute("BEGIN IMMEDIATE")
        written = pool.submit(emulator.create, "Contact", LastName="Late")
        covered = pool.submit(ask, emulator, "updated", now() - 5 * MINUTE, now() + 5 * MINUTE)
        time.sleep(1.2)
        ended = now()
        other.execute("COMMIT")
        assert datetime.fromisoformat(emulator.row("Contact", written.result())["SystemModstamp"]) >= ended
        assert datetime.fromisoformat(covered.result()["latestDateCovered"]) >= ended


def test_deleted_lists_ids_with_the_date_of_their_deletion(emulator: Emulator) -> None:
    gone = emulator.create("Contact", LastName="Gone")
    emulator.salesforce.delete(f"/sobjects/Contact/{gone}")
    body = ask(emulator, "deleted", now() - 5 * MINUTE, now() + 5 * MINUTE)
    assert list(body) == ["deletedRecords", "earliestDateAvailable", "latestDateCovered"]
    (row,) = emulator.soql(f"SELECT SystemModstamp FROM Contact WHERE Id = '{gone}'", "queryAll")["records"]
    assert body["deletedRecords"] == [{"id": gone, "deletedDate": row["SystemModstamp"]}]
    assert body["earliestDateAvailable"] < stamp(now() - timedelta(days=14))


def test_the_answer_reaches_to_the_end_but_not_beyond_now(emulator: Emulator) -> None:
    end = (now() - 2 * MINUTE).replace(second=0)
    body = ask(emulator, "updated", now() - 9 * MINUTE, end + timedelta(seconds=30))
    assert body == {"ids": [], "latestDateCovered": end.strftime("%Y-%m-%dT%H:%M:%S.000+0000")}
    before = now()
    covered = ask(emulator, "deleted", now() - 9 * MINUTE, now() + 9 * MINUTE)["latestDateCovered"]
    assert before <= datetime.fromisoformat(covered) <= now()


def test_an_open_transaction_holds_the_answer_back(emulator: Emulator) -> None:
    made = emulator.create("Contact", LastName="Late")
    emulator.switch(replication_lag=120)
    body = ask(emulator, "updated", now() - 9 * MINUTE, now() + MINUTE)
    assert body["ids"] == [] and datetime.fromisoformat(body["latestDateCovered"]) <= now() - 2 * MINUTE
    emulator.switch(replication_lag=0)
    assert ask(emulator, "updated", datetime.fromisoformat(body["latestDateCovered"]), now() + MINUTE)["ids"] == [made]


def test_too_many_ids(emulator: Emulator) -> None:
    emulator.create("Contact", LastName="One")
    emulator.create("Contact", LastName="Two")
    emulator.switch(replication_ids=1)
    params = {"start": stamp(now() - 5 * MINUTE), "end": stamp(now() + 5 * MINUTE)}
    assert refused(emulator, "updated", **params) == (400, "EXCEEDED_ID_LIMIT")


@pytest.mark.parametrize("verb", ["updated", "deleted"])
def test_ranges_that_are_refused(shared: Emulator, verb: str) -> None:
    wrong = (400, "INVALID_REPLICATION_DATE")
    minute = now().replace(second=0)
    early, late = stamp(minute - 5 * MINUTE), stamp(minute)
    assert refused(shared, verb, start=late, end=early) == wrong
    assert refused(shared, verb, start=early, end=stamp(minute - 5 * MINUTE + timedelta(seconds=59))) == wrong
    assert refused(shared, verb, start=stamp(minute + 5 * MINUTE), end=stamp(minute + 9 * MINUTE)) == wrong
    assert refused(shared, verb, start="yesterday", end=late) == wrong
    assert refused(shared, verb, start=early) == (400, "MISSING_ARGUMENT")
    days = 30 if verb == "updated" else 15
    assert refused(shared, verb, start=stamp(minute - timedelta(days=days, minutes=5)), end=late) == wrong
    kept = ask(shared, verb, minute - timedelta(days=days) + 5 * MINUTE, minute)
    assert "latestDateCovered" in kept


def test_an_unknown_object(shared: Emulator) -> None:
    answer = shared.salesforce.get("/sobjects/Nothing/updated", params={"start": stamp(now()), "end": stamp(now())})
    assert shared.salesforce_error(answer) == (404, "NOT_FOUND")

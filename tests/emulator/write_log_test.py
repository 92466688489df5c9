"""Notes gather on the connection: none is lost, and none of what was undone is kept."""

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from pardotflow.emulator import write_log
from pardotflow.emulator.datafile import DataFile, savepoint
from pardotflow.emulator.write_log import note_write, read_history, read_writes, recording
from tests.emulator.running import Emulator


@pytest.fixture
def file(data: Path) -> Iterator[DataFile]:
    with closing(DataFile(data)) as made:
        yield made


def note(file: DataFile, *ids: int) -> None:
    for record_id in ids:
        note_write(file.read(), system="pardot", kind="lists", record_id=record_id, action="update")


def noted(file: DataFile) -> list[int]:
    return [int(write["id"]) for write in read_writes(file.read(), "r")]


def test_an_undone_part_takes_its_notes_and_no_others(file: DataFile) -> None:
    db = file.read()
    with recording(db, "r"), file.write():
        note(file, 1)
        with suppress(ValueError), savepoint(db):
            note(file, 2)
            with savepoint(db):
                note(file, 3)
            raise ValueError
        with savepoint(db):
            note(file, 4)
            with suppress(ValueError), savepoint(db):
                note(file, 5)
                raise ValueError
        note(file, 6)
    assert noted(file) == [1, 4, 6]


def test_parts_stay_right_however_many_notes_there_are(file: DataFile) -> None:
    db = file.read()
    most = write_log._MOST_GATHERED
    with recording(db, "r"), file.write():
        note(file, *range(most - 1))
        with suppress(ValueError), savepoint(db):
            note(file, *range(5 * most, 7 * most))
            raise ValueError
        for number in range(most, most + 30):
            with savepoint(db):
                note(file, number)
        note(file, *range(2 * most, 4 * most + 1))
    kept = [*range(most - 1), *range(most, most + 30), *range(2 * most, 4 * most + 1)]
    assert noted(file) == kept


def test_a_transaction_that_is_undone_leaves_nothing_for_the_next(file: DataFile) -> None:
    db = file.read()
    with recording(db, "r"):
        with suppress(ValueError), file.write():
            note(file, 1, 2)
            raise ValueError
        with file.write():
            note(file, 3)
        note(file, 4)
    with file.write():
        note(file, 5)
    assert noted(file) == [3, 4]
    assert read_history(db, system="pardot", kind="lists", record_id=5) == []


def test_values_are_those_of_the_moment(file: DataFile) -> None:
    values = {"name": "then"}
    with recording(file.read(), "r"), file.write() as db:
        note_write(db, system="pardot", kind="lists", record_id=1, action="update", fields=values)
        values["name"] = "later"
    assert [write["fields"] for write in read_writes(file.read(), "r")] == [{"name": "then"}]


def test_every_row_of_an_import_is_noted_once(emulator: Emulator) -> None:
    count = write_log._MOST_GATHERED + 50
    table = "matchEmail,firstName\n" + "".join(f"n{n}@x.test,N\n" for n in range(count))
    assert emulator.run_import(table, createOnNoMatch=True)["createdCount"] == count
    answer = emulator.plain.get("/__admin/requests", params={"writes": "true"}).json()
    made = [w["fields"].get("email") for e in answer["requests"] for w in e["writes"] if w["object"] == "prospects"]
    assert sorted(made) == sorted(f"n{n}@x.test" for n in range(count))

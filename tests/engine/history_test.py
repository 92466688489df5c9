"""What was written to a field is remembered: run, values and line, the last few times."""

from typing import Any

from pardotflow.engine.remember import KEPT_WRITES
from pardotflow.engine.session import open_session
from tests.engine.harness import World, people


def _history(world: World) -> list[tuple[Any, ...]]:
    with open_session(world.layout) as con:
        query = "select object, id, field, before, after, line, run_id from mem.history order by written_at, object"
        return con.execute(query).fetchall()


def test_every_write_of_a_field_is_remembered(world: World) -> None:
    world.configure(people([{"salesforce": "Phone", "pardot": "phone"}]))
    _, prospect = world.pair({"Phone": "1"}, {"phone": "1"})
    world.settle()
    world.unit.edit("prospect", prospect, {"phone": "2"})
    world.settle()
    (found,) = _history(world)
    assert (found[0], *found[2:5]) == ("Contact", "Phone", "1", "2")
    assert found[5].startswith("syncs/people.yml:")
    assert found[6]


def test_a_link_is_made_at_the_clock_of_its_run(world: World) -> None:
    world.configure(people([{"salesforce": "Phone", "pardot": "phone"}], deletes={"salesforce": "archive"}))
    contact, _ = world.pair({"Phone": "1"}, {"phone": "1"})
    began = world.clock.now().replace(tzinfo=None)
    world.settle()
    world.crm.delete("Contact", contact)
    world.clock.tick(600)
    world.settle()
    with open_session(world.layout) as con:
        (at,) = con.execute("select linked_at from mem.links").fetchall()[0]
    assert began <= at <= world.clock.now().replace(tzinfo=None)


def test_only_the_last_writes_are_kept(world: World) -> None:
    world.configure(people([{"salesforce": "Phone", "pardot": "phone"}]))
    _, prospect = world.pair({"Phone": "0"}, {"phone": "0"})
    world.settle()
    for number in range(1, KEPT_WRITES + 3):
        world.unit.edit("prospect", prospect, {"phone": str(number)})
        world.settle()
    assert [row[4] for row in _history(world)] == [str(n) for n in range(3, KEPT_WRITES + 3)]


def test_a_value_that_is_undone_again_and_again_is_said(world: World) -> None:
    """A robot in Pardot takes back what a one-way mapping writes: drift, put back, and after two times said."""
    world.configure(people([{"salesforce": "Title", "pardot": "jobTitle", "direction": "to_pardot"}]))
    _, prospect = world.pair({"Title": "CEO"}, {"jobTitle": "CEO"})
    world.settle()
    told = []
    for _ in range(3):
        world.unit.edit("prospect", prospect, {"jobTitle": "Chief"})
        told.append(world.settle()["flipflops"])
    assert told[:2] == [[], []]
    (row,) = told[2]
    assert (row["id"], row["field"], row["before"], row["after"], row["times"]) == (
        prospect,
        "jobTitle",
        "Chief",
        "CEO",
        2,
    )
    assert len(row["runs"]) == 2


def test_two_writers_of_ours_are_said_with_both_lines(world: World) -> None:
    """What one mapping wrote, a changed file undoes, and then writes again."""
    world.configure(people([{"pardot": "jobTitle", "direction": "to_pardot", "sql": "upper(salesforce.Title)"}]))
    world.pair({"Title": "Ceo"}, {"jobTitle": "ceo"})
    lower = [{"pardot": "jobTitle", "direction": "to_pardot", "sql": "lower(salesforce.Title)"}]
    upper = [{"pardot": "jobTitle", "direction": "to_pardot", "sql": "upper(salesforce.Title)"}]
    assert not world.settle()["flipflops"]
    for fields, expected in ((lower, 0), (upper, 1), (lower, 1)):
        world.configure(people(fields))
        assert len(world.settle()["flipflops"]) == expected


def test_an_edit_that_comes_and_goes_once_is_nothing(world: World) -> None:
    world.configure(people([{"salesforce": "Title", "pardot": "jobTitle"}]))
    contact, _ = world.pair({"Title": "CEO"}, {"jobTitle": "CEO"})
    world.settle()
    for title in ("CTO", "CEO", "Chief"):
        world.crm.edit("Contact", contact, {"Title": title})
        assert not world.settle()["flipflops"]


def test_a_number_is_shown_as_it_stands_there_and_known_however_it_is_written(world: World) -> None:
    """A robot in Pardot takes back the same number, each time written in another way."""
    world.configure(people([{"salesforce": "Count__c", "pardot": "note__c", "direction": "to_pardot"}]))
    _, prospect = world.pair({"Count__c": 7}, {"note__c": "7"})
    world.settle()
    for stands, told in (("1234.50", 0), ("1234.5", 0), ("001234.500", 1)):
        world.unit.edit("prospect", prospect, {"note__c": stands})
        plan = world.settle()
        assert [(f["before"], f["after"]) for f in plan.sendable] == [(stands, "7")]
        assert len(plan["flipflops"]) == told

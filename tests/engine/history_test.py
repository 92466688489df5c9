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


def test_only_the_last_writes_are_kept(world: World) -> None:
    world.configure(people([{"salesforce": "Phone", "pardot": "phone"}]))
    _, prospect = world.pair({"Phone": "0"}, {"phone": "0"})
    world.settle()
    for number in range(1, KEPT_WRITES + 3):
        world.unit.edit("prospect", prospect, {"phone": str(number)})
        world.settle()
    assert [row[4] for row in _history(world)] == [str(n) for n in range(3, KEPT_WRITES + 3)]

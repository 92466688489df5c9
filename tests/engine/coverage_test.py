"""What a plan says that it read."""

from tests.engine.harness import World, people


def _changed(world: World) -> dict[str, tuple[str, int]]:
    return {row["object"]: (row["mode"], row["changed"]) for row in world.plan()["coverage"] if row["row_count"]}


def test_rows_that_a_delta_brings_again_are_no_change(world: World) -> None:
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName"}]))
    pairs = [world.pair({"FirstName": "a"}, {"firstName": "a"}) for _ in range(3)]
    assert _changed(world) == {"Contact": ("full", 3), "prospect": ("full", 3)}
    world.clock.tick(60)
    assert _changed(world) == {"Contact": ("delta", 0), "prospect": ("delta", 0)}
    world.unit.edit("prospect", pairs[0][1], {"firstName": "b"})
    world.crm.delete("Contact", pairs[1][0])
    world.crm.add("Contact", {"LastName": "new"})
    world.clock.tick(60)
    assert _changed(world) == {"Contact": ("delta", 2), "prospect": ("delta", 1)}

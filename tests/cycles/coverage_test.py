"""The businesses of CI try what they are there for; that it comes about is asked at the end of their modules."""

from collections import Counter
from pathlib import Path
from random import Random

from tests.cycles.conftest import IN_CI, PARTS
from tests.cycles.draws import draw_business, positions
from tests.cycles.happened import BY_PEOPLE, BY_RUNS, ENOUGH, happened, missing
from tests.cycles.life import disturb
from tests.cycles.turn import CYCLES, SIZE
from tests.cycles.world import opened

BUSINESSES = [draw_business(seed, SIZE) for seed in range(IN_CI // CYCLES)]


def test_every_switch_stands_in_every_position() -> None:
    for name, choices in positions().items():
        assert {b.switches[name] for b in BUSINESSES} == set(choices), name


def test_every_rule_for_records_that_are_gone_is_tried() -> None:
    rules = {rule for b in BUSINESSES for rule in b.sync["deletes"].values()}
    assert rules == {"keep", "unlink", "archive", "recreate"}


def test_every_business_has_two_hundred_records() -> None:
    assert all(sum(map(len, b.rows.values())) >= 200 for b in BUSINESSES)


def test_some_businesses_map_owners_and_some_do_not() -> None:
    mapped = [any("users" in f for f in b.sync["fields"]) for b in BUSINESSES]
    assert set(mapped) == {True, False}


def test_every_module_has_enough_businesses_to_ask_what_happened() -> None:
    assert len(BUSINESSES) // len(PARTS) >= ENOUGH


def test_what_never_happens_is_named() -> None:
    everything = Counter((*BY_PEOPLE, *BY_RUNS))
    few = [Counter("x")] * (ENOUGH - 1)
    assert missing([*few, everything]) == []
    del everything["merged"]
    assert missing([*few, everything]) == ["merged"]
    assert missing(few) == []


def test_all_that_people_try_comes_about(tmp_path: Path) -> None:
    """The same as at the end of a module, in seconds: people work, and nothing is planned between."""
    total: Counter[str] = Counter()
    rng = Random("all")
    with opened(tmp_path / "project", draw_business(0, 60)) as world:
        for _ in range(3):
            before = world.state()
            disturb(world, rng, 0.7)
            total += happened(before, world.state())
    assert not [kind for kind in BY_PEOPLE if not total[kind]], total

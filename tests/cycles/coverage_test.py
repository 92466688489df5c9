"""The businesses of CI try what they are there for."""

from tests.cycles.conftest import IN_CI
from tests.cycles.draws import draw_business, positions
from tests.cycles.turn import CYCLES, SIZE

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

"""A share of the businesses; see conftest.py."""

from tests.cycles.turn import assert_laws


def test_the_laws_hold_over_cycles(business: int) -> None:
    assert_laws(business)

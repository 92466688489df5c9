"""A share of the businesses; see conftest.py."""

from collections import Counter

from tests.cycles.turn import assert_laws


def test_the_laws_hold_over_cycles(business: int, lived: list[Counter[str]]) -> None:
    lived.append(assert_laws(business))

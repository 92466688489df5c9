"""Makes record ids in the form that each system uses.

An 18-character Salesforce id is 15 case-sensitive characters and three that check their case; no two ids are equal.
"""

from collections.abc import Iterator
from random import Random

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def checksum(short: str) -> str:
    """The three characters that follow a 15-character id: one for each block of five, a bit for each capital."""
    return "".join(CHECK[_capitals(short[start : start + 5])] for start in (0, 5, 10))


def salesforce_id(prefix: str, number: int) -> str:
    """The 18-character id of the record with that number under a three-character key prefix."""
    short = prefix + "5g00000" + _base62(number, width=5)
    return short + checksum(short)


def salesforce_ids(prefix: str, rng: Random) -> Iterator[str]:
    """Ever growing ids with gaps, as an org that has lived for some years has them."""
    number = rng.randrange(40_000_000, 50_000_000)
    while True:
        number += rng.randrange(1, 400)
        yield salesforce_id(prefix, number)


def pardot_ids(start: int, rng: Random) -> Iterator[str]:
    """Ever growing numbers with gaps."""
    number = start
    while True:
        number += rng.randrange(1, 9)
        yield str(number)


def _capitals(block: str) -> int:
    return sum(1 << place for place, letter in enumerate(block) if "A" <= letter <= "Z")


def _base62(number: int, *, width: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = DIGITS[digit] + digits
    return digits.rjust(width, "0")

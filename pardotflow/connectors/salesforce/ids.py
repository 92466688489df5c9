"""Salesforce record ids in their one long form.

Ids come with 15 characters, where case matters, or with 18, where the last three say which letters are capitals. Two
ids are the same record exactly when their long forms are equal.
"""

import re

_SHORT, _LONG, _BLOCK = 15, 18, 5
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_FORM = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def is_id(text: str) -> bool:
    """True for 15 or 18 letters and digits."""
    return _FORM.fullmatch(text) is not None


def long_id(text: str) -> str:
    """The 18-character form. A long id whose case was lost is repaired; raises ValueError for other texts."""
    if not is_id(text):
        raise ValueError(f"{text!r} is not a Salesforce id")
    short = text[:_SHORT] if len(text) == _SHORT else _repair(text)
    blocks = (short[at : at + _BLOCK] for at in range(0, _SHORT, _BLOCK))
    return short + "".join(_checksum(block) for block in blocks)


def _checksum(block: str) -> str:
    """Bit k of the number is set where the k-th character is a capital letter."""
    return _ALPHABET[sum(1 << place for place, char in enumerate(block) if char.isupper())]


def _repair(text: str) -> str:
    """The 15 characters with the case that the checksum tells."""
    marks = text[_SHORT:_LONG].upper()
    if not set(marks) <= set(_ALPHABET):
        raise ValueError(f"{text!r} is not a Salesforce id")
    capitals = [_ALPHABET.index(mark) >> place & 1 for mark in marks for place in range(_BLOCK)]
    return "".join(
        char.upper() if capital else char.lower() for char, capital in zip(text[:_SHORT], capitals, strict=True)
    )

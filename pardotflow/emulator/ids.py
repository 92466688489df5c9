"""Salesforce record ids: 15 characters that distinguish case, or 18 with a checksum.

Inside the emulator an id always has 18 characters; every id that comes in passes through `to_18` first.
"""

from __future__ import annotations

import re

_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Which characters of a block of five are capitals, the first one as the lowest bit: `10000` is B.
_CAPITALS = str.maketrans({char: "1" if char.isupper() else "0" for char in _DIGITS})
_LETTERS = {f"{bits:05b}"[::-1]: letter for bits, letter in enumerate(_CHECK)}
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def checksum(id15: str) -> str:
    """The three letters that make a 15-character id safe where case is lost."""
    capitals = id15.translate(_CAPITALS)
    return _LETTERS[capitals[:5]] + _LETTERS[capitals[5:10]] + _LETTERS[capitals[10:15]]


def is_id(text: str) -> bool:
    """Whether the text has the shape of an id and, where it has 18 characters, the right checksum."""
    if not _SHAPE.fullmatch(text):
        return False
    return len(text) == 15 or checksum(text[:15]) == text[15:]


def to_18(text: str) -> str | None:
    """The 18-character form of an id of either length; None where it is no id. Wrong case is mended by the checksum."""
    if not _SHAPE.fullmatch(text):
        return None
    if len(text) == 15:
        return text + checksum(text)
    if checksum(text[:15]) == text[15:]:
        return text
    return _mend(text)


def _mend(text: str) -> str | None:
    """Put back the case that a case-losing tool took from an 18-character id."""
    mended = []
    for block in range(3):
        position = _CHECK.find(text[15 + block].upper())
        if position < 0:
            return None
        for k, char in enumerate(text[block * 5 : block * 5 + 5]):
            mended.append(char.upper() if position >> k & 1 else char.lower())
    id15 = "".join(mended)
    return id15 + checksum(id15) if id15.lower() == text[:15].lower() and checksum(id15) == text[15:].upper() else None


def mint_id(prefix: str, number: int) -> str:
    """The id of the `number`-th record that the emulator makes for a key prefix of three characters."""
    tail = ""
    while number:
        number, digit = divmod(number, 62)
        tail = _DIGITS[digit] + tail
    id15 = f"{prefix}5e00000{tail.rjust(5, '0')}"
    return id15 + checksum(id15)

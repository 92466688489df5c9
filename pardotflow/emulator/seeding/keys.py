"""The keys that an entry of `schema.yml` may have, and what each may hold; the rest is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pardotflow.emulator.problem import EmulatorError


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a key may hold, in words and as a test."""

    words: str
    covers: Callable[[object], bool]


def _is_scalar(value: object) -> bool:
    return isinstance(value, (str, int, float, bool))


def _is_text(value: object) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _is_texts(value: object) -> bool:
    return _is_text(value) or (isinstance(value, list) and all(map(_is_text, value)))


TEXT = Kind(words="a text", covers=_is_text)
TEXTS = Kind(words="a text or a list of texts", covers=_is_texts)
LIST = Kind(words="a list", covers=lambda value: isinstance(value, list) and all(map(_is_scalar, value)))
WHOLE = Kind(words="a whole number", covers=_is_whole)
TRUTH = Kind(words="true or false", covers=lambda value: isinstance(value, bool))
SCALAR = Kind(words="a text, a number, true or false", covers=_is_scalar)
ANY = Kind(words="anything", covers=lambda value: True)


def check_values(entry: Mapping[str, object], where: str, kinds: Mapping[str, Kind]) -> None:
    """Every value is of its key's kind; null is as if the key were not there. Raises `EmulatorError`."""
    for key, kind in kinds.items():
        value = entry.get(key)
        if value is not None and not kind.covers(value):
            raise EmulatorError(f"{where}: {key} must be {kind.words}, not {value!r}")

"""Cases as YAML that a person reads and the loader reads back: the same bytes for the same cases."""

import json
import re
from collections.abc import Mapping
from typing import TypeAlias

Flow: TypeAlias = "str | Mapping[str, Flow] | list[str] | None"
"""What stands on one line: a value, a list, or keys and values."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)")
# Words that other readers of YAML take for something else.
_WORDS = frozenset({"null", "yes", "no", "on", "off", "y", "n"})
_UNSEEN = re.compile("[\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def flow(value: Flow) -> str:
    """A value on one line."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return f"[{', '.join(text(item) for item in value)}]"
    return f"{{{', '.join(f'{text(key)}: {flow(item)}' for key, item in value.items())}}}"


def text(value: str) -> str:
    """A text, in quotes wherever it could be read as something else."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    if _NUMBER.fullmatch(value) and len(value) < 10:
        return value
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def case_lines(name: str, keys: Mapping[str, Flow]) -> list[str]:
    """One case of a list, a key a line."""
    return [f"  - case: {text(name)}", *(f"    {key}: {flow(value)}" for key, value in keys.items())]

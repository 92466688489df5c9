"""References from one subrequest to the answer of an earlier one: `@{refA.id}`, `@{q.records[0].Id}`, `@{c[1].id}`.

Facts: salesforce_api.md section 5.2. A reference stands for the text of a plain value; an object or a list has none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_REFERENCE = re.compile(r"@\{([A-Za-z0-9][A-Za-z0-9_]*)((?:\.\w+|\[\d+\])*)\}")


def resolve(text: str, known: Mapping[str, dict[str, Any]]) -> str:
    """A text with its references filled in; raises `KeyError` for one that leads nowhere."""
    return _REFERENCE.sub(lambda match: _look_up(match, known), text)


def resolve_all(value: object, known: Mapping[str, dict[str, Any]]) -> object:
    """A JSON value with the references in all its texts filled in; raises `KeyError`."""
    if isinstance(value, str):
        return resolve(value, known)
    if isinstance(value, dict):
        return {key: resolve_all(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolve_all(inner, known) for inner in value]
    return value


def _look_up(match: re.Match[str], known: Mapping[str, dict[str, Any]]) -> str:
    found = known.get(match[1])
    if found is None or found["httpStatusCode"] >= 400:
        raise KeyError(match[1])
    value = found["body"]
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", match[2]):
        try:
            value = value[name] if name else value[int(index)]
        except (KeyError, IndexError, TypeError):
            raise KeyError(match[0]) from None
    if value is None or isinstance(value, (dict, list)):
        raise KeyError(match[0])
    return str(value).lower() if isinstance(value, bool) else str(value)

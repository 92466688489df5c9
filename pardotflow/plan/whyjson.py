"""An explanation as the public JSON of schemas/why.schema.json; the schema has a version and only grows.

Masked like a plan: what a mapping marks as `pii`, and the names of records, by ordinals within the document.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import md5
from typing import Any

from pardotflow.plan.explanation import Explanation
from pardotflow.plan.public import Addresses

VERSION = "1.0"
_Place = tuple[dict[str, Any], str, str]
"""Where a personal value stands, under which key, and its class."""


def why_json(explanation: Explanation, *, clear_values: bool = False) -> str:
    """The JSON text."""
    found = {"version": VERSION, **asdict(explanation)}
    if not clear_values:
        _mask(found)
    text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    return text if clear_values else Addresses().mask(text)


def _mask(found: dict[str, Any]) -> None:
    """Put ordinals into the place of personal values; their order says nothing about the values."""
    places = [place for place in _personal(found) if place[2] and place[0][place[1]]]
    values = sorted(
        {(kind, owner[key]) for owner, key, kind in places}, key=lambda v: (v[0], md5(v[1].encode()).digest())
    )
    count: dict[str, int] = {}
    masks = {}
    for kind, value in values:
        count[kind] = count.get(kind, 0) + 1
        masks[(kind, value)] = f"<{kind} {count[kind]}>"
    for owner, key, kind in places:
        owner[key] = masks[(kind, owner[key])]
    for sync in found["syncs"]:
        for refusal in sync["refusals"]:
            # A system's own words may quote the value.
            refusal["message"] = ""
        for cell in sync["fields"]:
            if cell["decision"]["kind"] == "refused":
                cell["decision"]["reason"] = cell["decision"]["reason"].split(":")[0]


def _personal(found: object) -> Iterator[_Place]:
    """Every place of a personal value: names of records, and all values of a field that is marked."""
    if isinstance(found, list | tuple):
        for item in found:
            yield from _personal(item)
    elif isinstance(found, dict):
        if set(found) == {"system", "object", "id", "name"}:
            yield found, "name", "name"
        if "pii" in found:
            yield from _values(found)
        for item in found.values():
            yield from _personal(item)


def _values(cell: dict[str, Any]) -> Iterator[_Place]:
    for side in ("a", "b"):
        for key in ("value", "form", "base"):
            yield cell[side], key, cell["pii"]
    for moved in (cell["decision"], *cell["writes"]):
        for key in ("before", "after"):
            yield moved, key, cell["pii"]

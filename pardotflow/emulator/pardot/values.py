"""JSON values and CSV cells on their way into an attribute.

What comes out is what is stored. Null clears, and so does an empty string, as far as the switches let them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pardotflow.emulator.clock import pardot_stamp, parse_instant, read_zone
from pardotflow.emulator.ids import is_id, to_18
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.schema.objects import Attribute, Collection
from pardotflow.emulator.switches import Switches

_EMAIL = re.compile(r"[^@\s,;<>()\[\]\"\\]+@[^@\s,;<>()\[\]\"\\]+\.[^@\s,;<>()\[\]\"\\.]+")
_NUMBER_CODES = {
    "score": 29,
    "campaignId": 38,
    "profileId": 39,
    "prospectAccountId": 61,
    "userId": 10,
    "listId": 55,
    "prospectId": 3,
}
_MOST = 10**18
_LONGEST_NUMBER = 40
UNCHANGED = object()


def read_payload(
    collection: Collection, payload: Mapping[str, Any], switches: Switches, *, creating: bool
) -> dict[str, Any]:
    """The changes of a request body in stored form; raises 180 for what cannot be written, 153 for what is missing."""
    refused = [name for name in payload if not _is_writable(collection, name, creating=creating)]
    if refused:
        raise PardotError(180, ", ".join(refused))
    changes = {}
    for name, raw in payload.items():
        value = read_value(collection.attributes[name], raw, switches)
        if value is not UNCHANGED:
            changes[name] = value
    required = [a.name for a in collection.attributes.values() if a.required]
    missing = [name for name in required if (creating or name in changes) and changes.get(name) is None]
    if missing:
        raise PardotError(4 if missing == ["email"] and not creating else 153, ", ".join(missing))
    return changes


def _is_writable(collection: Collection, name: str, *, creating: bool) -> bool:
    attribute = collection.attributes.get(name)
    return attribute is not None and (attribute.createable if creating else attribute.updateable)


def read_value(attribute: Attribute, raw: object, switches: Switches) -> object:
    """The stored form of a JSON value, or `UNCHANGED` where the value clears and the switches do not let it."""
    if raw is None or raw == "":
        wanted = "null" if raw is None else "empty"
        if switches.clear_with not in {"both", wanted}:
            return UNCHANGED
        return 0 if attribute.type == "boolean" else None
    if attribute.type == "boolean":
        if not isinstance(raw, bool):
            raise PardotError(50, attribute.name)
        return int(raw)
    if attribute.type == "integer":
        return _read_integer(attribute, raw)
    if attribute.type == "array":
        return _read_array(attribute, raw, switches)
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and attribute.type == "number":
        if not abs(raw) < _MOST:
            raise PardotError(56, attribute.name)
        return raw
    if not isinstance(raw, str):
        raise PardotError(154, attribute.name)
    if attribute.type == "datetime":
        stamp = read_time(raw.strip(), switches)
        if stamp is None:
            raise PardotError(57, attribute.name)
        return stamp
    return _read_text(attribute, raw)


def read_cell(attribute: Attribute, text: str, switches: Switches) -> object:
    """The stored form of a CSV cell that is not blank."""
    if attribute.type == "boolean":
        lower = text.strip().lower()
        if lower not in {"true", "false", "1", "0", "yes", "no"}:
            raise PardotError(50, attribute.name)
        return int(lower in {"true", "1", "yes"})
    if attribute.type == "integer":
        return _read_integer(attribute, text.strip())
    if attribute.type == "array":
        return json.dumps([part.strip() for part in text.split(";") if part.strip()], ensure_ascii=False)
    return _read_text(attribute, text)


def read_time(text: str, switches: Switches) -> str | None:
    """The stored form of a date-time, without an offset one of the user's zone; `Z` where the switch lets it.

    None where it is none (facts pardot_api section 2.5).
    """
    shape = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{5,8}(\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?", text)
    if shape is None or (shape[2] == "Z" and not switches.z_suffix_accepted):
        return None
    moment = parse_instant(text, read_zone(switches.pardot_time_zone))
    return None if moment is None else pardot_stamp(moment)


def _read_integer(attribute: Attribute, raw: object) -> int:
    if isinstance(raw, bool) or not re.fullmatch(r"-?[0-9]{1,18}", str(raw)):
        raise PardotError(_NUMBER_CODES.get(attribute.name, 56), attribute.name)
    return int(str(raw))


def _read_array(attribute: Attribute, raw: object, switches: Switches) -> str:
    form = switches.array_write_form
    if isinstance(raw, list) and form in {"array", "both"} and all(isinstance(part, str) for part in raw):
        return json.dumps(raw, ensure_ascii=False)
    if isinstance(raw, str) and form in {"joined", "both"}:
        return json.dumps([part.strip() for part in raw.split(";") if part.strip()], ensure_ascii=False)
    raise PardotError(154, attribute.name)


def _read_text(attribute: Attribute, text: str) -> str | int | float:
    if attribute.type == "email":
        if len(text) > 255 or not _EMAIL.fullmatch(text.strip()):
            raise PardotError(4)
        return text.strip()
    if attribute.type == "fid":
        return _read_fid(text)
    if attribute.type == "number":
        return _read_number(attribute, text)
    if attribute.type == "date":
        return _read_date(attribute, text)
    if attribute.type == "datetime":
        moment = parse_instant(text)
        if moment is None:
            raise PardotError(57, attribute.name)
        return pardot_stamp(moment)
    return text


def _read_fid(text: str) -> str:
    if not is_id(text.strip()):
        raise PardotError(77)
    return to_18(text.strip()) or text


def _read_number(attribute: Attribute, text: str) -> int | float:
    plain = text.strip()
    shape = re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", plain)
    value = None
    if shape is not None and len(plain) <= _LONGEST_NUMBER:
        value = float(plain) if "." in plain else int(plain)
    if value is None or not abs(value) < _MOST:
        raise PardotError(56, attribute.name)
    return value


def _read_date(attribute: Attribute, text: str) -> str:
    """A day; of a date-time, the day that it has as it stands."""
    shape = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ].*)?", text.strip())
    try:
        if shape is None or parse_instant(shape[0]) is None:
            raise ValueError(text)
        return date.fromisoformat(shape[1]).isoformat()
    except ValueError:
        raise PardotError(57, attribute.name) from None

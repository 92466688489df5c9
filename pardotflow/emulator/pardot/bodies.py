"""Request bodies: JSON objects, and multipart with an `input` part and files.

A part is looked up by its name; its bytes are never changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pardotflow.emulator.exchange import Call
from pardotflow.emulator.pardot.errors import PardotError

# The part names of version 5 and of version 4.
_INPUTS = {b"input", b"importInput"}
_FILES = {b"file", b"importFile"}
_NAME = re.compile(rb'[;\s]name="?([^";\r\n]*)', re.IGNORECASE)
_MOST = 10**18


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A multipart body: texts by part name, and the contents of the file parts in order."""

    texts: Mapping[str, str] = field(default_factory=dict)
    files: tuple[bytes, ...] = ()


def read_json(call: Call) -> dict[str, Any]:
    """The JSON object of a body; raises 151, 152 or 150."""
    kind = media_type(call)
    if kind not in {"application/json", ""}:
        raise PardotError(151, kind)
    return parse_object(call.body)


def parse_object(text: bytes | str) -> dict[str, Any]:
    """A JSON object; raises 152 for nothing, 150 for anything else."""
    if not text.strip():
        raise PardotError(152)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise PardotError(150) from None
    if not isinstance(value, dict):
        raise PardotError(150)
    return value


def check_keys(payload: Mapping[str, Any], known: Collection[str], *, needed: Iterable[str] = ()) -> None:
    """Raises 180 for keys that the body of a job cannot have, 153 for those that are missing or blank."""
    unknown = sorted(set(payload) - set(known))
    if unknown:
        raise PardotError(180, ", ".join(unknown))
    missing = [name for name in needed if not payload.get(name)]
    if missing:
        raise PardotError(153, ", ".join(missing))


def read_argument(call: Call, name: str) -> object:
    """The one argument of a record action; raises 207 where it is missing, 208 where there are others."""
    body = read_json(call)
    if set(body) - {name}:
        raise PardotError(208, ", ".join(sorted(set(body) - {name})))
    if body.get(name) is None:
        raise PardotError(207, name)
    return body[name]


def is_number(value: object) -> bool:
    """Whether an argument can be the id of a record."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MOST


def media_type(call: Call) -> str:
    """The content type without its parameters."""
    return call.headers.get("content-type", "").partition(";")[0].strip().lower()


def read_form(call: Call) -> Form:
    """The parts of a multipart body; raises 166 where they cannot be told apart."""
    found = re.search(r'boundary="?([^";]+)"?', call.headers.get("content-type", ""))
    if found is None:
        raise PardotError(166)
    mark = b"--" + found[1].encode()
    texts: dict[str, str] = {}
    files: list[bytes] = []
    for part in (b"\r\n" + call.body).split(b"\r\n" + mark)[1:]:
        if part.startswith(b"--"):
            break
        head, separator, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not separator or name is None:
            raise PardotError(166)
        if name[1] in _FILES or (b"filename=" in head and name[1] not in _INPUTS):
            files.append(content)
        else:
            texts[name[1].decode(errors="replace")] = content.decode(errors="replace")
    return Form(texts=texts, files=tuple(files))

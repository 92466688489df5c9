"""One HTTP request and its answer as plain values.

Endpoints are functions from a `Call` to a `Reply`, so that a composite request can call them without a network.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

S = TypeVar("S")
_GZIP = 31
_LONGEST_UNPACKED = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request. `path` has its percent signs decoded, `query` is as it came, header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    scheme: str = "http"

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """Decoded query parameters in order; a bare `+` is a space, as in any form."""
        return parse_qsl(self.query, keep_blank_values=True)

    def argument(self, name: str) -> str | None:
        """The last value of one query parameter."""
        return dict(self.arguments).get(name)

    @property
    def base_url(self) -> str:
        """Scheme and host as the client sees them, without a trailing slash."""
        return f"{self.scheme}://{self.headers.get('host', '127.0.0.1')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer. `media` is the content type; a reply without a body has none."""

    status: int
    body: bytes = b""
    media: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def unpack_body(body: bytes, headers: Mapping[str, str]) -> bytes:
    """A body without its gzip; one that is no gzip stays, and is refused for what it holds."""
    if headers.get("content-encoding", "").strip().lower() != "gzip":
        return body
    try:
        return zlib.decompressobj(_GZIP).decompress(body, _LONGEST_UNPACKED)
    except zlib.error:
        return body


def to_json(value: object) -> bytes:
    """Compact UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


Endpoint = Callable[[S, Call, Mapping[str, str]], Reply]
_LITERAL = re.compile(r"(?:[\w/-](?![?*{]))*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[S]):
    """One path pattern (a full-match regular expression with named groups) and its endpoint for each method.

    Every path that matches begins with `start`, in lower case.
    """

    pattern: re.Pattern[str]
    start: str
    endpoints: Mapping[str, Endpoint[S]]


def route(pattern: str, **endpoints: Endpoint[Any]) -> Route[Any]:
    """Declare a route: `route(r"/limits", GET=limits)`. Paths match without regard to case and a trailing slash.

    Alternatives stand in a group: what is before the first group is taken for the start of every path.
    """
    start = _LITERAL.match(pattern)
    return Route(
        pattern=re.compile(pattern + "/?", re.IGNORECASE),
        start=start[0].lower() if start else "",
        endpoints=endpoints,
    )


def find_route(routes: Sequence[Route[S]], path: str) -> tuple[Route[S], Mapping[str, str]] | None:
    """The first route whose pattern matches the whole path, with its named groups."""
    lower = path.lower()
    for candidate in routes:
        match = candidate.pattern.fullmatch(path) if lower.startswith(candidate.start) else None
        if match:
            return candidate, match.groupdict()
    return None

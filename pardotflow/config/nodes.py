"""A parsed YAML file as a tree of texts, mappings and lists, each with its place.

A scalar keeps the text that was written; what it counts as (a text, a number, true or false) is decided by the slot
that it stands in, so that `NO`, `1.10` and `12:30:00` stay what they are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pardotflow.config.project import TextPlace
from pardotflow.core.span import Span

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_BOOLEANS = ("true", "false")
_NULLS = ("", "~", "null")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One text. `plain` is false for a quoted or block text, which is always a text and nothing else."""

    text: str
    span: Span
    plain: bool
    place: TextPlace
    templated: bool = False
    """The text came out of a template: it may count as a text and as what it looks like."""
    deferred: bool = False
    """The text is a template that was not rendered: it may count as anything."""
    from_environment: bool = False
    """At least a part of the text is the value of an environment variable."""

    @property
    def is_null(self) -> bool:
        """True for a key without a value."""
        return self.plain and not self.templated and self.text in _NULLS

    @property
    def is_boolean(self) -> bool:
        """True where the scalar may stand for a truth value."""
        return self.deferred or (self._unquoted and self.text in _BOOLEANS)

    @property
    def is_text(self) -> bool:
        """True where the scalar may stand for a text: all but a plain `true`, `false` and nothing."""
        return self.deferred or self.templated or not (self.is_null or self.is_boolean)

    @property
    def is_integer(self) -> bool:
        """True where the scalar may stand for a whole number."""
        return self.deferred or (self._unquoted and _INTEGER.fullmatch(self.text) is not None)

    @property
    def is_number(self) -> bool:
        """True where the scalar may stand for a number."""
        return self.deferred or (self._unquoted and _NUMBER.fullmatch(self.text) is not None)

    @property
    def _unquoted(self) -> bool:
        return self.plain or self.templated


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One key of a mapping with its value."""

    key: Scalar
    value: "Node"


@dataclass(frozen=True, kw_only=True)
class MapNode:
    """A mapping in the order of the file; keys are unique."""

    entries: tuple[Entry, ...]
    span: Span

    @cached_property
    def _by_key(self) -> dict[str, Entry]:
        return {e.key.text: e for e in self.entries}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys as written."""
        return tuple(self._by_key)

    def entry(self, key: str) -> Entry | None:
        """Key and value, or None."""
        return self._by_key.get(key)

    def get(self, key: str) -> "Node | None":
        """The value, or None."""
        entry = self._by_key.get(key)
        return entry.value if entry else None

    def scalar(self, key: str) -> Scalar | None:
        """The value where it is a scalar."""
        value = self.get(key)
        return value if isinstance(value, Scalar) else None

    def text(self, key: str, default: str = "") -> str:
        """The text of a scalar value, or the default where the key is missing."""
        value = self.scalar(key)
        return default if value is None else value.text

    def flag(self, key: str, *, default: bool) -> bool:
        """The truth value of a scalar, or the default where the key is missing."""
        value = self.scalar(key)
        return default if value is None else value.text == "true"

    def mapping(self, key: str) -> "MapNode":
        """The value where it is a mapping, else an empty one."""
        value = self.get(key)
        return value if isinstance(value, MapNode) else MapNode(entries=(), span=self.span)

    def items(self, key: str) -> "tuple[Node, ...]":
        """The items of a list value, or none."""
        value = self.get(key)
        return value.items if isinstance(value, ListNode) else ()

    def mappings(self, key: str) -> "tuple[MapNode, ...]":
        """The items of a list value that are mappings."""
        return tuple(i for i in self.items(key) if isinstance(i, MapNode))

    def scalars(self) -> Iterator[tuple[Scalar, Scalar]]:
        """Keys and values, where the values are scalars."""
        return ((e.key, e.value) for e in self.entries if isinstance(e.value, Scalar))

    def only(self, key: str) -> "MapNode":
        """The mapping with this one key, where it has it."""
        return MapNode(entries=tuple(e for e in self.entries if e.key.text == key), span=self.span)

    def without(self, key: str) -> "MapNode":
        """The mapping with all other keys."""
        return MapNode(entries=tuple(e for e in self.entries if e.key.text != key), span=self.span)

    def spans(self) -> dict[str, Span]:
        """Where the value of each key stands."""
        return {e.key.text: e.value.span for e in self.entries}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNode:
    """A list."""

    items: "tuple[Node, ...]"
    span: Span


Node = Scalar | MapNode | ListNode

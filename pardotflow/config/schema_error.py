"""One error of the schema validator as a plain value, and the place in the file that it speaks of.

The validator's own error objects go no further than this module.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import ValidationError

from pardotflow.config.credentials import is_like_secret
from pardotflow.config.nodes import Entry, ListNode, MapNode, Node, Scalar
from pardotflow.core.span import Span

Path = Sequence[str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaError:
    """What a keyword of a schema wanted and did not find at a path. `branch` is the number of the alternative that an
    error inside `context` belongs to; `is_name` is True for an error about a key instead of its value."""

    keyword: str
    wanted: Any
    schema: Mapping[str, Any]
    path: tuple[str | int, ...]
    instance: Any
    is_name: bool
    branch: int
    context: tuple["SchemaError", ...]

    @property
    def title(self) -> str:
        """What the schema calls the value that it wants, or the empty text."""
        return str(self.schema.get("title", ""))

    def is_at(self, other: "SchemaError") -> bool:
        """True where both speak of the same value."""
        return self.path == other.path

    def properties(self) -> Mapping[str, Mapping[str, Any]]:
        """The keys that the schema knows."""
        known: Mapping[str, Mapping[str, Any]] = self.schema.get("properties", {})
        return known


def schema_error(error: ValidationError) -> SchemaError:
    """The plain value of a validator's error."""
    relative = list(error.relative_schema_path)
    return SchemaError(
        keyword=str(error.validator),
        wanted=error.validator_value,
        schema=error.schema if isinstance(error.schema, Mapping) else {},
        path=tuple(error.absolute_path),
        instance=error.instance,
        is_name="propertyNames" in relative,
        branch=relative[0] if relative and isinstance(relative[0], int) else 0,
        context=tuple(schema_error(e) for e in error.context or ()),
    )


class Spot:
    """The place of an error: the value, and the key or list that holds it."""

    def __init__(self, root: MapNode, path: Path) -> None:
        self.path = path
        self.root = root
        self.node: Node = root
        self.entry: Entry | None = None
        for part in path:
            self._step(part)

    def _step(self, part: str | int) -> None:
        if isinstance(self.node, MapNode) and isinstance(part, str):
            self.entry = self.node.entry(part)
            self.node = self.entry.value if self.entry else self.node
        elif isinstance(self.node, ListNode) and isinstance(part, int):
            self.entry, self.node = None, self.node.items[part]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The keys of a mapping with their values; none of anything else."""
        return self.node.entries if isinstance(self.node, MapNode) else ()

    def has(self, key: str) -> bool:
        """True where the value is a mapping with that key."""
        return isinstance(self.node, MapNode) and key in self.node.keys

    @property
    def holder(self) -> Span:
        """Where a missing key is reported: at the key that holds the mapping, or at its start."""
        return self.entry.key.span if self.entry else self.node.span

    @property
    def value(self) -> Span:
        """Where a wrong value is reported; a missing one at its key."""
        is_missing = isinstance(self.node, Scalar) and self.node.is_null
        return self.holder if is_missing else self.node.span

    @property
    def label(self) -> str:
        """What the value is called: its key, or its number in a list."""
        if not self.path:
            return "the file"
        last = self.path[-1]
        if isinstance(last, str):
            return f'"{last}"'
        return f'item {last + 1} of "{next((p for p in reversed(self.path) if isinstance(p, str)), "")}"'

    @property
    def found(self) -> str:
        """The value as a message repeats it; never that of a key that is like a secret."""
        if isinstance(self.node, MapNode):
            return "keys and values"
        if isinstance(self.node, ListNode):
            return "a list"
        hidden = any(is_like_secret(str(p)) for p in self.path)
        return "this value" if hidden else f'"{self.node.text}"' if self.node.text else "an empty text"

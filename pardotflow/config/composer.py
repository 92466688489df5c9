"""The YAML parser's events as a tree of nodes with places.

Nothing is ever constructed: a tag is refused, an anchor is a node that stands in the tree again. What aliases may grow
to and how deep values may nest is bounded.
"""

from collections.abc import Iterator

import yaml

from pardotflow.config.findings import Findings
from pardotflow.config.lines import split_lines
from pardotflow.config.nodes import Entry, ListNode, MapNode, Node, Scalar
from pardotflow.config.project import TextPlace
from pardotflow.core.span import Span

MAX_DEPTH = 50
MAX_VALUES = 100_000
"""Values of one file after aliases are followed; a small file can otherwise grow without bound."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUOTE_BRACES = 'A template needs quotes: write "{{ … }}".'


class Unreadable(Exception):
    """The file was reported and cannot be read any further."""


class Composer:
    """One pass over the parser's events. Raises the parser's own errors for what is not YAML."""

    def __init__(self, text: str, file: str, findings: Findings) -> None:
        self.file = file
        self.lines = split_lines(text)
        self._findings = findings
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=_LOADER))
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._values = 0
        self._broken = False

    def compose(self) -> MapNode | None:
        """The root mapping; None where something in the file is refused."""
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self._refuse("PF106", "the file is empty", Span(file=self.file, line=1), "Fill it, or remove it.")
        root = self._node(next(self._events), 0)
        next(self._events)
        following = next(self._events)
        if not isinstance(following, yaml.StreamEndEvent):
            self._refuse("PF105", "a second document starts here", self._span(following), "One file, one document.")
        if not isinstance(root, MapNode):
            self._refuse("PF106", "the file must hold keys and values", root.span, 'Start it with a line "key: value".')
        return root if isinstance(root, MapNode) and not self._broken else None

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if depth > MAX_DEPTH:
            self._refuse("PF105", f"values are nested more than {MAX_DEPTH} deep", self._span(event))
        before = self._values
        self._count(event, 1)
        if getattr(event, "tag", None):
            self._report("PF105", "tags are not used here", self._span(event), "Remove the word that starts with !")
        node = self._value(event, depth)
        anchor = getattr(event, "anchor", None)
        if anchor:
            self._anchors[anchor] = (node, self._values - before)
        return node

    def _value(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(event, depth)
        return self._mapping(event, depth)

    def _alias(self, event: yaml.AliasEvent) -> Node:
        name = event.anchor or ""
        if name not in self._anchors:
            why = f'"*{name}" stands for nothing that was finished before this line'
            self._refuse("PF105", why, self._span(event), f"Write &{name} at the value first.")
        node, values = self._anchors[name]
        self._count(event, values)
        return node

    def _list(self, event: yaml.Event, depth: int) -> ListNode:
        items = []
        while not isinstance(item := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(item, depth + 1))
        return ListNode(items=tuple(items), span=self._span(event))

    def _mapping(self, event: yaml.Event, depth: int) -> MapNode:
        entries: dict[str, Entry] = {}
        while not isinstance(item := next(self._events), yaml.MappingEndEvent):
            key = self._node(item, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if isinstance(key, Scalar) and self._is_allowed(key, entries):
                entries[key.text] = Entry(key=key, value=value)
            elif not isinstance(key, Scalar):
                self._report("PF105", "a key must be a text", key.span, _QUOTE_BRACES)
        return MapNode(entries=tuple(entries.values()), span=self._map_span(event, entries))

    def _is_allowed(self, key: Scalar, entries: dict[str, Entry]) -> bool:
        if key.text == "<<" and key.plain:
            help = "Write the keys out; what many mappings share can stand in the project's defaults."
            self._report("PF105", 'merge keys ("<<") are not used here', key.span, help)
            return False
        if key.text in entries:
            first = entries[key.text].key.span
            help = f"It stands on line {first.line} already; keep one of them."
            self._findings.error("PF103", f'the key "{key.text}" stands here twice', key.span, help)
            return False
        return True

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        span = self._span(event)
        plain = not event.style
        return Scalar(text=event.value, span=span, plain=plain, place=self._text_place(event, span))

    def end(self) -> Span:
        """The end of the last line that holds something; the parser counts one line more than a file has."""
        number = next((n for n in range(len(self.lines), 0, -1) if self.lines[n - 1].strip()), 1)
        return Span(file=self.file, line=number, column=max(1, len(self.lines[number - 1].rstrip())))

    def _text_place(self, event: yaml.ScalarEvent, span: Span) -> TextPlace:
        if event.style == "|":
            return self._block_place(event, span)
        quotes = 1 if event.style else 0
        start = span.column - 1
        raw = self.lines[span.line - 1][start : start + span.length]
        exact = raw[quotes : len(raw) - quotes] == event.value and bool(event.value)
        first = Span(file=span.file, line=span.line, column=span.column + quotes)
        return TextPlace(span=first if exact else span, exact=exact)

    def _block_place(self, event: yaml.ScalarEvent, span: Span) -> TextPlace:
        """A literal block starts below its mark; every line of it has the same indentation removed."""
        text = event.value.lstrip("\n")
        blank = len(event.value) - len(text)
        first = text.split("\n", 1)[0].rstrip()
        below = ((n, line.rstrip()) for n, line in enumerate(self.lines[span.line :], start=span.line + 1))
        number, line = next(((n, line) for n, line in below if line), (0, ""))
        if not (number and line.endswith(first)):
            return TextPlace(span=span, exact=False)
        start = Span(file=span.file, line=number - blank, column=len(line) - len(first) + 1)
        return TextPlace(span=start, exact=True)

    def _span(self, event: yaml.Event) -> Span:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return Span(file=self.file, line=1)
        if start.line >= len(self.lines):
            return self.end()
        text = self.lines[start.line]
        stop = end.column if end.line == start.line else len(text.rstrip())
        if isinstance(event, yaml.ScalarEvent) and event.style in ("|", ">"):
            stop = start.column + 1
        length = max(1, stop - start.column)
        return Span(file=self.file, line=start.line + 1, column=start.column + 1, length=length)

    def _map_span(self, event: yaml.Event, entries: dict[str, Entry]) -> Span:
        first = next(iter(entries.values()), None)
        return self._span(event) if first is None or getattr(event, "flow_style", False) else first.key.span

    def _count(self, event: yaml.Event, values: int) -> None:
        self._values += values
        if self._values > MAX_VALUES:
            self._refuse("PF105", f"the file holds more than {MAX_VALUES:,} values", self._span(event))

    def _report(self, code: str, message: str, span: Span, help: str = "") -> None:
        self._broken = True
        self._findings.error(code, message, span, help)

    def _refuse(self, code: str, message: str, span: Span, help: str = "") -> None:
        self._report(code, message, span, help)
        raise Unreadable

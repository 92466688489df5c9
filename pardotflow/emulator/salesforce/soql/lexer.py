"""SOQL text into tokens, and the platform's way of pointing at a mistake.

Positions are zero-based offsets into the statement; messages count columns from one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from pardotflow.emulator.salesforce.errors import SalesforceError, refuse

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
  | (?P<date>\d{4}-\d\d-\d\d)(?![\w-])
  | (?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+))(?![\w.-])
  | (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<name>[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)
  | (?P<symbol><=|>=|!=|<>|[=<>(),:])
  | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_WRONG = re.compile(r"[^\s,()]{1,40}|[,()]", re.ASCII)
_UNICODE = re.compile(r"[dD][89aAbB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?![dD][89a-fA-F])[0-9a-fA-F]{4}")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word of a statement."""

    kind: str
    text: str
    position: int

    def is_word(self, *words: str) -> bool:
        """Whether this is one of these keywords or symbols, in any case."""
        return self.kind in {"name", "symbol"} and self.text.upper() in words


def scan(statement: str) -> list[Token]:
    """All tokens, with an `end` token last; raises MALFORMED_QUERY."""
    tokens: list[Token] = []
    place = 0
    while True:
        match = _TOKEN.match(statement, place)
        if match is None:
            wrong = _WRONG.search(statement, place)
            start, shown = (place, "") if wrong is None else (wrong.start(), wrong[0])
            raise malformed(statement, start, f"unexpected token: '{shown}'")
        kind = match.lastgroup or "end"
        text = re.sub(r"\s*\.\s*", ".", match[kind]) if kind == "name" else match[kind]
        tokens.append(Token(kind=kind, text=text, position=match.start(kind)))
        if kind == "end":
            return tokens
        place = match.end()


def point_at(statement: str, position: int, sentence: str) -> str:
    """The recorded layout: excerpt, caret, row and column, then the sentence."""
    line_start = statement.rfind("\n", 0, position) + 1
    start = max(line_start, position - 40)
    excerpt = statement[start : position + 40].split("\n")[0]
    row = statement.count("\n", 0, position) + 1
    column = position - line_start + 1
    return f"\n{excerpt}\n{' ' * (position - start)}^\nERROR at Row:{row}:Column:{column}\n{sentence}"


def malformed(statement: str, position: int, sentence: str) -> SalesforceError:
    """MALFORMED_QUERY that points at a position."""
    return refuse(400, "MALFORMED_QUERY", point_at(statement, position, sentence))


def read_string(token: Token, statement: str) -> tuple[str, str]:
    """The value of a quoted literal, and the same as a LIKE pattern whose escape character is the backslash."""
    inside = token.text[1:-1]
    value: list[str] = []
    pattern: list[str] = []
    place = 0
    while place < len(inside):
        char = inside[place]
        place += 1
        if char != "\\":
            value.append(char)
            pattern.append(char)
            continue
        escape = inside[place]
        place += 1
        if escape == "u":
            match = _UNICODE.match(inside, place)
            if match is None:
                raise malformed(statement, token.position, f"invalid unicode escape '\\u{inside[place : place + 4]}'")
            escaped = json.loads(f'"\\u{match[0]}"')
            place = match.end()
        elif escape in _ESCAPES:
            escaped = _ESCAPES[escape]
        elif escape in "'\"\\_%":
            escaped = escape
        else:
            raise malformed(statement, token.position, f"invalid string escape '\\{escape}'")
        value.append(escaped)
        pattern.append("\\" + escaped if escaped in "\\_%" else escaped)
    return "".join(value), "".join(pattern)

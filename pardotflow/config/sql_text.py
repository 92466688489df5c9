"""Where something stands in a text of SQL, and why the parser stopped, as one plain message.

Lines and columns count from 1; a column is that of the first character of the word.
"""

import re
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError

from pardotflow.config.lines import split_lines

_CLASS = re.compile(r"<class '[^']*\.(\w+)'>")


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlPlace:
    """A word in a text of SQL."""

    line: int = 1
    column: int = 1
    length: int = 1


def problem_of(error: SqlglotError) -> tuple[str, SqlPlace]:
    """The first of the parser's errors, as a message and its place."""
    first = next(iter(getattr(error, "errors", ())), None)
    if first is None:
        return f"this is not SQL: {str(error).splitlines()[0]}", SqlPlace()
    word = str(first.get("highlight") or "")
    near = f', near "{word}"' if word else ""
    description = str(first.get("description") or "it does not parse").rstrip(".")
    function = _CLASS.search(description)
    reason = f"{function[1]} is not complete" if function else description
    place = _from_end(int(first.get("line") or 1), int(first.get("col") or 1), len(word))
    return f"this is not SQL: {reason}{near}", place


def place_of(identifier: exp.Expr) -> SqlPlace:
    """Where a name stands; the start of the text where the parser did not keep it."""
    meta = identifier.meta
    if "col" not in meta:
        return SqlPlace()
    return _from_end(int(meta["line"]), int(meta["col"]), int(meta["end"]) - int(meta["start"]) + 1)


def place_at(text: str, start: int, length: int) -> SqlPlace:
    """The place of the character `start`, counted from 0; the length ends with its line."""
    before = split_lines(text[:start])
    rest = split_lines(text[start : start + length])[0]
    return SqlPlace(line=len(before), column=len(before[-1]) + 1, length=max(1, len(rest)))


def _from_end(line: int, last: int, length: int) -> SqlPlace:
    """The parser tells the last character of a word."""
    return SqlPlace(line=line, column=max(1, last - length + 1), length=max(1, length))

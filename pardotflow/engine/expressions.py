"""What a user's SQL expression refers to, read from its syntax tree."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pardotflow.core.values import System

_SIDES = frozenset(str(system) for system in System)


def columns_of(expression: str) -> tuple[str, ...]:
    """The columns that the expression names, without the side, in order and once each; a field of a parent record by
    its path. None where it cannot be read (the configuration check has said so already)."""
    if not expression:
        return ()
    try:
        tree = sqlglot.parse_one(expression, dialect="duckdb")
    except SqlglotError:
        return ()
    return tuple(dict.fromkeys(path_of(column) for column in tree.find_all(exp.Column)))


def path_of(column: exp.Column) -> str:
    """A column by its name, or by its path through parents, without the side that may stand before it."""
    parts = [part.name for part in column.parts]
    has_side = len(parts) > 1 and parts[0].lower() in _SIDES
    return ".".join(parts[1:] if has_side else parts)

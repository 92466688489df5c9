"""What a user's SQL expression refers to, read from its syntax tree."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError


def columns_of(expression: str) -> tuple[str, ...]:
    """The column names in the expression, without their tables, in order and once each; none where it cannot be read
    (the configuration check has said so already)."""
    if not expression:
        return ()
    try:
        tree = sqlglot.parse_one(expression, dialect="duckdb")
    except SqlglotError:
        return ()
    return tuple(dict.fromkeys(column.name for column in tree.find_all(exp.Column)))

"""Conditions that say which records take part, against what the project itself writes.

A field that decides who takes part is better not written here: a write could push a record out, or pull one in.
"""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pardotflow.config.meaning.expressions import Expression, of_side
from pardotflow.config.meaning.scope import Scope, is_same, targets_of
from pardotflow.config.project import Side


def check_selection(scope: Scope) -> None:
    """Every condition of every side: the fields that it reads, against the mappings of all syncs."""
    for sync in scope.project.syncs:
        for side in sync.sides:
            for condition in of_side(side):
                for field in _fields_of(condition):
                    _check_writers(scope, side, condition, field)


def _fields_of(condition: Expression) -> list[str]:
    """The fields that a condition reads; none where it is no SQL, which has been reported."""
    try:
        tree = sqlglot.parse_one(condition.sql, dialect="duckdb")
    except SqlglotError:
        return []
    return list(dict.fromkeys(column.name for column in tree.find_all(exp.Column)))


def _check_writers(scope: Scope, side: Side, condition: Expression, field: str) -> None:
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            for target, ref in targets_of(sync, mapping):
                names = [ref.name_in(item) for item in side.objects if target.system is side.system]
                if any(is_same(field, name) for name in names):
                    message = f'"{field}" decides which records of {side.system} take part ({condition.span.short})'
                    message += ", and this mapping writes it"
                    help = (
                        f"Give it a direction away from {side.system}, or do not map it: a write can push a record out."
                    )
                    scope.findings.warning("PF168", message, mapping.span, help)

"""Which columns of a source become values that a sync marks as `pii`.

Names are followed from the mappings back through the models. A column that only may become one counts as one.
"""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from pardotflow.config.project import Project
from pardotflow.core.values import System
from pardotflow.engine.expressions import columns_of


def is_personal(project: Project, column: str) -> bool:
    """True where the column's values must not be repeated."""
    names = {c.lower() for c in _marked(project)}
    trees = [sqlglot.parse_one(m.sql, dialect="duckdb") for m in project.models]
    # A model may read another one: every round goes one step back.
    for _ in trees:
        names |= {c for tree in trees for c in _origins(tree, names)}
    return column.lower() in names


def _marked(project: Project) -> Iterator[str]:
    for sync in project.syncs:
        if sync.a.system is System.WAREHOUSE:
            for mapping in (m for m in sync.fields if m.pii):
                yield from (mapping.a.by_object.values() if mapping.a else columns_of(mapping.sql))


def _origins(tree: exp.Expr, names: set[str]) -> Iterator[str]:
    for query in tree.find_all(exp.Select):
        for pick in query.selects:
            if pick.alias_or_name.lower() in names:
                yield from (c.name.lower() for c in pick.find_all(exp.Column))

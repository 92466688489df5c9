"""The statements of one sync in their order, each done only where it would do something.

A statement over nothing costs its planning all the same, and of small plans that is nearly all the time that they take.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import duckdb

from pardotflow.engine.sqlfile import execute


class Extent(IntEnum):
    """How much is done of a sync's steps."""

    WRITES = 1
    """Only what says what would be written."""
    PLAN = 2
    """Also what a plan tells of the rest, and what its apply remembers."""
    EVERY_STEP = 3
    """Also what would do nothing, so that the tables of every step can be read afterwards."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table or a query of the session: all of them, or those for which a condition is true."""

    relation: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Some statements under a name. They do nothing but where there is a row of each of `needs`. `makes` are relations
    that they make or change, and that others need. `tells` is true where nothing that is written hangs on them; `lasts`
    where no plan changes what they make, so that a later look of the session finds it."""

    name: str
    sql: str
    needs: tuple[Rows, ...] = ()
    makes: tuple[str, ...] = ()
    tells: bool = False
    lasts: bool = False


def run_steps(
    con: duckdb.DuckDBPyConnection,
    steps: Sequence[Step],
    extent: Extent,
    explain: Callable[[Step, duckdb.Error], Exception | None],
) -> None:
    """Do what has to be done of the steps, in their order. What `explain` makes of an error of a step is raised in its
    place, and the error itself where that is nothing."""
    known = _Known(con, steps)
    for step in steps:
        if extent < Extent.PLAN and step.tells:
            continue
        if extent < Extent.EVERY_STEP and not known.have(step.needs):
            continue
        try:
            execute(con, step.sql)
        except duckdb.Error as trouble:
            if explained := explain(step, trouble):
                raise explained from trouble
            raise
        known.forget(step.makes)


class _Known:
    """Which rows there are, asked once until a step changes them, and of one table for all conditions at a time."""

    def __init__(self, con: duckdb.DuckDBPyConnection, steps: Iterable[Step]) -> None:
        self._con = con
        self._conditions: dict[str, list[str]] = {}
        for rows in dict.fromkeys(rows for step in steps for rows in step.needs if rows.where):
            self._conditions.setdefault(rows.relation, []).append(rows.where)
        self._found: dict[Rows, bool] = {}

    def have(self, needs: Iterable[Rows]) -> bool:
        """True where there is a row of each."""
        return all(self._find(rows) for rows in needs)

    def forget(self, relations: Iterable[str]) -> None:
        """What was made or changed is asked for again."""
        for relation in relations:
            for where in ("", *self._conditions.get(relation, ())):
                self._found.pop(Rows(relation, where), None)

    def _find(self, rows: Rows) -> bool:
        if rows not in self._found:
            self._found |= self._ask(rows)
        return self._found[rows]

    def _ask(self, rows: Rows) -> dict[Rows, bool]:
        if not rows.where:
            return {rows: self._con.execute(f"select 1 from {rows.relation} limit 1").fetchone() is not None}
        conditions = self._conditions[rows.relation]
        asked = ", ".join(f"coalesce(bool_or({condition}), false)" for condition in conditions)
        answer = self._con.execute(f"select {asked} from {rows.relation}").fetchone() or ()
        return {Rows(rows.relation, where): bool(found) for where, found in zip(conditions, answer, strict=True)}

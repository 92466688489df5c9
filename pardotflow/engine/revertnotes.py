"""What the reader of a revert has to know: what is not taken back, what goes with what is deleted, and what the next
plan writes again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import duckdb

from pardotflow.connectors.protocol import Connector
from pardotflow.core.errors import RequestRefused
from pardotflow.engine.sqlfile import rows
from pardotflow.plan.places import place_order

_AUTOMATION = "what automation did because of the run (e-mails, tasks, flows, programs) cannot be taken back"
_PROSPECTS = (
    "a prospect in the recycle bin leaves lists, programs and campaigns; when it is restored, memberships come back"
    " as Pardot remembers them, and e-mails that it missed do not"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What was found of a run. `verdicts` counts fields and records by what is done about them."""

    run_id: str
    verdicts: Mapping[str, int]
    ended_links: int
    changes: int

    @property
    def is_empty(self) -> bool:
        """True where there is nothing to take back, and nothing that could not be."""
        return not self.changes and not self.ended_links and set(self.verdicts) <= {"done"}

    @property
    def done(self) -> int:
        """Fields and records that hold already what they held before the run."""
        return self.verdicts.get("done", 0)


@runtime_checkable
class Cascading(Protocol):
    """A connector that can say what goes with a deleted record."""

    def cascades(self, object_name: str, ids: tuple[str, ...]) -> list[tuple[str, str, int]]:
        """Child object, the field that names the record, and how many there are of these records."""


def revert_notes(con: duckdb.DuckDBPyConnection, undone: Undone, connectors: Mapping[str, Connector]) -> list[str]:
    """Sentences over the attached plan, the weightiest first."""
    if not undone.changes and not undone.ended_links:
        return []
    notes = [*_written_again(con), *_cascades(con, connectors), *_rewritten(undone)]
    if undone.done:
        notes.append(f"{_items(undone.done)} what was there before the run already: nothing is sent for that")
    if undone.ended_links:
        links = "1 link that the run found ends" if undone.ended_links == 1 else f"{undone.ended_links:,} links end"
        notes.append(f"{links}: no match key speaks for it any more")
    return [*notes, _AUTOMATION]


def _items(count: int) -> str:
    return "1 field or record holds" if count == 1 else f"{count:,} fields or records hold"


def _rewritten(undone: Undone) -> list[str]:
    count = undone.verdicts.get("rewritten", 0)
    told = "1 field was" if count == 1 else f"{count:,} fields were"
    return [f"{told} rewritten by the system after the run: the value of before may be, too"] if count else []


def _written_again(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """By field: what the configuration as it is would send right after the revert."""
    for system, item, field, line, count in rows(
        con,
        "from (select system, object, field, line, count(*) as n from plan.unsettled group by all)"
        f" order by n desc, system, object, field, {place_order('line')}",
    ):
        what = f"{system} {item} {field}".strip() if field else f"{system} {item}"
        times = "once" if count == 1 else f"{count:,} times"
        yield f"{what}: the next plan will write it again ({times}), because of {line}; change that line first"


def _cascades(con: duckdb.DuckDBPyConnection, connectors: Mapping[str, Connector]) -> Iterator[str]:
    """What goes with the records that are deleted."""
    found = rows(
        con,
        "select system, object, list(id order by id) from plan.changes where action = 'delete' group by all"
        " order by 1, 2",
    )
    for system, item, ids in found:
        connector = connectors.get(system)
        if isinstance(connector, Cascading):
            yield from _counted(connector, item, tuple(ids))
        elif system == "pardot" and item == "prospect":
            yield f"{len(ids):,} prospects go to the recycle bin: {_PROSPECTS}" if len(ids) > 1 else _PROSPECTS


def _counted(connector: Cascading, item: str, ids: tuple[str, ...]) -> Iterator[str]:
    try:
        children = connector.cascades(item, ids)
    except RequestRefused as refused:
        yield f"{item}: what is deleted with the records could not be asked: {refused}"
        return
    told = [f"{count:,} {child}" for child, _, count in children if count]
    records = "record" if len(ids) == 1 else "records"
    with_them = f"with them go {', '.join(told)}" if told else "nothing that could be counted goes with them"
    yield f"{item}: {len(ids):,} {records} to be deleted; {with_them}"

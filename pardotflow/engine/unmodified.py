"""Since when a record must not have changed for its update to be written: the stamp with which it was read last.

Apply reads what changed just before it sends, so this closes the window of law 3 for what goes one by one.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import duckdb

from pardotflow.connectors.protocol import Operation
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.send import Change
from pardotflow.engine.sqlfile import rows

MOVED = "it changed while the plan was applied"


def with_stamps(con: duckdb.DuckDBPyConnection, changes: Iterable[Change]) -> list[Change]:
    """The changes; those that go conditionally with their record's stamp. Uses the attached plan and snapshots."""
    found = list(changes)
    places = sorted({(c.system, c.object) for c in found if c.operation is Operation.UPDATE_UNMODIFIED})
    stamps: dict[tuple[str, str, str], datetime] = {}
    for system, item in places:
        read = rows(
            con,
            f"select _id, _stamp from {snapshot_table(system, item)} semi join (from plan.changes where system = ?"
            " and object = ? and operation = 'update_unmodified') c on c.id = _id where _stamp is not null",
            system,
            item,
        )
        stamps |= {(system, item, record): stamp.replace(tzinfo=UTC) for record, stamp in read}
    return [
        replace(c, unmodified_since=stamps.get((c.system, c.object, c.id)))
        if c.operation is Operation.UPDATE_UNMODIFIED
        else c
        for c in found
    ]

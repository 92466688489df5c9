"""Bring what memory calls by a former name to the name of now: links, bases, what was written, decisions.

A plan is computed over a copy that was brought there; the apply of that plan does it to the memory itself, in the
transaction in which it remembers. What is known by the new name already stays as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import duckdb

from pardotflow.engine.sqlfile import rows
from pardotflow.graph.renames import Renames, renames_from_text
from pardotflow.store.decisions import Decision
from pardotflow.store.ledger import Ledger

_OF_SYNC = ("links", "bases", "history", "recycled", "replaced", "moments")
_OF_PAIR = ("links", "bases", "recycled")


def find_pending(con: duckdb.DuckDBPyConnection, renames: Iterable[Renames]) -> tuple[Renames, ...]:
    """Those of which the attached memory knows something by a former name."""
    return tuple(each for each in renames if _is_pending(con, each))


def _is_pending(con: duckdb.DuckDBPyConnection, each: Renames) -> bool:
    if (
        each.old_sync != each.sync
        and rows(con, "select 1 from mem.links where sync = ? limit 1", each.old_sync)
        and not rows(con, "select 1 from mem.links where sync = ? limit 1", each.sync)
    ):
        return True
    for item in each.objects:
        query = f"select 1 from mem.links where sync = ? and {item.role}_object = ? limit 1"
        if rows(con, query, each.sync, item.old):
            return True
    query = "select 1 from mem.bases where sync = ? and field = ? and digest = ? limit 1"
    return any(rows(con, query, each.sync, m.old_key, m.old_digest) for m in each.mappings)


def carry_out(con: duckdb.DuckDBPyConnection, renames: Iterable[Renames]) -> None:
    """Rename in the attached memory. The caller holds the transaction."""
    for each in renames:
        _rename_sync(con, each)
        _rename_objects(con, each)
        _rename_fields(con, each)


def _rename_sync(con: duckdb.DuckDBPyConnection, each: Renames) -> None:
    is_taken = rows(con, "select 1 from mem.links where sync = ? limit 1", each.sync)
    if each.old_sync == each.sync or is_taken:
        return
    for table in _OF_SYNC:
        con.execute(f"update mem.{table} set sync = ? where sync = ?", [each.sync, each.old_sync])


def _rename_objects(con: duckdb.DuckDBPyConnection, each: Renames) -> None:
    for item in each.objects:
        column = f"{item.role}_object"
        for table in _OF_PAIR:
            con.execute(
                f"update mem.{table} set {column} = ? where sync = ? and {column} = ?", [item.new, each.sync, item.old]
            )
        for table in ("writes", "history", "replaced"):
            con.execute(
                f"update mem.{table} set object = ? where system = ? and object = ?", [item.new, item.system, item.old]
            )
        con.execute(
            "update mem.replaced set other_object = ? where sync = ? and system <> ? and other_object = ?",
            [item.new, each.sync, item.system, item.old],
        )


def _rename_fields(con: duckdb.DuckDBPyConnection, each: Renames) -> None:
    for mapping in each.mappings:
        con.execute(
            "update mem.bases set field = $new, digest = case when digest = $old_digest then $digest else digest end"
            " where sync = $sync and field = $old and ($old = $new or not exists (select 1 from mem.bases n"
            " where n.sync = $sync and n.field = $new and n.a_object = bases.a_object and n.a_id = bases.a_id"
            " and n.b_object = bases.b_object and n.b_id = bases.b_id))",
            {
                "new": mapping.new_key,
                "old": mapping.old_key,
                "old_digest": mapping.old_digest,
                "digest": mapping.new_digest,
                "sync": each.sync,
            },
        )
    for field in each.fields:
        con.execute(
            "update mem.history set field = ? where sync = ? and system = ? and object = ? and field = ?",
            [field.new, each.sync, field.system, field.object, field.old],
        )


def renames_of_plan(con: duckdb.DuckDBPyConnection) -> tuple[Renames, ...]:
    """What was pending when the attached plan was made."""
    found = rows(con, "select value from plan.meta where key = 'renames'")
    return renames_from_text(found[0][0]) if found else ()


def renamed_decisions(decisions: Sequence[Decision], renames: Iterable[Renames]) -> list[Decision]:
    """Decisions under the names of now, in the same order."""
    found = list(decisions)
    for each in renames:
        found = [_renamed(decision, each) for decision in found]
    return found


def _renamed(decision: Decision, each: Renames) -> Decision:
    if decision.sync not in (each.sync, each.old_sync):
        return decision
    objects = {(item.role, item.old): item.new for item in each.objects}
    mapping = next((m for m in each.mappings if m.old_key == decision.mapping), None)
    is_same = mapping is not None and decision.digest == mapping.old_digest
    return replace(
        decision,
        sync=each.sync,
        a_object=objects.get(("a", decision.a_object), decision.a_object),
        b_object=objects.get(("b", decision.b_object), decision.b_object),
        mapping=mapping.new_key if mapping else decision.mapping,
        digest=mapping.new_digest if mapping and is_same else decision.digest,
    )


def rename_decisions(ledger: Ledger, renames: Sequence[Renames]) -> None:
    """Keep what people decided under the names of now."""
    for old in ledger.decisions() if renames else ():
        [new] = renamed_decisions([old], renames)
        if new != old:
            ledger.forget_decisions([(*old.about, old.decided_at)])
            ledger.save_decisions([new])

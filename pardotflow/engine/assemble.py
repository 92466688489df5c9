"""What the syncs found, as one ordered plan."""

import duckdb

from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.recycle import plan_recycling
from pardotflow.engine.sqlfile import insert_rows, run
from pardotflow.plan.file import filled

COPIED = {
    "out_ambiguous": "ambiguities",
    "out_held": "held",
    "out_skipped": "skipped",
    "out_accepted": "accepted",
    "out_identity": "identity",
    "out_left_out": "left_out",
    "out_unmatched": "unmatched",
}
"""What the syncs found and the plan keeps as it is, by its table in the session."""
ASSEMBLED = ("out_fields", "out_links", "out_creates", "out_agreed", "out_conflicts", *COPIED)


def assemble_plan(con: duckdb.DuckDBPyConnection, syncs: tuple[CompiledSync, ...]) -> None:
    """One ordered plan of what all syncs found, in the attached plan file."""
    con.execute("begin")
    name_syncs(con, syncs)
    run(con, "assemble", filled=filled(con, ASSEMBLED), copied=COPIED)
    plan_recycling(con, syncs)
    con.execute("commit")


def name_syncs(con: duckdb.DuckDBPyConnection, syncs: tuple[CompiledSync, ...]) -> None:
    """Write down in the attached plan which syncs there are, with their mappings; keys stand in the session."""
    lines = [
        [n, sync.name, str(sync.strength), str(sync.a.system), str(sync.b.system), sync.line]
        for n, sync in enumerate(syncs)
    ]
    insert_rows(con, "plan.syncs", lines)
    con.execute("create or replace temp table all_keys (sync varchar, key_no integer, key varchar)")
    insert_rows(con, "all_keys", [[s.name, k.number, k.name] for s in syncs for k in s.keys])
    mappings = [(sync.name, mapping) for sync in syncs for mapping in sync.mappings]
    insert_rows(con, "plan.mappings", [[sync, m.mapping.key, m.digest, m.number] for sync, m in mappings])

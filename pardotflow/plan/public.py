"""A plan as the public JSON of schemas/plan.schema.json: complete, in one order, the same bytes for the same plan.

Written piece by piece, so that a plan of any size needs no memory for it. The schema has a version and only grows.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pardotflow.plan.file import open_plan, read_meta

VERSION = "1.0"

# Name in the JSON, and the query whose rows stand there.
_LISTS: tuple[tuple[str, str], ...] = (
    ("syncs", "select sync, strength, a_system as a, b_system as b, line from plan.syncs order by position"),
    (
        "changes",
        "select c.change, c.system, c.object, c.id, c.name, [c.action] as actions, c.operation, "
        "nullif(c.key_field, '') as key_field,"
        " c.sendable, c.line, list({'field': f.field, 'sync': f.sync, 'before': f.before, 'after': f.after,"
        " 'after_new_record': f.after_ref, 'section': f.section, 'situation': f.situation, 'reason': f.reason,"
        " 'line': f.line, 'pii': nullif(f.pii, ''), 'sendable': f.sendable} order by f.field, f.sync) as fields"
        " from plan.changes c join plan.field_changes f using (change) group by all order by c.change",
    ),
    (
        "conflicts",
        "select sync, "
        "{'system': a_system, 'object': a_object, 'id': a_id, 'name': a_name, 'value': a_value, 'base': base_a} as a,"
        " {'system': b_system, 'object': b_object, 'id': b_id, 'name': b_name, 'value': b_value, 'base': base_b} as b,"
        " field, winner, reason, line, nullif(pii, '') as pii from plan.conflicts order by sync, a_object, "
        "a_id, b_id, field",
    ),
    (
        "held",
        "select sync, system, object, id, name, nullif(field, '') as field, before, after, kind, reason, line, "
        "nullif(pii, '') as pii"
        " from plan.held order by sync, system, object, id, plan.held.field, kind, name, after",
    ),
    (
        "ambiguities",
        "select sync, system, object, id, name, key, candidates, reason, line from plan.ambiguities order by "
        "sync, system, object, id, key",
    ),
    (
        "skipped",
        "select sync, system, object, id, name, reason, note from plan.skipped order by sync, system, object, "
        "id, reason, note",
    ),
    (
        "accepted",
        "select sync, system, object, id, name, field, a_value, b_value, kind, line, nullif(pii, '') as pii"
        " from plan.accepted order by sync, system, object, id, field",
    ),
    (
        "identity",
        "select i.sync, linked_before, followed, ambiguous, unmatched_a, unmatched_b,"
        " (select list({'key': key, 'pairs': pairs} order by position) from plan.matched m where m.sync = "
        "i.sync) as linked_now"
        " from plan.identity i order by i.sync",
    ),
    ("guards", "select sync, guard, number, threshold, allowed, passed, flag, line from plan.guards order by position"),
    ("costs", "select system, what, row_count as rows, calls from plan.costs order by position"),
    (
        "coverage",
        "select system, object, row_count as rows, deleted, mode, changed, nullif(note, '') as note from "
        "plan.coverage order by position",
    ),
    ("notes", "select note from plan.notes order by position"),
)


def plan_json(path: Path) -> Iterator[str]:
    """The JSON text in pieces. `coverage` and `meta` say how the plan was made; they stand outside the digest."""
    with open_plan(path) as con:
        meta = read_meta(con)
        head: dict[str, str | bool] = {"version": VERSION, "digest": meta["digest"]}
        head |= {k: meta[k] == "true" for k in ("complete", "applyable", "errored")}
        yield "{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in head.items())
        for name, query in _LISTS:
            yield f',\n  "{name}": ['
            yield from _items(con, query)
            yield "]"
        outside = {k: v for k, v in sorted(meta.items()) if k not in ("digest", "complete", "applyable", "errored")}
        yield f',\n  "meta": {json.dumps(outside, ensure_ascii=False, indent=2).replace(chr(10), chr(10) + "  ")}\n}}\n'


def _items(con: duckdb.DuckDBPyConnection, query: str) -> Iterator[str]:
    cursor = con.execute(f"select cast(to_json(t) as varchar) from ({query}) t")
    separator = "\n    "
    empty = True
    while chunk := cursor.fetchmany(2048):
        empty = False
        yield separator + ",\n    ".join(row[0] for row in chunk)
        separator = ",\n    "
    if not empty:
        yield "\n  "

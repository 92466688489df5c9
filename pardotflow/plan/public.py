"""A plan as the public JSON of schemas/plan.schema.json: complete, in one order, the same bytes for the same plan.

Written piece by piece, so that a plan of any size needs no memory for it. The schema has a version and only grows.

JSON is made to be shared: what a mapping marks as `pii`, and the names of records, are masked by ordinals within the
document, so that equal values look equal and a change still shows as a change. Clear values are asked for by name.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import duckdb

from pardotflow.plan.file import open_plan, read_meta
from pardotflow.plan.run import RunReport

VERSION = "1.0"

# Which columns of a table hold personal data, and of which class: `pii` is the class that the mapping declares.
_PRIVATE: Mapping[str, Mapping[str, str]] = {
    "changes": {"name": "'name'"},
    "field_changes": {"before": "pii", "after": "pii"},
    "kept": {"value": "pii"},
    "conflicts": {
        "a_name": "'name'",
        "b_name": "'name'",
        "a_value": "pii",
        "b_value": "pii",
        "base_a": "pii",
        "base_b": "pii",
    },
    "held": {"name": "'name'", "before": "pii", "after": "pii"},
    "ambiguities": {"name": "'name'"},
    "skipped": {"name": "'name'"},
    "accepted": {"name": "'name'", "a_value": "pii", "b_value": "pii"},
    "unsettled": {"name": "'name'", "before": "pii", "after": "pii"},
    "flipflops": {"name": "'name'", "before": "pii", "after": "pii"},
    "consent": {"name": "'name'"},
    "user_names": {"name": "'name'"},
}

# Name in the JSON, and the query whose rows stand there.
_LISTS: tuple[tuple[str, str], ...] = (
    ("syncs", "select sync, strength, a_system as a, b_system as b, line from plan.syncs order by position"),
    (
        "changes",
        "select c.change, c.system, c.object, c.id, c.name, [c.action] as actions, c.operation, "
        "nullif(c.key_field, '') as key_field,"
        " c.sendable, c.line, min(f.reason) filter (f.field = '') as reason,"
        " coalesce(list({'field': f.field, 'sync': f.sync, 'before': f.before, 'after': f.after,"
        " 'after_new_record': f.after_ref, 'section': f.section, 'situation': f.situation, 'reason': f.reason,"
        " 'line': f.line, 'pii': nullif(f.pii, ''), 'sendable': f.sendable} order by f.field, f.sync)"
        " filter (f.field <> ''), []) as fields,"
        " coalesce((select list({'field': k.field, 'value': k.value, 'pii': nullif(k.pii, '')} order by k.field)"
        " from shown_kept k where k.change = c.change), []) as kept"
        " from shown_changes c join shown_field_changes f using (change) group by all order by c.change",
    ),
    (
        "conflicts",
        "select sync, "
        "{'system': a_system, 'object': a_object, 'id': a_id, 'name': a_name, 'value': a_value, 'base': base_a} as a,"
        " {'system': b_system, 'object': b_object, 'id': b_id, 'name': b_name, 'value': b_value, 'base': base_b} as b,"
        " field, winner, reason, line, nullif(pii, '') as pii from shown_conflicts order by sync, a_object, "
        "a_id, b_id, field",
    ),
    (
        "held",
        "select sync, system, object, id, name, nullif(field, '') as field, before, after, kind, reason, line, "
        "nullif(pii, '') as pii"
        " from shown_held order by sync, system, object, id, shown_held.field, kind, name, after",
    ),
    (
        "ambiguities",
        "select sync, system, object, id, name, key, candidates, reason, line from shown_ambiguities order by "
        "sync, system, object, id, key",
    ),
    (
        "skipped",
        "select sync, system, object, id, name, reason, note from shown_skipped order by sync, system, object, "
        "id, reason, note",
    ),
    (
        "accepted",
        "select sync, system, object, id, name, field, a_value, b_value, kind, line, nullif(pii, '') as pii"
        " from shown_accepted order by sync, system, object, id, field",
    ),
    (
        "identity",
        "select i.sync, linked_before, followed, ambiguous, unmatched_a, unmatched_b,"
        " (select list({'key': key, 'pairs': pairs} order by position) from plan.matched m where m.sync = "
        "i.sync) as linked_now"
        " from plan.identity i order by i.sync",
    ),
    (
        "unmatched",
        "select sync, system, reason, records from plan.unmatched order by sync, system, reason",
    ),
    (
        "left_out",
        "select sync, nullif(system, '') as system, reason, records, line from plan.left_out"
        " order by sync, reason, left_out.system",
    ),
    ("guards", "select sync, guard, number, threshold, allowed, passed, flag, line from plan.guards order by position"),
    (
        "costs",
        "select system, what, row_count as rows, calls, jobs, size as bytes, seconds from plan.costs order by position",
    ),
    (
        "routes",
        "select step, system, object, action, operation, what, row_count as rows, calls, jobs, size as bytes, seconds,"
        " polls, job_seconds, taken, nullif(reason, '') as reason from plan.routes order by position",
    ),
    (
        "coverage",
        "select system, object, row_count as rows, deleted, mode, changed, nullif(note, '') as note from "
        "plan.coverage order by position",
    ),
    (
        "unsettled",
        "select kind, sync, system, object, id, name, field, before, after, reason, line, nullif(pii, '') as pii,"
        " other_field, other_reason, other_line from shown_unsettled order by sync, system, object, id,"
        " shown_unsettled.field",
    ),
    (
        "flipflops",
        "select sync, system, object, id, name, field, before, after, times, runs, line, nullif(pii, '') as pii,"
        " other_line from shown_flipflops order by sync, system, object, id, shown_flipflops.field",
    ),
    (
        "consent",
        "select c.sync, c.system, c.object, c.id, c.name, c.field, c.status, c.opts, nullif(c.says_no, '') as says_no,"
        " {'system': origin_system, 'object': origin_object, 'id': origin_id, 'field': nullif(origin_field, ''),"
        " 'at': strftime(set_at, '%Y-%m-%dT%H:%M:%SZ'), 'user': nullif(set_by, ''), 'user_name': u.name,"
        " 'by_history': by_history, 'by_pardotflow': is_ours,"
        " 'said_before': nullif(said_before, '')} as origin, c.reason, c.line"
        " from shown_consent c left join shown_user_names u on u.system = c.origin_system and u.id = c.set_by"
        " order by c.sync, c.system, c.object, c.id, c.field, c.mapping",
    ),
    ("notes", "select note as item from plan.notes order by position"),
)


def plan_json(path: Path, *, clear_values: bool = False) -> Iterator[str]:
    """The JSON text in pieces. `coverage` and `meta` say how the plan was made; they stand outside the digest."""
    with open_plan(path) as con:
        meta = read_meta(con)
        _show_tables(con, clear_values=clear_values)
        mask = str if clear_values else Addresses().mask
        head: dict[str, str | bool] = {"version": VERSION, "digest": meta["digest"]}
        head |= {k: meta[k] == "true" for k in ("complete", "applyable", "errored")}
        yield "{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in head.items())
        for name, query in _LISTS:
            yield f',\n  "{name}": ['
            yield from (mask(item) for item in _items(con, query))
            yield "]"
        outside = {
            k: mask(v) for k, v in sorted(meta.items()) if k not in ("digest", "complete", "applyable", "errored")
        }
        yield f',\n  "meta": {json.dumps(outside, ensure_ascii=False, indent=2).replace(chr(10), chr(10) + "  ")}\n}}\n'


def run_json(report: RunReport, *, clear_values: bool = False) -> str:
    """The report of an apply as JSON text; without clear values it has no names and no words of the systems."""
    found = asdict(report)
    addresses = Addresses()
    for group in () if clear_values else (*found["errors"], *found["remainder"]):
        for sample in group["samples"]:
            sample |= {"name": "", "id": addresses.mask(sample["id"])}
        group["sample_notes"] = ["" for _ in group["sample_notes"]]
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _show_tables(con: duckdb.DuckDBPyConnection, *, clear_values: bool) -> None:
    """A view `shown_<table>` over every table of the plan that holds values, masked or as it is."""
    if clear_values:
        for table in _PRIVATE:
            con.execute(f"create temp view shown_{table} as from plan.{table}")
        return
    values = [
        f"select {kind} as kind, {column} as value from plan.{table}"
        for table, columns in _PRIVATE.items()
        for column, kind in columns.items()
    ]
    # The order of the ordinals says nothing about the values.
    con.execute(
        "create temp table masks as select kind, value,"
        " '<' || kind || ' ' || row_number() over (partition by kind order by md5(value)) || '>' as shown"
        f" from ({' union '.join(values)}) where kind <> '' and value <> ''"
    )
    for table, columns in _PRIVATE.items():
        con.execute(f"create temp view shown_{table} as {_masked(table, columns)}")


def _masked(table: str, columns: Mapping[str, str]) -> str:
    picks = [f"coalesce(m{n}.shown, t.{column}) as {column}" for n, column in enumerate(columns)]
    if table == "held":
        # A system's own words about a refusal may quote the value.
        picks.append("case when t.kind = 'refused' then split_part(t.reason, ':', 1) else t.reason end as reason")
    joins = [
        f" left join masks m{n} on m{n}.kind = {kind if kind.startswith(chr(39)) else f't.{kind}'}"
        f" and m{n}.value = t.{column}"
        for n, (column, kind) in enumerate(columns.items())
    ]
    return f"select t.* replace ({', '.join(picks)}) from plan.{table} t{''.join(joins)}"


class Addresses:
    """Masks e-mail addresses wherever else they stand, as in the key of a warehouse row: `<address 1>`, …"""

    _PATTERN = re.compile(r"[^\s\"'\\\\,;:<>()/]+@[^\s\"'\\\\,;:<>()/]+")

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def mask(self, text: str) -> str:
        """The text without addresses."""
        return self._PATTERN.sub(self._shown, text) if "@" in text else text

    def _shown(self, found: re.Match[str]) -> str:
        return f"<address {self._seen.setdefault(found[0].lower(), len(self._seen) + 1)}>"


def _items(con: duckdb.DuckDBPyConnection, query: str) -> Iterator[str]:
    """The items of a list in pieces: every row is one, or what its column `item` holds."""
    cursor = con.execute(f"select cast(to_json(item) as varchar) from ({query}) item")
    separator = "\n    "
    empty = True
    while chunk := cursor.fetchmany(2048):
        empty = False
        yield separator + ",\n    ".join(row[0] for row in chunk)
        separator = ",\n    "
    if not empty:
        yield "\n  "

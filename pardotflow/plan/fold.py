"""Turn a long list of field changes into a short list that a person can read, without loading the long one.

Two changes tell the same story when they have the same system, object, action, field, section, line, before and after;
where the values differ but the line is the same, many of them tell one story with various values.
"""

import duckdb

from pardotflow.plan.model import FieldChange, Pattern, RecordName
from pardotflow.plan.places import place_order

# Below this many equal changes, single lines are easier to read than an abstraction.
AT_LEAST = 3
SAMPLES = 3
# This many changes of one field by one line are one story even where every value differs.
VARIOUS_FROM = 12

_SHOWN = "system, object, action, field, section, line, pii"

_FOLDED = f"""
create or replace temp table folded as
with f as (
  select fc.*, c.system, c.object, c.id, c.name, c.action
  from plan.field_changes fc join plan.changes c using (change)
),
same as (
  select *, count(*) over (partition by {_SHOWN}, before, after, after_note) as n_same from f
),
kinds as (
  select *, count(*) filter (n_same < {AT_LEAST}) over (partition by {_SHOWN}, before is null,
  after is null and after_note = '') as n_various
  from same
)
select *, case when n_same >= {AT_LEAST} and section <> 'create' then 'same'
               when section = 'create' then 'new'
               when n_various >= {VARIOUS_FROM} then 'various' else 'single' end as fold
from kinds;
"""

_PATTERNS = f"""
with p as (
  select {_SHOWN}, fold, count(*) as n,
    -- Reasons that differ in their particulars alone are one reason without them.
    case when count(distinct reason) = 1 then min(reason)
         when count(distinct split_part(reason, ': ', 1)) = 1 then min(split_part(reason, ': ', 1))
         else '' end as reason,
    case when fold = 'same' then min(before) when bool_or(before is not null) then '*' end as b,
    case when fold = 'same' then min(after) when bool_or(after is not null or after_note <> '') then '*' end as a,
    min_by({{'object': object, 'id': id, 'name': name, 'before': before, 'after': coalesce(after, nullif(after_note,
    ''))}}, id, {SAMPLES}) as samples
  from folded where fold in ('same', 'various')
  group by {_SHOWN}, fold, case when fold = 'same' then before end, case when fold = 'same' then after end,
           case when fold = 'same' then after_note end, before is null, after is null and after_note = ''
)
select *, count(*) over () as total from p order by n desc, system, object, field, {place_order("line")},
  b nulls first, a nulls first
"""


def fold_changes(con: duckdb.DuckDBPyConnection) -> None:
    """Fold the attached plan's field changes into the session's table `folded`."""
    con.execute(_FOLDED)


def read_patterns(con: duckdb.DuckDBPyConnection, limit: int) -> tuple[tuple[Pattern, ...], int]:
    """The largest patterns and how many there are in all."""
    found = con.execute(f"{_PATTERNS} limit {limit}")
    names = [column[0] for column in found.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    patterns = tuple(
        Pattern(
            system=r["system"],
            object=r["object"],
            action=r["action"],
            field=r["field"],
            before=r["b"],
            after=r["a"],
            section=r["section"],
            reason=r["reason"],
            line=r["line"],
            pii=r["pii"],
            records=r["n"],
            samples=tuple(
                RecordName(system=r["system"], object=s["object"], id=s["id"], name=s["name"]) for s in r["samples"]
            ),
            sample_values=tuple((s["before"], s["after"]) for s in r["samples"]) if r["fold"] == "various" else (),
        )
        for r in rows
    )
    return patterns, (rows[0]["total"] if rows else 0)


def read_singles(con: duckdb.DuckDBPyConnection, limit: int) -> tuple[tuple[FieldChange, ...], int]:
    """Field changes that folded with nothing, those of one record together, and how many there are."""
    total = con.execute("select count(*) from folded where fold in ('single', 'new')").fetchone()
    found = con.execute(
        "select system, object, id, name, action, field, before, after, after_note, section, reason, line, pii, sync"
        " from folded where fold in ('single', 'new')"
        f" order by section = 'create', section <> 'undelete', change, field, sync limit {limit}"
    ).fetchall()
    singles = tuple(
        FieldChange(
            record=RecordName(system=r[0], object=r[1], id=r[2], name=r[3]),
            action=r[4],
            field=r[5],
            before=r[6],
            after=r[7],
            after_note=r[8],
            section=r[9],
            reason=r[10],
            line=r[11],
            pii=r[12],
            sync=r[13],
        )
        for r in found
    )
    return singles, int(total[0]) if total else 0

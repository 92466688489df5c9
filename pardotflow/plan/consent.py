"""What a saved plan says of consent, read for a view: bounded rows, exact counts."""

import duckdb

from pardotflow.plan.model import Consent, ConsentRow, RecordName

TRACED = 200
"""Rows of which it is asked who set the value, in the order of `read_consent`: what fits one call an object."""


def read_consent(con: duckdb.DuckDBPyConnection, limit: int = TRACED) -> Consent | None:
    """Exact counts and the first rows: what is taken back, then what waits, then the opt-outs.

    None where no sync maps a field in which people say no.
    """
    stand = con.execute("select count(*), coalesce(sum(both_sides), 0) from plan.opted_out").fetchone() or (0, 0)
    counts = con.execute("select status, opts, system, count(*) from plan.consent group by all order by all").fetchall()
    if not stand[0] and not counts:
        return None
    found = con.execute(
        "select c.system, c.object, case when starts_with(c.id, 'new:') then 'new' else c.id end, c.name, c.field,"
        " c.status, c.opts, c.says_no, c.origin_system, coalesce(strftime(c.set_at, '%Y-%m-%dT%H:%M:%SZ'), ''),"
        " c.set_by, coalesce(u.name, ''), c.by_history, c.is_ours, c.said_before, c.reason, c.line"
        " from plan.consent c left join plan.user_names u on u.system = c.origin_system and u.id = c.set_by"
        " order by c.opts <> 'in', c.status, c.sync, c.system, c.object, c.id, c.field, c.mapping"
        f" limit {limit}"
    ).fetchall()
    return Consent(
        both_sides=int(stand[1]),
        counts=tuple((s, o, y, n) for s, o, y, n in counts),
        rows=tuple(
            ConsentRow(
                record=RecordName(system=r[0], object=r[1], id=r[2], name=r[3]),
                field=r[4],
                status=r[5],
                opts=r[6],
                says_no=r[7],
                origin=r[8],
                set_at=r[9],
                set_by=r[10],
                user=r[11],
                by_history=r[12],
                is_ours=r[13],
                said_before=r[14],
                reason=r[15],
                line=r[16],
            )
            for r in found
        ),
    )

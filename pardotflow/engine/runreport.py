"""What one apply did, counted from its outcomes; done, refused, unknown, moved and not started add up to the plan."""

from collections.abc import Mapping

import duckdb

from pardotflow.connectors.explain import explain_code
from pardotflow.connectors.protocol import Connector
from pardotflow.core.values import System
from pardotflow.engine.send import Sender
from pardotflow.engine.sqlfile import insert_rows, rows
from pardotflow.plan.model import Count, Group, RecordName
from pardotflow.plan.run import RunReport

SAMPLES = 3
_EARLIER = {"confirmed": "before", "untold": "moved"}
"""What an outcome of an earlier run counts as, where that is not its own word."""


def run_report(
    con: duckdb.DuckDBPyConnection,
    sender: Sender,
    plan_id: str,
    connectors: Mapping[str, Connector],
    seconds: float,
    *,
    continues: str = "",
) -> RunReport:
    """The report of a run whose sending is over. Uses the attached plan and the session's table `moved`. What the runs
    before `continues` and that one itself carried out of the plan is counted apart; what was refused there, or moved,
    is told again."""
    earlier = {n: o for n, o in sender.earlier.items() if n not in sender.outcomes}
    con.execute("create or replace temp table ended (change integer, status varchar, code varchar, message varchar)")
    insert_rows(con, "ended", [[o.number, o.status, o.code, o.message] for o in sender.outcomes.values()])
    insert_rows(con, "ended", [[n, _EARLIER.get(o.status, o.status), o.code, o.message] for n, o in earlier.items()])
    con.execute(
        "create or replace temp table fates as"
        " select c.*, case when m.change is not null then 'moved' else coalesce(e.status, 'not_started') end as status,"
        " coalesce(m.reason, e.message, '') as message, coalesce(e.code, '') as code"
        " from plan.changes c left join ended e using (change) left join moved m using (change) where c.sendable"
    )
    counts = {str(status): int(n) for status, n in rows(con, "select status, count(*) from fates group by 1")}
    return RunReport(
        run_id=sender.run_id,
        plan_id=plan_id,
        status=_status(counts, sender),
        sent=_sent(con),
        confirmed=counts.get("confirmed", 0),
        refused=counts.get("refused", 0),
        unknown=counts.get("unknown", 0),
        not_started=counts.get("not_started", 0),
        moved=counts.get("moved", 0),
        before=counts.get("before", 0),
        continues=continues,
        calls=tuple((system, connector.calls) for system, connector in connectors.items()),
        errors=_groups(con, "status = 'refused'"),
        remainder=_groups(con, "status in ('moved', 'not_started', 'unknown')"),
        seconds=seconds,
    )


def _status(counts: Mapping[str, int], sender: Sender) -> str:
    if sender.interrupted:
        return "interrupted"
    if not counts.keys() - {"before"}:
        return "nothing_to_send"
    if any(counts.get(s) for s in ("moved", "not_started", "unknown")):
        return "with_remainder"
    if counts.get("refused"):
        return "with_errors"
    # A canary that was confirmed and is not in its place, where nothing is left.
    return "done" if sender.stopped is None else "stopped"


def _sent(con: duckdb.DuckDBPyConnection) -> tuple[Count, ...]:
    found = rows(
        con,
        "select t.system, t.object, t.action, count(distinct t.change), count(nullif(f.field, '')) from fates t"
        " join plan.field_changes f using (change) where t.status = 'confirmed' and f.sendable"
        " group by all order by t.system desc, t.object, t.action",
    )
    return tuple(Count(system=r[0], object=r[1], action=r[2], records=r[3], fields=r[4]) for r in found)


def _groups(con: duckdb.DuckDBPyConnection, where: str) -> tuple[Group, ...]:
    """Fates by kind. Refusals differ by record, so that each sample has its own; of the others all say the same."""
    found = rows(
        con,
        "select status, system, object, code, min(message) as why, count(*) as n,"
        f" list({{'id': id, 'name': name, 'note': message}} order by id)[1:{SAMPLES}] from fates where {where}"
        " group by status, system, object, code, case when status = 'refused' then '' else message end"
        " order by n desc, status, system, object, code, why",
    )
    return tuple(
        Group(
            kind=r[0],
            system=r[1],
            object=r[2],
            field=r[3],
            reason=_way_out(r[1], r[3]) if r[0] == "refused" else r[4],
            line="",
            count=r[5],
            samples=tuple(RecordName(system=r[1], object=r[2], id=s["id"], name=s["name"]) for s in r[6]),
            sample_notes=tuple(s["note"] if r[0] == "refused" else "" for s in r[6]),
        )
        for r in found
    )


def _way_out(system: str, code: str) -> str:
    """Our explanation of a vendor's code, empty where we have none; what the vendor said stands beside each record."""
    known = explain_code(System(system), code) if code else None
    return known.way_out if known is not None else ""

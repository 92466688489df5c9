"""Remove a person from everything that an environment remembers, and say what was removed.

A person is a record with every record that it is linked to. What stays are the ids of the links, with their
tombstones: so nobody is made again. Values are not only deleted: the files are written anew, without the free pages
in which they stood.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pardotflow.core.errors import PlanRefused, UsageError
from pardotflow.plan.file import attach_plan, read_meta
from pardotflow.plan.instance import in_memory
from pardotflow.store.database import Database
from pardotflow.store.layout import make_private

Record = tuple[str, str]
"""Object and id."""
OPEN = "('planned', 'sent', 'unknown')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """How much of what was removed, and where from."""

    what: str
    count: int


def find_person(con: duckdb.DuckDBPyConnection, record: Record) -> list[Record]:
    """The record and everything linked to it in any sync, by what the attached memory says."""
    con.execute("create or replace temp table person (object varchar, id varchar)")
    con.execute(
        "insert into person select distinct object, id from (select a_object as object, a_id as id from mem.links"
        " union select b_object, b_id from mem.links union select object, id from mem.writes"
        " union select object, id from mem.history) where lower(object) = ? and id = ?",
        [record[0].lower(), record[1]],
    )
    if not con.execute("from person").fetchall():
        con.execute("insert into person values (?, ?)", list(record))
    step = (
        "insert into person select distinct o, i from ("
        " select l.b_object as o, l.b_id as i from mem.links l join person p on l.a_object = p.object and l.a_id = p.id"
        " union select l.a_object, l.a_id from mem.links l join person p on l.b_object = p.object and l.b_id = p.id"
        ") where (o, i) not in (from person)"
    )
    before = 0
    while (count := len(con.execute("from person").fetchall())) > before:
        before = count
        con.execute(step)
    return [(row[0], row[1]) for row in con.execute("from person order by all").fetchall()]


def forget_in_memory(con: duckdb.DuckDBPyConnection) -> list[Removed]:
    """Bases, history and moments of writing of the session's `person`; the links stay as tombstones of ids."""
    pair = (
        "(exists (from person p where p.object = t.a_object and p.id = t.a_id)"
        " or exists (from person p where p.object = t.b_object and p.id = t.b_id))"
    )
    one = "exists (from person p where p.object = t.object and p.id = t.id)"
    told = []
    for table, where, what in (
        ("bases", pair, "bases"),
        ("history", one, "values that were written"),
        ("writes", one, "moments of writing"),
    ):
        told.append(Removed(what=what, count=_delete(con, f"mem.{table}", where)))
    # Whoever is seen again was deleted: nobody is made in its place, and both records have to be there to be one pair.
    con.execute(f"update mem.links t set tombstone = 'both', run_id = 'forgotten' where {pair}")
    return told


def forget_in_snapshots(con: duckdb.DuckDBPyConnection) -> list[Removed]:
    """The copies of the records of the session's `person`, and of their field histories, in the attached snapshots."""
    tables = con.execute(
        "select table_name, list(column_name) from duckdb_columns() where database_name = 'snap'"
        " and table_name not in ('cursors', 'origins') group by 1 order by 1"
    ).fetchall()
    count = 0
    for table, columns in tables:
        quoted = '"' + table.replace('"', '""') + '"'
        item = table.rpartition(".")[2]
        if "_id" in columns:
            where = f"t._id in (select id from person where lower(object) = lower({_literal(item)}))"
            count += _delete(con, f"snap.{quoted}", where)
        if item.endswith("History"):
            for column in (c for c in columns if c.endswith("Id")):
                count += _delete(con, f"snap.{quoted}", f't."{column}" in (select id from person)')
    return [Removed(what="copies of records", count=count)]


def forget_in_ledger(db: Database, records: Sequence[Record]) -> list[Removed]:
    """Sync errors, decisions, and what the journal says of the records; a request whose outcome is open keeps its
    record's id, since only that finds out what became of it."""
    told = {"sync errors": 0, "decisions": 0, "journal entries": 0}
    closed = "not exists (select 1 from requests q where q.run_id = request_rows.run_id and q.number ="
    closed += f" request_rows.number and q.status in {OPEN})"
    with db.transaction():
        for item, record in records:
            told["sync errors"] += db.execute(
                "delete from sync_errors where lower(record) = lower(?)"
                " or (record = ? and (lower(object) = lower(?) or action = 'create'))",
                (f"new:{item}/{record}", record, item),
            ).rowcount
            told["decisions"] += db.execute(
                "delete from decisions where (a_object = ? and a_id = ?) or (b_object = ? and b_id = ?)",
                (item, record, item, record),
            ).rowcount
            mine = f"(record_key = ? or record_id = ?) and {closed}"
            db.execute(
                "update requests set detail = '' where exists (select 1 from request_rows w where w.run_id ="
                " requests.run_id and w.number = requests.number and (w.record_key = ? or w.record_id = ?))",
                (record, record),
            )
            told["journal entries"] += db.execute(
                f"update request_rows set record_key = '', record_id = '', message = '' where {mine}", (record, record)
            ).rowcount
    return [Removed(what=what, count=count) for what, count in told.items()]


def open_requests_of(db: Database, records: Sequence[Record]) -> int:
    """How many requests about the records have no known outcome."""
    count = 0
    for _, record in records:
        row = db.execute(
            "select count(*) from requests q join request_rows w on w.run_id = q.run_id and w.number = q.number"
            f" where q.status in {OPEN} and (w.record_key = ? or w.record_id = ?)",
            (record, record),
        ).fetchone()
        count += int(row[0]) if row else 0
    return count


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFate:
    """What became of a saved plan that holds something of the person."""

    plan_id: str
    path: Path
    is_removed: bool
    """True where it was removed whole; else its rows about the person were."""


def forget_in_plans(plans: Iterable[tuple[str, Path, bool]], records: Sequence[Record]) -> list[PlanFate]:
    """Of plans (id, file, spent): one that was applied loses its rows about the person, any other is removed, since a
    plan is applied as it was shown."""
    fates = []
    for plan_id, path, is_spent in plans:
        if not path.is_file() or not _holds(path, records):
            continue
        is_cut = is_spent and _cut(path, records)
        if not is_cut:
            path.unlink()
        fates.append(PlanFate(plan_id=plan_id, path=path, is_removed=not is_cut))
    return fates


def _holds(path: Path, records: Sequence[Record]) -> bool:
    """True for a plan with a row about the records, and for a file that cannot be read."""
    try:
        with in_memory() as con:
            attach_plan(con, path)
            read_meta(con)
            load_person(con, records)
            return any(
                con.execute(f"select 1 from plan.{table} t where {where} limit 1").fetchone()
                for table, where in _places(con)
            )
    except (PlanRefused, UsageError):
        return True


def _cut(path: Path, records: Sequence[Record]) -> bool:
    """Delete the rows about the records and write the file anew; false where it cannot be read."""
    fresh = path.with_name(f"{path.name}.part")
    fresh.unlink(missing_ok=True)
    try:
        with in_memory() as con:
            con.execute(f"attach {_literal(str(path))} as plan")
            load_person(con, records)
            places = _places(con)
            con.execute(
                "create or replace temp table about as select change from plan.changes t where"
                " exists (from person p where p.object = t.object and p.id = t.id)"
            )
            by_change = [t for t, c in _tables(con) if "change" in c]
            for table in by_change:
                con.execute(f"delete from plan.{table} where change in (from about)")
            for table, where in places:
                con.execute(f"delete from plan.{table} t where {where}")
            con.execute(f"attach {_literal(str(fresh))} as fresh; copy from database plan to fresh")
        make_private(fresh)
        fresh.replace(path)
    except duckdb.Error:
        fresh.unlink(missing_ok=True)
        return False
    return True


def load_person(con: duckdb.DuckDBPyConnection, records: Sequence[Record]) -> None:
    """Make the session's `person`."""
    con.execute("create or replace temp table person (object varchar, id varchar)")
    con.executemany("insert into person values (?, ?)", [list(record) for record in records])


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, list[str]]]:
    return con.execute(
        "select table_name, list(column_name) from duckdb_columns() where database_name = 'plan' group by 1 order by 1"
    ).fetchall()


def _places(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """By table of a plan: the condition for rows about the session's `person`."""
    found = []
    for table, columns in _tables(con):
        parts = [
            f"exists (from person p where p.object = t.{prefix}object and (p.id = t.{prefix}id"
            f" or t.{prefix}id = 'new:' || p.object || '/' || p.id))"
            for prefix in ("", "a_", "b_", "old_a_", "old_b_", "origin_")
            if {f"{prefix}object", f"{prefix}id"} <= set(columns)
        ]
        parts += [
            f"exists (from person p where contains(t.{column}, p.id))"
            for column in ("candidates", "refers_to")
            if column in columns
        ]
        if parts:
            found.append((table, " or ".join(parts)))
    return found


def rewrite(path: Path) -> None:
    """Write a DuckDB file anew, so that nothing is left in its free blocks. Nobody may have it open."""
    fresh = path.with_name(f"{path.name}.part")
    fresh.unlink(missing_ok=True)
    with in_memory() as con:
        con.execute(f"attach {_literal(str(path))} as old; attach {_literal(str(fresh))} as fresh")
        con.execute("copy from database old to fresh")
        con.execute("checkpoint fresh")
    make_private(fresh)
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    fresh.replace(path)


def _delete(con: duckdb.DuckDBPyConnection, table: str, where: str) -> int:
    row = con.execute(f"delete from {table} t where {where}").fetchone()
    return int(row[0]) if row else 0


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

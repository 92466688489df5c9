"""The records of some cases as snapshots and memory of a session that nothing outside knows of.

What a case does not say is what a pair in good order has: the blank, and in a linked pair each other's id. The engine's
own statements then run over it; nothing is decided here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import duckdb

from pardotflow.config.lineage import ID_COLUMNS
from pardotflow.core.values import FieldType, System
from pardotflow.engine.columns import system_columns
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledObject, CompiledSide, CompiledSync
from pardotflow.engine.extract import make_table
from pardotflow.engine.focus import OTHER
from pardotflow.engine.histories import CHANGED_FIELD
from pardotflow.engine.landed import naive
from pardotflow.engine.overlay import open_overlay, rows_view
from pardotflow.engine.quote import name
from pardotflow.engine.readmodels import IN_MODEL
from pardotflow.engine.session import prepared
from pardotflow.engine.sqlfile import insert_rows, run
from pardotflow.engine.users import READ
from pardotflow.quality.cast import User, users_of
from pardotflow.quality.resolve import ID_FIELDS, BoundCase
from pardotflow.store.memory import TABLES

_SYSTEM_COLUMNS = ("_id", "_stamp", "_deleted", "_visible", "_closed", "_follow")
_FIRST_ID = 1_000_000_000
FALSE = "false"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a case as the snapshots have it."""

    object: str
    id: str
    stamp: datetime | None
    is_deleted: bool
    values: Mapping[str, str | None]


Records = Mapping[str, Record]
"""The records of one case, by role."""


def records_of(sync: CompiledSync, case: BoundCase, keys: Mapping[str, str]) -> Records:
    """The case's records; an id that it does not give is made from its name, so that no other case changes it."""
    ids = {role: row.id or _made_up(sync.side(role), case.case.name) for role, row in case.rows.items()}
    return {
        role: Record(
            object=row.object,
            id=ids[role],
            stamp=_stamp(case, sync.side(role).system),
            is_deleted=case.case.deleted is sync.side(role).system,
            values=_values(sync, role, case, ids, keys),
        )
        for role, row in case.rows.items()
    }


def _made_up(side: CompiledSide, name: str) -> str:
    digest = sha256(name.encode()).hexdigest()
    match side.system:
        case System.SALESFORCE:
            return f"CASE{digest[:11].upper()}AAA"
        case System.PARDOT:
            return str(_FIRST_ID + int(digest[:12], 16) % _FIRST_ID)
        case _:
            return f"case-{digest[:12]}"


def _stamp(case: BoundCase, system: System) -> datetime | None:
    text = case.case.times.get(system)
    return naive(datetime.fromisoformat(text)) if text else None


def _values(
    sync: CompiledSync, role: str, case: BoundCase, ids: Mapping[str, str], keys: Mapping[str, str]
) -> dict[str, str | None]:
    side, row = sync.side(role), case.rows[role]
    own = keys.get(role) or ID_FIELDS.get(side.system, "")
    values = dict(row.values) | {own: ids[role]}
    if case.is_linked:
        naming = (key.id_fields.get(row.object) for key in sync.keys if key.names == role)
        values |= {field: ids[OTHER[role]] for field in naming if field and field not in row.values}
    return filled(side, row.object, values)


def filled(side: CompiledSide, object_name: str, values: Mapping[str, str | None]) -> dict[str, str | None]:
    """A value of every field that the sync reads: where none is given the blank, which in a Salesforce checkbox is
    false."""
    fields = next(o.fields for o in side.objects if o.name == object_name)
    never_null = [f for f, kind in fields.items() if side.system is System.SALESFORCE and kind is FieldType.BOOLEAN]
    blank = dict.fromkeys(fields) | dict.fromkeys(never_null, FALSE)
    return {f: values.get(f, default) for f, default in blank.items()}


@contextmanager
def open_stage(
    sync: CompiledSync, cases: Mapping[int, BoundCase], records: Mapping[int, Records]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session in which the two sides hold the records of these cases, for the length of a block."""
    with prepared() as con:
        con.execute("attach ':memory:' as snap; attach ':memory:' as mem")
        con.execute(TABLES)
        run(con, "output_tables")
        con.execute("create temp table partly_read (system varchar, object varchar, kind varchar)")
        con.execute(
            "create temp table unknown_creates (system varchar, object varchar, record varchar, unseen boolean)"
        )
        for side in (sync.a, sync.b):
            rows = [r[side.role] for r in records.values() if side.role in r]
            for item in side.objects:
                _fill(con, side.system, item, [r for r in rows if r.object == item.name], side.config.model)
        _fill_histories(con, sync, records.values())
        for (system, who), users in users_of(sync).items():
            _fill_users(con, system, who, users)
        _remember(con, sync, cases, records)
        yield con


def _fill(
    con: duckdb.DuckDBPyConnection, system: System, item: CompiledObject, records: Sequence[Record], model: str
) -> None:
    """One object's snapshot with the read model beside it, if any, or one model's rows."""
    if system is System.WAREHOUSE:
        table = rows_view(system, item.name)
        make_table(con, table, ("_name", *item.fields))
    else:
        table = snapshot_table(system, item.name)
        make_table(con, table, tuple(item.fields))
    columns = [*_SYSTEM_COLUMNS, *item.fields]
    lines = [[*_system_values(system, r), *(r.values[f] for f in item.fields)] for r in records]
    insert_rows(con, f"{table} ({', '.join(name(c) for c in columns)})", lines)
    if system is System.WAREHOUSE:
        con.execute(f"update {table} set _name = _id")
        return
    open_overlay(con, str(system), item.name)
    if model:
        # What a read model computes is blank for every record of a case.
        blank = "".join(f", cast(null as varchar) as {name(c)}" for c in item.columns if c != IN_MODEL)
        picks = f"select _id as {name(ID_COLUMNS[system])}{blank} from {table}"
        con.execute(f"create or replace temp view {name(f'model_{model}')} as {picks}")


def _fill_histories(con: duckdb.DuckDBPyConnection, sync: CompiledSync, records: Iterable[Records]) -> None:
    """Where a mapping compares by the field's own history, that says the time of the case."""
    known = [(o, h) for m in sync.mappings for o, h in m.histories.items()]
    people = [pair["a"] for pair in records if "a" in pair]
    for history in dict.fromkeys(h.object for _, h in known):
        table = snapshot_table(System.SALESFORCE, history)
        lines = [
            [f"{r.id}.{h.names[0]}", r.stamp, h.parent, h.names[0], r.id]
            for item, h in known
            for r in people
            if h.object == history and r.object == item and r.stamp
        ]
        for parent in dict.fromkeys(h.parent for _, h in known if h.object == history):
            make_table(con, table, (parent, CHANGED_FIELD))
            columns = ", ".join(name(c) for c in ("_id", "_stamp", parent, CHANGED_FIELD, "_visible", "_deleted"))
            entries = [[id, stamp, owner, field, True, False] for id, stamp, p, field, owner in lines if p == parent]
            insert_rows(con, f"{table} ({columns})", entries)
        open_overlay(con, System.SALESFORCE, history)


def _fill_users(con: duckdb.DuckDBPyConnection, system: System, item: str, users: Sequence[User]) -> None:
    table, fields = snapshot_table(system, item), READ[(system, item)]
    make_table(con, table, fields)
    columns = ["_id", "_deleted", "_visible", "_closed", *fields]
    lines = [[user["_id"], False, True, False, *(user.get(f) for f in fields)] for user in users]
    insert_rows(con, f"{table} ({', '.join(name(c) for c in columns)})", lines)
    open_overlay(con, str(system), item)


def _system_values(system: System, record: Record) -> list[object]:
    columns = system_columns(str(system), record.object)
    is_closed = record.values.get(columns.closed) == "true"
    follow = next((v for f in columns.follow if (v := record.values.get(f))), None)
    return [record.id, record.stamp, record.is_deleted, True, is_closed, follow]


def _remember(
    con: duckdb.DuckDBPyConnection, sync: CompiledSync, cases: Mapping[int, BoundCase], records: Mapping[int, Records]
) -> None:
    """The links and bases of the cases."""
    links: list[list[object]] = []
    bases: list[list[object]] = []
    for number, case in cases.items():
        if case.is_linked:
            a, b = records[number]["a"], records[number]["b"]
            pair = [sync.name, a.object, a.id, b.object, b.id]
            links.append([*pair, "found"])
            for mapping, base in case.bases.items():
                compiled = sync.mappings[mapping]
                digest = "changed" if base.is_changed else compiled.digest
                bases.append([*pair, compiled.mapping.key, digest, base.a, base.b, 0])
    pair_columns = "sync, a_object, a_id, b_object, b_id"
    insert_rows(con, f"mem.links ({pair_columns}, origin)", links)
    insert_rows(con, f"mem.bases ({pair_columns}, field, digest, a_value, b_value, rewrites)", bases)

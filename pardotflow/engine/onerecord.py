"""One record and its counterpart, read alone: at most four calls, one for the history of their fields, one for each
prospect with fields that hold several values, and two where nothing was read whole before; or the record as it is
remembered, by none.

The rest of the two sides is what the snapshots hold already. Cursors do not move, so the next full plan misses nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import duckdb

from pardotflow.config.persons import PERSON_CONTACT, PERSON_EMAIL, is_account
from pardotflow.config.project import MatchKind
from pardotflow.connectors.protocol import Connector, ReadRequest
from pardotflow.core.address import Address, parse_address
from pardotflow.core.errors import UsageError
from pardotflow.core.values import System
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledKey, CompiledSide, CompiledSync, FieldHistory
from pardotflow.engine.extract import Wanted, make_snapshot, read_records, request_fields
from pardotflow.engine.focus import OTHER, Focus
from pardotflow.engine.overlay import open_overlay
from pardotflow.engine.singles import read_records_singly
from pardotflow.engine.sqlfile import rows
from pardotflow.engine.syncplan import keys_sql
from pardotflow.plan.model import Coverage
from pardotflow.store.layout import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was read, and what the plan is narrowed to."""

    focus: Focus
    coverage: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """The session, and how to read into it."""

    con: duckdb.DuckDBPyConnection
    wanted: Mapping[tuple[str, str], Wanted]
    connectors: Mapping[str, Connector]
    layout: Layout
    came: list[tuple[str, str, str]] = field(default_factory=list)
    """(system, object, id) of every record that was read."""

    def read(self, system: str, object_name: str, *, ids: tuple[str, ...] | None = None, where: str = "") -> Coverage:
        """Read some records of one object: one call for up to a hundred."""
        wanted = self.wanted[(system, object_name)]
        if wanted.where and ids and system == System.SALESFORCE:
            where = f"Id in ({', '.join(_soql(i) for i in ids)})"
            ids = None
        # Account Engagement takes no filter beside ids: there a record that is named is read wherever it stands.
        where = where if ids else _both(system, wanted.where, where)
        request = ReadRequest(object=object_name, fields=request_fields(wanted), ids=ids, where=where or None)
        ids = read_records(self.con, self.connectors[system], wanted, request, self.layout)
        read_records_singly(self.con, self.connectors[system], wanted, ids)
        self.came.extend((system, object_name, record) for record in ids)
        count = len(ids)
        return Coverage(system=system, object=object_name, rows=count, deleted=0, mode="record", changed=count, note="")


def _both(system: str, where: str, more: str) -> str:
    """The filter of the source together with another one, in the system's own language."""
    if not where or not more:
        return where or more
    return f"({where}) and ({more})" if system == System.SALESFORCE else f"{where}&{more}"


def find_records(
    con: duckdb.DuckDBPyConnection,
    syncs: Iterable[CompiledSync],
    wanted: Iterable[Wanted],
    connectors: Mapping[str, Connector],
    layout: Layout,
    record: str,
) -> Found:
    """Read the record and its counterpart; raises UsageError for an address that names nothing."""
    reading = _Reading(
        con=con, wanted={(w.connection, w.object): w for w in wanted}, connectors=connectors, layout=layout
    )
    address = _address(record)
    sync, role = _sync_of(list(syncs), address)
    side, other = sync.side(role), sync.side(OTHER[role])
    system, item = str(side.system), _object_of(side, address)
    for each in reading.wanted.values():
        make_snapshot(con, each)
    coverage = [_read_first(reading, side, item, address.id)]
    if coverage[0].changed == 0:
        raise UsageError(f"{system} has no {item} {address.id}", hint="Write Object/id, for example prospect/1042.")
    record_id = _stored_id(con, system, item, address.id)
    if other.system is not System.WAREHOUSE:
        for each in reading.wanted.values():
            open_overlay(con, each.connection, each.object)
        con.execute(keys_sql(sync, sync.a) + keys_sql(sync, sync.b))
        coverage += _read_counterparts(reading, sync, role, item, record_id)
        coverage += _read_siblings(reading, sync, role, item, record_id)
        coverage += _read_histories(reading, sync)
    return Found(focus=Focus(records=((system, item, record_id),)), coverage=tuple(coverage))


def remembered_record(
    con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync], wanted: Iterable[Wanted], record: str
) -> Focus:
    """The record as the snapshots hold it; raises UsageError where they do not, or for no address."""
    address = _address(record)
    sync, role = _sync_of(list(syncs), address)
    side = sync.side(role)
    system, item = str(side.system), _object_of(side, address)
    for each in wanted:
        make_snapshot(con, each)
    found = _stored_ids(con, system, item, address.id)
    if not found:
        raise UsageError(f"no {item} {address.id} is remembered", hint="Without --offline it is read.")
    return Focus(records=((system, item, _the_one(found, item, address.id)),))


def _object_of(side: CompiledSide, address: Address) -> str:
    """The object of a side, as the system spells it."""
    return next(o.name for o in side.objects if o.name.lower() == address.object.lower())


def _read_histories(reading: _Reading, sync: CompiledSync) -> list[Coverage]:
    """When the fields of the records that came were changed, where a mapping compares by that."""
    found: dict[tuple[str, str], FieldHistory] = {
        (o, h.object): h for m in sync.mappings for o, h in m.histories.items()
    }
    done = []
    for (item, name), history in found.items():
        ids = [i for system, o, i in reading.came if system == System.SALESFORCE and o == item]
        if ids:
            steady = reading.wanted[(str(System.SALESFORCE), name)].steady
            parents = f"{history.parent} in ({', '.join(_soql(i) for i in ids)})"
            done.append(
                reading.read(str(System.SALESFORCE), name, where=f"({parents}) and ({steady})" if steady else parents)
            )
    return done


def _address(record: str) -> Address:
    try:
        return parse_address(record)
    except ValueError as trouble:
        raise UsageError(str(trouble)) from trouble


def _sync_of(syncs: list[CompiledSync], address: Address) -> tuple[CompiledSync, str]:
    """The first sync with an object of that name; one between the two vendors before one from a warehouse."""
    vendor = [(s, r) for s in syncs for r in ("a", "b") if s.side(r).system is not System.WAREHOUSE]
    named = [(s, r) for s, r in vendor if any(o.name.lower() == address.object.lower() for o in s.side(r).objects)]
    if not named:
        names = sorted({o.name for s, r in vendor for o in s.side(r).objects})
        raise UsageError(f"no sync has an object {address.object!r}", hint=f"Objects: {', '.join(names)}.")
    return min(named, key=lambda found: found[0].a.system is System.WAREHOUSE)


def _read_first(reading: _Reading, side: CompiledSide, item: str, key: str) -> Coverage:
    system = str(side.system)
    if "@" not in key:
        return reading.read(system, item, ids=(key,))
    return reading.read(system, item, where=_email_filter(side.system, item, key))


def _email_filter(system: System, item: str, email: str) -> str:
    if system is System.SALESFORCE:
        return f"{PERSON_EMAIL if is_account(item) else 'Email'} = {_soql(email)}"
    return f"email={quote(email, safe='')}"


def _soql(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _stored_id(con: duckdb.DuckDBPyConnection, system: str, item: str, key: str) -> str:
    """The id of a record that was just read."""
    return _the_one(_stored_ids(con, system, item, key, only="and _visible"), item, key)


def _stored_ids(con: duckdb.DuckDBPyConnection, system: str, item: str, key: str, only: str = "") -> list[str]:
    """Ids as the system writes them: an 18-character id for a 15-character one, an id for an e-mail."""
    email = "email" if system != System.SALESFORCE else PERSON_EMAIL if is_account(item) else "Email"
    test = (
        f'nf_email("{email}") = nf_email(?)'
        if "@" in key
        else ("nf_id(_id) = nf_id(?)" if system == System.SALESFORCE else "_id = ?")
    )
    query = f"select _id from {snapshot_table(system, item)} where {test} {only} order by _deleted, _id"
    return [str(found) for (found,) in rows(con, query, key)]


def _the_one(found: list[str], item: str, key: str) -> str:
    if len(found) != 1:
        raise UsageError(f"{len(found)} {item} records have {key}", hint="Name one of them by its id.")
    return found[0]


def _read_counterparts(reading: _Reading, sync: CompiledSync, role: str, item: str, record_id: str) -> list[Coverage]:
    """The linked record, or what a match key finds at the system."""
    other = sync.side(OTHER[role])
    known = _linked(reading.con, sync, role, item, record_id)
    if known:
        objects = dict.fromkeys(o for o, _ in known)
        return [reading.read(str(other.system), o, ids=tuple(i for x, i in known if x == o)) for o in objects]
    if other.system is System.SALESFORCE:
        return [c for o in other.objects if (c := _search_salesforce(reading, sync, o.name, record_id, item))]
    return _search_pardot(reading, sync, role, item, record_id)


def _read_siblings(reading: _Reading, sync: CompiledSync, role: str, item: str, record_id: str) -> list[Coverage]:
    """Records of the record's own side with a key in common, also of those made since the last read: without them two
    candidates would look like one. A link that is remembered needs none."""
    side = sync.side(role)
    if _linked(reading.con, sync, role, item, record_id):
        return []
    keys = zip(sync.keys, _values(reading.con, sync, role, item, record_id), strict=True)
    shared = [(key, value) for key, value in keys if value and not key.names]
    if side.system is System.PARDOT:
        emails = [value for key, value in shared if key.kind is MatchKind.EMAIL]
        return [reading.read("pardot", item, where=f"email={quote(value, safe='')}") for value in emails[:1]]
    tests = [_Test(fields=k.lookup_a if role == "a" else k.lookup_b, value=v) for k, v in shared]
    found = (_where(o.name, tests) for o in side.objects)
    named = zip((o.name for o in side.objects), found, strict=True)
    return [reading.read("salesforce", name, where=where) for name, where in named if where]


def _told_id(con: duckdb.DuckDBPyConnection, sync: CompiledSync, role: str, item: str, record_id: str) -> str:
    """The id by which the other system knows a record: of a person account that of its contact."""
    if item != sync.side(role).person_accounts:
        return record_id
    query = f"select coalesce(_told, _id) from side_{role} where _obj = ? and _id = ?"
    return str(rows(con, query, item, record_id)[0][0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Test:
    """What one key asks of records: in `fields`, by object, stand the parts of `value`, or within them."""

    fields: Mapping[str, tuple[str, ...]]
    value: str
    is_within: bool = False

    def where(self, item: str) -> str:
        """SOQL."""
        pairs = zip(self.fields[item], self.value.split("\x1f"), strict=True)
        if self.is_within:
            # The value is an id, so nothing in it is a sign of a pattern; who has a longer one is told apart later.
            return " and ".join(f"{field} like {_soql(f'%{value}%')}" for field, value in pairs)
        return " and ".join(f"{field} = {_soql(value)}" for field, value in pairs)


def _where(item: str, tests: Iterable[_Test]) -> str:
    """SOQL for the records of an object that agree in all fields of any key; empty where none can be asked for."""
    return " or ".join(f"({test.where(item)})" for test in tests if item in test.fields)


def _linked(
    con: duckdb.DuckDBPyConnection, sync: CompiledSync, role: str, item: str, record_id: str
) -> list[tuple[str, str]]:
    """Counterparts by memory. What a key finds in a snapshot may be old, and is asked for at the system."""
    other = OTHER[role]
    found = rows(
        con,
        f"select distinct {other}_object, {other}_id from mem.links"
        f" where sync = ? and {role}_object = ? and {role}_id = ? order by all",
        sync.name,
        item,
        record_id,
    )
    return [(str(o), str(i)) for o, i in found]


def _values(con: duckdb.DuckDBPyConnection, sync: CompiledSync, role: str, item: str, record_id: str) -> list[str]:
    """The value of every key of one record, in the order of the keys; empty where it has none."""
    picks = ", ".join(f"coalesce({k.form(role)}, '')" for k in sync.keys)
    return [
        str(v)
        for v in rows(con, f"select {picks} from side_{role} {role} where _obj = ? and _id = ?", item, record_id)[0]
    ]


def _search_salesforce(
    reading: _Reading, sync: CompiledSync, item: str, record_id: str, source: str
) -> Coverage | None:
    """One query an object: any of the keys."""
    role = "b" if sync.a.system is System.SALESFORCE else "a"
    found = _values(reading.con, sync, role, source, record_id)
    tests = [_test(item, k, role, v) for k, v in zip(sync.keys, found, strict=True) if v]
    where = _where(item, tests)
    return reading.read("salesforce", item, where=where) if where else None


def _test(item: str, key: CompiledKey, role: str, value: str) -> _Test:
    """What a key asks of the records of an object, for the side `role`, which has the other value."""
    if key.kind is MatchKind.SALESFORCE_ID:
        return _Test(fields=_id_lookup(item, value), value=value)
    fields = key.lookup_a if role == "b" else key.lookup_b
    return _Test(fields=fields, value=value, is_within=key.is_within)


def _id_lookup(item: str, value: str) -> Mapping[str, tuple[str, ...]]:
    """The field of an object that holds a Salesforce id: a person account is known by its contact's, too."""
    return {item: (PERSON_CONTACT if is_account(item) and value.startswith("003") else "Id",)}


def _search_pardot(reading: _Reading, sync: CompiledSync, role: str, item: str, record_id: str) -> list[Coverage]:
    """One query a key that the API can filter by, until one finds something: ids, Salesforce id, e-mail."""
    done: list[Coverage] = []
    told = _told_id(reading.con, sync, role, item, record_id)
    for key, value in zip(sync.keys, _values(reading.con, sync, role, item, record_id), strict=True):
        if not value or len(done) >= 3:
            continue
        match key.kind, key.names:
            case MatchKind.SALESFORCE_ID, _:
                done.append(reading.read("pardot", "prospect", where=f"salesforceId={quote(told)}"))
            case _, names if names == role:
                done.append(reading.read("pardot", "prospect", ids=(value,)))
            case MatchKind.EMAIL, _:
                done.append(reading.read("pardot", "prospect", where=f"email={quote(value, safe='')}"))
            case _:
                continue
        if done[-1].changed:
            break
    return done

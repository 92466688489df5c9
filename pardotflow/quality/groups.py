"""Which cases may stand in one run without seeing each other.

The engine brings records of different pairs together in three ways only: by an id, by the value of a match key, and by
the address of a prospect where that is unique (an expression sees its own record alone: PF171). Cases that have none of
these in common cannot tell that they are not alone. Records that are linked are not looked up by any key, so that two
linked cases may share its value.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import duckdb

from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.decidesql import address_mappings
from pardotflow.engine.quote import name
from pardotflow.engine.sqlfile import rows
from pardotflow.engine.syncplan import side_sql
from pardotflow.engine.users import users_sql
from pardotflow.quality.resolve import BoundCase
from pardotflow.quality.stage import Records, open_stage

Groups = list[dict[int, BoundCase]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """By what each case could be seen by another."""

    ids: Mapping[int, Set[str]]
    keys: Mapping[int, Set[str]]
    addresses: Mapping[int, Set[str]]
    unlinked: Set[int]

    def meet(self, one: int, other: int) -> bool:
        """True for two cases that could see each other."""
        if self.ids[one] & self.ids[other] or self.addresses[one] & self.addresses[other]:
            return True
        return bool({one, other} & self.unlinked and self.keys[one] & self.keys[other])


def group_cases(
    sync: CompiledSync, cases: Mapping[int, BoundCase], records: Mapping[int, Records], *, share: bool
) -> Groups:
    """The cases by their numbers, in as few runs as the first fit needs; the same for the same cases. `share` is true
    where several prospects may have one address."""
    try:
        marks = _marks(sync, cases, records, share=share)
    except duckdb.Error:
        # An expression fails on a record: alone, each case says for itself whether it is the one.
        return [{number: case} for number, case in cases.items()]
    groups: Groups = []
    for number, case in cases.items():
        free = (g for g in groups if not any(marks.meet(number, other) for other in g))
        group = next(free, None)
        if group is None:
            groups.append({number: case})
        else:
            group[number] = case
    return groups


def _marks(
    sync: CompiledSync, cases: Mapping[int, BoundCase], records: Mapping[int, Records], *, share: bool
) -> _Marks:
    unlinked = {number for number, case in cases.items() if not case.is_linked}
    writing = [] if share else address_mappings(sync)
    ids = {number: {r.id.strip().lower() for r in records[number].values()} for number in cases}
    keys: dict[int, set[str]] = {number: set() for number in cases}
    addresses: dict[int, set[str]] = {number: set() for number in cases}
    if unlinked or writing:
        # The rows stand together only to be computed; nothing is matched.
        with open_stage(sync, {}, records) as con:
            con.execute(users_sql(sync) + side_sql(sync, sync.a) + side_sql(sync, sync.b))
            for role in "ab" if unlinked else "":
                columns = [name(c) for c in (*sync.key_forms(role), "_id", "_follow")]
                _read(con, role, columns, records, keys)
            if writing:
                _read(con, "a", [f"nf_email({m.out_b})" for m in writing], records, addresses)
                _read(con, "b", ['nf_email(b."email")'], records, addresses)
    return _Marks(ids=ids, keys=keys, addresses=addresses, unlinked=unlinked)


def _read(
    con: duckdb.DuckDBPyConnection,
    role: str,
    expressions: Sequence[str],
    records: Mapping[int, Records],
    into: Mapping[int, set[str]],
) -> None:
    """What the engine computes from each case's record of one side."""
    owners = _owners(role, records)
    texts = ", ".join(f"cast({expression} as varchar)" for expression in expressions)
    for record, *values in rows(con, f"select _id, {texts} from side_{role} {role}"):
        for number in owners[record]:
            into[number].update(str(v).strip().lower() for v in values if v is not None)


def _owners(role: str, records: Mapping[int, Records]) -> dict[str, list[int]]:
    """The cases by the id of their record; an id may be that of several."""
    owners: dict[str, list[int]] = {}
    for number, pair in records.items():
        if role in pair:
            owners.setdefault(pair[role].id, []).append(number)
    return owners

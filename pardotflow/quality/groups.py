"""Which cases may stand in one run without seeing each other.

The engine brings records of different pairs together in two ways only: by an id, and by the value of a match key (an
expression sees its own record alone: PF171). Cases that have neither in common cannot tell that they are not alone.
Records that are linked are not looked up by any key, so that two linked cases may share all but ids.
"""

from collections.abc import Mapping, Set

from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.quote import name
from pardotflow.engine.sqlfile import rows
from pardotflow.engine.syncplan import side_sql
from pardotflow.quality.resolve import BoundCase
from pardotflow.quality.stage import Records, open_stage

Groups = list[dict[int, BoundCase]]
_Marks = Mapping[int, Set[str]]


def group_cases(sync: CompiledSync, cases: Mapping[int, BoundCase], records: Mapping[int, Records]) -> Groups:
    """The cases by their numbers, in as few runs as the first fit needs; the same for the same cases."""
    ids = {number: _ids(records[number]) for number in cases}
    unlinked = [number for number, case in cases.items() if not case.is_linked]
    keys = _keys(sync, cases, records) if unlinked else {}
    groups: Groups = []
    for number, case in cases.items():
        free = (g for g in groups if not any(_meet(number, other, cases, ids, keys) for other in g))
        group = next(free, None)
        if group is None:
            groups.append({number: case})
        else:
            group[number] = case
    return groups


def _meet(one: int, other: int, cases: Mapping[int, BoundCase], ids: _Marks, keys: _Marks) -> bool:
    if ids[one] & ids[other]:
        return True
    if cases[one].is_linked and cases[other].is_linked:
        return False
    return bool(keys[one] & keys[other])


def _ids(records: Records) -> frozenset[str]:
    return frozenset(r.id.strip().lower() for r in records.values())


def _keys(sync: CompiledSync, cases: Mapping[int, BoundCase], records: Mapping[int, Records]) -> dict[int, set[str]]:
    """What each case's records have under any key, and the ids that they name, as the engine itself sees them.

    The rows stand together only to be computed; nothing is matched.
    """
    found: dict[int, set[str]] = {number: set() for number in cases}
    with open_stage(sync, {}, records) as con:
        for side in (sync.a, sync.b):
            con.execute(side_sql(sync, side))
            owners = _owners(side.role, records)
            columns = [*sync.key_forms(side.role), "_id", "_follow"]
            texts = ", ".join(f"cast({name(c)} as varchar)" for c in columns)
            for record, *values in rows(con, f"select _id, {texts} from side_{side.role}"):
                for number in owners[record]:
                    found[number] |= {str(v).strip().lower() for v in values if v is not None}
    return found


def _owners(role: str, records: Mapping[int, Records]) -> dict[str, list[int]]:
    """The cases by the id of their record; an id may be that of several."""
    owners: dict[str, list[int]] = {}
    for number, pair in records.items():
        if role in pair:
            owners.setdefault(pair[role].id, []).append(number)
    return owners

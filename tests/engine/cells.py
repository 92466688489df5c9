"""Many cells in one run of the engine: a mapping for each set of rules, a pair of records for each cell.

What the engine says of a cell is read back from the plan file, so that what people see is what is compared.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pardotflow.config.project import Direction, Policy, Preset
from pardotflow.core.describe import FieldInfo
from pardotflow.core.values import System
from pardotflow.graph.digest import mapping_digest
from pardotflow.plan.model import HeldKind
from pardotflow.store.memory import attach_memory
from tests.engine.harness import SavedPlan, World, Yaml, new_world, people
from tests.engine.reference import Cell, Ending, Outcome, Rules, Side
from tests.engine.vendor import START, Version

Found = Mapping[tuple[int, int], Outcome]
_NUMBER = re.compile(r"f([0-9]{4})__c", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came out: the plan, its outcomes by (mapping, cell) without those that are nothing, and the records."""

    plan: SavedPlan
    found: Found
    records: Mapping[str, int]

    def outcome(self, rule: int, cell: int) -> Outcome:
        """The outcome of one cell."""
        return self.found.get((rule, cell), Outcome(ending=Ending.NOTHING))


def run_cells(root: Path, rules: Sequence[Rules], cells: Sequence[Cell]) -> Run:
    """Plan all cells under all rules."""
    with new_world(root, _fields(rules)) as world:
        world.crm.habits.tracked = frozenset(field_names(n)[0] for n in range(len(rules)))
        world.configure(people([_mapping(world, n, r) for n, r in enumerate(rules)]))
        records = [_pair(world, n, cell, len(rules)) for n, cell in enumerate(cells)]
        _remember(world, cells, records)
        world.clock.time = START + timedelta(days=1)
        plan = world.plan()
    numbers = {id: n for n, pair in enumerate(records) for id in pair}
    return Run(plan=plan, found=dict(_outcomes(plan, numbers)), records=numbers)


def field_names(number: int) -> tuple[str, str]:
    """The field of each side for the rules of that number."""
    return f"F{number:04d}__c", f"f{number:04d}__c"


def _fields(rules: Sequence[Rules]) -> Mapping[System, list[FieldInfo]]:
    found: dict[System, list[FieldInfo]] = {System.SALESFORCE: [], System.PARDOT: []}
    for number, rule in enumerate(rules):
        for system, name, kind in zip(found, field_names(number), rule.kinds, strict=True):
            field = FieldInfo(
                name=name,
                type=kind.type,
                length=kind.length,
                restricted_picklist=bool(kind.choices),
                picklist_values=kind.choices,
            )
            found[system].append(field)
    return found


def _mapping(world: World, number: int, rule: Rules) -> Yaml:
    crm, unit = field_names(number)
    mapping: dict[str, Any] = {"salesforce": crm, "pardot": unit, "direction": str(rule.direction)}
    mapping["most_recent"] = str(rule.most_recent)
    is_two_way = rule.direction is Direction.TWO_WAY
    if is_two_way or rule.policy is Policy.CONSENT:
        mapping["policy"] = str(rule.policy)
    if rule.preset is Preset.CONNECTOR:
        mapping["preset"] = "connector"
    elif is_two_way:
        mapping["on_link"] = str(rule.on_link)
    if rule.policy is not Policy.CONSENT:
        mapping["on_blank"] = str(rule.on_blank)
    if rule.allow_opt_in:
        mapping["allow"] = "opt_in"
    if rule.pairs:
        lines = "".join(f'"{a}","{b}"\n' for a, b in rule.pairs)
        world.write(f"map{number}.csv", f"salesforce,pardot\n{lines}")
        mapping["values"] = f"map{number}.csv"
    return mapping | {"into": str(rule.into), "too_long": str(rule.too_long)}


def _pair(world: World, number: int, cell: Cell, width: int) -> tuple[str, str]:
    """The two records of a cell. Texts are kept as they are, so that the engine meets what a vendor would have cut."""
    later = {s: START + timedelta(hours=2 if cell.later is s else 1) for s in Side}
    values = [dict.fromkeys((field_names(n)[i] for n in range(width)), v) for i, v in enumerate(cell.values)]
    world.clock.time = later[Side.SALESFORCE]
    crm = world.crm.add("Contact", {"LastName": "Berg"})
    world.clock.time = later[Side.PARDOT]
    unit = world.unit.add("prospect", {"salesforceId": crm})
    for vendor, name, id, extra in ((world.crm, "Contact", crm, values[0]), (world.unit, "prospect", unit, values[1])):
        record = vendor.objects[name][id]
        record.versions[-1] = replace(record.last, values={**record.last.values, **extra})
    if cell.entry is not None:
        _enter(world.crm.objects["Contact"][crm].versions, START + timedelta(hours=cell.entry), values[0])
    return crm, unit


def _enter(versions: list[Version], at: datetime, values: Mapping[str, Any]) -> None:
    """Let the history of the record show that each value came to be at that moment."""
    last = versions[0]
    before = replace(last, at=START, stamp=START, values={**last.values, **dict.fromkeys(values, "before")})
    versions[:] = [before, replace(last, at=at, stamp=at), last]


def _remember(world: World, cells: Sequence[Cell], records: Sequence[tuple[str, str]]) -> None:
    """Links and bases as an earlier apply would have left them; every second new pair is linked already."""
    linked = [(n, c) for n, c in enumerate(cells) if c.base is not None or n % 2]
    based = [(n, c.base, c.mapping_changed) for n, c in linked if c.base is not None]
    sync = world.project.syncs[0]
    keys = [(m.key, mapping_digest(sync, m)) for m in sync.fields]
    with duckdb.connect() as con:
        attach_memory(con, world.layout.memory, read_only=False)
        con.execute(
            "insert into mem.links"
            " select 'people', 'Contact', r.a, 'prospect', r.b, 'found', 'r', now()::timestamp, null"
            " from (select unnest(?::varchar[]) as a, unnest(?::varchar[]) as b) r",
            [[records[n][0] for n, _ in linked], [records[n][1] for n, _ in linked]],
        )
        con.execute(
            "insert into mem.bases select 'people', 'Contact', r.a, 'prospect', r.b, m.key,"
            " case when r.changed then 'another' else m.digest end, r.va, r.vb, null, null, null, null, 0,"
            " null, null, null, null, null"
            " from (select unnest(?::varchar[]) as a, unnest(?::varchar[]) as b, unnest(?::varchar[]) as va,"
            " unnest(?::varchar[]) as vb, unnest(?::boolean[]) as changed) r,"
            " (select unnest(?::varchar[]) as key, unnest(?::varchar[]) as digest) m",
            [
                [records[n][0] for n, _, _ in based],
                [records[n][1] for n, _, _ in based],
                [base[0] for _, base, _ in based],
                [base[1] for _, base, _ in based],
                [changed for _, _, changed in based],
                [key for key, _ in keys],
                [digest for _, digest in keys],
            ],
        )


def _outcomes(plan: SavedPlan, numbers: Mapping[str, int]) -> Iterator[tuple[tuple[int, int], Outcome]]:
    """Every row of the plan as an outcome; a cell that has two is an error."""
    seen: set[tuple[int, int]] = set()
    for key, outcome in _rows(plan, numbers):
        assert key not in seen, f"two outcomes of {key}"
        seen.add(key)
        yield key, outcome


def _rows(plan: SavedPlan, numbers: Mapping[str, int]) -> Iterator[tuple[tuple[int, int], Outcome]]:
    for row in plan.sendable:
        if row["field"] != "salesforceId":
            outcome = Outcome(ending=Ending.SEND, side=Side(row["system"]), text=row["after"])
            yield (mapping_number(row["field"]), numbers[row["id"]]), outcome
    for row in plan["held"]:
        outcome = Outcome(ending=Ending.HELD, held=HeldKind(row["kind"]))
        yield (mapping_number(row["field"]), numbers[row["id"]]), outcome
    for row in plan["conflicts"]:
        if row["winner"] == "open":
            yield (mapping_number(row["field"]), numbers[row["a_id"]]), Outcome(ending=Ending.CONFLICT)
    for row in plan["accepted"]:
        yield (mapping_number(row["field"]), numbers[row["id"]]), Outcome(ending=Ending.ACCEPTED)


def mapping_number(field: str) -> int:
    """The number of the rules whose field this is."""
    found = _NUMBER.search(field)
    assert found is not None, field
    return int(found[1])

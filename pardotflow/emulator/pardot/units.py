"""The business units of one data file: each has its own records, limits, jobs and settings.

The header `Pardot-Business-Unit-Id` chooses. The first unit is that of the org; the others are declared in a seed.
What a unit does not set for itself follows the switches of the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

from pardotflow.emulator.identity import Identity
from pardotflow.emulator.ids import is_id, mint_id, to_18
from pardotflow.emulator.pardot.abilities import ABILITIES
from pardotflow.emulator.pardot.schema.shapes import table_prefix
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.state import State
from pardotflow.emulator.switches import SwitchValue, build_switches, check_switch

# The switches that a unit may have for itself: what belongs to an account, and not to the service.
OWN_SWITCHES = frozenset(
    {"ampsea", "cache_lag", "page_token_ceiling", "pardot_concurrency", "pardot_daily_limit", "pardot_time_zone"}
)
_PREFIX = "0Uv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One business unit. `connected` says whether the user of the connected app is in it.

    `abilities` are that user's; None are all. Everybody else may do everything.
    """

    number: int
    id: str
    name: str
    connected: bool = True
    abilities: frozenset[str] | None = None
    settings: Mapping[str, SwitchValue] = field(default_factory=dict)

    @property
    def meter(self) -> str:
        """The name under which the unit's calls are counted."""
        return "pardot" if self.number == 1 else f"pardot {self.number}"


def build_units(identity: Identity, first: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> list[Unit]:
    """The units of a new data file: the org's own, and the declared ones. Raises `EmulatorError`."""
    units = [_build_unit(1, {**first, "id": identity.business_unit_id, "name": identity.org_name})]
    for number, given in enumerate(others, start=2):
        made = _build_unit(number, {"id": mint_id(_PREFIX, number), "name": f"Unit {number}", **given})
        if made.id in {unit.id for unit in units}:
            raise EmulatorError(f"units: a second unit with the id {made.id}")
        units.append(made)
    return units


def _build_unit(number: int, given: Mapping[str, Any]) -> Unit:
    unit_id, abilities, settings = given["id"], given.get("abilities"), given.get("settings") or {}
    if not isinstance(unit_id, str) or not is_id(unit_id) or not unit_id.startswith(_PREFIX):
        raise EmulatorError(f"units: id must be a record id that starts with {_PREFIX}, not {unit_id!r}")
    if abilities is not None and not (isinstance(abilities, list) and ABILITIES.issuperset(map(str, abilities))):
        raise EmulatorError(f"abilities: write a list of {', '.join(sorted(ABILITIES))}")
    if not isinstance(given.get("connected", True), bool):
        raise EmulatorError(f"units: connected must be true or false, not {given['connected']!r}")
    foreign = sorted(set(map(str, settings)) - OWN_SWITCHES)
    if foreign:
        raise EmulatorError(f"units: a unit has no settings of its own for {', '.join(foreign)}")
    return Unit(
        number=number,
        id=to_18(unit_id) or unit_id,
        name=str(given["name"]),
        connected=given.get("connected", True),
        abilities=None if abilities is None else frozenset(map(str, abilities)),
        settings={name: check_switch(name, value) for name, value in settings.items()},
    )


def save_units(db: sqlite3.Connection, units: Sequence[Unit]) -> None:
    """Write the units into a new data file."""
    rows = [
        asdict(unit) | {"abilities": sorted(unit.abilities) if unit.abilities is not None else None} for unit in units
    ]
    db.execute("INSERT INTO meta VALUES ('units', ?)", (json.dumps(rows),))


def load_units(db: sqlite3.Connection) -> Sequence[Unit]:
    """The units of a data file, that of the org first."""
    (text,) = db.execute("SELECT value FROM meta WHERE key = 'units'").fetchone()
    return _parse_units(text)


@lru_cache(maxsize=16)
def _parse_units(text: str) -> tuple[Unit, ...]:
    """Every request asks for the units, and they never change in a file."""
    return tuple(
        Unit(**row | {"abilities": None if row["abilities"] is None else frozenset(row["abilities"])})
        for row in json.loads(text)
    )


def find_unit(db: sqlite3.Connection, unit_id: str | None) -> Unit | None:
    """The unit of a header's value; None where there is none."""
    return next((unit for unit in load_units(db) if unit.id == unit_id), None)


def find_user(db: sqlite3.Connection, unit: Unit, salesforce_id: str) -> int | None:
    """The Pardot id of a live user of the unit, by their id in Salesforce."""
    row = db.execute(
        f'SELECT "id" FROM {table_prefix(unit.number)}users'
        ' WHERE "salesforceId" IN (?, ?) AND coalesce("isDeleted", 0) = 0',
        (salesforce_id, salesforce_id[:15]),
    ).fetchone()
    return int(row[0]) if row else None


def in_unit(state: State, unit: Unit) -> State:
    """The surroundings of a request to a unit: its own switches lie over those of the file."""
    if not unit.settings:
        return state
    return replace(state, switches=build_switches({**asdict(state.switches), **unit.settings}))

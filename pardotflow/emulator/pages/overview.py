"""What the first page says besides objects: last requests, limits, switches that were turned, faults in force."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from pardotflow.emulator.clock import from_epoch
from pardotflow.emulator.clock_setting import read_clock
from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.faults import list_faults
from pardotflow.emulator.log_filter import Filter
from pardotflow.emulator.pardot.units import Unit, in_unit
from pardotflow.emulator.request_log import read_entries
from pardotflow.emulator.snapshot_files import list_names
from pardotflow.emulator.state import State
from pardotflow.emulator.switches import TABLE
from pardotflow.emulator.usage import used_today

_LAST = 25
_COUNTERS = {"n", "skip", "times", "met", "seed"}


def list_requests(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """The last recorded requests, newest first."""
    names = ("n", "at", "system", "method", "path", "query", "status", "seconds", "api_calls")
    found = db.execute(f"SELECT {', '.join(names)} FROM request_log ORDER BY n DESC LIMIT {_LAST}")
    entries = [_timed(dict(zip(names, row, strict=True))) for row in found]
    return [{**entry, "query": unquote_plus(entry["query"])} for entry in entries]


def find_request(file: DataFile, number: int) -> dict[str, Any] | None:
    """One recorded request with what it wrote."""
    found = list(read_entries(file, Filter(since=number - 1, limit=1), writes=True))
    if not found or found[0]["n"] != number:
        return None
    entry = _timed(dict(found[0]))
    legible = {name: _legible(entry[name]) for name in ("body", "answer")}
    return {**entry, **legible, "parameters": parse_qsl(entry["query"], keep_blank_values=True)}


def _timed(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "at": from_epoch(entry["at"]).strftime("%Y-%m-%d %H:%M:%S")}


def _legible(text: str) -> str:
    """JSON with line breaks; other text as it is."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text


def list_limits(state: State, unit: Unit) -> list[Mapping[str, Any]]:
    """The calls of the day, of the org and of a business unit."""
    here = in_unit(state, unit)
    salesforce, pardot = state.switches.salesforce_daily_limit, here.switches.pardot_daily_limit
    return [
        {"of": "Salesforce", "used": used_today(state, "salesforce"), "most": salesforce},
        {"of": "Pardot", "used": used_today(here, unit.meter), "most": pardot},
    ]


def list_turned(state: State) -> list[Mapping[str, Any]]:
    """The switches whose value is not the default."""
    values = {info.name: getattr(state.switches, info.name) for info in TABLE}
    return [
        {"name": info.name, "value": json.dumps(values[info.name]), "default": json.dumps(info.default)}
        for info in TABLE
        if values[info.name] != info.default
    ]


def describe(file: DataFile, state: State, unit: Unit) -> dict[str, Any]:
    """Everything of the first page that is not the list of objects."""
    clock = read_clock(state.db).to_json()
    faults = [
        {**fault, "rule": json.dumps({k: v for k, v in fault.items() if k not in _COUNTERS}, ensure_ascii=False)}
        for fault in list_faults(file)
    ]
    return {
        "identity": state.identity,
        "requests": list_requests(state.db),
        "limits": list_limits(state, unit),
        "turned": list_turned(state),
        "faults": faults,
        "clock": clock,
        "snapshots": list_names(file.path),
    }

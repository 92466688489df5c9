"""Paths of the page and what each shows.

Values reach HTML through templates that escape everything; a content security policy forbids scripts besides.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import jinja2

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.exchange import Call, Reply, Route, find_route, route
from pardotflow.emulator.pages.overview import describe, find_request
from pardotflow.emulator.pages.tables import (
    PAGE,
    count_rows,
    find_record,
    find_table,
    find_unit_at,
    list_collections,
    list_objects,
    list_rows,
    place_of,
)
from pardotflow.emulator.pardot.units import Unit, find_unit, load_units
from pardotflow.emulator.state import load_state
from pardotflow.emulator.write_log import read_history

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["segment"] = lambda text: quote(str(text), safe="")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def is_page(call: Call) -> bool:
    """Whether a call is for the page and not for a vendor."""
    return call.method in {"GET", "HEAD"} and (call.path == "/" or call.path.startswith("/__pages"))


def answer_page(file: DataFile, call: Call) -> Reply:
    """Answer one call."""
    found = find_route(ROUTES, call.path)
    return found[0].endpoints["GET"](file, call, found[1]) if found else _missing(f"page {call.path}")


def show_overview(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """`/`: the two systems with their objects, and what goes on; of Pardot one business unit, the first or `?unit=`."""
    state = load_state(file)
    place = call.argument("unit") or "pardot"
    unit = find_unit_at(state.db, place)
    if unit is None:
        return _missing(f"business unit {place}")
    systems = {
        name: [(table, count_rows(state.db, table)) for table in tables]
        for name, tables in (("salesforce", list_objects(state.db)), ("pardot", list_collections(state.db, unit)))
    }
    units = [(place_of(each), each) for each in load_units(state.db)]
    return _render("overview.html", systems=systems, unit=unit, units=units, **describe(file, state, unit))


def show_object(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """Records of an object, a page at a time, or those with an id or an address."""
    db = file.read()
    table = find_table(db, match["place"], match["name"])
    if table is None:
        return _missing(f"object {match['name']}")
    search, after = call.argument("q") or "", call.argument("after") or ""
    rows = list_rows(db, table, search, after)
    following = rows[PAGE - 1][table.key] if len(rows) > PAGE else None
    shown = rows[:PAGE]
    return _render(
        "object.html",
        table=table,
        unit=_named_unit(db, table.place),
        rows=shown,
        count=count_rows(db, table),
        search=search,
        after=after,
        following=following,
    )


def show_record(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """One record with all fields, and what requests wrote to it."""
    db = file.read()
    table = find_table(db, match["place"], match["name"])
    record = find_record(db, table, match["id"]) if table else None
    if table is None or record is None:
        return _missing(f"record {match['name']}/{match['id']}")
    unit = _named_unit(db, table.place)
    history = read_history(
        db, system=table.system, kind=table.name, record_id=record[table.key], unit_id=unit.id if unit else None
    )
    return _render("record.html", table=table, record=record, history=history, unit=unit)


def show_request(file: DataFile, call: Call, match: Mapping[str, str]) -> Reply:
    """One recorded request, its answer, and what it wrote."""
    entry = find_request(file, int(match["n"]))
    if entry is None:
        return _missing(f"recorded request {match['n']}")
    unit = find_unit(file.read(), entry["headers"].get("pardot-business-unit-id"))
    return _render("request.html", entry=entry, pardot=place_of(unit) if unit else "pardot")


def _named_unit(db: sqlite3.Connection, place: str) -> Unit | None:
    """The business unit of a place where there are several, and it has to be told which."""
    return find_unit_at(db, place) if len(load_units(db)) > 1 else None


def _render(template: str, status: int = 200, **values: object) -> Reply:
    text = _TEMPLATES.get_template(template).render(values)
    return Reply(status=status, body=text.encode(errors="replace"), media="text/html; charset=utf-8", headers=_HEADERS)


def _missing(what: str) -> Reply:
    return _render("missing.html", status=404, what=what)


_TABLE = r"/__pages/(?P<place>salesforce|pardot(?:-\d{1,4})?)/(?P<name>[\w-]+)"
ROUTES: tuple[Route[DataFile], ...] = (
    route(r"/?", GET=show_overview),
    route(r"/__pages/requests/(?P<n>\d{1,18})", GET=show_request),
    route(_TABLE, GET=show_object),
    route(_TABLE + r"/(?P<id>\w+)", GET=show_record),
)

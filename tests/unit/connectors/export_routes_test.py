"""The same prospects by pages and by exports: equal in every cell once they are loaded, at the computed price."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pardotflow.connectors import Extract, PardotConnector, Polling, ReadRequest
from pardotflow.connectors.pardot.exports import WINDOW, build_windows, count_windows
from pardotflow.core.values import FieldType
from pardotflow.engine.columns import system_columns
from pardotflow.engine.landed import landed
from pardotflow.engine.session import prepared

from .routed import Routed

FIELDS = (
    *("email", "firstName", "city", "phone", "score", "optedOut", "createdAt", "age__c", "biography__c"),
    "campaign.name",
)
ODD = (
    {"firstName": "=1+1", "city": '+Köln, "x"', "phone": "+49 30 1", "age__c": 7},
    {"firstName": "@home", "city": "two\nlines", "biography__c": "\\back", "optedOut": True},
    {"firstName": "-5", "phone": "007", "age__c": 1.5},
)
MANY = 40
DELAY = 70


@pytest.fixture(scope="module", name="unit")
def _unit(routed: Routed) -> Routed:
    """Prospects of two years, some of them odd, one of them deleted."""
    ids = routed.prospects(MANY, "export", city="c{n}")
    routed.emulator.advance(500 * 86_400)
    for n, values in enumerate(ODD):
        routed.emulator.prospect(email=f"odd{n}@x.test", **values)
    routed.emulator.pardot.delete(f"/objects/prospects/{ids[3]}")
    return routed


def asked(connector: PardotConnector, expected: int, **more: Any) -> ReadRequest:
    info = connector.describe("prospect")
    fields = tuple(dict.fromkeys([*system_columns("pardot", "prospect").all, *FIELDS]))
    types = {f: found.type for f in fields if "." not in f and (found := info.field(f)) is not None}
    assert set(types) == set(fields) - {"campaign.name"}
    return ReadRequest(object="prospect", fields=fields, types=types, expected=expected, **more)


def load(extract: Extract) -> dict[str, dict[str, Any]]:
    """The records as the engine has them."""
    with prepared() as con, landed(con, system_columns("pardot", "prospect"), FIELDS, extract):
        found = con.execute("from landed")
        names = [c[0] for c in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {str(row["_id"]): {k: v for k, v in row.items() if k != "_read_at"} for row in rows}


def forms(extract: Extract) -> set[str]:
    return {file.suffix for file in extract.files}


def test_exports_bring_what_pages_bring_in_every_cell(unit: Routed, tmp_path: Path) -> None:
    by_pages = unit.unit.read(asked(unit.unit, 0), tmp_path / "pages")
    request = asked(unit.unit, 60_000)
    unit.listen()
    by_export = unit.unit.read(request, tmp_path / "export")
    assert by_export.calls == len(unit.asked())
    assert (forms(by_pages), forms(by_export)) == ({".json"}, {".csv", ".json"})
    one, other = load(by_export), load(by_pages)
    assert one.keys() == other.keys() and len(one) >= MANY + len(ODD)
    assert {k: (v, other[k]) for k, v in one.items() if v != other[k]} == {}
    assert {"=1+1", "@home", "-5"} <= {row["firstName"] for row in one.values()}
    assert any(row["_deleted"] for row in one.values())


def test_the_price_is_what_was_asked(unit: Routed, tmp_path: Path) -> None:
    connector = unit.pardot(export_polling=Polling(first_wait=30.0))
    request = asked(connector, 90_000)
    unit.emulator.switch(export_delay=DELAY)
    try:
        unit.listen()
        read = connector.read(request, tmp_path / "export")
        asked_for = unit.asked()
    finally:
        unit.emulator.switch(export_delay=0.3)
    exports = sum(a == "POST /api/v5/exports" for a in asked_for)
    files = sum("/results/" in a for a in asked_for)
    price = connector.price_of_exports(exports, 90_000, job_seconds=DELAY)
    assert (price.jobs, price.polls, price.job_seconds) == (exports, 3 * exports, exports * DELAY)
    assert exports >= 2
    # A window in which nothing was changed has no file.
    assert price.calls - (exports - files) == len(asked_for) == read.calls


@pytest.mark.parametrize("what", ["few", "a filter", "changes only", "an array", "unknown before", "too many fields"])
def test_pages_are_read_where_exports_are_dearer_or_cannot_do_it(unit: Routed, tmp_path: Path, what: str) -> None:
    special: dict[str, Any] = {"a filter": {"where": "idGreaterThan=1"}, "changes only": {"since": unit.clock.now()}}
    more = special.get(what, {})
    request = asked(unit.unit, {"few": 3_000, "unknown before": 0}.get(what, 90_000), **more)
    if what == "an array":
        request = ReadRequest(object="list", fields=("id", "name"), expected=90_000, types={"name": FieldType.TEXT})
    if what == "too many fields":
        known = [f.name for f in unit.unit.describe("prospect").fields if f.type is not FieldType.ARRAY]
        paths = [f"campaign.{n}" for n in ("id", "name", "cost", "isDeleted", "createdAt", "updatedAt", "folderId")]
        request = ReadRequest(object="prospect", fields=("id", *known, *paths) * 3, expected=90_000)
    unit.listen()
    read = unit.unit.read(request, tmp_path / "pages")
    assert forms(read) == {".json"}
    assert not [a for a in unit.asked() if "exports" in a]


def test_an_export_that_is_refused_leaves_the_pages(unit: Routed, tmp_path: Path) -> None:
    connector = unit.pardot()
    request = asked(connector, 60_000)
    unit.emulator.fault(path="/api/v5/exports", status=400, body={"code": 174, "message": "no"})
    read = connector.read(request, tmp_path / "pages")
    assert forms(read) == {".json"} and len(load(read)) == read.rows


def test_what_is_changed_while_exports_run_is_read_at_the_end(
    unit: Routed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that leaves an old window before that is read, and comes after the newest one."""
    record = unit.unit.find("prospect", "", ("id", "updatedAt"))[0]["id"]
    connector = unit.pardot()
    request, edited = asked(connector, 60_000), list[str]()
    wait = unit.clock.sleep

    def sleep(seconds: float) -> None:
        if not edited:
            edited.append("once")
            wait(5)
            unit.emulator.pardot.patch(f"/objects/prospects/{record}", json={"city": "hasty"})
        wait(seconds)

    unit.emulator.switch(export_delay=40)
    monkeypatch.setattr(unit.clock, "sleep", sleep)
    read = connector.read(request, tmp_path / "export")
    unit.emulator.switch(export_delay=0.3)
    assert edited and load(read)[str(record)]["city"] == "hasty"


def test_windows_touch_and_share_no_second() -> None:
    oldest, now = datetime(2020, 1, 1, tzinfo=UTC), datetime(2023, 6, 1, 12, tzinfo=UTC)
    windows = list(build_windows(oldest, now))
    assert len(windows) == count_windows(oldest, now) == 4
    second = timedelta(seconds=1)
    assert windows[0][0] == oldest - second and windows[-1][1] == now + second
    for (_, before), (after, _) in pairwise(windows):
        # Bounds are outside: the last second of one is `before - 1`, the first of the next `after + 1`.
        assert after + second == before
    assert all(before - after <= WINDOW for after, before in windows)
    assert count_windows(now, now) == len(list(build_windows(now, now))) == 1

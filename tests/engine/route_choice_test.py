"""Which way every group of changes goes, by the connectors' own prices, and what is said of the ways not taken."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pardotflow.connectors.protocol import Connector, Operation
from pardotflow.engine.routes import Route, choose_routes, cost_rows, route_rows
from pardotflow.plan.cost import Quota, read_costs, read_steps
from pardotflow.plan.file import TABLES
from tests.unit.connectors.wire import Wire, pardot, salesforce


@pytest.fixture(scope="module", name="connectors")
def _connectors() -> Iterator[Mapping[str, Connector]]:
    """The real ones; nothing is ever sent, since prices are pure."""
    found: dict[str, Connector] = {"salesforce": salesforce(Wire()), "pardot": pardot(Wire(), import_batch_bytes=10**6)}
    yield found
    for connector in found.values():
        connector.close()


class Draft:
    """A plan that holds nothing but changes."""

    def __init__(self, connectors: Mapping[str, Connector]) -> None:
        self.con = duckdb.connect()
        self.con.execute("attach ':memory:' as plan")
        self.con.execute(TABLES)
        self._connectors = connectors
        self._count = 0

    def add(self, count: int, system: str, action: str = "update", *, item: str = "", **more: str | None) -> None:
        """So many changes of one field each; `value`, `type`, `key` and `headers` say more of them."""
        first, self._count = self._count, self._count + count
        item = item or ("Contact" if system == "salesforce" else "prospect")
        places = f"from range({first}, {first + count}) t(n)"
        self.con.execute(
            f"insert into plan.changes select n, ?, ?, 'id' || n, '', ?, '', ?, 'k' || n, '', true, 'x.yml:1' {places}",
            [system, item, action, more.get("key", "")],
        )
        if action in ("create", "update"):
            self.con.execute(
                "insert into plan.field_changes"
                f" select n, 's', 'Phone', ?, null, ?, null, '', '', '', '', '', '', true {places}",
                [more.get("type", "text"), more.get("value", "12345")],
            )
        if more.get("headers"):
            self.con.execute(f"insert into plan.request_headers select n, ? {places}", [more["headers"]])

    def choose(self) -> tuple[Route, ...]:
        return choose_routes(self.con, self._connectors)

    def operations(self) -> dict[str, int]:
        found = self.con.execute("select operation, count(*) from plan.changes group by 1").fetchall()
        return {str(operation): int(n) for operation, n in found}


@pytest.fixture(name="draft")
def _draft(connectors: Mapping[str, Connector]) -> Iterator[Draft]:
    made = Draft(connectors)
    yield made
    made.con.close()


@pytest.mark.parametrize(
    ("count", "group", "operation", "calls"),
    [
        (1, {"system": "salesforce"}, "update_unmodified", 1),
        (25, {"system": "salesforce"}, "update_unmodified", 1),
        (26, {"system": "salesforce"}, "update", 1),
        (201, {"system": "salesforce"}, "update", 2),
        (2000, {"system": "salesforce"}, "update", 10),
        (2001, {"system": "salesforce"}, "bulk_updates", 3 + 4),
        (20_000, {"system": "salesforce"}, "bulk_updates", 3 + 5),
        (2001, {"system": "salesforce", "action": "create", "key": "Key__c"}, "bulk_upserts", 4 + 4),
        (2000, {"system": "salesforce", "action": "create", "key": "Key__c"}, "upsert", 10),
        (2001, {"system": "salesforce", "action": "create"}, "create", 11),
        (2001, {"system": "salesforce", "action": "delete"}, "bulk_deletes", 3 + 4),
        (99, {"system": "pardot"}, "update", 99),
        (100, {"system": "pardot"}, "import_updates", 3 + 7),
        (99, {"system": "pardot", "action": "delete"}, "delete", 99),
        (100, {"system": "pardot", "action": "delete"}, "bulk_deletes", 2 + 7),
        (500, {"system": "pardot", "action": "delete", "item": "list_membership"}, "delete", 500),
        (500, {"system": "pardot", "action": "create"}, "create", 500),
        (500, {"system": "pardot", "action": "create", "key": "ext__c"}, "create", 500),
        (99, {"system": "pardot", "action": "create", "key": "salesforceId"}, "create", 99),
        (100, {"system": "pardot", "action": "create", "key": "salesforceId"}, "import_creates", 3 + 7 + 1),
        (1500, {"system": "pardot", "action": "create", "key": "salesforceId"}, "import_creates", 3 + 10 + 2),
        (500, {"system": "pardot", "action": "undelete"}, "import_undeletes", 11),
    ],
)
def test_the_cheapest_way_is_taken(draft: Draft, count: int, group: dict[str, Any], operation: str, calls: int) -> None:
    draft.add(count, **group)
    (route,) = draft.choose()
    assert (str(route.operation), route.rows, route.price.calls) == (operation, count, calls)
    assert draft.operations() == {operation: count}


@pytest.mark.parametrize(
    "odd",
    [
        {"system": "salesforce", "value": "#N/A"},
        {"system": "salesforce", "value": "see @{this}"},
        {"system": "pardot", "value": None},
        {"system": "pardot", "value": "\u00a0"},
        {"system": "pardot", "value": " \u3000\x1f"},
        {"system": "pardot", "type": "array"},
    ],
)
def test_rows_that_cannot_go_like_the_others_go_by_the_usual_request(draft: Draft, odd: dict[str, Any]) -> None:
    many = 2500 if odd["system"] == "salesforce" else 150
    draft.add(many, odd["system"])
    draft.add(3, **odd)
    routes = draft.choose()
    taken = "bulk_updates" if odd["system"] == "salesforce" else "import_updates"
    assert {str(r.operation): r.rows for r in routes} == {taken: many, "update": 3} == draft.operations()


def test_rows_that_no_import_could_tell_apart_are_made_one_by_one(draft: Draft) -> None:
    """An import of creates finds its rows by their Salesforce id: two that have one, and one without, go alone."""
    draft.add(110, "pardot", "create", key="salesforceId")
    draft.con.execute("update plan.changes set key_value = 'k7' where change = 8")
    draft.con.execute("update plan.changes set key_value = '' where change = 9")
    assert {str(r.operation): r.rows for r in draft.choose()} == {"import_creates": 107, "create": 3}


def test_from_how_many_rows_jobs_are_taken_can_be_said(connectors: Mapping[str, Connector]) -> None:
    unit = pardot(Wire(), jobs_from=5, creates_by_import=False)
    org = salesforce(Wire(), jobs_from=0)
    draft = Draft({"pardot": unit, "salesforce": org})
    draft.add(50, "pardot")
    draft.add(50, "pardot", "create", key="salesforceId")
    draft.add(5000, "salesforce")
    told = {str(r.operation): [(str(w.operation), w.reason) for w in r.others] for r in draft.choose()}
    assert told == {
        "create": [("import_creates", "creates_by_import is false")],
        "import_updates": [("update", "39 more calls")],
        "update": [("update_unmodified", "175 more calls"), ("bulk_updates", "no jobs are wanted")],
    }


def test_the_odd_rows_count_when_prices_are_compared(draft: Draft) -> None:
    """Twenty that could go in one composite and five that could not: one collection carries them all."""
    draft.add(20, "salesforce")
    draft.add(5, "salesforce", value="@{x}")
    (route,) = draft.choose()
    assert (str(route.operation), route.rows, route.price.calls) == ("update", 25, 1)
    assert [(str(w.operation), w.price.calls, w.reason) for w in route.others] == [
        ("update_unmodified", 2, "1 more call"),
        ("bulk_updates", 7, "only from 2,001 rows"),
    ]


def test_the_ways_not_taken_say_why(draft: Draft) -> None:
    draft.add(25, "salesforce")
    draft.add(2500, "salesforce", "create", key="Key__c", headers="Sforce-Duplicate-Rule-Header: allowSave=true")
    draft.add(150, "pardot", "create")
    told = {str(r.operation): [(str(w.operation), w.reason) for w in r.others] for r in draft.choose()}
    assert told == {
        "update_unmodified": [
            ("update", "as many calls, and an edit of the last moment is not seen"),
            ("bulk_updates", "only from 2,001 rows"),
        ],
        "upsert": [("bulk_upserts", "Bulk 2.0 takes no duplicate-rule header")],
        "create": [("import_creates", "without a key nobody could tell after a lost answer what was made")],
    }


def test_the_routes_stand_in_the_order_of_apply_and_are_kept(draft: Draft) -> None:
    draft.add(1, "pardot", "delete")
    draft.add(1, "salesforce", item="Lead")
    draft.add(120, "pardot")
    draft.add(1, "pardot", "undelete")
    draft.add(2, "salesforce", "create")
    routes = draft.choose()
    steps = [(r.action, r.system, str(r.operation)) for r in routes]
    assert steps == [
        ("create", "salesforce", "create"),
        ("undelete", "pardot", "import_undeletes"),
        ("update", "salesforce", "update_unmodified"),
        ("update", "pardot", "import_updates"),
        ("delete", "pardot", "delete"),
    ]
    for table, lines in (("costs", cost_rows(routes)), ("routes", route_rows(routes))):
        for place, line in enumerate(lines):
            marks = ", ".join("?" * (len(line) + 1))
            draft.con.execute(f"insert into plan.{table} values ({marks})", [place, *line])
    kept = read_steps(draft.con)
    assert [(s.action, s.cost.system, s.cost.calls) for s in kept] == [
        (r.action, r.system, r.price.calls) for r in routes
    ]
    assert [len(s.others) for s in kept] == [len(r.others) for r in routes]
    assert read_costs(draft.con) == tuple(s.cost for s in kept)
    imports = kept[3]
    assert (imports.cost.jobs, imports.polls, imports.others[0].reason) == (1, 8, "109 more calls")
    assert imports.cost.size == 120 * (22 + 5 + 2 + 1)


def test_a_group_has_one_key_and_one_kind_of_headers(draft: Draft) -> None:
    for key in ("One__c", "Two__c"):
        draft.add(2, "salesforce", "create", key=key)
    draft.add(2, "salesforce", "create", key="One__c", headers="Sforce-Auto-Assign: TRUE")
    assert [(r.key_field, bool(r.headers), r.price.calls) for r in draft.choose()] == [
        ("One__c", False, 1),
        ("One__c", True, 1),
        ("Two__c", False, 1),
    ]


def test_the_schema_of_a_plan_knows_every_way() -> None:
    schema = json.loads((Path(__file__).parents[2] / "schemas/plan.schema.json").read_text("utf-8"))
    known = set(schema["$defs"]["change"]["properties"]["operation"]["enum"])
    reads = {Operation.DESCRIBE, *(o for o in Operation if o.startswith("read"))}
    assert known == {str(o) for o in set(Operation) - reads}


def test_nothing_to_send_has_no_route(draft: Draft) -> None:
    assert draft.choose() == ()


@pytest.mark.parametrize(
    ("calls", "used", "day"),
    [
        (10, 90, "2026-11-22"),
        (11, 90, "2026-11-23"),
        (110, 90, "2026-11-23"),
        (111, 90, "2026-11-24"),
        (1, 200, "2026-11-23"),
    ],
)
def test_the_day_on_which_a_plan_would_end(calls: int, used: int, day: str) -> None:
    quota = Quota(system="pardot", used=used, limit=100)
    assert str(quota.last_day(calls, "2026-11-22T23:59:59+00:00")) == day


def test_a_day_that_cannot_be_told() -> None:
    assert Quota(system="pardot", used=0, limit=0).last_day(5, "2026-11-22") is None
    assert Quota(system="pardot", used=0, limit=5).last_day(5, "soon") is None

"""By which kind of request each change goes, and what that costs.

Salesforce takes 200 rows in a call. In Account Engagement an update is one call a row, or one import for all of them;
the cheaper one is taken. Clears never go by import: there an empty cell means `leave`. Fields that hold several values
do not either: an import adds to them instead of replacing them (Help, "Considerations for Prospect Imports").
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from pardotflow.connectors.protocol import Connector, Operation
from pardotflow.core.values import System
from pardotflow.engine.sqlfile import rows

# An import's outcome is known by polling; below this many rows single calls are quicker and say what was stored.
IMPORT_FROM = 100
BYTES_A_ROW = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One kind of request of a plan."""

    system: str
    operation: Operation
    object: str
    headers: str
    rows: int
    calls: int


def choose_routes(con: duckdb.DuckDBPyConnection, connectors: Mapping[str, Connector]) -> tuple[Route, ...]:
    """Fill `plan.changes.operation` and price every group of changes."""
    con.execute(
        "update plan.changes set operation = case"
        " when action = 'create' and system = 'salesforce' and key_field <> '' then 'upsert'"
        " else action end"
    )
    by_import = (
        "system = 'pardot' and object = 'prospect' and action = 'update' and change not in"
        " (select change from plan.field_changes where type = 'array' or (after is null and after_ref is null))"
    )
    imports = rows(con, f"select count(*) from plan.changes where sendable and {by_import}")[0][0]
    if imports >= IMPORT_FROM:
        con.execute(f"update plan.changes set operation = 'import_updates' where {by_import}")
    groups = rows(
        con,
        "select system, operation, object, coalesce(headers, ''), count(*)"
        " from plan.changes left join plan.request_headers using (change) where sendable group by all"
        " order by system desc, object, operation, 4",
    )
    return tuple(_price(connectors, *group) for group in groups)


def _price(
    connectors: Mapping[str, Connector], system: str, operation: str, object_name: str, headers: str, count: int
) -> Route:
    kind = Operation(operation)
    calls = connectors[system].price(kind, count, count * BYTES_A_ROW).calls if system in connectors else 0
    return Route(system=system, operation=kind, object=object_name, headers=headers, rows=count, calls=calls)


def describe_route(route: Route) -> str:
    """The route in words."""
    words = {
        Operation.UPDATE: "updates" if route.system == System.SALESFORCE else "updates, one call each",
        Operation.UPSERT: "creates by external id",
        Operation.CREATE: "creates",
        Operation.IMPORT_UPDATES: "updates by import",
        Operation.IMPORT_CREATES: "creates by import",
        Operation.DELETE: "deletes" if route.system == System.SALESFORCE else "deletes, one call each",
        Operation.UNDELETE: "undeletes" if route.system == System.SALESFORCE else "undeletes, one call each",
    }
    return f"{route.object} {words.get(route.operation, str(route.operation))}"

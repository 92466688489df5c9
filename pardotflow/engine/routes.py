"""By which kind of request each change goes, and what that costs.

Every way in which a group of changes could go is priced, and the one with the fewest calls is taken. Of equal prices
the first of `_WAYS` is: a conditional update before a collection, since it closes the window of law 3, and an answer at
once before a job. Jobs are for many rows only. What was not taken stays in the plan, with its price and the reason.

Some rows cannot go like the others of their group (`odd`) and go by the usual request: in an import a blank cell, of
whatever white space, means *leave*, and fields with several values are added to instead of replaced (Help,
"Considerations for Prospect Imports"), and one of creates needs a Salesforce id for each row, no two alike; in Bulk 2.0
the text `#N/A` clears, and a record has at most 400,000 characters; in a composite `@{` begins a reference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from pardotflow.connectors.protocol import NOTHING, Connector, Operation, Price
from pardotflow.core.values import System
from pardotflow.engine.headers import read_headers
from pardotflow.engine.sqlfile import rows
from pardotflow.plan.model import Action

SEND_ORDER = (Action.CREATE, Action.UNDELETE, Action.UPDATE, Action.DELETE)
"""The order in which apply sends: ids of new records are known to the updates that carry them, deletes come last."""

_CRM, _UNIT = System.SALESFORCE, System.PARDOT
_WAYS: Mapping[tuple[str, str], tuple[Operation, ...]] = {
    (_CRM, Action.CREATE): (Operation.CREATE, Operation.BULK_CREATES),
    (_CRM, Action.UPDATE): (Operation.UPDATE_UNMODIFIED, Operation.UPDATE, Operation.BULK_UPDATES),
    (_CRM, Action.DELETE): (Operation.DELETE, Operation.BULK_DELETES),
    (_UNIT, Action.CREATE): (Operation.CREATE, Operation.IMPORT_CREATES),
    (_UNIT, Action.UNDELETE): (Operation.IMPORT_UNDELETES,),
    (_UNIT, Action.UPDATE): (Operation.UPDATE, Operation.IMPORT_UPDATES),
    (_UNIT, Action.DELETE): (Operation.DELETE, Operation.BULK_DELETES),
}
_KEYED = (Operation.UPSERT, Operation.BULK_UPSERTS)
_ONLY, _LEAST = "no other way is open", "the fewest calls"
_SEES = "the fewest calls, and an edit of the last moment is seen"
_ODD = "these rows cannot go like the others"
_NO_KEY = "without a key nobody could tell after a lost answer what was made"
_IMPORT_KEY = "salesforceId"
"""What an import of creates matches rows by: a repeat finds what the first one made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way that was not taken, and why. The price is that of every row of its group."""

    operation: Operation
    rows: int
    price: Price
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One kind of request of a plan: a step of apply."""

    system: str
    operation: Operation
    object: str
    action: str
    key_field: str
    headers: str
    rows: int
    price: Price
    reason: str
    """Why this way."""
    others: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Changes that could go by one request. Sizes are bytes, in JSON and as cells of CSV."""

    system: str
    object: str
    action: str
    key_field: str
    headers: str
    plain: int
    plain_json: int
    plain_cells: int
    odd: int
    odd_json: int

    @property
    def ways(self) -> tuple[Operation, ...]:
        if self.system == _CRM and self.action == Action.CREATE and self.key_field:
            return _KEYED
        return _WAYS.get((self.system, self.action), (Operation(self.action),))

    @property
    def usual(self) -> Operation:
        """The request that carries every row."""
        return next(way for way in self.ways if way is not Operation.UPDATE_UNMODIFIED)


def choose_routes(con: duckdb.DuckDBPyConnection, connectors: Mapping[str, Connector]) -> tuple[Route, ...]:
    """Fill `plan.changes.operation` and price every group of changes; the routes in the order of apply."""
    con.execute(
        "update plan.changes set operation = case"
        " when action = 'create' and system = 'salesforce' and key_field <> '' then 'upsert'"
        " when action = 'undelete' and system = 'pardot' then 'import_undeletes'"
        " else action end"
    )
    if not con.execute("select 1 from plan.changes where sendable limit 1").fetchone():
        return ()
    con.execute(f"create or replace temp table route_rows as {_ROWS}")
    routes: list[Route] = []
    for group in (_Group(**dict(zip(_Group.__slots__, row, strict=True))) for row in rows(con, _GROUPS)):
        connector = connectors.get(group.system)
        if connector is None:
            routes.append(_route(group, group.usual, group.plain + group.odd, NOTHING, _ONLY))
            continue
        routes += _choose(con, connector, _with_commas(con, connector, group))
    return tuple(sorted(routes, key=_place))


_ROWS = """
select c.change, c.system, c.object, c.action, c.key_field, coalesce(h.headers, '') as headers,
  bool_or(c.unnamed or coalesce(f.field is not null and case c.system
    when 'pardot' then f.type = 'array' or (f.after is null and f.after_ref is null)
      or regexp_full_match(f.after, '[\\x09-\\x0d\\x1c-\\x20\\x85\\pZ]*')
    else f.after = '#N/A' or contains(f.after, '@{') end, false)) or coalesce(sum(length(f.after)), 0) > 390000 as odd,
  80 + coalesce(sum(strlen(f.field) + coalesce(strlen(f.after), 18) + 6), 0) as json,
  22 + coalesce(sum(coalesce(strlen(f.after), 18) + 2), 0) as cells
from (select *, system = 'pardot' and action = 'create' and (key_value = ''
    or count(*) over (partition by system, object, action, key_field, key_value) > 1) as unnamed
  from plan.changes where sendable) c
  left join plan.request_headers h using (change)
  left join plan.field_changes f on f.change = c.change and f.sendable and f.field <> ''
group by all"""

_GROUPS = """
select system, object, action, key_field, headers, count(*) filter (not odd),
  coalesce(sum(json) filter (not odd), 0)::bigint,
  coalesce(sum(cells) filter (not odd), 0)::bigint, count(*) filter (odd), coalesce(sum(json) filter (odd), 0)::bigint
from route_rows group by all order by all"""


def _with_commas(con: duckdb.DuckDBPyConnection, connector: Connector, group: _Group) -> _Group:
    """Every row of a CSV has a comma for each column that any row writes; of few rows nothing goes by CSV."""
    if group.plain < connector.jobs_from:
        return group
    (columns,) = rows(
        con,
        "select count(distinct f.field) from plan.field_changes f join route_rows r using (change) where not r.odd"
        " and f.sendable and f.field <> '' and r.system = ? and r.object = ? and r.action = ? and r.key_field = ?"
        " and r.headers = ?",
        *(group.system, group.object, group.action, group.key_field, group.headers),
    )[0]
    return replace(group, plain_cells=group.plain_cells + group.plain * columns)


def _choose(con: duckdb.DuckDBPyConnection, connector: Connector, group: _Group) -> Iterator[Route]:
    """Take the cheapest way for the rows of a group, and say what of them goes how."""
    prices = {way: _price(connector, group, way) for way in group.ways}
    reasons = {way: _why_not(connector, group, way) for way in group.ways}
    open_ways = [way for way in group.ways if not reasons[way]] or [group.usual]
    chosen = min(open_ways, key=lambda way: prices[way].calls)
    others = tuple(
        Way(
            operation=way,
            rows=group.plain + group.odd,
            price=prices[way],
            reason=reasons[way] or _compared(way, prices[way], prices[chosen]),
        )
        for way in group.ways
        if way is not chosen
    )
    reason = _LEAST if len(open_ways) > 1 else _ONLY
    if chosen is group.usual:
        yield _route(group, chosen, group.plain + group.odd, prices[chosen], reason, others)
        return
    con.execute(
        "update plan.changes set operation = ? where change in (select change from route_rows where not odd"
        " and system = ? and object = ? and action = ? and key_field = ? and headers = ?)",
        [str(chosen), group.system, group.object, group.action, group.key_field, group.headers],
    )
    if chosen is Operation.UPDATE_UNMODIFIED:
        reason = _SEES
    yield _route(group, chosen, group.plain, _price_plain(connector, group, chosen), reason, others)
    if group.odd:
        yield _route(group, group.usual, group.odd, connector.price(group.usual, group.odd, group.odd_json), _ODD)


def _price(connector: Connector, group: _Group, way: Operation) -> Price:
    """What all rows of a group take where those that can go this way do."""
    if way is group.usual and not way.is_job:
        return connector.price(way, group.plain + group.odd, group.plain_json + group.odd_json)
    if not group.odd:
        return _price_plain(connector, group, way)
    return _price_plain(connector, group, way) + connector.price(group.usual, group.odd, group.odd_json)


def _price_plain(connector: Connector, group: _Group, way: Operation) -> Price:
    return connector.price(way, group.plain, group.plain_cells if way.is_job else group.plain_json)


def _why_not(connector: Connector, group: _Group, way: Operation) -> str:
    """Why a way is closed to a group; empty where it is open."""
    barred = connector.barred(way, group.object, read_headers(group.headers))
    if barred or way is group.usual:
        return barred
    if way is Operation.BULK_CREATES or (way is Operation.IMPORT_CREATES and group.key_field != _IMPORT_KEY):
        return _NO_KEY
    if not group.plain:
        return "none of the rows can go this way"
    if way.is_job and not connector.jobs_from:
        return "no jobs are wanted"
    if way.is_job and group.plain < connector.jobs_from:
        return f"only from {connector.jobs_from:,} rows"
    return ""


def _compared(way: Operation, price: Price, taken: Price) -> str:
    more = price.calls - taken.calls
    if more:
        return f"{more:,} more call{'' if more == 1 else 's'}"
    if way is Operation.UPDATE:
        return "as many calls, and an edit of the last moment is not seen"
    return "as many calls, and a job is answered later"


def _route(
    group: _Group, operation: Operation, count: int, price: Price, reason: str, others: tuple[Way, ...] = ()
) -> Route:
    return Route(
        system=group.system,
        operation=operation,
        object=group.object,
        action=group.action,
        key_field=group.key_field,
        headers=group.headers,
        rows=count,
        price=price,
        reason=reason,
        others=others,
    )


def _place(route: Route) -> tuple[object, ...]:
    """The order of apply."""
    action = SEND_ORDER.index(Action(route.action))
    return action, route.system != _CRM, route.object, str(route.operation), route.key_field, route.headers


def cost_rows(routes: Sequence[Route]) -> list[list[object]]:
    """The rows of `plan.costs`, but for their position."""
    return [[r.system, describe_route(r), r.rows, *_amounts(r.price)] for r in routes]


def route_rows(routes: Sequence[Route]) -> list[list[object]]:
    """The rows of `plan.routes`, but for their position: each route, and the ways that were not taken behind it."""
    found: list[list[object]] = []
    for step, route in enumerate(routes):
        head: list[object] = [step, route.system, route.object, route.action]
        ways = [(route.operation, route.rows, route.price, True, route.reason)]
        ways += [(way.operation, way.rows, way.price, False, way.reason) for way in route.others]
        for operation, count, price, taken, reason in ways:
            told = describe(operation, route.system, route.object)
            assumed: list[object] = [price.polls, round(price.job_seconds, 3), taken, reason]
            found.append([*head, str(operation), told, count, *_amounts(price), *assumed])
    return found


def _amounts(price: Price) -> list[object]:
    return [price.calls, price.jobs, price.size, round(price.seconds, 3)]


_WORDS: Mapping[Operation, str] = {
    Operation.UPDATE: "updates",
    Operation.UPDATE_UNMODIFIED: "updates, each only if unchanged",
    Operation.UPSERT: "creates by external id",
    Operation.CREATE: "creates",
    Operation.DELETE: "deletes",
    Operation.UNDELETE: "undeletes",
    Operation.IMPORT_UPDATES: "updates by import",
    Operation.IMPORT_CREATES: "creates by import",
    Operation.IMPORT_UNDELETES: "undeletes by import",
    Operation.BULK_UPDATES: "updates by Bulk job",
    Operation.BULK_UPSERTS: "creates by external id and Bulk job",
    Operation.BULK_CREATES: "creates by Bulk job",
    Operation.BULK_DELETES: "deletes by Bulk job",
}
_ALONE = (Operation.UPDATE, Operation.DELETE)


def describe_route(route: Route) -> str:
    """The route in words."""
    return describe(route.operation, route.system, route.object)


def describe(operation: Operation, system: str, object_name: str) -> str:
    """A kind of request in words."""
    if system == _UNIT and operation is Operation.BULK_DELETES:
        return f"{object_name} deletes by bulk action"
    alone = ", one call each" if system == _UNIT and operation in _ALONE else ""
    return f"{object_name} {_WORDS.get(operation, str(operation))}{alone}"

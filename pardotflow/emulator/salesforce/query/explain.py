"""`/query?explain=`: how a statement would be carried out, without its rows (facts, section 3).

The keys are documented. The numbers are this emulator's own: rows are counted, and the cost is the share of the rows
that are looked at, where one tenth by an index costs as much as all of them in turn.
"""

from __future__ import annotations

import re
from typing import Any

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.query.run import compile_query
from pardotflow.emulator.salesforce.soql.parser import parse_soql

_INDEX = re.compile(r"SEARCH t0 USING (?:COVERING )?INDEX \S+ \(([^)]*)\)")
_WORTH = 0.1


def explain_query(context: Context, statement: str) -> dict[str, Any]:
    """The plans of a statement, the cheapest first; raises `SalesforceError` as the query itself would."""
    compiled = compile_query(context, parse_soql(statement), include_deleted=False)
    source = f"FROM {compiled.source}{compiled.where}"
    (found,) = context.db.execute(f"SELECT count(*) {source}", compiled.values).fetchone()
    (whole,) = context.db.execute(f'SELECT count(*) FROM {compiled.info.table} WHERE "IsDeleted" = 0').fetchone()
    steps = context.db.execute(f"EXPLAIN QUERY PLAN SELECT t0._n {source}", compiled.values).fetchall()
    used = [match for step in steps if (match := _INDEX.match(step[3]))]
    plan = {"cardinality": found, "fields": [], "leadingOperationType": "TableScan", "notes": []}
    plan |= {"relativeCost": 1.0, "sobjectCardinality": whole, "sobjectType": compiled.info.name}
    plans = [plan]
    if used:
        cost = round(found / max(_WORTH * whole, 1), 3)
        fields = list(dict.fromkeys(re.findall(r"(\w+)[=<>]", used[0][1])))
        plans.append({**plan, "fields": fields, "leadingOperationType": "Index", "relativeCost": cost})
    return {"plans": sorted(plans, key=lambda made: made["relativeCost"]), "sourceQuery": statement}

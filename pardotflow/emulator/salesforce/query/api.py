"""`/query`, `/queryAll` and their locators.

Both paths serve every locator, whichever of the two opened it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import json_reply, refuse
from pardotflow.emulator.salesforce.query.columns import describe_columns
from pardotflow.emulator.salesforce.query.cursors import Paging
from pardotflow.emulator.salesforce.query.explain import explain_query
from pardotflow.emulator.salesforce.query.run import next_page, run_query


def start_query(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /query?q=` and `GET /queryAll?q=`; `explain=` gives the plan instead of rows, `columns=true` the columns."""
    statement, explained = call.argument("q"), call.argument("explain")
    if explained is not None and statement is None:
        return json_reply(explain_query(context, explained))
    if statement is None:
        raise refuse(400, "MALFORMED_QUERY", "Missing required parameter: q")
    include_deleted = match["verb"].lower() == "queryall"
    if (call.argument("columns") or "").lower() == "true":
        return json_reply(describe_columns(context, statement, include_deleted=include_deleted))
    paging = Paging(size=_page_size(context, call), include_deleted=include_deleted)
    return json_reply(run_query(context, statement, paging))


def continue_query(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`GET /query/<locator>`."""
    return json_reply(next_page(context, match["locator"]))


def _page_size(context: Context, call: Call) -> int:
    switches = context.state.switches
    asked = re.search(r"batchSize\s*=\s*(\d+)", call.headers.get("sforce-query-options", ""))
    size = int(asked[1]) if asked else switches.query_batch_max
    return max(switches.query_batch_min, min(switches.query_batch_max, size))

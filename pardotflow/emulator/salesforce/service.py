"""Salesforce as one function from a call to an answer.

Every write runs in one durable transaction that ends before the answer is given; an error answer has undone everything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from pardotflow.emulator.exchange import Call, Reply, Route, find_route, route
from pardotflow.emulator.salesforce.bulk import api as bulk_api
from pardotflow.emulator.salesforce.bulk import ingest_api as bulk_ingest_api
from pardotflow.emulator.salesforce.bulk import query_api as bulk_query_api
from pardotflow.emulator.salesforce.bulk.life import catch_up_bulk
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import (
    SalesforceError,
    not_found,
    refuse,
    session_gone,
    spread_json,
)
from pardotflow.emulator.salesforce.oauth.service import answer_oauth
from pardotflow.emulator.salesforce.oauth.session import find_session
from pardotflow.emulator.salesforce.query import api as query_api
from pardotflow.emulator.salesforce.records.catalog import CatalogCache
from pardotflow.emulator.salesforce.records.locks import RowLocks
from pardotflow.emulator.salesforce.records.recycle_bin import empty_expired
from pardotflow.emulator.salesforce.records.save_options import DUPLICATE_HEADER, read_options
from pardotflow.emulator.salesforce.rest import (
    changes_api,
    collections_api,
    discovery_api,
    predupe_api,
    row_api,
    tree_api,
)
from pardotflow.emulator.salesforce.rest.batch_api import count_answered, run_batch
from pardotflow.emulator.salesforce.rest.composite_api import run_composite, run_graphs
from pardotflow.emulator.salesforce.soap.api import SOAP_PATH, answer_soap
from pardotflow.emulator.state import State, in_transaction
from pardotflow.emulator.usage import used_today

_DATA = re.compile(r"/services/data/(v\d{1,3}\.0)(/.*)?", re.IGNORECASE)
# Reads that promise that nothing is committed afterwards with an older stamp; they wait for whoever writes.
_COMPLETE = re.compile(r"/(updated|deleted)/?$", re.IGNORECASE)
_LONGEST_URI = 16_384
_OBJECT = r"/sobjects/(?P<object>\w+)"
_INGEST_JOB = r"/jobs/(?P<kind>ingest)/(?P<job>\w+)"
_QUERY_JOB = r"/jobs/(?P<kind>query)/(?P<job>\w+)"


_COMPOSITES = {"": run_composite, "/batch": run_batch, "/graph": run_graphs}


def _composite(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    return _COMPOSITES[match["form"].lower()](context, call, dispatch)


ROUTES: tuple[Route[Context], ...] = (
    route(r"/?", GET=discovery_api.list_resources),
    route(r"/(?P<verb>query|queryAll)", GET=query_api.start_query),
    route(r"/(?P<verb>query|queryAll)/(?P<locator>[\w-]+)", GET=query_api.continue_query),
    route(
        r"/composite/sobjects",
        POST=collections_api.create_many,
        PATCH=collections_api.update_many,
        DELETE=collections_api.delete_many,
    ),
    route(r"/composite/sobjects/(?P<object>\w+)", GET=collections_api.read_many, POST=collections_api.read_many),
    route(r"/composite/sobjects/(?P<object>\w+)/(?P<key>\w+)", PATCH=collections_api.upsert_many),
    route(r"/composite/tree/(?P<object>\w+)", POST=tree_api.create_tree),
    route(r"/composite(?P<form>/batch|/graph|)", POST=_composite),
    route(r"/jobs/(?P<kind>ingest)", GET=bulk_api.list_all, POST=bulk_ingest_api.create_ingest),
    route(r"/jobs/(?P<kind>query)", GET=bulk_api.list_all, POST=bulk_query_api.create_query),
    route(_INGEST_JOB, GET=bulk_api.read_job, PATCH=bulk_ingest_api.change_ingest, DELETE=bulk_api.delete_job),
    route(_QUERY_JOB, GET=bulk_api.read_job, PATCH=bulk_query_api.change_query, DELETE=bulk_api.delete_job),
    route(_INGEST_JOB + "/batches", PUT=bulk_ingest_api.upload_rows),
    route(_INGEST_JOB + "/successfulResults", GET=bulk_ingest_api.read_successful),
    route(_INGEST_JOB + "/failedResults", GET=bulk_ingest_api.read_failed),
    route(_INGEST_JOB + "/unprocessedrecords", GET=bulk_ingest_api.read_unprocessed),
    route(_QUERY_JOB + "/results", GET=bulk_query_api.read_results),
    route(_QUERY_JOB + "/resultPages", GET=bulk_query_api.list_result_pages),
    route(r"/ui-api/predupe", POST=predupe_api.check_values),
    route(r"/limits", GET=discovery_api.list_limits),
    route(r"/limits/recordCount", GET=discovery_api.count_records),
    route(r"/sobjects", GET=discovery_api.describe_global),
    route(_OBJECT, GET=discovery_api.describe_basic, POST=row_api.create_row),
    route(_OBJECT + "/describe", GET=discovery_api.describe_full),
    route(_OBJECT + "/Id", POST=row_api.create_row_by_id),
    route(_OBJECT + "/updated", GET=changes_api.list_updated),
    route(_OBJECT + "/deleted", GET=changes_api.list_deleted),
    route(_OBJECT + r"/(?P<id>[^/]+)", GET=row_api.read_row, PATCH=row_api.update_row, DELETE=row_api.delete_row),
    route(
        _OBJECT + r"/(?P<key>\w+)/(?P<value>.+?)",
        GET=row_api.read_row_by_key,
        PATCH=row_api.upsert_row,
        DELETE=row_api.delete_row_by_key,
    ),
)


def dispatch(context: Context, call: Call) -> Reply:
    """Answer one call or composite subrequest; errors become answers."""
    match = _DATA.fullmatch(call.path)
    found = find_route(ROUTES, (match[2] or "/") if match else "")
    try:
        if match is None or found is None:
            raise not_found()
        if context.version != match[1].lower():
            context = replace(context, version=match[1].lower())
        chosen, groups = found
        endpoint = chosen.endpoints.get("GET" if call.method == "HEAD" else call.method)
        if endpoint is None:
            head = {"HEAD"} if "GET" in chosen.endpoints else set()
            allowed = ",".join(sorted(head | set(chosen.endpoints)))
            message = f"HTTP Method '{call.method}' not allowed. Allowed are {allowed}"
            raise refuse(405, "METHOD_NOT_ALLOWED", message)
        if call.method in {"POST", "PATCH", "DELETE"} and "object" in groups and "/composite/" not in call.path.lower():
            context.take_row(groups.get("id"))
        if DUPLICATE_HEADER in call.headers:
            context = replace(context, options=read_options(call.headers[DUPLICATE_HEADER]))
        return endpoint(context, call, groups)
    except SalesforceError as error:
        return error.to_reply()


def _find_oversize(call: Call) -> SalesforceError | None:
    """What is answered to an address that is too long, alone or with the headers (the codes are assumed)."""
    size = len(call.path) + len(call.query)
    if size > _LONGEST_URI:
        return refuse(414, "URI_TOO_LONG", "The length of the URI exceeds the 16,384 byte limit.")
    if size + sum(len(name) + len(value) for name, value in call.headers.items()) > _LONGEST_URI:
        message = "The combined length of the URI and headers exceeds the 16,384 byte limit."
        return refuse(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", message)
    return None


class _Undone(Exception):
    """Carries an error answer out of the transaction that it undoes."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class Salesforce:
    """The service. Calls may come from several threads."""

    def __init__(self) -> None:
        self._catalog = CatalogCache()

    def answer(self, state: State, call: Call, locks: RowLocks | None = None) -> tuple[Reply, int]:
        """The answer, and how many API calls the platform counts for it; `locks` are rows that others hold."""
        refused = _find_oversize(call)
        if refused is not None:
            return refused.to_reply(), 0
        override = call.argument("_HttpMethod") if call.method == "POST" else None
        if override:
            call = replace(call, method=override.upper())
        path = call.path.rstrip("/").lower()
        signed_in = answer_oauth(state, call)
        if signed_in is not None:
            return signed_in, 0
        soap = SOAP_PATH.fullmatch(call.path.rstrip("/"))
        if soap is not None:
            return answer_soap(state, call, soap, lambda user, version: self._enter(state, user, version, locks))
        if path == "/services/data":
            return discovery_api.list_versions(), 0
        user_id = find_session(state, call)
        if user_id is None:
            return session_gone().to_reply(), 0
        return self._answer_data(state, call, user_id, locks)

    def _answer_data(self, state: State, call: Call, user_id: str, locks: RowLocks | None) -> tuple[Reply, int]:
        match = _DATA.fullmatch(call.path)
        used = used_today(state, "salesforce")
        most = state.switches.salesforce_daily_limit
        calls = 0
        if match is None or float(match[1][1:]) > discovery_api.NEWEST:
            reply = not_found().to_reply()
        elif float(match[1][1:]) < discovery_api.OLDEST:
            reply = refuse(410, "UNSUPPORTED_API_VERSION", "This API version has been retired.").to_reply()
        elif used >= most:
            reply = refuse(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.").to_reply()
        else:
            reply = self._run(self._enter(state, user_id, match[1].lower(), locks), call)
            calls = count_answered(reply) if call.path.lower().rstrip("/").endswith("/composite/batch") else 1
        headers = {
            **reply.headers,
            "Sforce-Limit-Info": f"api-usage={used + (calls > 0)}/{most}",
            "Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private",
        }
        reply = spread_json(reply) if call.headers.get("x-prettyprint") == "1" else reply
        return replace(reply, headers=headers), calls

    def _enter(self, state: State, user_id: str, version: str, locks: RowLocks | None) -> Context:
        """What a caller with a session meets: all that the clock has brought about has happened by then."""
        catalog = self._catalog.load(state)
        context = Context(state=state, catalog=catalog, user_id=user_id, version=version, locks=locks)
        empty_expired(context)
        catch_up_bulk(context)
        return context

    def _run(self, context: Context, call: Call) -> Reply:
        try:
            if call.method in {"GET", "HEAD"} and not _COMPLETE.search(call.path):
                return dispatch(context, call)
            with in_transaction(context.state) as begun:
                reply = dispatch(replace(context, state=begun), call)
                if reply.status >= 300:
                    raise _Undone(reply)
                return reply
        except _Undone as undone:
            return undone.reply
        except UnicodeEncodeError:
            # Half of a surrogate pair is valid JSON, but no text that can be stored.
            return refuse(400, "JSON_PARSER_ERROR", "invalid character in a string").to_reply()

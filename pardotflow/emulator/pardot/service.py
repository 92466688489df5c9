"""Pardot as one function from a call to an answer: the gate, then the endpoint.

The gate asks in the service's order: any authorization, the unit's header, a live session, a known unit, a user of it,
calls left, free places.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from pardotflow.emulator.exchange import Call, Reply, Route, find_route, route
from pardotflow.emulator.pardot import account_api, actions, external_api, prospect_actions, record_api, tagging
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.jobs import bulk_api, exports_api, imports_api
from pardotflow.emulator.pardot.jobs.due import catch_up
from pardotflow.emulator.pardot.schema.catalog import CollectionCache
from pardotflow.emulator.pardot.units import Unit, find_unit, find_user, in_unit
from pardotflow.emulator.state import State, in_transaction
from pardotflow.emulator.usage import used_today

FindSession = Callable[[State, Call], str | None]

_RECORDS = r"/objects/(?P<collection>[a-z-]+)"
ROUTES: tuple[Route[Context], ...] = (
    route(r"/objects/account", GET=account_api.read_account),
    route(r"/objects/prospects/do/upsertLatestByEmail", POST=prospect_actions.upsert_latest),
    route(r"/objects/prospects/do/undelete", POST=prospect_actions.undelete_by_email),
    route(r"/objects/prospects/(?P<id>[^/]+)/do/undelete", POST=prospect_actions.undelete_by_id),
    route(_RECORDS + r"/(?P<id>[^/]+)/do/addTag", POST=tagging.add_tag),
    route(_RECORDS + r"/(?P<id>[^/]+)/do/removeTag", POST=tagging.remove_tag),
    route(r"/objects/campaigns/(?P<id>[^/]+)/do/connectSalesforceCampaign", POST=actions.connect_campaign),
    route(r"/objects/tags/(?P<id>[^/]+)/do/mergeTags", POST=actions.merge_tags),
    route(r"/objects/visitors/(?P<id>[^/]+)/do/assignToProspect", POST=actions.assign_visitor),
    route(r"/objects/visitors/(?P<id>[^/]+)/do/identifyCompany", POST=actions.identify_company),
    route(_RECORDS, GET=record_api.query, POST=record_api.create_one),
    route(
        _RECORDS + r"/(?P<id>[^/]+)",
        GET=record_api.read,
        PATCH=record_api.update_one,
        DELETE=record_api.delete_one,
    ),
    route(r"/imports", GET=imports_api.query_imports, POST=imports_api.create_import),
    route(r"/imports/(?P<id>[^/]+)", GET=imports_api.read_import, PATCH=imports_api.change_import),
    route(r"/imports/(?P<id>[^/]+)/batches", POST=imports_api.add_batch),
    route(r"/imports/(?P<id>[^/]+)/errors", GET=imports_api.read_errors),
    route(r"/imports/(?P<id>[^/]+)/do/cancel", POST=imports_api.cancel_import),
    route(r"/exports", GET=exports_api.query_exports, POST=exports_api.create_export),
    route(r"/exports/(?P<id>[^/]+)", GET=exports_api.read_export),
    route(r"/exports/(?P<id>[^/]+)/results(/(?P<n>\d{1,9}))?", GET=exports_api.read_result),
    route(r"/exports/(?P<id>[^/]+)/do/cancel", POST=exports_api.cancel),
    route(r"/bulk-actions", GET=bulk_api.query_bulk_actions, POST=bulk_api.create_bulk_action),
    route(r"/bulk-actions/(?P<id>[^/]+)", GET=bulk_api.read_bulk_action, PATCH=bulk_api.change_bulk_action),
    route(r"/bulk-actions/(?P<id>[^/]+)/errors", GET=bulk_api.read_errors),
    route(r"/external-activities", GET=external_api.query_activities, POST=external_api.create_activity),
    route(r"/external-activities/(?P<id>[^/]+)", GET=external_api.read_activity),
)
_ACTION = re.compile(r"(/objects)?/[a-z-]+(/[^/]+)?/do/[^/]*")
# Refusals of the layer before version 5 that were not recorded as JSON.
_BEFORE_ROUTER = {182, 184, 201}
_NO_MEMBER = (
    "User associated with access token is not valid for the Pardot Business Unit ID"
    " specified in Pardot-Business-Unit-Id header"
)
_HEADER = "pardot-business-unit-id"
_UNIT = re.compile(r"0Uv[0-9A-Za-z]{15}")


def dispatch(context: Context, call: Call, path: str) -> Reply:
    """Answer one admitted call; raises `PardotError`."""
    found = find_route(ROUTES, path)
    if found is None:
        raise PardotError(205 if _ACTION.fullmatch(path) else 198)
    chosen, groups = found
    endpoint = chosen.endpoints.get("GET" if call.method == "HEAD" else call.method)
    if endpoint is None:
        raise PardotError(60)
    return endpoint(context, call, groups)


class Pardot:
    """The service over one data file. Calls may come from several threads; `find_session` knows the tokens."""

    def __init__(self, find_session: FindSession) -> None:
        self._find_session = find_session
        self._collections = CollectionCache()
        self._places = threading.Lock()
        self._taken: Counter[str] = Counter()

    def answer(self, state: State, meter: str, call: Call, taken: int = 1) -> tuple[Reply, int]:
        """The answer and the API calls that it counts for; `state` and `meter` are those that `at_unit` gives.

        `taken` are the places in use, this one included.
        """
        try:
            unit, user, abilities = self._admit(state, call)
            if taken > state.switches.pardot_concurrency:
                raise PardotError(66, status=state.switches.status_for_concurrency)
        except PardotError as error:
            as_xml = state.switches.auth_error_form == "xml" and error.code in _BEFORE_ROUTER
            return error.to_xml_reply() if as_xml else error.to_reply(), 0
        context = Context(
            state=state,
            unit=unit,
            collections=self._collections.load(state.db, unit.number),
            user_id=user,
            base_url=call.base_url,
            abilities=abilities,
        )
        reply = self._run(context, call)
        if call.headers.get("x-return-api-usage", "").lower() in {"1", "true"}:
            usage = f"{used_today(state, meter) + 1}/{state.switches.pardot_daily_limit}"
            headers = {**reply.headers, "x-api-usage": usage}
            reply = Reply(status=reply.status, body=reply.body, media=reply.media, headers=headers)
        return reply, 1

    def at_unit(self, state: State, call: Call) -> tuple[State, str]:
        """The surroundings of a call with its unit's own switches, and the unit's meter."""
        unit = find_unit(state.db, call.headers.get(_HEADER))
        return (in_unit(state, unit), unit.meter) if unit else (state, "pardot")

    @contextmanager
    def place(self, call: Call) -> Iterator[int]:
        """Hold one of the unit's places while a request is in flight; gives how many are taken."""
        unit = call.headers.get(_HEADER, "")
        with self._places:
            self._taken[unit] += 1
            taken = self._taken[unit]
        try:
            yield taken
        finally:
            with self._places:
                self._taken[unit] -= 1
                if not self._taken[unit]:
                    del self._taken[unit]

    def _admit(self, state: State, call: Call) -> tuple[Unit, int, frozenset[str] | None]:
        """The unit, the caller's user in it and what they may do; raises `PardotError`."""
        if not call.headers.get("authorization"):
            raise PardotError(49)
        given = call.headers.get(_HEADER)
        if given is None:
            raise PardotError(181, "Pardot-Business-Unit-Id header not found on request.")
        salesforce_user = self._find_session(state, call)
        if salesforce_user is None:
            raise PardotError(184)
        if not _UNIT.fullmatch(given):
            raise PardotError(182, "Pardot-Business-Unit-Id")
        unit = find_unit(state.db, given)
        if unit is None:
            raise PardotError(201, status=state.switches.status_for_unit)
        user = find_user(state.db, unit, salesforce_user)
        if user is None:
            raise PardotError(49, _NO_MEMBER, status=state.switches.status_for_membership)
        if used_today(state, unit.meter) >= state.switches.pardot_daily_limit:
            raise PardotError(122, status=state.switches.status_for_daily_limit)
        is_connected = salesforce_user[:15] == state.identity.connected.salesforce_id[:15]
        return unit, user, unit.abilities if is_connected else None

    def _run(self, context: Context, call: Call) -> Reply:
        path = re.sub(r"^/api/v5", "", call.path, flags=re.IGNORECASE)
        try:
            catch_up(context)
            if call.method in {"GET", "HEAD"}:
                return dispatch(context, call, path)
            with in_transaction(context.state) as begun:
                return dispatch(replace(context, state=begun), call, path)
        except PardotError as error:
            return error.to_reply()
        except UnicodeEncodeError:
            # Half of a surrogate pair is valid JSON, but no text that can be stored.
            return PardotError(150).to_reply()

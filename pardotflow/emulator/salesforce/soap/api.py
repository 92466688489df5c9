"""`POST /services/Soap/u/60.0` (partner) and `/c/60.0` (enterprise): which operation is meant, and its answer.

The seam: an operation is a function from a `Context` and a `SoapRequest` to the response element. It runs in one
durable transaction that commits when it returns; `SoapFault` and `SalesforceError` undo it and become a fault. To add
operations, write them in a module of their own, name them in a table like `SESSION_OPERATIONS`, and add that table to
`soap_operations` below:

    def undelete(context: Context, request: SoapRequest) -> Element:
        ids = [each.text for each in request.operation.findall("ids")]
        return respond("undelete", [{"id": id, "success": True} for id in undelete_records(context, ids)])

    LIFE_OPERATIONS = {"undelete": undelete}

Errors of single records belong into the results (`errors`, with `statusCode` and `message`), and need a savepoint of
their own. Each operation calls `context.take_row` and `write_log.note_write` as the REST endpoints do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import SalesforceError
from pardotflow.emulator.salesforce.oauth.session import find_user
from pardotflow.emulator.salesforce.soap.envelope import (
    ILLEGAL_SESSION,
    SoapFault,
    SoapMistake,
    SoapRequest,
    read_envelope,
    respond,
    write_fault,
    write_mistake,
    write_response,
)
from pardotflow.emulator.salesforce.soap.life import LIFE_OPERATIONS
from pardotflow.emulator.salesforce.soap.session import SESSION_OPERATIONS, log_in
from pardotflow.emulator.state import State, in_transaction
from pardotflow.emulator.usage import used_today

SoapOperation = Callable[[Context, SoapRequest], Element]

soap_operations: Mapping[str, SoapOperation] = {**SESSION_OPERATIONS, **LIFE_OPERATIONS}

SOAP_PATH = re.compile(r"/services/Soap/(?P<api>[uc])/(?P<version>\d{1,3}\.\d)(/\w*)?", re.IGNORECASE)
SOAP_APIS = {"u": "partner", "c": "enterprise"}


def api_of(path: str) -> str | None:
    """`partner` or `enterprise`; None for the path of no SOAP call."""
    match = SOAP_PATH.fullmatch(path.rstrip("/"))
    return None if match is None else SOAP_APIS[match["api"].lower()]


def answer_soap(
    state: State, call: Call, match: re.Match[str], enter: Callable[[str, str], Context]
) -> tuple[Reply, int]:
    """The answer, and how many API calls it counts: a login is free."""
    if call.method != "POST":
        return Reply(status=405, headers={"Allow": "POST"}), 0
    api = SOAP_APIS[match["api"].lower()]
    try:
        request = read_envelope(call.body, api)
        name = request.operation.tag
        if name == "login":
            return write_response(api, log_in(state, call, request, match["version"])), 0
        operation = soap_operations.get(name)
        if operation is None:
            wanted = f"{{urn:{api}.soap.sforce.com}}{name}"
            raise SoapMistake(f"No operation available for request {wanted}, please check the WSDL for the service.")
        response = _run(enter(_caller(state, request), f"v{match['version']}"), operation, request)
    except SoapMistake as mistake:
        return write_mistake(mistake), 0
    except SoapFault as fault:
        return write_fault(api, fault), 0
    return write_response(api, response, [_limit_info(state)]), 1


def _caller(state: State, request: SoapRequest) -> str:
    """The user of the session in the header, whose calls of today are not used up."""
    token = request.header("SessionHeader", "sessionId")
    user_id = find_user(state, token) if token else None
    if user_id is None:
        raise SoapFault("INVALID_SESSION_ID", ILLEGAL_SESSION)
    if used_today(state, "salesforce") >= state.switches.salesforce_daily_limit:
        raise SoapFault("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    return user_id


def _run(context: Context, operation: SoapOperation, request: SoapRequest) -> Element:
    try:
        with in_transaction(context.state) as begun:
            return operation(replace(context, state=begun), request)
    except SalesforceError as error:
        first = error.problems[0]
        raise SoapFault(first.code, first.message) from error


def _limit_info(state: State) -> Element:
    """The header that recorded answers carry."""
    info = {
        "current": used_today(state, "salesforce") + 1,
        "limit": state.switches.salesforce_daily_limit,
        "type": "API REQUESTS",
    }
    (header,) = respond("", [{"limitInfo": info}])
    header.tag = "LimitInfoHeader"
    return header

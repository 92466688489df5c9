"""Take records out of an org's recycle bin, with what was deleted because of them: up to 200 in one call.

REST has no such request. Source: SOAP API Developer Guide, "undelete()" (partner API): `ids` repeat, each has one
`result` in order, and the session stands in a header inside the envelope. A prepared request holds no session: the
header is put in when it is sent. A record that is not in the recycle bin is refused (UNDELETE_FAILED), so a second
sending does not say what the first one did: an answer that is lost leaves the outcome unknown.
"""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from pardotflow.connectors.auth import AccessToken
from pardotflow.connectors.http import Effect, Reply
from pardotflow.connectors.protocol import Answer, Batch, Operation, PreparedRequest, RowResult
from pardotflow.connectors.salesforce.ids import long_id
from pardotflow.connectors.session import Call, Session
from pardotflow.core.errors import OutcomeUnknown
from pardotflow.core.values import System

MOST_ROWS = 200
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns="urn:partner.soap.sforce.com">'
)
_SESSION = "<env:Header><SessionHeader><sessionId>{}</sessionId></SessionHeader></env:Header>"
_DOCUMENT_TYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)


def prepare_undelete(batch: Batch, *, version: str) -> PreparedRequest:
    """The request for at most 200 rows; pure. Raises ValueError for rows that cannot be carried."""
    if not 0 < len(batch.rows) <= MOST_ROWS:
        raise ValueError(f"a request carries 1 to {MOST_ROWS} rows, not {len(batch.rows)}")
    if not all(row.id for row in batch.rows):
        raise ValueError("every row of undelete needs an id")
    ids = "".join(f"<ids>{escape(long_id(row.id))}</ids>" for row in batch.rows)
    return PreparedRequest(
        system=System.SALESFORCE,
        kind=Operation.UNDELETE,
        object=batch.object,
        method="POST",
        path=f"/services/Soap/u/{version}",
        headers=(("Content-Type", "text/xml; charset=UTF-8"), ("SOAPAction", '""'), ("Accept", "text/xml")),
        body=f"<env:Body><undelete>{ids}</undelete></env:Body></env:Envelope>".encode(),
        calls=1,
        rows=tuple(row.key for row in batch.rows),
        ids=tuple(row.id for row in batch.rows),
    )


def send_undelete(session: Session, prepared: PreparedRequest) -> Answer:
    """Send; a refused record is its result. Raises RequestRefused where the whole call is refused, OutcomeUnknown where
    the answer cannot be read."""

    def signed(token: AccessToken) -> bytes:
        head = _HEAD + _SESSION.format(escape(token.value.reveal()))
        return head.encode() + prepared.body

    call = Call(
        path=prepared.path,
        method=prepared.method,
        effect=Effect.AGAIN,
        headers=dict(prepared.headers),
        content_for=signed,
    )
    reply = session.fetch(call)
    rows = tuple(
        _result(session, key, row_id, item)
        for key, row_id, item in zip(prepared.rows, prepared.ids, _items(prepared, reply), strict=True)
    )
    return Answer(status=reply.status, rows=rows, server_date=reply.server_date, calls=reply.calls)


def _items(prepared: PreparedRequest, reply: Reply) -> list[Element]:
    """One result for each row, in order."""
    root = read_xml(reply.body)
    found = [] if root is None else [e for e in root.iter() if _name(e) == "result"]
    if len(found) != len(prepared.rows):
        raise OutcomeUnknown(
            f"{prepared.method} {prepared.path} was granted, but its answer cannot be read",
            system=prepared.system,
            hint="the next run looks it up before anything is sent again",
        )
    return found


def _result(session: Session, key: str, row_id: str, item: Element) -> RowResult:
    if _text(item, "success") == "true":
        return RowResult(key=key, ok=True, id=_text(item, "id") or row_id, created=False)
    errors = [e for e in item if _name(e) == "errors"]
    message = "; ".join(_text(e, "message") for e in errors)
    return RowResult(
        key=key,
        ok=False,
        id=row_id,
        created=False,
        error_code=_text(errors[0], "statusCode") if errors else "",
        error_message=session.http.redactor.redact(message),
    )


def read_xml(body: bytes) -> Element | None:
    """The document, or None for what is none; one with a document type is not read."""
    if _DOCUMENT_TYPE.search(body):
        return None
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return None


def read_fault(body: bytes) -> tuple[str, str] | None:
    """Code and message of a SOAP fault; None for what is none."""
    root = read_xml(body)
    fault = next((e for e in root.iter() if _name(e) == "Fault"), None) if root is not None else None
    if fault is None:
        return None
    code = _text(fault, "faultcode").rpartition(":")[2]
    return code, _text(fault, "faultstring").removeprefix(f"{code}: ")


def _text(element: Element, name: str) -> str:
    """The text of a child; empty where there is none."""
    return next(((e.text or "").strip() for e in element if _name(e) == name), "")


def _name(element: Element) -> str:
    """The tag without its namespace."""
    return element.tag.rpartition("}")[2]

"""Taking records out of an org's recycle bin by SOAP: the envelope, the results, a dead session; and what a delete
takes along."""

import httpx
import pytest

from pardotflow.connectors import Batch, Operation, Row, RowResult
from pardotflow.core.errors import OutcomeUnknown

from .wire import DATE, Wire, reply, salesforce, sf_error, token_text

A, B = "00Q4S000002sSac", "00Q4S000002sSadUAE"
_RESPONSE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope'
    ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">'
    "<soapenv:Body><undeleteResponse>{}</undeleteResponse></soapenv:Body></soapenv:Envelope>"
)
_GOOD = "<result><id>00Q4S000002sSacUAE</id><success>true</success></result>"
_BAD = (
    "<result><errors><message>Entity is not in the recycle bin</message><statusCode>UNDELETE_FAILED</statusCode>"
    "</errors><id>00Q4S000002sSadUAE</id><success>false</success></result>"
)
_FAULT = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault">'
    "<soapenv:Body><soapenv:Fault><faultcode>sf:{0}</faultcode><faultstring>{0}: no</faultstring></soapenv:Fault>"
    "</soapenv:Body></soapenv:Envelope>"
)


def xml(text: str, status: int = 200) -> httpx.Response:
    headers = {"Date": DATE, "Content-Type": "text/xml;charset=UTF-8"}
    return httpx.Response(status, content=text.encode(), headers=headers)


def undeletes(*ids: str) -> Batch:
    rows = tuple(Row(key=f"r{n}", id=record) for n, record in enumerate(ids))
    return Batch(operation=Operation.UNDELETE, object="Lead", rows=rows)


def test_an_undelete_is_one_soap_call_and_each_record_has_its_result() -> None:
    wire = Wire(xml(_RESPONSE.format(_GOOD + _BAD)))
    org = salesforce(wire)
    answer = org.send(org.prepare(undeletes(A, B)))
    request = wire.requests[0]
    assert (request.method, wire.paths) == ("POST", ["/services/Soap/u/60.0"])
    assert (request.headers["Content-Type"], request.headers["SOAPAction"]) == ("text/xml; charset=UTF-8", '""')
    body = request.content.decode()
    assert f"<sessionId>{token_text(1)}</sessionId>" in body
    assert "<undelete><ids>00Q4S000002sSacUAE</ids><ids>00Q4S000002sSadUAE</ids></undelete>" in body
    assert answer.rows == (
        RowResult(key="r0", ok=True, id="00Q4S000002sSacUAE", created=False),
        RowResult(
            key="r1",
            ok=False,
            id=B,
            created=False,
            error_code="UNDELETE_FAILED",
            error_message="Entity is not in the recycle bin",
        ),
    )


def test_what_is_journalled_holds_no_session() -> None:
    org = salesforce(Wire())
    prepared = org.prepare(undeletes(A))
    assert b"sessionId" not in prepared.body
    assert not any(name == "Authorization" for name, _ in prepared.headers)


def test_a_dead_session_is_renewed_inside_the_envelope() -> None:
    wire = Wire(xml(_FAULT.format("INVALID_SESSION_ID"), 500), xml(_RESPONSE.format(_GOOD)))
    org = salesforce(wire)
    assert org.send(org.prepare(undeletes(A))).rows[0].ok
    tokens = [token_text(n) in r.content.decode() for n, r in enumerate(wire.requests, start=1)]
    assert tokens == [True, True]


@pytest.mark.parametrize("text", ["no xml", _RESPONSE.format(""), '<!DOCTYPE a [<!ENTITY b "c">]><a/>'])
def test_an_answer_that_cannot_be_read_leaves_the_outcome_unknown(text: str) -> None:
    org = salesforce(Wire(xml(text)))
    with pytest.raises(OutcomeUnknown):
        org.send(org.prepare(undeletes(A)))


def test_the_rows_of_an_undelete_are_checked_before() -> None:
    org = salesforce(Wire())
    with pytest.raises(ValueError, match="needs an id"):
        org.prepare(undeletes(""))
    with pytest.raises(ValueError, match="not 201"):
        org.prepare(undeletes(*[A] * 201))
    assert [len(part.rows) for part in org.split(undeletes(*[A] * 201))] == [200, 1]


def test_what_a_delete_takes_along_is_counted_by_relationship() -> None:
    children = [
        {"childSObject": "Task", "field": "WhoId", "cascadeDelete": True},
        {"childSObject": "Case", "field": "ContactId", "cascadeDelete": False},
        {"childSObject": "Secret", "field": "ParentId", "cascadeDelete": True},
    ]
    wire = Wire(
        reply({"childRelationships": children}),
        sf_error(400, "INVALID_TYPE"),
        reply({"totalSize": 3, "done": True, "records": []}),
    )
    assert salesforce(wire).cascades("Contact", ["003000000000001AAA"]) == [("Task", "WhoId", 3)]
    assert "SELECT%20COUNT()%20FROM%20Task%20WHERE%20WhoId%20IN%20('003000000000001AAA')" in wire.paths[2].replace(
        "%28", "("
    ).replace("%29", ")").replace("%27", "'")

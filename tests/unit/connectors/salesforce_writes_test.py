"""Writing to an org: exact bytes, headers, partial failures, unknown outcomes."""

from dataclasses import replace

import httpx
import pytest

from pardotflow.connectors import (
    Batch,
    Limits,
    Operation,
    Row,
    RowResult,
    SalesforceConnector,
    SalesforceSettings,
    WriteHeaders,
)
from pardotflow.core.errors import OutcomeUnknown, RequestRefused

from .wire import NO_WAITS, Wire, empty, grant, reply, salesforce, sent_json, sf_error

A, B, C = "00Q4S000002sSac", "00Q4S000002sSacUAE", "00Q5g000005AAAAAA4"


def updates(*rows: Row) -> Batch:
    return Batch(operation=Operation.UPDATE, object="Lead", rows=rows)


def test_an_update_is_one_collections_patch() -> None:
    wire = Wire(reply([{"id": B, "success": True, "errors": []}]))
    org = salesforce(wire)
    prepared = org.prepare(updates(Row(key="r1", id=A, values={"Phone": None, "City": "Köln", "DoNotCall": True})))
    answer = org.send(prepared)
    request = wire.requests[0]
    assert (request.method, wire.paths) == ("PATCH", ["/services/data/v60.0/composite/sobjects"])
    assert request.content.decode() == (
        '{"allOrNone":false,"records":[{"attributes":{"type":"Lead"},"id":"00Q4S000002sSacUAE",'
        '"City":"Köln","DoNotCall":true,"Phone":null}]}'
    )
    assert request.headers["Sforce-Auto-Assign"] == "FALSE"
    assert request.headers["Sforce-Call-Options"] == "client=pardotflow"
    assert "Sforce-Duplicate-Rule-Header" not in request.headers
    assert answer.rows == (RowResult(key="r1", ok=True, id=B, created=False),)
    assert (answer.status, answer.calls) == (200, 1)
    assert answer.server_date is not None


def test_declared_headers_are_sent() -> None:
    headers = WriteHeaders(auto_assign="01Q000000000001AAA", duplicate_rule="allowSave=true; runAsCurrentUser=true")
    org = SalesforceConnector(grant(), SalesforceSettings(headers=headers))
    prepared = org.prepare(updates(Row(key="r", id=A, values={"City": "x"})))
    org.close()
    assert ("Sforce-Auto-Assign", "01Q000000000001AAA") in prepared.headers
    assert ("Sforce-Duplicate-Rule-Header", "allowSave=true; runAsCurrentUser=true") in prepared.headers
    assert not any(name == "Authorization" for name, _ in prepared.headers)


def test_a_batch_may_say_something_else_and_only_it_does() -> None:
    org = salesforce(Wire())
    batch = updates(*(Row(key=str(n), id=A, values={"City": "x"}) for n in range(201)))
    said = replace(batch, headers=(("Sforce-Auto-Assign", "TRUE"), ("Sforce-Duplicate-Rule-Header", "allowSave=true")))
    parts = [org.prepare(part) for part in org.split(said)]
    assert len(parts) == 2
    for part in parts:
        assert [v for n, v in part.headers if n == "Sforce-Auto-Assign"] == ["TRUE"]
        assert ("Sforce-Duplicate-Rule-Header", "allowSave=true") in part.headers
    plain = org.prepare(next(org.split(batch)))
    assert ("Sforce-Auto-Assign", "FALSE") in plain.headers
    assert plain.key != parts[0].key


@pytest.mark.parametrize("key", ["duplicateResult", "duplicateResut"])
def test_a_duplicate_rule_names_what_it_found(key: str) -> None:
    found = [{"record": {"attributes": {"type": "Lead"}, "Id": f"00Q{n:015}"}} for n in range(7)]
    again = {"record": {"attributes": {"type": "Lead"}, "Id": f"00Q{0:015}"}}
    detail = {"duplicateRule": "Same_Company", "matchResults": [{"matchRecords": found}, {"matchRecords": [again]}]}
    message = "Use one of these records?"
    error = {"statusCode": "DUPLICATES_DETECTED", "message": message, "fields": [], key: detail}
    org = salesforce(Wire(reply([{"success": False, "errors": [error]}])))
    answer = org.send(org.prepare(updates(Row(key="r", id=A, values={"City": "x"}))))
    names = ", ".join(f"Lead/00Q{n:015}" for n in range(5))
    assert answer.rows[0].error_message == f"{message} Same_Company finds {names} and 2 more"


def creates(count: int) -> Batch:
    rows = tuple(Row(key=str(n), id="", values={"LastName": f"L{n}", "Phone": None}) for n in range(count))
    return Batch(operation=Operation.CREATE, object="Lead", rows=rows)


REFUSED = {
    "success": False,
    "errors": [{"statusCode": "DUPLICATES_DETECTED", "message": "Use one of these records?", "fields": []}],
}


def test_matches_that_the_answer_does_not_name_are_asked_without_writing() -> None:
    matches = [{"objectApiName": "Lead", "recordIds": [B]}]
    found = {"allowSave": True, "duplicateError": True, "duplicateRules": ["Same_Name"], "matches": matches}
    wire = Wire(reply([{"id": C, "success": True, "errors": []}, REFUSED]), reply(found))
    org = salesforce(wire)
    answer = org.send(org.prepare(creates(2)))
    assert [r.ok for r in answer.rows] == [True, False]
    assert answer.rows[1].error_message == f"Use one of these records? Same_Name finds Lead/{B}"
    assert (wire.paths[1], answer.calls) == ("/services/data/v60.0/ui-api/predupe", 2)
    assert sent_json(wire.requests[1]) == {"apiName": "Lead", "fields": {"LastName": "L1"}}


def test_few_matches_are_asked_and_none_for_updates() -> None:
    odd = [reply({}), reply([]), reply({"matches": "x"}), reply({"matches": [None, {"recordIds": {}}]}), reply("x")]
    wire = Wire(reply([REFUSED] * 9), *odd, reply([REFUSED]))
    org = salesforce(wire)
    assert org.send(org.prepare(creates(9))).calls == 6
    answer = org.send(org.prepare(updates(Row(key="r", id=A, values={"City": "x"}))))
    assert (answer.calls, answer.rows[0].error_message) == (1, "Use one of these records?")


def test_trouble_with_asking_does_not_touch_what_the_write_answered() -> None:
    wire = Wire(reply([{"id": C, "success": True, "errors": []}, REFUSED, REFUSED]), sf_error(403, "API_DISABLED"))
    org = salesforce(wire)
    answer = org.send(org.prepare(creates(3)))
    assert [(r.ok, r.error_code) for r in answer.rows] == [(True, "")] + [(False, "DUPLICATES_DETECTED")] * 2
    assert answer.rows[1].error_message == "Use one of these records?"


def test_some_rows_fail_and_keep_their_place() -> None:
    wire = Wire(
        reply(
            [
                {
                    "success": False,
                    "errors": [
                        {
                            "statusCode": "INVALID_EMAIL_ADDRESS",
                            "message": "Email: invalid email address: badone",
                            "fields": ["Email"],
                        },
                        {"statusCode": "REQUIRED_FIELD_MISSING", "message": "too", "fields": ["LastName"]},
                    ],
                },
                {"id": C, "success": True, "errors": []},
                {"success": False, "errors": []},
            ]
        )
    )
    org = salesforce(wire)
    rows = [Row(key=k, id=i, values={"City": "x"}) for k, i in (("a", A), ("b", C), ("c", B))]
    first, second, third = org.send(org.prepare(updates(*rows))).rows
    assert (first.key, first.ok, first.id, first.error_code) == ("a", False, A, "INVALID_EMAIL_ADDRESS")
    assert first.error_message == "Email: invalid email address: badone; too"
    assert first.error_fields == ("Email", "LastName")
    assert (second.key, second.ok) == ("b", True)
    assert (third.ok, third.error_code) == (False, "")


def test_a_locked_row_is_a_result_not_a_repeat() -> None:
    error = {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access", "fields": []}
    wire = Wire(reply([{"success": False, "errors": [error]}]))
    org = salesforce(wire)
    answer = org.send(org.prepare(updates(Row(key="a", id=A, values={"City": "x"}))))
    assert answer.rows[0].error_code == "UNABLE_TO_LOCK_ROW"
    assert len(wire.requests) == 1


def test_an_upsert_says_what_it_created() -> None:
    wire = Wire(
        reply([{"id": C, "success": True, "created": True, "errors": []}, {"id": B, "success": True, "created": False}])
    )
    org = salesforce(wire)
    batch = Batch(
        operation=Operation.UPSERT,
        object="Lead",
        key_field="Pardot_Prospect_Id__c",
        rows=tuple(Row(key=k, id=k, values={"LastName": "Berg", "Company": "X"}) for k in ("17", "18")),
    )
    answer = org.send(org.prepare(batch))
    assert wire.paths == ["/services/data/v60.0/composite/sobjects/Lead/Pardot_Prospect_Id__c"]
    assert sent_json(wire.requests[0])["records"][0] == {
        "attributes": {"type": "Lead"},
        "Pardot_Prospect_Id__c": "17",
        "Company": "X",
        "LastName": "Berg",
    }
    assert [(r.id, r.created) for r in answer.rows] == [(C, True), (B, False)]


def test_a_create_without_key() -> None:
    wire = Wire(reply([{"id": C, "success": True, "errors": []}]))
    org = salesforce(wire)
    answer = org.send(
        org.prepare(Batch(operation=Operation.CREATE, object="Lead", rows=(Row(key="k", values={"LastName": "B"}),)))
    )
    assert wire.requests[0].method == "POST"
    assert answer.rows == (RowResult(key="k", ok=True, id=C, created=True),)


def test_a_delete_names_long_ids() -> None:
    wire = Wire(reply([{"id": B, "success": True, "errors": []}]))
    org = salesforce(wire)
    org.send(org.prepare(Batch(operation=Operation.DELETE, object="Lead", rows=(Row(key="k", id=A),))))
    assert wire.paths == [f"/services/data/v60.0/composite/sobjects?ids={B}&allOrNone=false"]
    assert wire.requests[0].content == b""


@pytest.mark.parametrize("operation", [Operation.CREATE, Operation.UPSERT])
@pytest.mark.parametrize("fault", [httpx.ReadTimeout("slow"), empty(502), sf_error(500, "UNKNOWN_EXCEPTION")])
def test_creates_are_not_repeated(operation: Operation, fault: httpx.Response | Exception) -> None:
    wire = Wire(fault)
    org = salesforce(wire)
    batch = Batch(operation=operation, object="Lead", key_field="K__c", rows=(Row(key="k", id="1", values={"A": "b"}),))
    with pytest.raises(OutcomeUnknown):
        org.send(org.prepare(batch))
    assert len(wire.requests) == 1


def test_a_create_is_repeated_with_a_new_token() -> None:
    wire = Wire(sf_error(401, "INVALID_SESSION_ID"), reply([{"id": C, "success": True, "errors": []}]))
    org = salesforce(wire)
    batch = Batch(operation=Operation.CREATE, object="Lead", rows=(Row(key="k", values={"LastName": "B"}),))
    assert org.send(org.prepare(batch)).calls == 2
    assert wire.requests[0].content == wire.requests[1].content


def test_updates_are_repeated() -> None:
    wire = Wire(empty(503), httpx.ReadError("gone"), reply([{"id": B, "success": True, "errors": []}]))
    org = salesforce(wire)
    assert org.send(org.prepare(updates(Row(key="a", id=A, values={"City": "x"})))).calls == 3


@pytest.mark.parametrize("answer", [reply([]), reply({"x": 1}), httpx.Response(200, text='[{"id"')])
def test_an_answer_that_cannot_be_read_leaves_the_outcome_unknown(answer: httpx.Response) -> None:
    org = salesforce(Wire(answer))
    with pytest.raises(OutcomeUnknown, match="cannot be read"):
        org.send(org.prepare(updates(Row(key="a", id=A, values={"City": "x"}))))


def test_a_request_that_is_refused_as_a_whole_raises() -> None:
    org = salesforce(Wire(sf_error(400, "REQUIRED_FIELD_MISSING", "At least 1 record is required")))
    with pytest.raises(RequestRefused) as caught:
        org.send(org.prepare(updates(Row(key="a", id=A, values={"City": "x"}))))
    assert caught.value.code == "REQUIRED_FIELD_MISSING"


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (updates(), "1 to 200 rows"),
        (updates(*[Row(key=str(n), id=A) for n in range(201)]), "1 to 200 rows"),
        (updates(Row(key="a", values={"City": "x"})), "needs an id"),
        (updates(Row(key="a", id="junk", values={"City": "x"})), "not a Salesforce id"),
        (updates(Row(key="a", id=A, values={"ID": "x"})), "cannot be written"),
        (Batch(operation=Operation.UPSERT, object="Lead", rows=(Row(key="a", id="1"),)), "external id field"),
        (Batch(operation=Operation.IMPORT_UPDATES, object="Lead", rows=(Row(key="a", id=A),)), "no operation"),
    ],
)
def test_rows_that_cannot_be_carried(batch: Batch, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        salesforce(Wire()).prepare(batch)


def test_batches_are_full_and_in_order() -> None:
    rows = tuple(Row(key=str(n), id=A) for n in range(450))
    batches = list(salesforce(Wire()).split(updates(*rows)))
    assert [len(b.rows) for b in batches] == [200, 200, 50]
    assert tuple(r for b in batches for r in b.rows) == rows


def test_the_key_is_a_digest_of_what_is_sent() -> None:
    org = salesforce(Wire())
    one = org.prepare(updates(Row(key="a", id=A, values={"City": "x", "Phone": "1"})))
    same = org.prepare(updates(Row(key="a", id=A, values={"Phone": "1", "City": "x"})))
    other = org.prepare(updates(Row(key="a", id=A, values={"City": "y", "Phone": "1"})))
    assert one.key == same.key == "4e8b3bd5144ab1e2867a88a885533e8716fadc09344c381be195b88e2151c580"
    assert one.key != other.key


def test_several_values_travel_as_one_text() -> None:
    org = salesforce(Wire())
    prepared = org.prepare(updates(Row(key="a", id=A, values={"Interests__c": ["a", "b"]})))
    assert b'"Interests__c":"a;b"' in prepared.body


def test_prices() -> None:
    org = salesforce(Wire())
    assert org.price(Operation.UPDATE, 401).calls == 3
    assert org.price(Operation.UPSERT, 200).calls == 1
    assert org.price(Operation.CREATE, 0).calls == 0
    assert org.price(Operation.READ, 0).calls == 1
    assert org.price(Operation.READ, 4001).calls == 3
    assert org.price(Operation.READ_BY_ID, 401).calls == 3
    assert org.price(Operation.DESCRIBE, 2).calls == 2


def test_the_number_of_requests_at_once_is_a_setting() -> None:
    assert salesforce(Wire()).concurrency == NO_WAITS.concurrency
    assert SalesforceSettings().limits == Limits(tries=6, first_wait=1, longest_wait=120, timeout=300, concurrency=8)

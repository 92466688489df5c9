"""Updates that happen only where nobody changed the record meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from pardotflow.connectors import Operation, Row
from pardotflow.core.errors import OutcomeUnknown

from .routed import Routed, batch_of, rows
from .wire import Wire, reply, salesforce, sent_json

LEAD = "00Q5g00000aaaaaEAA"


def stamp(routed: Routed, record: str) -> datetime:
    return datetime.fromisoformat(routed.emulator.row("Lead", record)["SystemModstamp"])


def conditional(*made: Row, **values: str) -> Any:
    return batch_of(Operation.UPDATE_UNMODIFIED, tuple(replace(r, values=values) if values else r for r in made))


def test_a_row_that_moved_is_told_and_nothing_of_it_is_written(routed: Routed) -> None:
    still, moved, gone = routed.leads(3)
    since = stamp(routed, still)
    routed.emulator.advance(60)
    routed.emulator.salesforce.patch(f"/sobjects/Lead/{moved}", json={"City": "theirs"})
    routed.emulator.salesforce.delete(f"/sobjects/Lead/{gone}")
    routed.listen()
    made = rows([still, moved, gone], City="ours")
    (answer,) = routed.send(routed.org, conditional(*(replace(r, unmodified_since=since) for r in made)))
    assert answer.calls == len(routed.asked()) == routed.written() == 1
    assert [(r.key, r.ok, r.moved) for r in answer.rows] == [
        ("0", True, False),
        ("1", False, True),
        ("2", False, False),
    ]
    assert answer.rows[1].error_code == "PRECONDITION_FAILED"
    assert answer.rows[2].error_code in ("ENTITY_IS_DELETED", "NOT_FOUND")
    assert routed.emulator.row("Lead", still)["City"] == "ours"
    assert routed.emulator.row("Lead", moved)["City"] == "theirs"


def test_an_edit_within_the_second_of_the_stamp_is_the_window_that_is_left(routed: Routed) -> None:
    (lead,) = routed.leads(1)
    (answer,) = routed.send(
        routed.org, conditional(*(replace(r, unmodified_since=stamp(routed, lead)) for r in rows([lead], City="x")))
    )
    assert answer.rows[0].ok


def test_the_request_to_the_byte() -> None:
    since = datetime(2025, 6, 10, 14, 0, 5, tzinfo=timezone(timedelta(hours=2)))
    prepared = salesforce(Wire()).prepare(
        conditional(Row(key="a", id=LEAD[:15], values={"City": None, "DoNotCall": True}, unmodified_since=since))
    )
    assert prepared.path == "/services/data/v60.0/composite"
    assert prepared.body.decode() == (
        '{"allOrNone":false,"collateSubrequests":false,"compositeRequest":[{"method":"PATCH",'
        f'"url":"/services/data/v60.0/sobjects/Lead/{LEAD}","referenceId":"row0",'
        '"httpHeaders":{"Sforce-Auto-Assign":"FALSE","If-Unmodified-Since":"Tue, 10 Jun 2025 12:00:05 GMT"},'
        '"body":{"City":null,"DoNotCall":true}}]}'
    )
    assert (prepared.calls, prepared.rows, prepared.ids) == (1, ("a",), (LEAD[:15],))


def test_every_row_says_what_the_batch_says_to_the_rules_of_the_org() -> None:
    wire = Wire(reply({"compositeResponse": [{"referenceId": "row0", "httpStatusCode": 204, "body": None}]}))
    org = salesforce(wire)
    batch = replace(conditional(*rows([LEAD], City="x")), headers=(("Sforce-Duplicate-Rule-Header", "allowSave=true"),))
    assert org.send(org.prepare(batch)).rows[0].ok
    headers = sent_json(wire.requests[0])["compositeRequest"][0]["httpHeaders"]
    assert headers == {"Sforce-Auto-Assign": "FALSE", "Sforce-Duplicate-Rule-Header": "allowSave=true"}


@pytest.mark.parametrize(
    "answer",
    [
        reply({"compositeResponse": []}),
        reply({"compositeResponse": [{"referenceId": "other", "httpStatusCode": 204}]}),
        reply([]),
        httpx.Response(200, content=b"<html>"),
        httpx.ReadTimeout("slow"),
    ],
)
def test_what_is_not_told_of_every_row_is_unknown_and_is_not_sent_again(answer: httpx.Response | Exception) -> None:
    wire = Wire(answer)
    org = salesforce(wire)
    with pytest.raises(OutcomeUnknown):
        org.send(org.prepare(conditional(*rows([LEAD], City="x"))))
    assert len(wire.requests) == 1


def test_a_refusal_of_a_row_has_its_code_its_fields_and_the_records_that_a_rule_found() -> None:
    found = {"matchResults": [{"matchRecords": [{"record": {"attributes": {"type": "Lead"}, "Id": "00QX"}}]}]}
    error = {"errorCode": "DUPLICATES_DETECTED", "message": "Use one?", "fields": ["Email"], "duplicateResult": found}
    part = {"referenceId": "row0", "httpStatusCode": 400, "body": [error]}
    odd = {"referenceId": "row1", "httpStatusCode": 500, "body": None}
    org = salesforce(Wire(reply({"compositeResponse": [odd, part]})))
    one, other = org.send(org.prepare(conditional(*rows([LEAD, LEAD[:14] + "b"], City="x")))).rows
    assert (one.ok, one.moved, one.error_code, one.error_fields) == (False, False, "DUPLICATES_DETECTED", ("Email",))
    assert "Use one?" in one.error_message and "Lead/00QX" in one.error_message
    assert (other.ok, other.error_code) == (False, "HTTP_500")


def test_rows_that_cannot_be_carried() -> None:
    org = salesforce(Wire())
    with pytest.raises(ValueError, match="reference"):
        org.prepare(conditional(*rows([LEAD], City="@{row1.id}")))
    with pytest.raises(ValueError, match="1 to 25"):
        org.prepare(conditional(*rows([LEAD] * 26, City="x")))
    with pytest.raises(ValueError, match="time zone"):
        Row(key="a", unmodified_since=datetime(2025, 1, 1))
    assert [len(b.rows) for b in org.split(conditional(*rows([LEAD] * 30, City="x")))] == [25, 5]
    assert (
        datetime(2025, 1, 1, tzinfo=UTC)
        == Row(key="a", unmodified_since=datetime(2025, 1, 1, tzinfo=UTC)).unmodified_since
    )

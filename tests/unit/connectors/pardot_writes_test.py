"""Writing single records to a business unit."""

import httpx
import pytest

from pardotflow.connectors import Batch, ClearWith, Operation, Price, Row, RowResult
from pardotflow.core.errors import OutcomeUnknown, RequestRefused

from .wire import Wire, empty, pardot, pardot_error, reply


def batch(operation: Operation, row: Row, object_name: str = "prospect") -> Batch:
    return Batch(operation=operation, object=object_name, rows=(row,))


UPDATE = batch(Operation.UPDATE, Row(key="r", id="17", values={"phone": None, "city": "Köln", "language__c": ["a"]}))
CREATE = batch(Operation.CREATE, Row(key="r", values={"email": "a@b.test", "campaignId": 1201, "optedOut": False}))


def test_an_update_is_a_patch_by_id_that_asks_for_what_was_stored() -> None:
    stored = {"city": "Koeln", "phone": None, "updatedAt": "2025-06-10T02:00:00-07:00", "updatedById": 9}
    wire = Wire(reply(stored))
    unit = pardot(wire)
    answer = unit.send(unit.prepare(UPDATE))
    assert wire.requests[0].method == "PATCH"
    assert wire.paths == ["/api/v5/objects/prospects/17?fields=city,language__c,phone,updatedAt,updatedById"]
    assert wire.requests[0].content.decode() == '{"city":"Köln","language__c":["a"],"phone":null}'
    assert wire.requests[0].headers["Content-Type"] == "application/json"
    assert answer.rows == (RowResult(key="r", ok=True, id="17", created=False, fields=stored),)


def test_a_field_can_be_cleared_by_an_empty_text() -> None:
    row = Row(key="r", id="17", values={"phone": None, "city": ""})
    assert pardot(Wire(), clear_with=ClearWith.EMPTY).prepare(batch(Operation.UPDATE, row)).body == (
        b'{"city":"","phone":""}'
    )
    assert pardot(Wire()).prepare(batch(Operation.UPDATE, row)).body == b'{"city":null,"phone":null}'


def test_an_update_without_an_answer_body_is_a_success() -> None:
    unit = pardot(Wire(empty(204)))
    assert unit.send(unit.prepare(UPDATE)).rows == (RowResult(key="r", ok=True, id="17", created=False),)


def test_a_create_tells_the_new_id() -> None:
    body = {"id": 55434583, "email": "a@b.test"}
    wire = Wire(reply(body, 201))
    unit = pardot(wire)
    result = unit.send(unit.prepare(CREATE)).rows[0]
    assert wire.paths == ["/api/v5/objects/prospects?fields=id,campaignId,email,optedOut,updatedAt,updatedById"]
    assert wire.requests[0].content == b'{"campaignId":1201,"email":"a@b.test","optedOut":false}'
    assert (result.id, result.created, result.fields) == ("55434583", True, body)


@pytest.mark.parametrize(
    ("answer", "new_id"),
    [(empty(204), ""), (empty(201, Location="https://pi.pardot.com/api/v5/objects/prospects/77?fields=id"), "77")],
)
def test_a_create_that_we_may_not_see_is_a_success(answer: httpx.Response, new_id: str) -> None:
    unit = pardot(Wire(answer))
    assert unit.send(unit.prepare(CREATE)).rows == (RowResult(key="r", ok=True, id=new_id, created=True),)


def test_a_delete_goes_to_the_recycle_bin() -> None:
    wire = Wire(empty(204), pardot_error(404, 109, "The requested record was not found."))
    unit = pardot(wire)
    prepared = unit.prepare(batch(Operation.DELETE, Row(key="r", id="17")))
    assert unit.send(prepared).rows == (RowResult(key="r", ok=True, id="17", created=False),)
    assert (wire.requests[0].method, wire.paths) == ("DELETE", ["/api/v5/objects/prospects/17"])
    refused = unit.send(prepared).rows[0]
    assert (refused.ok, refused.error_code, refused.error_message) == (
        False,
        "109",
        "The requested record was not found.",
    )


def test_nothing_leaves_the_recycle_bin_by_a_single_request() -> None:
    """The documented one names an e-mail address, which several prospects may share."""
    with pytest.raises(ValueError, match="no single operation undelete"):
        pardot(Wire()).prepare(batch(Operation.UNDELETE, Row(key="r", id="17")))


@pytest.mark.parametrize("code", [9, 54, 57, 219, 62, 85, 9999])
def test_a_refused_record_is_a_result(code: int) -> None:
    wire = Wire(pardot_error(400, code, "no"))
    unit = pardot(wire)
    assert unit.send(unit.prepare(UPDATE)).rows[0].error_code == str(code)
    assert len(wire.requests) == 1


def test_a_refusal_without_code_tells_the_status() -> None:
    unit = pardot(Wire(httpx.Response(404, text="<html>")))
    assert unit.send(unit.prepare(UPDATE)).rows[0].error_code == "HTTP 404"


@pytest.mark.parametrize("answer", [pardot_error(405, 46), pardot_error(400, 181), httpx.Response(403)])
def test_what_every_record_would_meet_raises(answer: httpx.Response) -> None:
    unit = pardot(Wire(answer))
    with pytest.raises(RequestRefused):
        unit.send(unit.prepare(UPDATE))


@pytest.mark.parametrize("fault", [httpx.ReadTimeout("slow"), empty(502), pardot_error(500, 183)])
def test_creates_are_not_repeated_and_updates_are(fault: httpx.Response | Exception) -> None:
    wire = Wire(fault)
    unit = pardot(wire)
    with pytest.raises(OutcomeUnknown):
        unit.send(unit.prepare(CREATE))
    wire.answers = [fault, reply({})]
    assert unit.send(unit.prepare(UPDATE)).calls == 2


def test_an_answer_that_was_cut_off_leaves_the_outcome_unknown() -> None:
    unit = pardot(Wire(httpx.Response(201, text='{"id":')))
    with pytest.raises(OutcomeUnknown, match="cannot be read") as caught:
        unit.send(unit.prepare(CREATE))
    assert "a@b.test" not in str(caught.value)


def test_memberships_are_records_too() -> None:
    row = Row(key="r", values={"listId": 5, "prospectId": 17})
    prepared = pardot(Wire()).prepare(batch(Operation.CREATE, row, "list_membership"))
    assert prepared.path.startswith("/api/v5/objects/list-memberships?fields=id,listId,prospectId")
    assert prepared.object == "list_membership"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (batch(Operation.UPDATE, Row(key="r", id="17")), "nothing to write"),
        (batch(Operation.UPDATE, Row(key="r", id="1", values={"a": 1}), "campaign"), "cannot update a campaign"),
        (batch(Operation.UPSERT, Row(key="r", id="1", values={"a": 1})), "no single operation"),
        (Batch(operation=Operation.UPDATE, object="prospect", rows=()), "one record"),
    ],
)
def test_what_cannot_be_carried(asked: Batch, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pardot(Wire()).prepare(asked)


def test_one_record_travels_alone() -> None:
    rows = tuple(Row(key=str(n), id=str(n), values={"city": "x"}) for n in range(3))
    batches = list(pardot(Wire()).split(Batch(operation=Operation.UPDATE, object="prospect", rows=rows)))
    assert [b.rows for b in batches] == [(r,) for r in rows]


def test_prices() -> None:
    unit = pardot(Wire(), import_batch_bytes=1000)
    assert {unit.price(kind, 7).calls for kind in (Operation.UPDATE, Operation.CREATE, Operation.READ_ONE)} == {7}
    assert unit.price(Operation.READ, 0).calls == 1
    assert unit.price(Operation.READ, 1001).calls == 2
    assert unit.price(Operation.READ_BY_ID, 101).calls == 2
    assert unit.price(Operation.IMPORT_UPDATES, 0) == Price()


def test_the_price_of_an_import_says_how_often_it_is_asked_about() -> None:
    """Waits of 2, 4, 5, 5, … seconds; opening, a batch each and submitting; ten batches an import."""
    unit = pardot(Wire(), import_batch_bytes=1000)
    short = unit.price(Operation.IMPORT_UPDATES, 5, job_seconds=6)
    assert (short.calls, short.jobs, short.polls, short.job_seconds) == (3 + 2, 1, 2, 6)
    assert unit.price(Operation.IMPORT_UPDATES, 5, job_seconds=6.1).polls == 3
    two = unit.price(Operation.IMPORT_UPDATES, 5, 10_001, job_seconds=6)
    assert (two.calls, two.jobs, two.polls, two.size) == (12 + 3 + 4, 2, 4, 10_001)
    assumed = unit.price(Operation.IMPORT_UPDATES, 100, 900)
    assert (assumed.job_seconds, assumed.polls) == (31, 7)


def test_never_more_than_five_at_once() -> None:
    assert pardot(Wire()).concurrency <= 5


@pytest.mark.parametrize("later", [[httpx.ConnectError("down")] * 6, [pardot_error(401, 184)]], ids=["cut", "no login"])
def test_a_try_that_may_have_arrived_is_not_forgotten_over_a_new_session(
    later: list[httpx.Response | Exception],
) -> None:
    """A time-out, then the session is over, then trouble: the first try may have been carried out."""
    unit = pardot(Wire(httpx.ReadTimeout("slow"), pardot_error(401, 184), *later))
    row = Row(key="a", id="5", values={"city": "Oslo"})
    with pytest.raises(OutcomeUnknown):
        unit.send(unit.prepare(Batch(operation=Operation.UPDATE, object="prospect", rows=(row,))))


def test_a_delete_is_not_repeated_where_it_may_have_arrived() -> None:
    unit = pardot(Wire(httpx.ReadTimeout("slow"), pardot_error(400, 109)))
    row = Row(key="a", id="5")
    with pytest.raises(OutcomeUnknown):
        unit.send(unit.prepare(Batch(operation=Operation.DELETE, object="prospect", rows=(row,))))

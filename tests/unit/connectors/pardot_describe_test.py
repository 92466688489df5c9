"""The shipped tables, custom fields, errors of every layer, usage and identity of a business unit."""

import httpx
import pytest

from pardotflow.connectors import Identity, Usage, Verdict, explain_code
from pardotflow.connectors.pardot.objects import OBJECTS, find_object, standard_fields
from pardotflow.core.describe import FieldInfo, ObjectInfo
from pardotflow.core.errors import LoginRefused, RequestRefused, UsageError
from pardotflow.core.values import FieldType, System

from .wire import UNIT, Wire, pardot, pardot_error, reply, token_text


def page(*values: dict[str, object]) -> httpx.Response:
    return reply({"nextPageToken": None, "nextPageUrl": None, "values": list(values)})


def custom(field_id: str, kind: str, **more: object) -> dict[str, object]:
    return {"id": 247666, "fieldId": field_id, "isRequired": False, "name": field_id.title(), "type": kind, **more}


def described(*fields: dict[str, object]) -> ObjectInfo:
    return pardot(Wire(page(*fields))).describe("prospect")


def test_standard_fields_know_type_rights_and_doubt() -> None:
    info = described()
    email, phone, grade, score = (info.field(n) for n in ("EMAIL", "phone", "grade", "score"))
    assert email == FieldInfo(
        name="email", label="email", type=FieldType.EMAIL, length=255, nillable=False, required_on_create=True
    )
    assert phone is not None and phone.updateable and not phone.confirmed and phone.length == 0
    assert grade is not None and not grade.createable and not grade.updateable and not grade.delta_safe
    assert score is not None and score.updateable and not score.delta_safe and score.type is FieldType.INTEGER
    assert info.field("password") is None


def test_custom_fields_are_asked_for_and_named_with_their_suffix() -> None:
    wire = Wire(
        page(
            custom("biography", "text"),
            custom("hobby", "Radio Button", apiFieldId="hobby__c"),
            custom("age", "number"),
            custom("born", "date"),
            custom("language", "multi-select"),
            custom("shown", "checkbox"),
            custom("several", "text", isRecordMultipleResponses=True),
            custom("future", "hologram"),
        )
    )
    info = pardot(wire).describe("prospect")
    found = {f.name: f for f in info.fields if f.name.endswith("__c")}
    assert {name: f.type for name, f in found.items()} == {
        "biography__c": FieldType.TEXT,
        "hobby__c": FieldType.PICKLIST,
        "age__c": FieldType.NUMBER,
        "born__c": FieldType.DATE,
        "language__c": FieldType.ARRAY,
        "shown__c": FieldType.ARRAY,
        "several__c": FieldType.ARRAY,
        "future__c": FieldType.UNKNOWN,
    }
    assert [n for n, f in found.items() if not f.confirmed] == ["future__c"]
    assert wire.paths[0].startswith("/api/v5/objects/custom-fields?fields=id,name,fieldId,apiFieldId,type,")
    assert "deleted" not in wire.paths[0]
    assert ObjectInfo.from_json(info.to_json()) == info


def test_fields_that_the_vendors_connector_maps() -> None:
    maps = {"a": "A__c", "b": None, "c": ""}
    info = described(*(custom(n, "text", salesforceId=to) for n, to in maps.items()), custom("d", "text"))
    assert [f.name for f in info.fields if f.synced_by_connector] == ["a__c"]
    assert ObjectInfo.from_json(info.to_json()) == info


def test_other_objects_need_no_call() -> None:
    info = pardot(Wire()).describe("List-Memberships")
    assert info.name == "list_membership"
    prospect_id, opted_out = info.field("prospectId"), info.field("optedOut")
    assert prospect_id is not None and prospect_id.createable and not prospect_id.updateable
    assert opted_out is not None and opted_out.type is FieldType.BOOLEAN and not opted_out.nillable


@pytest.mark.parametrize("known", OBJECTS, ids=lambda o: o.name)
def test_every_object_has_fields_each_once_and_its_stamp(known: object) -> None:
    found = find_object(getattr(known, "path", ""))
    names = [f.name for f in standard_fields(found.name)]
    assert names[0] == "id"
    assert len(set(names)) == len(names)
    assert not found.stamp or found.stamp in names


def test_an_unknown_object_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="person") as caught:
        pardot(Wire()).describe("person")
    assert "prospect" in caught.value.hint


XML = '<?xml version="1.0"?><rsp stat="fail" version="1.0"><err code="{code}">no &amp; {text}</err></rsp>'


@pytest.mark.parametrize(
    "refusal",
    [
        pardot_error(401, 184, "access_token is invalid, unknown, or malformed"),
        pardot_error(400, 184),
        httpx.Response(401, text=XML.format(code=184, text="x")),
        httpx.Response(400, text=XML.format(code=184, text="x")),
        reply({"@attributes": {"stat": "fail", "version": 1, "err_code": 184}, "err": "x"}, 200 + 201),
        httpx.Response(401, text=""),
    ],
)
def test_a_dead_token_is_renewed_once_in_whatever_form_it_is_told(refusal: httpx.Response) -> None:
    wire = Wire(refusal, reply({"apiCallsUsed": 3, "maximumDailyApiCalls": 25000}))
    unit = pardot(wire)
    assert unit.usage() == Usage(used=3, limit=25000)
    assert [r.headers["Authorization"] for r in wire.requests] == [f"Bearer {token_text(n)}" for n in (1, 2)]


def test_a_token_without_the_scope_ends_with_its_way_out() -> None:
    wire = Wire(*[httpx.Response(401, text=XML.format(code=184, text=token_text(1)))] * 2)
    with pytest.raises(LoginRefused, match="184 no & ") as caught:
        pardot(wire).usage()
    assert "pardot_api" in caught.value.hint
    assert token_text(1) not in str(caught.value)


@pytest.mark.parametrize(
    ("refusal", "code", "hint"),
    [
        (pardot_error(400, 181), "181", "0Uv"),
        (pardot_error(401, 49, "Access Denied"), "49", "business unit"),
        (httpx.Response(403, text=XML.format(code=201, text="x")), "201", r"pi.demo.pardot.com"),
        (pardot_error(405, 46), "46", "abilities"),
        (httpx.Response(403, text="<html>proxy</html>"), "", ""),
        (httpx.Response(400, json=[1]), "", ""),
    ],
)
def test_refusals_name_code_and_way_out(refusal: httpx.Response, code: str, hint: str) -> None:
    wire = Wire(refusal)
    with pytest.raises(RequestRefused) as caught:
        pardot(wire).usage()
    assert caught.value.code == code
    assert hint in caught.value.hint
    assert len(wire.requests) == 1


def test_our_own_user_is_found_in_either_form_of_its_id() -> None:
    users = page({"id": 4, "salesforceId": None}, {"id": 5, "salesforceId": "0055g00000XyZab"})
    assert pardot(Wire(users)).identity() == Identity(organization_id=UNIT, user_id="5")


def test_an_identity_without_the_right_to_read_users() -> None:
    assert pardot(Wire(pardot_error(405, 46))).identity() == Identity(organization_id=UNIT, user_id="")


def test_codes_are_explained_by_system() -> None:
    busy = explain_code(System.PARDOT, "66")
    assert busy is not None and busy.about is Verdict.BUSY
    taken = explain_code(System.PARDOT, "9")
    assert taken is not None and taken.about is Verdict.ROW and not taken.transient
    assert explain_code(System.SALESFORCE, "66") is None
    assert explain_code(System.WAREHOUSE, "x") is None

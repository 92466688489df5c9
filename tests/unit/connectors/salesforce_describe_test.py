"""Describe, discovery, identity and ids of an org."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pardotflow.connectors import Identity, Usage, is_id, long_id
from pardotflow.connectors.salesforce.codes import CODES
from pardotflow.connectors.salesforce.describe import read_object
from pardotflow.connectors.verdict import VendorCode, Verdict, code_table
from pardotflow.core.describe import FieldInfo, ObjectInfo
from pardotflow.core.errors import RequestRefused
from pardotflow.core.values import FieldType

from .wire import DATE, Wire, reply, salesforce, sf_error


def field(name: str, kind: str, **more: object) -> dict[str, object]:
    """A describe field as REST gives it, shortened to the keys that are read."""
    usual: dict[str, object] = {
        "name": name,
        "label": f"The {name}",
        "type": kind,
        "length": 0,
        "precision": 0,
        "scale": 0,
        "digits": 0,
        "createable": True,
        "updateable": True,
        "nillable": True,
        "defaultedOnCreate": False,
        "restrictedPicklist": False,
        "picklistValues": [],
        "externalId": False,
        "unique": False,
        "calculated": False,
        "referenceTo": [],
    }
    return usual | more


def describe(*fields: dict[str, object]) -> ObjectInfo:
    body = {"name": "Lead", "label": "Lead", "keyPrefix": "00Q", "fields": list(fields)}
    return salesforce(Wire(reply(body))).describe("lead")


def test_a_required_text() -> None:
    info = describe(field("LastName", "string", length=80, nillable=False))
    assert (info.name, info.key_prefix) == ("Lead", "00Q")
    assert info.field("lastname") == FieldInfo(
        name="LastName",
        label="The LastName",
        type=FieldType.TEXT,
        length=80,
        nillable=False,
        required_on_create=True,
    )


def test_what_is_defaulted_or_cannot_be_created_is_not_required() -> None:
    info = describe(
        field("Status", "picklist", nillable=False, defaultedOnCreate=True),
        field("Id", "id", nillable=False, createable=False, updateable=False),
    )
    assert [f.required_on_create for f in info.fields] == [False, False]


def test_a_formula_is_not_safe_by_delta() -> None:
    found = describe(field("F__c", "double", calculated=True, precision=18, scale=2)).fields[0]
    assert (found.calculated, found.delta_safe, found.precision, found.scale) == (True, False, 18, 2)


def test_picklists_keep_active_values() -> None:
    values = [{"active": True, "value": "Web"}, {"active": False, "value": "Fax"}]
    found = describe(field("LeadSource", "picklist", restrictedPicklist=True, picklistValues=values)).fields[0]
    assert (found.type, found.restricted_picklist, found.picklist_values) == (FieldType.PICKLIST, True, ("Web",))


def test_references_digits_and_external_ids() -> None:
    owner, staff, key = describe(
        field("OwnerId", "reference", referenceTo=["Group", "User"]),
        field("NumberOfEmployees", "int", digits=8),
        field("Key__c", "string", externalId=True, unique=True),
    ).fields
    assert (owner.type, owner.reference_to) == (FieldType.ID, ("Group", "User"))
    assert (staff.type, staff.precision) == (FieldType.INTEGER, 8)
    assert (key.external_id, key.unique) == (True, True)


@pytest.mark.parametrize("kind", ["address", "location", "base64", "anyType", "complexvalue", "of the future"])
def test_what_is_no_plain_value_is_unknown(kind: str) -> None:
    assert describe(field("X", kind)).fields[0].type is FieldType.UNKNOWN


def test_an_object_survives_the_cache() -> None:
    info = describe(field("LeadSource", "picklist", picklistValues=[{"active": True, "value": "Web"}]))
    assert ObjectInfo.from_json(info.to_json()) == info


def test_an_unknown_object_is_refused() -> None:
    with pytest.raises(RequestRefused, match="NOT_FOUND"):
        salesforce(Wire(sf_error(404, "NOT_FOUND"))).describe("Leed")


def test_versions_need_no_token_and_are_not_counted() -> None:
    wire = Wire(reply([{"label": "x", "url": "/services/data/v59.0", "version": "59.0"}, {"version": "60.0"}]))
    org = salesforce(wire)
    assert org.versions() == ("59.0", "60.0")
    assert "Authorization" not in wire.requests[0].headers
    assert org.calls == 0


def test_objects_usage_identity_and_time() -> None:
    wire = Wire(
        reply({"sobjects": [{"name": "Lead"}, {"name": "Contact"}]}),
        reply({"DailyApiRequests": {"Max": 15000, "Remaining": 14998}}),
    )
    org = salesforce(wire)
    assert org.object_names() == ("Lead", "Contact")
    assert org.usage() == Usage(used=2, limit=15000)
    assert org.identity() == Identity(organization_id="00D5g000001AbCdEAK", user_id="0055g00000XyZabAAF")
    assert DATE.startswith("Tue, 10 Jun 2025")
    assert org.server_now().date().isoformat() == "2025-06-10"
    org.close()


@pytest.mark.parametrize(
    ("short", "suffix"),
    [
        ("001D000000Kv3g5", "IAB"),
        ("00Q4S000002sSac", "UAE"),
        ("0034S000005YJYc", "QAO"),
        ("005ak000005hvjJ", "AAQ"),
        ("00v4S000001VKQ1", "QAO"),
        ("7014S00000097Hc", "QAI"),
        ("012000000000000", "AAA"),
    ],
)
def test_the_long_form_of_an_id(short: str, suffix: str) -> None:
    assert long_id(short) == long_id(short + suffix) == short + suffix
    assert long_id((short + suffix).lower()) == short + suffix


@given(st.from_regex(r"\A[0-9A-Za-z]{15}\Z"))
def test_lost_case_is_repaired(short: str) -> None:
    full = long_id(short)
    assert long_id(full.upper()) == long_id(full.lower()) == full


@pytest.mark.parametrize("text", ["", "00Q", "00Q4S000002sSacUA", "00Q4S000002sSac-AE", "00Q4S000002sSac999"])
def test_what_is_no_id(text: str) -> None:
    with pytest.raises(ValueError, match="not a Salesforce id"):
        long_id(text)
    assert not is_id("00Q4S000002sSa ")


def test_codes_about_rows_have_a_way_out_where_a_person_can_act() -> None:
    assert CODES["UNABLE_TO_LOCK_ROW"].transient
    assert not CODES["FIELD_CUSTOM_VALIDATION_EXCEPTION"].transient
    assert CODES["DUPLICATES_DETECTED"].way_out


def test_a_code_cannot_stand_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        code_table(*[VendorCode(code="X", about=Verdict.ROW)] * 2)


@pytest.mark.parametrize(
    "children, history",
    [
        ([{"childSObject": "LeadHistory", "field": "LeadId", "relationshipName": "Histories"}], "LeadHistory.LeadId"),
        ([{"childSObject": "Task", "field": "WhoId", "relationshipName": "Tasks"}], ""),
        (None, None),
    ],
)
def test_where_the_history_of_fields_is_kept(children: list[dict[str, str]] | None, history: str | None) -> None:
    body = {"name": "Lead", "label": "Lead", "fields": [], "childRelationships": children}
    info = read_object(body)
    assert info.history == history and ObjectInfo.from_json(info.to_json()).history == history

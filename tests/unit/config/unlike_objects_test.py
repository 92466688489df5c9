"""Objects of one side that declare a field as different things: what is refused, and what goes on working."""

from pathlib import Path

import pytest

from pardotflow.config.meaning import check_project
from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.values import FieldType
from tests.unit.config.folder import SYNC_HEAD, project

T = FieldType


def catalog(contact: FieldType, lead: FieldType, prospect: FieldType) -> Catalog:
    def info(name: str, field: str, kind: FieldType) -> ObjectInfo:
        fields = ("Id", "Email") if name != "prospect" else ("id", "email", "salesforceId")
        own = FieldInfo(name=field, type=kind, length={"Contact": 40, "Lead": 80}.get(name, 255))
        return ObjectInfo(name=name, label=name, fields=(*(FieldInfo(name=f, type=T.TEXT) for f in fields), own))

    return Catalog(
        objects={
            ("salesforce", "contact"): info("Contact", "Mixed__c", contact),
            ("salesforce", "lead"): info("Lead", "Mixed__c", lead),
            ("pardot", "prospect"): info("prospect", "mixed__c", prospect),
        }
    )


def said(root: Path, known: Catalog, more: str) -> list[str]:
    found = check_project(project(root, {"syncs/people.yml": SYNC_HEAD + more, "syncs/usage.yml": None}), known)
    return [f"{d.severity} {d.code}" for d in found]


MAPPED = "fields:\n  - {salesforce: Mixed__c, pardot: mixed__c, too_long: hold}\n"


@pytest.mark.parametrize(
    ("contact", "lead", "prospect"),
    [
        (T.NUMBER, T.TEXT, T.TEXT),
        (T.TEXT, T.NUMBER, T.TEXT),
        (T.DATE, T.DATETIME, T.TEXT),
        (T.BOOLEAN, T.TEXT, T.TEXT),
        (T.TEXT, T.MULTIPICKLIST, T.TEXT),
        (T.DATE, T.TEXT, T.TEXT),
        (T.ID, T.TEXT, T.TEXT),
    ],
)
def test_what_no_comparison_is_right_for_is_refused(
    tmp_path: Path, contact: FieldType, lead: FieldType, prospect: FieldType
) -> None:
    assert said(tmp_path, catalog(contact, lead, prospect), MAPPED) == ["error PF156"]


@pytest.mark.parametrize(
    ("contact", "lead", "prospect"),
    [
        (T.TEXT, T.PICKLIST, T.TEXT),
        (T.TEXT, T.TEXTAREA, T.TEXT),
        (T.PHONE, T.TEXT, T.TEXT),
        (T.URL, T.TEXT, T.TEXT),
        (T.EMAIL, T.TEXT, T.TEXT),
        (T.INTEGER, T.NUMBER, T.TEXT),
        (T.NUMBER, T.TEXT, T.NUMBER),
        (T.DATE, T.DATETIME, T.DATE),
        (T.DATE, T.TEXT, T.DATE),
        (T.PICKLIST, T.MULTIPICKLIST, T.TEXT),
    ],
)
def test_what_means_the_same_goes_on_working(
    tmp_path: Path, contact: FieldType, lead: FieldType, prospect: FieldType
) -> None:
    assert said(tmp_path, catalog(contact, lead, prospect), MAPPED) == []


def test_beside_what_is_not_known_nothing_is_judged(tmp_path: Path) -> None:
    known = catalog(T.DATE, T.DATETIME, T.DATE)
    crm = Catalog(objects={key: info for key, info in known.objects.items() if key[0] == "salesforce"})
    assert said(tmp_path, crm, MAPPED) == []


def test_an_expression_says_what_it_reads(tmp_path: Path) -> None:
    mapped = "fields:\n  - {pardot: mixed__c, direction: to_pardot, sql: Mixed__c}\n"
    assert said(tmp_path, catalog(T.NUMBER, T.TEXT, T.TEXT), mapped) == ["warning PF156"]
    assert said(tmp_path / "same", catalog(T.PICKLIST, T.TEXT, T.TEXT), mapped) == []


def test_a_match_key_of_two_types_needs_a_form(tmp_path: Path) -> None:
    text = SYNC_HEAD.replace("match: [salesforce_id, email]", "match:\n  - {salesforce: Mixed__c, pardot: mixed__c%s}")
    name = "fields:\n  - {salesforce: Email, pardot: email}\n"
    found = []
    for form in ("", ", form: exact"):
        files = {"syncs/people.yml": text % form + name, "syncs/usage.yml": None}
        known = catalog(T.NUMBER, T.TEXT, T.TEXT)
        found.append([d.code for d in check_project(project(tmp_path / f"at{form[:1]}", files), known)])
    assert found == [["PF148"], []]

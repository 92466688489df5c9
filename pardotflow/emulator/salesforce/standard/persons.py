"""What person accounts add to the objects of an org: an account that is one person, and the contact behind it.

Facts: the vendor's object reference names the fields; which of Contact's stand on the account is its list, not a
record of a describe.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.standard.table import StandardObject

NAMES = ("LastName", "FirstName", "Salutation")
SHARED = ("Phone", "Fax", "Description", "OwnerId")
"""What account and contact have under one name, and a business account has too."""
_OWN = {
    *("Email", "Title", "Department", "MobilePhone", "HomePhone", "OtherPhone", "AssistantPhone", "AssistantName"),
    *("LeadSource", "Birthdate", "HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall", "EmailBouncedReason"),
    *("EmailBouncedDate", "LastCURequestDate", "LastCUUpdateDate", "IndividualId", "MailingAddress", "OtherAddress"),
}
_IS_PERSON = Field(
    name="IsPersonAccount",
    type="boolean",
    label="Is Person Account",
    nillable=False,
    createable=False,
    updateable=False,
    defaulted=True,
    default=False,
)
_CONTACT = Field(
    name="PersonContactId",
    type="reference",
    label="Contact ID",
    length=18,
    createable=False,
    updateable=False,
    reference_to=("Contact",),
    relationship="PersonContact",
)

Objects = list[tuple[StandardObject, list[Field]]]


def account_field(name: str) -> str:
    """The account's name for a field of the contact: `PersonEmail`, `Tier__pc`, or the same name."""
    if name in NAMES or name in SHARED:
        return name
    return f"{name.removesuffix('__c')}__pc" if name.endswith("__c") else f"Person{name}"


def with_persons(objects: Objects) -> Objects:
    """The objects of an org with person accounts."""
    contact = next(fields for new, fields in objects if new.name == "Contact")
    people = [_on_account(field) for field in contact if _is_person_field(field)]
    more = {"Account": [_IS_PERSON, _CONTACT, *people], "Contact": [_IS_PERSON]}
    return [(new, _joined(_without_company(new, fields), more.get(new.name, ()))) for new, fields in objects]


def _without_company(new: StandardObject, fields: list[Field]) -> list[Field]:
    """A lead needs no company: without one it becomes a person account."""
    return [replace(f, nillable=True) if (new.name, f.name) == ("Lead", "Company") else f for f in fields]


def _joined(fields: list[Field], more: Iterable[Field]) -> list[Field]:
    """What the seed declared stays as it is."""
    known = {field.name.lower() for field in fields}
    return [*fields, *(field for field in more if field.name.lower() not in known)]


def _is_person_field(field: Field) -> bool:
    return field.custom or field.name in NAMES or field.name in _OWN or field.compound in _OWN


def _on_account(field: Field) -> Field:
    """A field of the contact as the account has it: never required, since business accounts hold nothing there."""
    return replace(
        field,
        name=account_field(field.name),
        nillable=field.type != "boolean",
        compound=None if field.name in NAMES else field.compound and f"Person{field.compound}",
        relationship=field.relationship and f"Person{field.relationship}",
        child_relationship=None,
        id_lookup=False,
        external_id=False,
        unique=False,
        tracked=False,
        cascade=False,
    )

"""What the two fake systems declare: three objects with one field of every type that people map, and users."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.values import FieldType, System

T = FieldType


def fixed(name: str, kind: FieldType = T.TEXT) -> FieldInfo:
    """A field that nobody writes."""
    return FieldInfo(name=name, type=kind, createable=False, updateable=False)


def text(name: str, length: int = 0, *, required: bool = False) -> FieldInfo:
    """A text field."""
    return FieldInfo(name=name, type=T.TEXT, length=length, required_on_create=required)


_CRM = (
    fixed("Id", T.ID),
    fixed("Name"),
    text("FirstName", 40),
    text("LastName", 80, required=True),
    FieldInfo(name="Email", type=T.EMAIL, length=80),
    FieldInfo(name="Phone", type=T.PHONE, length=40),
    text("Title", 128),
    text("Note__c", 5),
    FieldInfo(name="Flag__c", type=T.BOOLEAN, nillable=False, default="false"),
    FieldInfo(name="OptOut__c", type=T.BOOLEAN, nillable=False, default="false"),
    FieldInfo(name="Count__c", type=T.NUMBER),
    FieldInfo(name="Day__c", type=T.DATE),
    FieldInfo(name="When__c", type=T.DATETIME),
    FieldInfo(name="Many__c", type=T.MULTIPICKLIST),
    FieldInfo(name="Pick__c", type=T.PICKLIST, restricted_picklist=True, picklist_values=("A", "B", "C")),
    FieldInfo(name="Source__c", type=T.PICKLIST),
    FieldInfo(name="Score__c", type=T.NUMBER),
    FieldInfo(name="Org_Id__c", type=T.TEXT, length=40, external_id=True, unique=True),
    FieldInfo(name="Prospect_Id__c", type=T.TEXT, length=40, external_id=True, unique=True),
)
_LEAD = (
    FieldInfo(name="Company", type=T.TEXT, length=255, required_on_create=True),
    fixed("IsConverted", T.BOOLEAN),
    fixed("ConvertedContactId", T.ID),
)
_ACCOUNT = (
    fixed("Id", T.ID),
    text("Name", 255, required=True),
    text("FirstName", 40),
    text("LastName", 80),
    text("PersonTitle", 128),
    FieldInfo(name="PersonEmail", type=T.EMAIL, length=80),
    fixed("PersonContactId", T.ID),
    FieldInfo(name="Prospect_Id__c", type=T.TEXT, length=40, external_id=True, unique=True),
)
_PROSPECT = (
    fixed("id", T.INTEGER),
    text("firstName", 40),
    text("lastName", 80),
    FieldInfo(name="email", type=T.EMAIL, length=255),
    text("phone", 32),
    text("jobTitle", 128),
    text("company", 255),
    text("note__c"),
    FieldInfo(name="flag__c", type=T.BOOLEAN),
    FieldInfo(name="optedOut", type=T.BOOLEAN, default="false"),
    FieldInfo(name="count__c", type=T.NUMBER),
    FieldInfo(name="day__c", type=T.DATE),
    FieldInfo(name="when__c", type=T.DATETIME),
    text("many__c"),
    text("pick__c"),
    text("source", 40),
    FieldInfo(name="score", type=T.INTEGER, default="0"),
    text("org_id__c"),
    FieldInfo(name="salesforceId", type=T.ID),
    FieldInfo(name="campaignId", type=T.INTEGER),
)
_USER = (
    fixed("Id", T.ID),
    text("Name", 121),
    text("Username", 80),
    FieldInfo(name="Email", type=T.EMAIL, length=128),
    FieldInfo(name="IsActive", type=T.BOOLEAN, default="true"),
)
_PARDOT_USER = (
    fixed("id", T.INTEGER),
    FieldInfo(name="email", type=T.EMAIL),
    text("firstName"),
    text("lastName"),
    FieldInfo(name="salesforceId", type=T.ID),
)


def objects_of(
    system: System, more: Iterable[FieldInfo] = (), own: Mapping[str, Iterable[FieldInfo]] | None = None
) -> Mapping[str, ObjectInfo]:
    """The objects of one system; `more` fields are on each of its people, `own` on one object."""
    infos = _objects_of(system, tuple(more))
    return {name: replace(i, fields=(*i.fields, *(own or {}).get(name, ()))) for name, i in infos.items()}


def _objects_of(system: System, extra: tuple[FieldInfo, ...]) -> Mapping[str, ObjectInfo]:
    if system is System.PARDOT:
        return {
            "prospect": ObjectInfo(name="prospect", label="Prospect", fields=(*_PROSPECT, *extra)),
            "user": ObjectInfo(name="user", label="User", fields=_PARDOT_USER),
        }
    return {
        "User": ObjectInfo(name="User", label="User", key_prefix="005", fields=_USER),
        "Group": ObjectInfo(
            name="Group", label="Group", key_prefix="00G", fields=(fixed("Id", T.ID), text("Name", 40))
        ),
        "Contact": ObjectInfo(name="Contact", label="Contact", key_prefix="003", fields=(*_CRM, *extra)),
        "Account": ObjectInfo(name="Account", label="Account", key_prefix="001", fields=_ACCOUNT),
        "Lead": ObjectInfo(name="Lead", label="Lead", key_prefix="00Q", fields=(*_CRM, *_LEAD, *extra)),
    }


def catalog_of(objects: Mapping[System, Mapping[str, ObjectInfo]]) -> Catalog:
    """What a describe of everything would give."""
    return Catalog(
        objects={(str(system), name.lower()): info for system, infos in objects.items() for name, info in infos.items()}
    )

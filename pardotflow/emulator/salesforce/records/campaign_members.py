"""What the platform does for campaign members: one for each person, a known status, copies of the person's values.

Facts: salesforce_api.md §8.4. The copies are kept by triggers of the data file, so that no writer can forget them.
"""

from __future__ import annotations

import sqlite3

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import refuse
from pardotflow.emulator.salesforce.records.row_store import Values, find_row, new_id
from pardotflow.emulator.salesforce.records.rows import complete_row, insert_row

_SAME = (
    "Salutation",
    "Name",
    "FirstName",
    "LastName",
    "Title",
    "Email",
    "Phone",
    "Fax",
    "MobilePhone",
    "Description",
    "DoNotCall",
    "HasOptedOutOfEmail",
    "HasOptedOutOfFax",
    "LeadSource",
)
_PLACE = ("Street", "City", "State", "PostalCode", "Country")
_ACCOUNT_NAME = '(SELECT "Name" FROM "sf_Account" WHERE "Id" = p."AccountId")'
_DEFAULT_STATUSES = ("Sent", "Responded")


def member_values(context: Context, row: Values | None, values: Values) -> Values:
    """The values that follow from those of a member that is made or changed; raises `SalesforceError`."""
    made = dict(values)
    if row is None:
        made |= _choose_person(context, made)
        check_alone(context, made)
    campaign_id = made["CampaignId"] if row is None else row["CampaignId"]
    if row is None or "Status" in made:
        made |= _read_status(context, campaign_id, made.get("Status"), (row or {}).get("FirstRespondedDate"))
    return made


def _choose_person(context: Context, values: Values) -> Values:
    """A member is a contact or a lead; of both only the contact is kept."""
    if values.get("ContactId"):
        return {"LeadId": None}
    if not values.get("LeadId"):
        names = ("ContactId", "LeadId")
        raise refuse(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(names)}]", names)
    check_not_converted(context, values["LeadId"])
    return {}


def check_not_converted(context: Context, lead_id: str) -> None:
    """Refuse a new reference to a lead that is converted."""
    lead = find_row(context.db, context.catalog.objects["lead"], lead_id)
    if lead is not None and lead["IsConverted"]:
        raise refuse(400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())


def check_alone(context: Context, values: Values) -> None:
    """Refuse a second member of a campaign for one person."""
    name = "ContactId" if values.get("ContactId") else "LeadId"
    taken = context.db.execute(
        f'SELECT 1 FROM "sf_CampaignMember" WHERE "{name}" = ? AND "CampaignId" = ? AND "IsDeleted" = 0',
        (values[name], values["CampaignId"]),
    ).fetchone()
    if taken:
        raise refuse(400, "DUPLICATE_VALUE", "Already a campaign member.", ())


def _read_status(context: Context, campaign_id: str, wanted: str | None, responded: str | None) -> Values:
    """The status and what it says; an unknown one is kept or replaced by the campaign's default."""
    known = {
        label.lower(): (label, bool(has_responded), bool(default))
        for label, has_responded, default in context.db.execute(
            'SELECT "Label", "HasResponded", "IsDefault" FROM "sf_CampaignMemberStatus"'
            ' WHERE "CampaignId" = ? AND "IsDeleted" = 0 ORDER BY "SortOrder"',
            (campaign_id,),
        )
    }
    usual = next((entry for entry in known.values() if entry[2]), next(iter(known.values()), ("Sent", False, True)))
    keeps = wanted is not None and context.state.switches.campaign_member_unknown_status == "accepted"
    fallback = (wanted, False, False) if keeps else usual
    label, has_responded, _ = known.get((wanted or "").lower(), fallback)
    made: Values = {"Status": label, "HasResponded": int(has_responded)}
    if has_responded and responded is None:
        made["FirstRespondedDate"] = context.state.moment.date().isoformat()
    return made


def add_default_statuses(context: Context, campaign_id: str) -> None:
    """A new campaign has the statuses Sent and Responded."""
    info = context.catalog.objects["campaignmemberstatus"]
    for values in default_statuses(campaign_id):
        record_id = new_id(context.db, info)
        row = complete_row(info, values, record_id=record_id, stamp=context.stamp, user_id=context.user_id)
        insert_row(context.db, info, row)


def default_statuses(campaign_id: str) -> list[Values]:
    """Sent is the default, Responded says that the person has."""
    return [
        {
            "CampaignId": campaign_id,
            "Label": label,
            "SortOrder": place,
            "IsDefault": int(place == 1),
            "HasResponded": int(place == 2),
        }
        for place, label in enumerate(_DEFAULT_STATUSES, start=1)
    ]


def _copy(person: str) -> tuple[str, list[str]]:
    """The statement that renews the copies of members, without its condition, and the columns of the person."""
    place = _PLACE if person == "Lead" else tuple(f"Mailing{name}" for name in _PLACE)
    sources = [*_SAME, *place, "OwnerId"]
    company = 'p."Company"' if person == "Lead" else _ACCOUNT_NAME
    targets = [*_SAME, *_PLACE, "LeadOrContactOwnerId", "LeadOrContactId", "CompanyOrAccount", "Type"]
    values = [*(f'p."{name}"' for name in sources), 'p."Id"', company, f"'{person}'"]
    names = ", ".join(f'"{name}"' for name in targets)
    lookup = f'"sf_CampaignMember"."{person}Id"'
    statement = (
        f'UPDATE "sf_CampaignMember" SET ({names}) ='
        f' (SELECT {", ".join(values)} FROM "sf_{person}" p WHERE p."Id" = {lookup})'
    )
    return statement, [*sources, "Company" if person == "Lead" else "AccountId"]


def install_copies(db: sqlite3.Connection) -> None:
    """Fill the copies of loaded members, and keep them from now on."""
    lead, lead_columns = _copy("Lead")
    contact, contact_columns = _copy("Contact")
    only_lead = '"ContactId" IS NULL AND "LeadId"'
    db.execute(f'{contact} WHERE "ContactId" IS NOT NULL')
    db.execute(f"{lead} WHERE {only_lead} IS NOT NULL")
    for name, event in (("made", "INSERT"), ("moved", 'UPDATE OF "LeadId", "ContactId"')):
        db.execute(
            f'CREATE TRIGGER member_{name} AFTER {event} ON "sf_CampaignMember" BEGIN'
            f' {contact} WHERE "Id" = new."Id" AND "ContactId" IS NOT NULL;'
            f' {lead} WHERE "Id" = new."Id" AND {only_lead} IS NOT NULL; END'
        )
    for table, columns, statement in (
        ("Lead", lead_columns, f'{lead} WHERE {only_lead} = new."Id"'),
        ("Contact", contact_columns, f'{contact} WHERE "ContactId" = new."Id"'),
        (
            "Account",
            ["Name"],
            f'{contact} WHERE "ContactId" IN (SELECT "Id" FROM "sf_Contact" WHERE "AccountId" = new."Id")',
        ),
    ):
        watched = ", ".join(f'"{name}"' for name in columns)
        db.execute(f'CREATE TRIGGER member_of_{table} AFTER UPDATE OF {watched} ON "sf_{table}" BEGIN {statement}; END')

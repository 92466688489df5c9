"""Lead conversion: a lead becomes a contact with an account and, if wanted, an opportunity; the lead stays readable.

Facts: salesforce_api.md §8.1. Of a contact or account that is there already only empty fields are filled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import SalesforceError, refuse
from pardotflow.emulator.salesforce.records.history import note_event
from pardotflow.emulator.salesforce.records.lead_mapping import mapped_values
from pardotflow.emulator.salesforce.records.payloads import inactive_owner
from pardotflow.emulator.salesforce.records.person_accounts import becomes_person, contact_of, full_name
from pardotflow.emulator.salesforce.records.record_ids import id_of
from pardotflow.emulator.salesforce.records.row_store import Values, find_by
from pardotflow.emulator.salesforce.records.rows import update_row
from pardotflow.emulator.salesforce.records.sales_rules import add_contact_role
from pardotflow.emulator.salesforce.records.save import check_held, find_live, store_changes, store_new
from pardotflow.emulator.salesforce.standard.persons import account_field


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadConvert:
    """What is asked for; None where the platform decides."""

    lead_id: str
    converted_status: str | None
    account_id: str | None = None
    contact_id: str | None = None
    opportunity_id: str | None = None
    opportunity_name: str | None = None
    owner_id: str | None = None
    creates_opportunity: bool = True
    overwrites_lead_source: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What a lead became."""

    lead_id: str
    account_id: str
    contact_id: str
    opportunity_id: str | None


def convert_lead(context: Context, wanted: LeadConvert) -> Converted:
    """Convert one lead; raises `SalesforceError`."""
    info = context.catalog.objects["lead"]
    lead = find_live(context, info, id_of(info, wanted.lead_id))
    if lead["IsConverted"]:
        raise refuse(400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())
    status = _check_status(context, wanted.converted_status)
    owner_id = _check_owner(context, wanted.owner_id or lead["OwnerId"])
    contact = _find(context, "contact", wanted.contact_id)
    account_id = wanted.account_id or (contact["AccountId"] if contact else None)
    account = _find(context, "account", account_id)
    if account is not None:
        contact = contact or contact_of(context, context.require("Account"), account)
    if account is None and contact is None and becomes_person(context, lead):
        account = _make_person(context, lead, owner_id)
        contact = contact_of(context, context.require("Account"), account)
    else:
        account = _fill(context, "Account", account, lead, {"OwnerId": owner_id}, overwrites=False)
    if contact is not None and contact["AccountId"] not in (None, account["Id"]):
        raise refuse(400, "INVALID_CROSS_REFERENCE_KEY", "the contact belongs to another account", ())
    given = {"OwnerId": owner_id, "AccountId": account["Id"]}
    if contact is None or not contact.get("IsPersonAccount"):
        contact = _fill(context, "Contact", contact, lead, given, overwrites=wanted.overwrites_lead_source)
    opportunity_id = _add_opportunity(context, wanted, lead, account["Id"], contact["Id"], owner_id)
    _relink(context, lead["Id"], contact["Id"])
    changes: Values = {
        "IsConverted": 1,
        "Status": status,
        "ConvertedDate": context.state.moment.date().isoformat(),
        "ConvertedAccountId": account["Id"],
        "ConvertedContactId": contact["Id"],
        "ConvertedOpportunityId": opportunity_id,
        "IsUnreadByOwner": 0,
    }
    update_row(context.db, info, lead, changes, stamp=context.stamp, user_id=context.user_id)
    note_event(context.db, info, lead, "leadConverted", stamp=context.stamp, user_id=context.user_id)
    return Converted(
        lead_id=lead["Id"], account_id=account["Id"], contact_id=contact["Id"], opportunity_id=opportunity_id
    )


def _check_status(context: Context, wanted: str | None) -> str:
    found = context.db.execute(
        'SELECT "MasterLabel" FROM "sf_LeadStatus" WHERE "IsConverted" = 1 AND "MasterLabel" = ?', (wanted,)
    ).fetchone()
    if found is None:
        raise refuse(400, "INVALID_STATUS", f"invalid convertedStatus: {wanted}", ())
    return str(found[0])


def _check_owner(context: Context, owner_id: str) -> str:
    """Contacts and accounts belong to users; a lead of a queue needs an owner in the request."""
    info = context.catalog.objects["user"]
    if not owner_id.startswith(info.prefix):
        message = "Converted objects can only be owned by users; specify an owner for a lead that belongs to a queue"
        raise refuse(400, "INVALID_OWNER", message, ("OwnerId",))
    owner = find_live(context, info, id_of(info, owner_id))
    if not owner["IsActive"]:
        raise SalesforceError(400, inactive_owner(owner["Id"]))
    return str(owner["Id"])


def _find(context: Context, name: str, record_id: str | None) -> Values | None:
    info = context.catalog.objects[name]
    return find_live(context, info, id_of(info, record_id)) if record_id else None


def _make_person(context: Context, lead: Values, owner_id: str) -> Values:
    """The person account that a lead without a company becomes."""
    info, lead_info = context.require("Account"), context.catalog.objects["lead"]
    person = {account_field(name): value for name, value in mapped_values(lead_info, lead, "Contact").items()}
    known = {name: value for name, value in person.items() if name in info.blank}
    given = {"Name": full_name(lead), "OwnerId": owner_id}
    return store_new(context, info, mapped_values(lead_info, lead, "Account") | known | given)


def _fill(context: Context, name: str, row: Values | None, lead: Values, given: Values, *, overwrites: bool) -> Values:
    """A new record of the lead's values, or one that is there with its empty fields filled."""
    info, lead_info = context.require(name), context.catalog.objects["lead"]
    values = mapped_values(lead_info, lead, name)
    if row is None:
        made = store_new(context, info, values | given)
        event = f"{name.lower()}CreatedFromLead"
        note_event(context.db, info, made, event, stamp=context.stamp, user_id=context.user_id)
        return made
    kept = ("LeadSource",) if overwrites else ()
    empty = {name: value for name, value in (given | values).items() if row[name] is None or name in kept}
    if empty:
        store_changes(context, info, row, empty)
        event = f"{name.lower()}UpdatedByLead"
        note_event(context.db, info, row, event, stamp=context.stamp, user_id=context.user_id)
    return row


def _add_opportunity(
    context: Context, wanted: LeadConvert, lead: Values, account_id: str, contact_id: str, owner_id: str
) -> str | None:
    """The opportunity of a conversion: the one that was named, a new one, or none."""
    info = context.catalog.objects["opportunity"]
    if wanted.opportunity_id:
        found = find_live(context, info, id_of(info, wanted.opportunity_id))
        add_contact_role(context, found["Id"], contact_id)
        return str(found["Id"])
    if not wanted.creates_opportunity:
        return None
    newest = context.db.execute(
        'SELECT "CampaignId" FROM "sf_CampaignMember" WHERE "LeadId" = ? AND "IsDeleted" = 0'
        ' ORDER BY "CreatedDate" DESC, "Id" DESC LIMIT 1',
        (lead["Id"],),
    ).fetchone()
    values = mapped_values(context.catalog.objects["lead"], lead, "Opportunity") | {
        "Name": (wanted.opportunity_name or f"{lead['Company'] or lead['LastName']}-")[: info.fields["name"].length],
        "StageName": next(iter(info.fields["stagename"].picklist), "Prospecting"),
        "CloseDate": _end_of_quarter(context.state.moment.date()).isoformat(),
        "AccountId": account_id,
        "OwnerId": owner_id,
        "CampaignId": newest[0] if newest else None,
    }
    made = store_new(context, info, values)
    add_contact_role(context, made["Id"], contact_id)
    return str(made["Id"])


def _end_of_quarter(day: date) -> date:
    month = (day.month + 2) // 3 * 3
    return date(day.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _relink(context: Context, lead_id: str, contact_id: str) -> None:
    """Members of campaigns keep the lead and gain the contact; tasks become the contact's."""
    signed = {"stamp": context.stamp, "user_id": context.user_id}
    members = context.catalog.objects["campaignmember"]
    taken = {row["CampaignId"] for row in find_by(context.db, members, "ContactId", contact_id)}
    for row in find_by(context.db, members, "LeadId", lead_id):
        if row["CampaignId"] not in taken:
            check_held(context, row["Id"])
            update_row(context.db, members, row, {"ContactId": contact_id}, **signed)
    if context.state.switches.conversion_moves_tasks:
        tasks = context.catalog.objects["task"]
        for row in find_by(context.db, tasks, "WhoId", lead_id):
            check_held(context, row["Id"])
            update_row(context.db, tasks, row, {"WhoId": contact_id}, **signed)

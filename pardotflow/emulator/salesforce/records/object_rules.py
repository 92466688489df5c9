"""What saving a record of a certain object means beyond its fields: derived values before, further records after."""

from __future__ import annotations

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.records.campaign_members import add_default_statuses, check_alone, member_values
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.person_accounts import (
    check_no_person_contact,
    person_values,
    save_contact,
)
from pardotflow.emulator.salesforce.records.row_store import Values
from pardotflow.emulator.salesforce.records.sales_rules import (
    add_contact_role,
    keep_one_primary,
    opportunity_values,
    task_values,
)


def derive_values(context: Context, info: ObjectInfo, row: Values | None, values: Values) -> Values:
    """The given values with those that follow from them; `row` is None for a new record. Raises `SalesforceError`."""
    match info.name:
        case "Account":
            return person_values(context, info, row, values)
        case "Contact" if row is not None:
            check_no_person_contact(info, row)
        case "CampaignMember":
            return member_values(context, row, values)
        case "Opportunity":
            return opportunity_values(row, values)
        case "Task":
            return task_values(context, row, values)
    return values


def check_return(context: Context, info: ObjectInfo, row: Values) -> None:
    """Refuse a record of the recycle bin whose place another has taken; raises `SalesforceError`."""
    if info.name == "CampaignMember":
        check_alone(context, row)


def finish_save(context: Context, info: ObjectInfo, row: Values, *, created: bool) -> None:
    """Save what a stored record brings with it."""
    if info.name == "Campaign" and created:
        add_default_statuses(context, row["Id"])
    elif info.name == "Opportunity" and created and row.get("ContactId"):
        add_contact_role(context, row["Id"], row["ContactId"])
    elif info.name == "Account" and row.get("IsPersonAccount"):
        save_contact(context, info, row, created=created)
    elif info.name == "OpportunityContactRole":
        keep_one_primary(context, row)

"""What the platform derives for opportunities, their contact roles and tasks when they are saved.

Facts: salesforce_api.md §2.3 and §8.3. Which stage has which probability is that of a new Developer Edition org.
"""

from __future__ import annotations

from datetime import date

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import refuse
from pardotflow.emulator.salesforce.records.campaign_members import check_not_converted
from pardotflow.emulator.salesforce.records.row_store import Values, find_by, find_row, new_id
from pardotflow.emulator.salesforce.records.rows import complete_row, insert_row, update_row

_PROBABILITY = {
    "prospecting": 10,
    "qualification": 10,
    "needs analysis": 20,
    "value proposition": 50,
    "id. decision makers": 60,
    "perception analysis": 70,
    "proposal/price quote": 75,
    "negotiation/review": 90,
    "closed won": 100,
    "closed lost": 0,
}


def opportunity_values(row: Values | None, values: Values) -> Values:
    """Closed and won, probability, forecast and fiscal period of an opportunity that is made or changed."""
    made = dict(values)
    whole = {**(row or {}), **values}
    stage = str(whole.get("StageName") or "").lower()
    if row is None or "StageName" in values:
        won, lost = stage == "closed won", stage == "closed lost"
        made |= {"IsClosed": int(won or lost), "IsWon": int(won)}
        made["ForecastCategory"] = "Closed" if won else "Omitted" if lost else "Pipeline"
        made.setdefault("ForecastCategoryName", made["ForecastCategory"])
        if values.get("Probability") is None:
            made["Probability"] = float(_PROBABILITY.get(stage, 0))
    amount, probability = whole.get("Amount"), made.get("Probability", whole.get("Probability"))
    made["ExpectedRevenue"] = None if amount is None or probability is None else round(amount * probability / 100, 2)
    if whole.get("CloseDate"):
        closes = date.fromisoformat(whole["CloseDate"])
        quarter = (closes.month + 2) // 3
        made |= {"FiscalYear": closes.year, "FiscalQuarter": quarter, "Fiscal": f"{closes.year} {quarter}"}
    return made


def add_contact_role(context: Context, opportunity_id: str, contact_id: str) -> None:
    """Make a contact the primary one of an opportunity."""
    info = context.catalog.objects["opportunitycontactrole"]
    values = {"OpportunityId": opportunity_id, "ContactId": contact_id, "IsPrimary": 1}
    record_id = new_id(context.db, info)
    row = complete_row(info, values, record_id=record_id, stamp=context.stamp, user_id=context.user_id)
    insert_row(context.db, info, row)
    keep_one_primary(context, row)


def keep_one_primary(context: Context, row: Values) -> None:
    """A contact that becomes primary takes that from the others of the opportunity."""
    if not row.get("IsPrimary"):
        return
    info = context.catalog.objects["opportunitycontactrole"]
    for other in find_by(context.db, info, "OpportunityId", row["OpportunityId"]):
        if other["IsPrimary"] and other["Id"] != row["Id"]:
            update_row(context.db, info, other, {"IsPrimary": 0}, stamp=context.stamp, user_id=context.user_id)


def task_values(context: Context, row: Values | None, values: Values) -> Values:
    """Closed, high priority and the account of a task; a lead's task is related to nothing else."""
    made = dict(values)
    whole = {**(row or {"Status": "Not Started", "Priority": "Normal"}), **_given(values)}
    who, what = values.get("WhoId", whole.get("WhoId")), values.get("WhatId", whole.get("WhatId"))
    if who and str(who).startswith("00Q"):
        if values.get("WhoId"):
            check_not_converted(context, who)
        if what:
            message = "You must not specify a related record when the name is a lead"
            raise refuse(400, "FIELD_INTEGRITY_EXCEPTION", message, ("WhatId",))
    closed = whole["Status"] == "Completed"
    made |= {"IsClosed": int(closed), "IsHighPriority": int(whole["Priority"] == "High")}
    if closed and not (row and row.get("CompletedDateTime")):
        made["CompletedDateTime"] = context.stamp
    made["AccountId"] = _account_of(context, what) or _account_of(context, who)
    return made


def _given(values: Values) -> Values:
    return {name: value for name, value in values.items() if value is not None}


def _account_of(context: Context, record_id: str | None) -> str | None:
    """The account that a task's record is or belongs to."""
    if record_id is None or record_id.startswith("001"):
        return record_id
    name = {"003": "contact", "006": "opportunity"}.get(record_id[:3])
    found = find_row(context.db, context.catalog.objects[name], record_id) if name else None
    return found["AccountId"] if found else None

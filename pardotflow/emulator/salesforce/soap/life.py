"""The SOAP operations that REST does not have: undelete, emptyRecycleBin, merge and convertLead.

Each record has a result and a savepoint of its own; `AllOrNoneHeader` is not honoured. What they mean is in
`recycle_bin`, `merge` and `lead_conversion`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from pardotflow.emulator.datafile import savepoint
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import SalesforceError, refuse
from pardotflow.emulator.salesforce.records.lead_conversion import LeadConvert, convert_lead
from pardotflow.emulator.salesforce.records.merge import merge_records
from pardotflow.emulator.salesforce.records.recycle_bin import empty_bin, undelete_record
from pardotflow.emulator.salesforce.soap.envelope import SoapRequest, respond, text_of

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
Result = Mapping[str, Any]


def undelete(context: Context, request: SoapRequest) -> Element:
    """`undelete` with up to 200 `ids`."""
    return respond("undelete", [_change_one(context, each, undelete_record) for each in _ids(request)])


def empty_recycle_bin(context: Context, request: SoapRequest) -> Element:
    """`emptyRecycleBin` with up to 200 `ids`."""
    return respond("emptyRecycleBin", [_change_one(context, each, empty_bin) for each in _ids(request)])


def merge(context: Context, request: SoapRequest) -> Element:
    """`merge` with one or several `request`."""
    return respond("merge", [_merge_one(context, each) for each in request.operation.findall("request")])


def convert(context: Context, request: SoapRequest) -> Element:
    """`convertLead` with one or several `leadConverts`."""
    return respond("convertLead", [_convert_one(context, each) for each in request.operation.findall("leadConverts")])


LIFE_OPERATIONS = {
    "undelete": undelete,
    "emptyRecycleBin": empty_recycle_bin,
    "merge": merge,
    "convertLead": convert,
}


def _ids(request: SoapRequest) -> Iterable[str]:
    found = request.operation.findall("ids")
    if len(found) > 200:
        raise refuse(400, "EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records")
    return [(each.text or "").strip() for each in found]


def _run(context: Context, record_id: str | None, change: Callable[[], Result], blank: Result) -> Result:
    """The result of one record; a refused one changes nothing and shows why."""
    try:
        with savepoint(context.db):
            context.take_row(record_id)
            return change()
    except SalesforceError as error:
        errors = [
            {"fields": list(problem.fields or ()), "message": problem.message, "statusCode": problem.code}
            for problem in error.problems
        ]
        return {"errors": errors, **blank, "success": False}


def _change_one(context: Context, record_id: str, change: Callable[[Context, str], str]) -> Result:
    return _run(
        context, record_id, lambda: {"id": change(context, record_id), "success": True}, {"id": record_id or None}
    )


def _merge_one(context: Context, request: Element) -> Result:
    def change() -> Result:
        record = request.find("masterRecord")
        kind = _kind_of(record) if record is not None else None
        info = context.catalog.find(kind or "")
        if record is None or info is None:
            raise refuse(400, "INVALID_TYPE", f"sObject type '{kind or ''}' is not supported.", ())
        losers = [(each.text or "").strip() for each in request.findall("recordToMergeIds")]
        done = merge_records(context, info, text_of(record, "Id") or "", losers, _fields_of(record))
        return {
            "id": done.master_id,
            "mergedRecordIds": done.merged_ids,
            "success": True,
            "updatedRelatedIds": done.related_ids,
        }

    master = request.find("masterRecord")
    record_id = None if master is None else text_of(master, "Id")
    return _run(context, record_id, change, {"id": record_id})


def _kind_of(record: Element) -> str | None:
    """The object of a record: the child `type` of the partner API, `xsi:type` of the enterprise API."""
    return text_of(record, "type") or (record.get(_TYPE) or "").rpartition(":")[2] or None


def _fields_of(record: Element) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for child in record:
        if child.tag == "fieldsToNull":
            values[(child.text or "").strip()] = None
        elif child.tag not in {"type", "Id"}:
            values[child.tag] = None if child.get(_NIL) in {"true", "1"} else (child.text or "")
    return values


def _convert_one(context: Context, element: Element) -> Result:
    def text(name: str) -> str | None:
        return text_of(element, name) or None

    def change() -> Result:
        wanted = LeadConvert(
            lead_id=text("leadId") or "",
            converted_status=text("convertedStatus"),
            account_id=text("accountId"),
            contact_id=text("contactId"),
            opportunity_id=text("opportunityId"),
            opportunity_name=text("opportunityName"),
            owner_id=text("ownerId"),
            creates_opportunity=(text("doNotCreateOpportunity") or "").lower() not in {"true", "1"},
            overwrites_lead_source=(text("overwriteLeadSource") or "").lower() in {"true", "1"},
        )
        done = convert_lead(context, wanted)
        return {
            "accountId": done.account_id,
            "contactId": done.contact_id,
            "leadId": done.lead_id,
            "opportunityId": done.opportunity_id,
            "success": True,
        }

    blank = {"accountId": None, "contactId": None, "leadId": text("leadId"), "opportunityId": None}
    return _run(context, text("leadId"), change, blank)

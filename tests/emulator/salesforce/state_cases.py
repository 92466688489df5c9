"""Error codes of the facts (salesforce_api) that bad input causes in an org with rules, jobs and hidden records."""

from __future__ import annotations

from typing import Any

from tests.emulator.salesforce.error_form import ANN, MANY, ROW, Case, many, post

RULES = {
    "validation": [
        {"object": "Campaign", "when": "NumberSent < 0", "message": "Not less than none", "field": "NumberSent"},
        {"object": "Campaign", "when": "ActualCost < 0", "message": "Costs are costs"},
    ],
    "duplicate": [
        {"object": "Account", "name": "By_Site", "match": ["Site"], "on_create": "block", "on_update": "alert"}
    ],
    "sharing": [{"object": "Account", "hidden": "Name = 'Hidden'"}],
    "field_security": [{"object": "Account", "read_only": ["Fax"]}],
}
ABORTED = "Aborting already Completed Job not allowed"
MISSING = "The requested resource does not exist"
CSV = {"Content-Type": "text/csv"}
NO_ACCESS = "insufficient access rights on object id"
OLD = {"start": "2020-01-01T00:00:00Z", "end": "2020-01-02T00:00:00Z"}
SAME = {"start": "$now", "end": "$now"}
DEAR = {"Name": "C", "NumberSent": -1, "ActualCost": -1}
ACCOUNT = {"attributes": {"type": "Account"}}
SITE = {"Name": "B", "Site": "Here"}
MEMBER = {"CampaignId": "$campaign", "ContactId": ANN}
QUESTION = "Use one of these records?"
TASK = {"WhoId": "00Q5e000000led1", "WhatId": "0015e000001acme"}


def job(code: str, text: str, method: str, path: str, body: Any = None, **headers: str) -> Case:
    """A request about a Bulk 2.0 job."""
    return Case(code=code, status=400, text=text, method=method, path=f"/jobs/{path}", body=body, headers=headers)


STATE_CASES = (
    # -- rules of the org (sections 10.3 and 10.4)
    post("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Not less than none", DEAR, ["NumberSent"], "Campaign"),
    many(
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "Not less than none",
        {"attributes": {"type": "Campaign"}, **DEAR},
        fields=["NumberSent"],
    ),
    post("DUPLICATES_DETECTED", QUESTION, SITE, [], "Account"),
    many(
        "DUPLICATES_DETECTED",
        "Use one of these records?",
        {"attributes": {"type": "Account"}, "Name": "B", "Site": "Here"},
    ),
    post(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: Fax. ",
        {"Name": "B", "Fax": "1"},
        ["Fax"],
        "Account",
    ),
    # -- access
    Case(
        code="INSUFFICIENT_ACCESS_OR_READONLY",
        status=403,
        text=NO_ACCESS,
        method="PATCH",
        path="/sobjects/Account/$hidden",
        body={"Phone": "1"},
        fields=[],
    ),
    Case(
        code="INSUFFICIENT_ACCESS_OR_READONLY",
        status=403,
        text=NO_ACCESS,
        method="DELETE",
        path="/sobjects/User/$former",
        fields=[],
    ),
    many(
        "INSUFFICIENT_ACCESS_OR_READONLY",
        NO_ACCESS,
        {"attributes": {"type": "Account"}, "id": "$hidden"},
        method="PATCH",
    ),
    post(
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "insufficient access rights on cross-reference id",
        {"LastName": "A", "AccountId": "$hidden"},
        [],
    ),
    post(
        "INACTIVE_OWNER_OR_USER",
        "operation performed with inactive user [",
        {"LastName": "A", "OwnerId": "$former"},
        ["OwnerId"],
    ),
    # -- what the platform keeps to itself
    Case(
        code="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        status=400,
        text="entity type cannot be inserted: Lead History",
        method="POST",
        path="/sobjects/LeadHistory",
        body={},
    ),
    post("FIELD_INTEGRITY_EXCEPTION", "", TASK, ["WhatId"], "Task"),
    post(
        "DUPLICATE_VALUE",
        "Already a campaign member.",
        {"CampaignId": "$campaign", "ContactId": ANN},
        [],
        "CampaignMember",
    ),
    Case(
        code="UNABLE_TO_LOCK_ROW",
        status=400,
        text="unable to obtain exclusive access to this record or 1 records: ",
        method="PATCH",
        path="/sobjects/Contact/$held",
        body={"Phone": "1"},
        fields=[],
    ),
    many(
        "UNABLE_TO_LOCK_ROW",
        "unable to obtain exclusive access to this record",
        {"id": "$held", "Phone": "1"},
        method="PATCH",
    ),
    # -- ids by the place where they stand (sections 4 and 5.1)
    Case(
        code="MALFORMED_ID",
        status=400,
        text="Contact ID: id value of incorrect type: ",
        method="PATCH",
        path="/sobjects/Contact/0015e000001acme",
        body={"Phone": "1"},
        fields=["Id"],
    ),
    Case(
        code="MALFORMED_ID",
        status=200,
        text="malformed id 001RM000003oLrB000",
        method="DELETE",
        path=MANY,
        params={"ids": "001RM000003oLrB000"},
        fields=[],
    ),
    # -- replication (section 7)
    Case(code="INVALID_REPLICATION_DATE", status=400, text="", path="/sobjects/Contact/updated", params=OLD),
    Case(code="INVALID_REPLICATION_DATE", status=400, text="", path="/sobjects/Contact/deleted", params=OLD),
    Case(code="INVALID_REPLICATION_DATE", status=400, text="", path="/sobjects/Contact/deleted", params=SAME),
    Case(code="INVALID_REPLICATION_DATE", status=400, text="", path="/sobjects/LeadHistory/updated", params=SAME),
    Case(code="MISSING_ARGUMENT", status=400, text="", path="/sobjects/Contact/updated"),
    # -- Bulk 2.0 (section 6)
    job(
        "API_ERROR",
        "Error encountered when deleting the job because the job is not terminated",
        "DELETE",
        "query/$query_job",
    ),
    job("API_ERROR", "", "POST", "query", {"operation": "query", "query": "SELECT COUNT() FROM Contact"}),
    job(
        "INVALIDJOBSTATE",
        "Aborting already Completed Job not allowed",
        "PATCH",
        "query/$done_job",
        {"state": "Aborted"},
    ),
    job("INVALIDJOBSTATE", "", "GET", "ingest/$open_job/failedResults"),
    job("INVALIDJOB", "", "POST", "ingest", {"operation": "insert"}),
    job("INVALID_FIELD", "", "POST", "query", {"operation": "query", "query": "SELECT foo FROM Contact"}),
    Case(
        code="EXCEEDEDQUOTA",
        status=400,
        text="",
        method="PUT",
        path="/jobs/ingest/$open_job/batches",
        body="LastName\n" + "x" * 5_000,
        headers=CSV,
    ),
    Case(
        code="NOT_FOUND",
        status=404,
        text="The requested resource does not exist",
        path="/jobs/query/7505e000000zzzzAAA",
    ),
)
STATUSES = {
    300: Case(code="", status=300, text="", path="/sobjects/Contact/Shared_Key__c/twin"),
    304: Case(code="", status=304, text="", path=ROW, headers={"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    401: Case(code="INVALID_SESSION_ID", status=401, text="", path=ROW, headers={"Authorization": "Bearer old"}),
    404: Case(code="NOT_FOUND", status=404, text="", path="/services/data/v99.0/limits"),
    405: Case(code="METHOD_NOT_ALLOWED", status=405, text="", path=ROW, method="PUT", body={}),
    409: Case(code="INVALIDVERSION", status=409, text="", path="/services/data/v59.0/jobs/query/$done_job/results"),
    410: Case(code="UNSUPPORTED_API_VERSION", status=410, text="", path="/services/data/v19.0/limits"),
    412: Case(
        code="PRECONDITION_FAILED",
        status=412,
        text="",
        path="/sobjects/Account/0015e000001acme",
        method="PATCH",
        body={"Phone": "1"},
        headers={"If-Match": '"00000000"'},
    ),
    414: Case(code="URI_TOO_LONG", status=414, text="", path="/query", params={"q": "x" * 17_000}),
    415: Case(
        code="UNSUPPORTED_MEDIA_TYPE",
        status=415,
        text="",
        path="/sobjects/Contact",
        method="POST",
        body="<a/>",
        headers={"Content-Type": "text/xml"},
    ),
    431: Case(
        code="REQUEST_HEADER_FIELDS_TOO_LARGE", status=431, text="", path="/limits", headers={"X-Large": "x" * 17_000}
    ),
}
"""Requests by the status of their answer; the codes of some are assumed."""
STATUS_REASONS = {
    200: "no error",
    201: "no error",
    204: "no error",
    400: "the tables of codes",
    403: "the tables of codes",
    420: "of an edge server",
    428: "which request must be conditional is not documented",
    500: "a fault orders it",
    502: "a fault orders it",
    503: "a fault orders it",
}

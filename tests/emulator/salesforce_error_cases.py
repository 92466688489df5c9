"""Every error code of the facts (salesforce_api) with the request that causes it, or why bad input cannot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ANN = "0035e000000con1AAA"
GONE = "0035e000000con4AAA"
NEVER = "0035e000000zzzzAAA"
CONVERTED = "00Q5e000000led2"
KEY = "Pardot_Prospect_Id__c"
ROW = f"/sobjects/Contact/{ANN}"
MANY = "/composite/sobjects"
ROOT = "/services/data/v60.0"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One refused request: status, code, the start of the message, and the fields that the error names."""

    code: str
    status: int
    text: str
    path: str
    method: str = "GET"
    body: Any = None
    params: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    fields: list[str] | None = None
    needs: tuple[str, str] | None = None
    """A route that not every state of the emulator has: method and path."""


def query(code: str, text: str, statement: str) -> Case:
    return Case(code=code, status=400, text=text, path="/query", params={"q": statement})


def post(code: str, text: str, body: object, fields: list[str], kind: str = "Contact") -> Case:
    return Case(code=code, status=400, text=text, method="POST", path=f"/sobjects/{kind}", body=body, fields=fields)


def many(code: str, text: str, *records: dict[str, Any], all_or_none: bool = False, method: str = "POST") -> Case:
    """Records of a collection, whose answer is 200 with an error for each record."""
    marked = [{"attributes": {"type": "Contact"}, **record} for record in records]
    body = {"allOrNone": all_or_none, "records": marked}
    return Case(code=code, status=200, text=text, method=method, path=MANY, body=body)


def composite(code: str, text: str, *wanted: dict[str, Any], all_or_none: bool = False, status: int = 200) -> Case:
    """Parts of a composite; their answers stand in an answer of status 200."""
    parts = [{"method": "GET", "referenceId": f"r{number}", **part} for number, part in enumerate(wanted)]
    body = {"allOrNone": all_or_none, "compositeRequest": parts}
    return Case(code=code, status=status, text=text, method="POST", path="/composite", body=body)


LIMITS = {"url": f"{ROOT}/limits"}
CASES = (
    # -- rows (sections 4 and 10.3)
    Case(code="NOT_FOUND", status=404, text="The requested resource does not exist", path=f"/sobjects/Contact/{GONE}"),
    Case(code="NOT_FOUND", status=404, text="The requested resource does not exist", path="/sobjects/Nothing/describe"),
    Case(code="NOT_FOUND", status=404, text="The requested resource does not exist", path="/nowhere"),
    Case(
        code="NOT_FOUND",
        status=404,
        text="Provided external ID field does not exist or is not accessible: no-id",
        path="/sobjects/Contact/no-id",
    ),
    Case(
        code="NOT_FOUND",
        status=404,
        text="Provided external ID field does not exist or is not accessible: Namez",
        path="/sobjects/Contact/Namez/x",
        method="PATCH",
        body={},
    ),
    Case(
        code="ENTITY_IS_DELETED",
        status=404,
        text="entity is deleted",
        path=f"/sobjects/Contact/{GONE}",
        method="DELETE",
        fields=[],
    ),
    Case(
        code="ENTITY_IS_DELETED",
        status=404,
        text="entity is deleted",
        path=f"/sobjects/Contact/{GONE}",
        method="PATCH",
        body={"Phone": "1"},
        fields=[],
    ),
    Case(
        code="INVALID_CROSS_REFERENCE_KEY",
        status=404,
        text="invalid cross reference id",
        path=f"/sobjects/Contact/{NEVER}",
        method="DELETE",
        fields=[],
    ),
    post(
        "INVALID_CROSS_REFERENCE_KEY",
        "invalid cross reference id",
        {"LastName": "A", "AccountId": "0015e000001zzzz"},
        ["AccountId"],
    ),
    Case(
        code="METHOD_NOT_ALLOWED",
        status=405,
        text="HTTP Method 'PUT' not allowed. Allowed are ",
        path=ROW,
        method="PUT",
        body={},
    ),
    Case(
        code="INVALID_SESSION_ID",
        status=401,
        text="Session expired or invalid",
        path="/limits",
        headers={"Authorization": "Bearer old"},
    ),
    Case(
        code="PRECONDITION_FAILED",
        status=412,
        text="",
        path=ROW,
        method="PATCH",
        body={"Phone": "1"},
        headers={"If-Unmodified-Since": "Tue, 10 Aug 2015 00:00:00 GMT"},
    ),
    Case(
        code="CANNOT_UPDATE_CONVERTED_LEAD",
        status=400,
        text="cannot reference converted lead",
        path=f"/sobjects/Lead/{CONVERTED}",
        method="PATCH",
        body={"Phone": "1"},
        fields=[],
    ),
    Case(
        code="INVALID_FIELD",
        status=400,
        text="",
        path=ROW,
        method="PATCH",
        body={"Id": ANN},
    ),
    Case(
        code="INVALID_FIELD",
        status=400,
        text="No such column 'Namez' on sobject of type Contact",
        path="/sobjects/Contact",
        method="POST",
        body={"LastName": "A", "Namez": "1"},
    ),
    post(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: MasterRecordId. Please check the security settings of this field and verify"
        " that it is read/write for your profile or permission set.",
        {"LastName": "A", "MasterRecordId": ANN},
        ["MasterRecordId"],
    ),
    post("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", {"FirstName": "A"}, ["LastName"]),
    post("STRING_TOO_LONG", "First Name: ", {"LastName": "A", "FirstName": "n" * 41}, ["FirstName"]),
    post(
        "INVALID_EMAIL_ADDRESS",
        "Email: invalid email address: badone",
        {"LastName": "A", "Email": "badone"},
        ["Email"],
    ),
    post(
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "",
        {"LastName": "A", "Company": "C", "Region__c": "West"},
        ["Region__c"],
        "Lead",
    ),
    post("DUPLICATE_VALUE", "duplicate value found: ", {"LastName": "A", "Company": "C", KEY: "taken"}, [], "Lead"),
    post("MALFORMED_ID", "", {"LastName": "A", "AccountId": "no-id"}, ["AccountId"]),
    post(
        "NUMBER_OUTSIDE_VALID_RANGE",
        "",
        {"LastName": "A", "Company": "C", "Prospect_Score__c": 1e30},
        ["Prospect_Score__c"],
        "Lead",
    ),
    Case(code="JSON_PARSER_ERROR", status=400, text="", path="/sobjects/Contact", method="POST", body="{"),
    Case(
        code="JSON_PARSER_ERROR",
        status=400,
        text="",
        path="/sobjects/Contact",
        method="POST",
        body={"LastName": "A", "Birthdate": "soon"},
    ),
    # -- queries (section 3.6)
    query("MALFORMED_QUERY", "\nSELECT Id FORM Contact\n", "SELECT Id FORM Contact"),
    query("MALFORMED_QUERY", "", "SELECT Id FROM Contact WHERE Name = 'a' AND Name = 'b' OR Name = 'c'"),
    query("INVALID_FIELD", "\nSELECT Id,foo FROM Contact\n", "SELECT Id,foo FROM Contact"),
    query("INVALID_FIELD", "", "SELECT Id FROM Contact WHERE CreatedDate > '2020-01-01T00:00:00Z'"),
    query("INVALID_FIELD", "", "SELECT Id FROM Contact WHERE Description = 'a'"),
    query("INVALID_TYPE", "\nSELECT Id FROM Contakt\n", "SELECT Id FROM Contakt"),
    query("INVALID_QUERY_FILTER_OPERATOR", "", "SELECT Id FROM Contact WHERE Id = 'no-id'"),
    query("NUMBER_OUTSIDE_VALID_RANGE", "", "SELECT Id FROM Contact OFFSET 2001"),
    Case(code="INVALID_QUERY_LOCATOR", status=400, text="", path="/query/01g5e0000000000AAA-2000"),
    # -- replication (section 7)
    Case(
        code="INVALID_REPLICATION_DATE",
        status=400,
        text="",
        path="/sobjects/Contact/updated",
        params={"start": "2031-01-01T00:00:00Z", "end": "2030-01-01T00:00:00Z"},
    ),
    # -- collections (section 5.1)
    many("MISSING_ARGUMENT", "Id not specified in an update call", {"LastName": "A"}, method="PATCH"),
    many("INVALID_FIELD", "No such column 'x' on sobject of type Contact", {"LastName": "A", "x": 1}),
    many("INVALID_EMAIL_ADDRESS", "Email: invalid email address: badone", {"LastName": "A", "Email": "badone"}),
    many("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", {"FirstName": "A"}),
    many(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using AllOrNone header",
        {"LastName": "A"},
        {"FirstName": "A"},
        all_or_none=True,
    ),
    many(
        "CANNOT_UPDATE_CONVERTED_LEAD",
        "cannot reference converted lead",
        {"attributes": {"type": "Lead"}, "id": CONVERTED, "Phone": "1"},
        method="PATCH",
    ),
    many("MALFORMED_ID", "", {"id": "no-id", "Phone": "1"}, method="PATCH"),
    many("ENTITY_IS_DELETED", "entity is deleted", {"id": GONE, "Phone": "1"}, method="PATCH"),
    Case(
        code="REQUIRED_FIELD_MISSING",
        status=400,
        text="At least 1 record is required",
        path=MANY,
        method="POST",
        body={"records": []},
    ),
    Case(
        code="EXCEEDED_ID_LIMIT",
        status=400,
        text="",
        path=MANY,
        method="POST",
        body={"records": [{"attributes": {"type": "Contact"}, "LastName": "A"}] * 201},
    ),
    Case(
        code="DUPLICATE_EXTERNAL_ID",
        status=200,
        text="more than one record found for external id",
        path=f"{MANY}/Lead/{KEY}",
        method="PATCH",
        body={"records": [{"attributes": {"type": "Lead"}, KEY: "twin", "LastName": "A", "Company": "C"}]},
    ),
    # -- composite and batch (sections 5.2 and 5.3)
    composite(
        "PROCESSING_HALTED",
        "The transaction was rolled back since another operation in the same transaction failed.",
        {"url": f"{ROOT}/sobjects/Contact", "method": "POST", "body": {"LastName": "A"}},
        {"url": f"{ROOT}/sobjects/Contact", "method": "POST", "body": {}},
        all_or_none=True,
    ),
    composite("LIMIT_EXCEEDED", "", *[LIMITS] * 26, status=400),
    Case(
        code="BATCH_PROCESSING_HALTED",
        status=200,
        text="Batch processing halted per request",
        path="/composite/batch",
        method="POST",
        body={
            "haltOnError": True,
            "batchRequests": [{"method": "GET", "url": "v60.0/nowhere"}, {"method": "GET", "url": "v60.0/limits"}],
        },
        needs=("POST", "/composite/batch"),
    ),
)
ORDERED = {
    "REQUEST_LIMIT_EXCEEDED": (403, "TotalRequests Limit exceeded."),
    "UNABLE_TO_LOCK_ROW": (400, "unable to obtain exclusive access to this record or 1 records: "),
    "SERVER_UNAVAILABLE": (503, ""),
    "QUERY_TIMEOUT": (400, ""),
    "REQUEST_RUNNING_TOO_LONG": (503, ""),
    "UNKNOWN_EXCEPTION": (500, ""),
    "STORAGE_LIMIT_EXCEEDED": (403, ""),
    "TOO_MANY_APEX_REQUESTS": (403, ""),
    "API_DISABLED_FOR_ORG": (403, ""),
    "API_CURRENTLY_DISABLED": (403, ""),
    "FUNCTIONALITY_NOT_ENABLED": (403, ""),
}
"""Codes that the state of the platform causes, and no input: a fault orders them."""

_RULES = "needs a rule, trigger or flow that the org declares; the seed of these tests declares none"
_OWNERS = "needs inactive users, sharing or setup objects; users are only read in the emulated org"
REASONS = {
    "API_ERROR": "belongs to the state of a Bulk 2.0 job; the tests of bulk jobs cause it",
    "APEX_ERROR": _RULES,
    "CANNOT_EXECUTE_FLOW_TRIGGER": _RULES,
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": _RULES,
    "DUPLICATES_DETECTED": _RULES,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": _RULES,
    "EMAIL_ADDRESS_BOUNCED": "belongs to sending e-mail, which is not emulated",
    "EMAIL_OPTED_OUT": "belongs to sending e-mail, which is not emulated",
    "DELETE_FAILED": "needs a child whose lookup restricts deletion; none of the standard lookups does",
    "DELETE_REQUIRED_ON_CASCADE": "needs children that the user may not delete",
    "DEPENDENCY_EXISTS": "needs setup objects that depend on each other",
    "ENTITY_IS_LOCKED": "needs an approval process",
    "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE": "the other value of the switch precondition_code",
    "FIELD_INTEGRITY_EXCEPTION": "which wrong reference or type gives it instead of the codes above is not documented",
    "INACTIVE_OWNER_OR_USER": _OWNERS,
    "INVALID_OWNER": _OWNERS,
    "MIXED_DML_OPERATION": _OWNERS,
    "TRANSFER_REQUIRES_READ": _OWNERS,
    "INSUFFICIENT_ACCESS": "a prefix of the two codes that follow, not a code",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": _OWNERS,
    "INSUFFICIENT_ACCESS_OR_READONLY": _OWNERS,
    "OPERATION_TOO_LARGE": "the sizes from which it comes are not documented",
    "QUERY_TOO_COMPLICATED": "the complexity from which it comes is not documented",
}
_CONSENT = "answers a browser at the authorization endpoint, not a client at the token endpoint"
_ORG = "needs a user or an org that is inactive; the emulated ones never are"
OAUTH = {
    "unsupported_grant_type": {"grant_type": "magic"},
    "invalid_request": {},
    "invalid_client_id": {"grant_type": "client_credentials", "client_id": "nobody"},
    "invalid_client": {"grant_type": "client_credentials", "client_secret": "wrong"},
    "invalid_grant": {"grant_type": "refresh_token", "refresh_token": "gone"},
}
"""Errors of the token endpoint, and what of a correct form is another way."""
OAUTH_REASONS = {
    "redirect_uri_mismatch": _CONSENT,
    "unsupported_response_type": _CONSENT,
    "invalid_scope": _CONSENT,
    "immediate_unsuccessful": _CONSENT,
    "inactive_user": _ORG,
    "inactive_org": _ORG,
    "rate_limit_exceeded": "the trouble rate_limited orders it",
    "unknown_error": "the platform's own failure",
}
NO_CODES = r"(LAST|NEXT|THIS)_\w+|N_\w+_AGO|GAP_\w+"
"""Words of the facts in the same spelling that are no error codes: dates of SOQL, kinds of change events."""

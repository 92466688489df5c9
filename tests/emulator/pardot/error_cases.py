"""Requests that Pardot refuses, with the status, the code and the text of each (facts pardot_api section 8)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.emulator.running import Emulator

RECORDS = "/objects/prospects"
ADDRESS = {"email": "n@x.test"}
TAKEN = {"email": "ann@x.test"}
BODY = {"operation": "Upsert", "object": "Prospect"}
ONE = "matchId,phone\n1,77\n"
EXPORT = {
    "object": "Prospect",
    "fields": ["id"],
    "procedure": {"name": "filter_by_updated_at", "arguments": {"updatedAfter": "yesterday"}},
}
NO_IMPORT = "Invalid import state for this operation"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One refused request and its text, without the detail behind the colon.

    `prepare` makes what the request is about; its id takes the place of `{id}` in the path. `tables` are sent as files
    beside `body`.
    """

    code: int
    text: str
    path: str
    status: int = 400
    method: str = "GET"
    body: object = None
    tables: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    switches: dict[str, bool | int] = field(default_factory=dict)
    prepare: Callable[[Emulator], int] | None = None
    warning: str | None = None


def bad(code: int, text: str, path: str, status: int = 400, **more: bool | int) -> Case:
    return Case(code=code, text=text, path=path, status=status, switches=more)


def post(code: int, text: str, path: str, body: object, status: int = 400, **more: bool | int) -> Case:
    return Case(code=code, text=text, path=path, body=body, method="POST", status=status, switches=more)


def patch(code: int, text: str, path: str, body: object, status: int = 400, **more: bool | int) -> Case:
    return Case(code=code, text=text, path=path, body=body, method="PATCH", status=status, switches=more)


def upload(code: int, text: str, *tables: str, path: str = "/imports", **body: object) -> Case:
    return Case(code=code, text=text, path=path, method="POST", body={**BODY, **body}, tables=tables)


def of_import(code: int, text: str, tail: str, prepare: Callable[[Emulator], int], **more: object) -> Case:
    return Case(code=code, text=text, path="/imports/{id}" + tail, prepare=prepare, method="POST", **more)  # type: ignore[arg-type]


def export(code: int, text: str, name: object = "filter_by_updated_at", **arguments: object) -> Case:
    body = {"object": "Prospect", "procedure": {"name": name, "arguments": arguments}}
    return post(code, text, "/exports", body)


# -- what has to be there before


def open_import(emulator: Emulator) -> int:
    return int(emulator.pardot.post("/imports", json=BODY).json()["id"])


def full_import(emulator: Emulator) -> int:
    import_id = open_import(emulator)
    for _ in range(10):
        emulator.pardot.post(f"/imports/{import_id}/batches", files={"file": ("a.csv", ONE)})
    return import_id


def waiting_import(emulator: Emulator) -> int:
    return emulator.start_import(ONE)


def canceled_import(emulator: Emulator) -> int:
    import_id = open_import(emulator)
    emulator.pardot.post(f"/imports/{import_id}/do/cancel")
    return import_id


def waiting_export(emulator: Emulator) -> int:
    return int(emulator.pardot.post("/exports", json=EXPORT).json()["id"])


def forged_token(**changes: object) -> str:
    content = {
        "orderBy": "",
        "filters": [],
        "limit": 1,
        "resumeValue": {"id": 1},
        "page": 2,
        "recCount": 1,
        "expireTime": "2999-01-01T00:00:00+00:00",
        "deleted": None,
        **changes,
    }
    return base64.b64encode(json.dumps(content).encode()).decode()


PAGES = f"{RECORDS}?fields=id&nextPageToken="
RECYCLED = "201;Record In Recycle Bin"
NO_MEMBER = {"Pardot-Business-Unit-Id": "0Uv000000000000AAA"}
IDS = ",".join(map(str, range(1, 12)))

CASES = (
    post(3, "Invalid prospect ID", "/objects/list-memberships", {"listId": 13, "prospectId": 77}),
    post(4, "Invalid prospect email address", RECORDS, {"email": "ann"}),
    post(4, "Invalid prospect email address", f"{RECORDS}/do/upsertLatestByEmail", {"prospect": {}}),
    bad(5, "Invalid query parameters", f"{RECORDS}?fields=id&color=red"),
    bad(5, "Invalid query parameters", f"{PAGES}{forged_token()}&limit=5"),
    bad(5, "Invalid query parameters", "/objects/custom-fields/247704?fields=id&deleted=true"),
    bad(7, "Invalid timestamp", f"{RECORDS}?fields=id&updatedAtAfter=soon"),
    bad(7, "Invalid timestamp", f"{RECORDS}?fields=id&updatedAtAfter=0001-01-01T00:00:00%2B14:00"),
    bad(7, "Invalid timestamp", f"{RECORDS}?fields=id&updatedAtBefore=9999-12-31T23:59:59-12:00"),
    bad(7, "Invalid timestamp", f"{RECORDS}?fields=id&updatedAtAfter=2026-02-30T00:00:00Z"),
    export(8, "Invalid time range", updatedAfter="2023-04-01T00:00:00Z", updatedBefore="2023-03-01T00:00:00Z"),
    post(9, "A prospect with the specified email address already exists", RECORDS, TAKEN, ampsea=False),
    post(10, "Invalid user ID", RECORDS, {**ADDRESS, "userId": 77}),
    bad(13, "One or more required parameters are missing: fields", RECORDS),
    bad(13, "One or more required parameters are missing: fields", f"{RECORDS}?fields=,"),
    bad(13, "One or more required parameters are missing: fields", f"{RECORDS}/1?fields=%20"),
    bad(13, "One or more required parameters are missing: fields", "/objects/account"),
    bad(16, "Invalid ID", f"{RECORDS}/x?fields=id"),
    bad(16, "Invalid ID", f"{RECORDS}/99999999999999999999?fields=id"),
    bad(16, "Invalid ID", f"{RECORDS}?fields=id&idList=1,-2"),
    bad(19, "Invalid value specified for sort_by", f"{RECORDS}?fields=id&orderBy=email"),
    bad(20, "Invalid value specified for sort_order", f"{RECORDS}?fields=id&orderBy=id%20UP"),
    bad(21, "Invalid value specified for offset", f"{RECORDS}?fields=id&offset=2001"),
    bad(23, "Invalid value specified for limit", f"{RECORDS}?fields=id&limit=1001"),
    bad(27, "Invalid value specified for deleted", f"{RECORDS}?fields=id&deleted=maybe"),
    bad(27, "Invalid value specified for deleted", f"{RECORDS}/4?fields=id&deleted=maybe"),
    bad(27, "Invalid value specified for deleted", f"{RECORDS}/4?fields=id&deleted=all"),
    post(29, "Invalid score", RECORDS, {**ADDRESS, "score": "high"}),
    post(38, "Invalid campaign ID", RECORDS, {**ADDRESS, "campaignId": 77}),
    post(39, "Invalid profile ID", RECORDS, {**ADDRESS, "profileId": "x"}),
    Case(code=49, text="Access Denied", path=f"{RECORDS}?fields=id", headers={"Authorization": ""}, status=401),
    post(50, "Invalid boolean", RECORDS, {**ADDRESS, "isDoNotEmail": "yes"}),
    bad(51, "Invalid parameter", f"{RECORDS}?fields=color"),
    bad(51, "Invalid parameter", f"{RECORDS}?fields=campaign"),
    bad(51, "Invalid parameter", "/objects/account?fields=admin.color"),
    patch(54, "Email address is already in use", f"{RECORDS}/5", TAKEN, ampsea=False),
    post(54, "Email address is already in use", RECORDS, TAKEN, ampsea=False, taken_address_code=54),
    post(55, "Invalid list ID", "/objects/list-memberships", {"listId": 77, "prospectId": 1}),
    post(55, "Invalid list ID", "/objects/list-memberships", {"listId": 12, "prospectId": 1}),
    post(56, "Invalid number entered for field", RECORDS, {**ADDRESS, "age__c": "old"}),
    post(56, "Invalid number entered for field", RECORDS, {**ADDRESS, "age__c": "9" * 400}),
    post(57, "Invalid date entered for field", "/external-activities", {"activityDate": "0001-01-01T00:00:00+14:00"}),
    post(
        58,
        "That prospect is already a member of that list. Update the membership instead.",
        "/objects/list-memberships",
        {"listId": 11, "prospectId": 1},
    ),
    Case(code=60, text="Invalid HTTP request method", path=f"{RECORDS}/1", method="PUT", body={}, status=405),
    post(61, "Invalid prospect account id", RECORDS, {**ADDRESS, "prospectAccountId": 77}),
    bad(63, "Too many IDs were provided", f"{RECORDS}?fields=id&idList={IDS}", id_list_longest=10),
    bad(
        66,
        "You have exceeded your concurrent request limit. Please wait, before trying again",
        f"{RECORDS}?fields=id",
        429,
        pardot_concurrency=0,
    ),
    post(77, "Invalid prospect fid", RECORDS, {**ADDRESS, "salesforceId": "x"}),
    patch(
        81,
        "Prospect ID and FID do not match",
        f"{RECORDS}/2",
        {"salesforceId": "0035e000000con1"},
        salesforce_id_unique=True,
    ),
    post(
        92,
        "Prospect record could not be found",
        "/external-activities",
        {"extension": "Shop", "type": "Bought", "email": "nobody@x.test", "value": "v"},
        404,
    ),
    bad(109, "The requested record was not found.", f"{RECORDS}/77?fields=id", 404),
    Case(
        code=109,
        text="The requested record was not found.",
        path=f"{RECORDS}/4?fields=id",
        status=404,
        warning=RECYCLED,
    ),
    Case(
        code=109,
        text="The requested record was not found.",
        path=f"{RECORDS}/4",
        method="DELETE",
        status=404,
        warning=RECYCLED,
    ),
    bad(122, "Daily API rate limit met", f"{RECORDS}?fields=id", 429, pardot_daily_limit=0),
    post(
        125,
        "Cannot accept both user_id and crm_owner_fid.",
        RECORDS,
        {**ADDRESS, "userId": 9000001, "salesforceOwnerId": "0055e000000usr1"},
    ),
    upload(130, "One or more of the specified fields are invalid", "matchId,color\n1,red\n"),
    post(132, "Prospect is archived", "/objects/list-memberships", {"listId": 13, "prospectId": 4}),
    bad(133, "Too many sort fields were specified", f"{RECORDS}?fields=id&orderBy=id,createdAt,updatedAt"),
    bad(135, "One of two sort fields must be id", f"{RECORDS}?fields=id&orderBy=updatedAt,createdAt"),
    Case(code=150, text="Input needs to be valid JSON", path=RECORDS, method="POST", body=b"{"),
    Case(
        code=151,
        text="Unsupported content-type",
        path=RECORDS,
        method="POST",
        body=b"a=1",
        headers={"Content-Type": "text/plain"},
    ),
    Case(code=152, text="Request body can't be empty", path=RECORDS, method="POST", body=b""),
    post(153, "Missing required property in request", RECORDS, {"firstName": "A"}),
    post(154, "Invalid property in request", RECORDS, {**ADDRESS, "firstName": 5}),
    post(154, "Invalid property in request", "/imports", {**BODY, "status": {}}),
    post(154, "Invalid property in request", "/objects/custom-fields", {"name": "É", "fieldId": "É", "type": "Text"}),
    Case(
        code=155,
        text="The import is not open",
        path="/imports/{id}",
        method="PATCH",
        body={"status": "Ready"},
        prepare=waiting_import,
    ),
    post(156, "The import has no data", "/imports", {**BODY, "status": "Ready"}),
    upload(159, "The CSV file is invalid", "matchId,phone\n1\n"),
    of_import(160, "Too many batches for one import", "/batches", full_import, tables=(ONE,)),
    of_import(161, NO_IMPORT, "/batches", waiting_import, tables=(ONE,)),
    of_import(161, NO_IMPORT, "/do/cancel", canceled_import),
    of_import(162, "No file was uploaded", "/batches", open_import),
    of_import(163, "Too many files were uploaded", "/batches", open_import, tables=(ONE, ONE)),
    upload(163, "Too many files were uploaded", ONE, ONE),
    Case(
        code=164,
        text="Daily batch limit met",
        path="/imports",
        method="POST",
        body=BODY,
        tables=(ONE,),
        switches={"import_batches_a_day": 0},
    ),
    post(165, "Invalid column options", "/imports", {**BODY, "fields": "phone"}),
    post(165, "Invalid column options", "/imports", {**BODY, "fields": [{"overwrite": True}]}),
    post(165, "Invalid column options", "/imports", {**BODY, "fields": [{"field": "phone"}, {"field": "phone"}]}),
    Case(
        code=166,
        text="Invalid input format",
        path="/imports",
        method="POST",
        body=b"x",
        headers={"Content-Type": "multipart/form-data"},
    ),
    export(174, "Invalid export procedure name", "filter_by_color", updatedAfter="today"),
    export(175, "Unknown export procedure argument", updatedAfter="today", color="red"),
    export(176, "Missing required export procedure argument", updatedBefore="today"),
    export(177, "Invalid export procedure argument value", updatedAfter="9999-12-31T23:59:59-12:00"),
    Case(
        code=178,
        text="Invalid export state for this operation",
        path="/exports/{id}/results/1",
        prepare=waiting_export,
    ),
    post(180, "One or more of the specified fields are invalid", RECORDS, {**ADDRESS, "color": "red"}),
    patch(180, "One or more of the specified fields are invalid", f"{RECORDS}/1", {"grade": "A"}),
    Case(
        code=180,
        text="One or more of the specified fields are invalid",
        path="/imports/{id}",
        method="PATCH",
        body={"status": "Ready", "createOnNoMatch": False},
        prepare=open_import,
    ),
    Case(
        code=182,
        text="Invalid header value",
        path=f"{RECORDS}?fields=id",
        headers={"Pardot-Business-Unit-Id": "nonsense"},
    ),
    Case(
        code=184,
        text="access_token is invalid, unknown, or malformed",
        path=f"{RECORDS}?fields=id",
        headers={"Authorization": "Bearer nonsense"},
        status=401,
    ),
    bad(192, "Object specified does not exist", "/objects/shoes?fields=id", 404),
    upload(197, "The import is missing a required field", "phone,lastName\n1,1\n"),
    bad(198, "Endpoint not found", "/shoes", 404),
    Case(
        code=201,
        text="Business Unit specified in Pardot-Business-Unit-Id header not found or inactive.",
        path=f"{RECORDS}?fields=id",
        headers=NO_MEMBER,
    ),
    upload(204, "The file is too large or empty", ""),
    post(205, "Action name is either missing or incorrect", f"{RECORDS}/do/dance", {}),
    post(205, "Action name is either missing or incorrect", "/imports/1/do/dance", {}),
    post(206, "Invalid action argument value", f"{RECORDS}/1/do/addTag", {"tagId": "x"}),
    post(
        206,
        "Invalid action argument value",
        f"{RECORDS}/do/upsertLatestByEmail",
        {"prospect": ADDRESS, "secondaryDeletedSearch": "yes"},
    ),
    post(207, "Missing required action argument", f"{RECORDS}/1/do/addTag", {}),
    post(207, "Missing required action argument", f"{RECORDS}/do/undelete", {}),
    post(206, "Invalid action argument value", f"{RECORDS}/4/do/undelete", {"fields": 5}),
    post(208, "Unknown action argument", f"{RECORDS}/1/do/addTag", {"color": "red"}),
    post(208, "Unknown action argument", f"{RECORDS}/do/undelete", {"matchEmail": "gone@x.test", "color": "red"}),
    bad(
        209,
        "Too many fields have filters",
        f"{RECORDS}?fields=id&idGreaterThan=1&email=a&salesforceId=b&updatedAtAfter=2023-01-01T00:00:00Z",
    ),
    bad(210, "Page token has expired.", PAGES + forged_token(expireTime="2020-01-01T00:00:00+00:00")),
    bad(211, "Page token is invalid.", f"{PAGES}x"),
    post(217, "Invalid visitor", "/objects/visitors/1/do/assignToProspect", {"prospectId": 1}),
    post(
        218,
        "Connected Campaigns is not enabled",
        "/objects/campaigns/1201/do/connectSalesforceCampaign",
        {"salesforceCampaignId": "7015e000000cam1"},
        connected_campaigns=False,
    ),
    Case(
        code=219,
        text="Deleted records can't be updated. Please undelete before updating.",
        path=f"{RECORDS}/4",
        method="PATCH",
        body={"phone": "1"},
        warning=RECYCLED,
    ),
    bad(224, "Invalid fields for request type", "/exports?fields=resultRefs"),
    bad(224, "Invalid fields for request type", f"{RECORDS}?fields=language__c"),
    upload(227, "The CSV columns do not correspond to the field options", ONE, fields=[{"field": "fax"}]),
    post(231, "The maximum file size is too low", "/exports", {**EXPORT, "maxFileSizeBytes": 1}),
    post(232, "The maximum file size is too high", "/exports", {**EXPORT, "maxFileSizeBytes": 10**9}),
    post(242, "One or more requested records not found", f"{RECORDS}/1/do/addTag", {"tagId": 77}, 404),
    post(245, "The supplied name is already in use.", "/objects/lists", {"name": "News"}),
)

"""The errors that bad input can cause: status, code, text and headers of each (facts pardot_api section 8)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from .running import Emulator

RECORDS = "/objects/prospects"
ADDRESS = {"email": "n@x.test"}
MEMBER = {"listId": 11, "prospectId": 1}
WINDOW = {"updatedAfter": "2023-02-01T00:00:00Z", "updatedBefore": "2023-03-01T00:00:00Z"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One refused request and the start of its message."""

    code: int
    text: str
    path: str
    status: int = 400
    method: str = "GET"
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


def bad(code: int, text: str, path: str, status: int = 400) -> Case:
    return Case(code=code, text=text, path=path, status=status)


def post(code: int, text: str, path: str, body: object, status: int = 400) -> Case:
    return Case(code=code, text=text, path=path, body=body, method="POST", status=status)


def patch(code: int, text: str, path: str, body: object, status: int = 400) -> Case:
    return Case(code=code, text=text, path=path, body=body, method="PATCH", status=status)


CASES = (
    post(3, "Invalid prospect ID", "/objects/list-memberships", {"listId": 13, "prospectId": 77}),
    post(4, "Invalid prospect email address", RECORDS, {"email": "ann"}),
    bad(5, "Invalid query parameters", f"{RECORDS}?fields=id&color=red"),
    bad(7, "Invalid timestamp", f"{RECORDS}?fields=id&updatedAtAfter=soon"),
    post(
        8,
        "Invalid time range",
        "/exports",
        {
            "object": "Prospect",
            "procedure": {
                "name": "filter_by_updated_at",
                "arguments": {**WINDOW, "updatedAfter": "2023-04-01T00:00:00Z"},
            },
        },
    ),
    post(10, "Invalid user ID", RECORDS, {**ADDRESS, "userId": 77}),
    bad(13, "One or more required parameters are missing: fields", RECORDS),
    bad(16, "Invalid ID", f"{RECORDS}/x?fields=id"),
    bad(23, "Invalid value specified for limit", f"{RECORDS}?fields=id&limit=1001"),
    post(38, "Invalid campaign ID", RECORDS, {**ADDRESS, "campaignId": 77}),
    post(50, "Invalid boolean", RECORDS, {**ADDRESS, "isDoNotEmail": "yes"}),
    bad(51, "Invalid parameter", f"{RECORDS}?fields=color"),
    post(55, "Invalid list ID", "/objects/list-memberships", {"listId": 77, "prospectId": 1}),
    post(55, "Invalid list ID", "/objects/list-memberships", {"listId": 12, "prospectId": 1}),
    post(56, "Invalid number entered for field", RECORDS, {**ADDRESS, "age__c": "old"}),
    post(58, "That prospect is already a member of that list.", "/objects/list-memberships", MEMBER),
    Case(code=60, text="Invalid HTTP request method", path=f"{RECORDS}/1", method="PUT", body={}, status=405),
    post(61, "Invalid prospect account id", RECORDS, {**ADDRESS, "prospectAccountId": 77}),
    post(77, "Invalid prospect fid", RECORDS, {**ADDRESS, "salesforceId": "x"}),
    bad(109, "The requested record was not found.", f"{RECORDS}/77?fields=id", 404),
    post(
        125,
        "Cannot accept both user_id and crm_owner_fid.",
        RECORDS,
        {**ADDRESS, "userId": 9000001, "salesforceOwnerId": "0055e000000usr1"},
    ),
    post(132, "Prospect is archived", "/objects/list-memberships", {"listId": 13, "prospectId": 4}),
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
    post(153, "Missing required property in request: email", RECORDS, {"firstName": "A"}),
    post(154, "Invalid property in request", RECORDS, {**ADDRESS, "firstName": 5}),
    post(180, "One or more of the specified fields are invalid: color", RECORDS, {**ADDRESS, "color": "red"}),
    patch(180, "One or more of the specified fields are invalid: grade", f"{RECORDS}/1", {"grade": "A"}),
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
    bad(198, "Endpoint not found", "/shoes", 404),
    Case(
        code=201,
        text="Business Unit specified in Pardot-Business-Unit-Id header not found or inactive.",
        path=f"{RECORDS}?fields=id",
        headers={"Pardot-Business-Unit-Id": "0Uv000000000000AAA"},
    ),
    post(205, "Action name is either missing or incorrect", f"{RECORDS}/do/dance", {}),
    post(206, "Invalid action argument value", f"{RECORDS}/1/do/addTag", {"tagId": "x"}),
    post(207, "Missing required action argument", f"{RECORDS}/1/do/addTag", {}),
    post(208, "Unknown action argument", f"{RECORDS}/1/do/addTag", {"color": "red"}),
    bad(
        209,
        "Too many fields have filters",
        f"{RECORDS}?fields=id&idGreaterThan=1&email=a&salesforceId=b&updatedAtAfter=2023-01-01T00:00:00Z",
    ),
    bad(211, "Page token is invalid.", f"{RECORDS}?fields=id&nextPageToken=x"),
    patch(219, "Deleted records can't be updated. Please undelete before updating.", f"{RECORDS}/4", {"phone": "1"}),
    bad(224, "Invalid fields for request type", "/exports?fields=resultRefs"),
    post(242, "One or more requested records not found", f"{RECORDS}/1/do/addTag", {"tagId": 77}, 404),
    post(245, "The supplied name is already in use.", "/objects/lists", {"name": "News"}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.path[:40]}")
def test_error(shared: Emulator, case: Case) -> None:
    sent = case.body if isinstance(case.body, bytes) else None
    headers = {"Content-Type": "application/json"} if sent is not None else {}
    answer = shared.pardot.request(
        case.method,
        case.path,
        content=sent,
        json=case.body if sent is None else None,
        headers={**headers, **case.headers},
    )
    assert answer.headers["content-type"].startswith("application/json")
    assert list(answer.json()) == ["code", "message"]
    assert (answer.status_code, answer.json()["code"]) == (case.status, case.code)
    assert answer.json()["message"].startswith(case.text)
    binned = case.code == 219
    assert answer.headers.get("pardot-warning") == ("201;Record In Recycle Bin" if binned else None)
    assert "x-api-usage" not in answer.headers and "retry-after" not in answer.headers

"""Pardot queries: fields, filters, order, pages and tokens."""

import base64
import json
from collections.abc import ItemsView
from typing import Any

import pytest

from pardotflow.emulator.pardot.schema.objects import COLLECTIONS
from tests.emulator.running import Emulator, pardot_error


def ids(emulator: Emulator, **params: str | int) -> list[int]:
    return [int(v["id"]) for v in emulator.values("prospects", **params)]


def token_of(page: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(base64.b64decode(page["nextPageToken"]))
    return content


def test_the_envelope_has_three_keys(shared: Emulator) -> None:
    body = shared.pardot.get("/objects/prospects", params={"fields": "id", "email": "nobody@x.test"}).json()
    assert body == {"nextPageToken": None, "nextPageUrl": None, "values": []}


def test_rows_hold_the_requested_fields_in_the_recorded_order(shared: Emulator) -> None:
    fields = "updatedAt, hobby__c,lastName,id,email,age__c,optedOut,score"
    first = shared.values(fields=fields)[0]
    assert list(first) == ["id", "email", "lastName", "optedOut", "score", "updatedAt", "age__c", "hobby__c"]
    assert first["updatedAt"] == "2023-02-01T01:00:00-07:00"
    assert first["optedOut"] is False and first["score"] == 10
    assert first["hobby__c"] == "swimming" and first["age__c"] == 41
    assert shared.values(fields="age__c")[1] == {"age__c": None}


def test_related_records(emulator: Emulator) -> None:
    emulator.pardot.patch("/objects/prospects/1", json={"campaignId": 1202, "userId": 9000002})
    fields = "campaign.name,campaign.createdAt,assignedTo.email,prospectAccount.name,campaign.createdBy.email"
    first = emulator.values(fields=fields)[0]
    assert first["campaign"] == {
        "createdAt": "2020-12-31T17:00:00-07:00",
        "createdBy": {"email": "ada.admin@emulator.test"},
        "name": "Fair",
    }
    assert first["assignedTo"] == {"email": "ada.admin@emulator.test"} and first["prospectAccount"] is None
    deep = emulator.pardot.get("/objects/prospects", params={"fields": "campaign.createdBy.createdBy.updatedBy.id"})
    assert pardot_error(deep) == (400, 51)


def test_time_zone_of_the_user(emulator: Emulator) -> None:
    emulator.switch(pardot_time_zone="Europe/Berlin")
    assert emulator.values(fields="updatedAt")[0]["updatedAt"] == "2023-02-01T09:00:00+01:00"


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, [1, 2, 3, 5]),
        ({"deleted": "true"}, [4]),
        ({"deleted": "all"}, [1, 2, 3, 4, 5]),
        ({"email": "bob@x.test"}, [2, 3]),
        ({"email": "BOB@x.test"}, []),
        ({"salesforceId": "0035e000000con1"}, [1]),
        ({"salesforceId": "0035e000000con1AAA"}, [1]),
        ({"idList": "5, 1,4"}, [1, 5]),
        ({"id": "3"}, [3]),
        ({"idGreaterThan": 2}, [3, 5]),
        ({"idGreaterThanOrEqualTo": 2, "idLessThan": 5}, [2, 3]),
        ({"updatedAtAfter": "2023-02-02T08:00:00+00:00"}, [5]),
        ({"updatedAtAfterOrEqualTo": "2023-02-02T00:00:00-08:00"}, [2, 3, 5]),
        ({"updatedAtBefore": "2023-02-02T08:00:00Z"}, [1]),
        ({"updatedAtBeforeOrEqualTo": "2023-02-02T08:00:00+00:00", "email": "bob@x.test"}, [2, 3]),
        ({"lastActivityAtAfter": "2023-01-01T00:00:00+00:00"}, [3]),
        ({"orderBy": "id DESC"}, [5, 3, 2, 1]),
        ({"orderBy": "updatedAt desc"}, [5, 2, 3, 1]),
        ({"orderBy": "updatedAt DESC,id DESC"}, [5, 3, 2, 1]),
        ({"orderBy": "lastActivityAt"}, [2, 5, 1, 3]),
        ({"limit": 2, "offset": 1}, [2, 3]),
    ],
)
def test_filters_and_order(shared: Emulator, params: dict[str, str | int], found: list[int]) -> None:
    assert ids(shared, **params) == found


def test_addresses_without_case(emulator: Emulator) -> None:
    emulator.switch(email_match_case_sensitive=False)
    assert ids(emulator, email="BOB@x.test") == [2, 3]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"fields": "id,nope"}, 51),
        ({"fields": "language__c"}, 224),
        ({"fields": "nope.id"}, 51),
        ({"limit": 0}, 23),
        ({"limit": 1001}, 23),
        ({"offset": 2001}, 21),
        ({"orderBy": "email"}, 19),
        ({"orderBy": "id UP"}, 20),
        ({"orderBy": "id,createdAt,updatedAt"}, 133),
        ({"orderBy": "createdAt,updatedAt"}, 135),
        ({"deleted": "maybe"}, 27),
        ({"score": "5"}, 5),
        ({"createdAfter": "2020-01-01T00:00:00+00:00"}, 5),
        ({"updatedAt": "2020-01-01T00:00:00+00:00"}, 5),
        ({"updatedAtAfter": "yesterday"}, 7),
        ({"updatedAtAfter": "2020-01-01"}, 7),
        ({"idList": "1,b"}, 16),
        ({"idGreaterThan": "b"}, 51),
        ({"id": 1, "email": "a", "userId": 2, "createdAtAfter": "2020-01-01T00:00:00+00:00"}, 209),
        ({"nextPageToken": "rubbish"}, 211),
    ],
)
def test_mistakes(shared: Emulator, params: dict[str, str | int], code: int) -> None:
    answer = shared.pardot.get("/objects/prospects", params={"fields": "id", **params})
    assert pardot_error(answer) == (400, code)


def test_an_unencoded_plus_is_a_space_and_no_offset(shared: Emulator) -> None:
    answer = shared.pardot.get("/objects/prospects?fields=id&updatedAtAfter=2020-01-01T00:00:00+00:00")
    assert pardot_error(answer) == (400, 7)


def test_z_is_a_switch(emulator: Emulator) -> None:
    emulator.switch(z_suffix_accepted=False)
    params = {"fields": "id", "updatedAtAfter": "2020-01-01T00:00:00Z"}
    assert pardot_error(emulator.pardot.get("/objects/prospects", params=params)) == (400, 7)


def test_objects_without_a_recycle_bin(shared: Emulator) -> None:
    params = {"fields": "id", "deleted": "all"}
    assert pardot_error(shared.pardot.get("/objects/custom-fields", params=params)) == (400, 5)


# -- pages


def test_the_token_has_the_recorded_form(shared: Emulator) -> None:
    page = shared.pardot.get("/objects/prospects", params={"fields": "id,email", "limit": 2}).json()
    content = token_of(page)
    assert list(content) == [
        "orderBy",
        "filters",
        "limit",
        "resumeValue",
        "page",
        "recCount",
        "expireTime",
        "deleted",
    ]
    assert (content["orderBy"], content["filters"], content["limit"]) == ("", [], 2)
    assert (content["resumeValue"], content["page"], content["recCount"]) == ({"id": 2}, 2, 2)
    assert content["expireTime"].endswith("-07:00") and content["deleted"] is None
    url = f"{shared.environment['PARDOT_URL']}/api/v5/objects/prospects?fields=id,email&nextPageToken="
    assert page["nextPageUrl"] == url + page["nextPageToken"]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"deleted": "all", "orderBy": "id DESC"},
        {"orderBy": "updatedAt"},
        {"orderBy": "updatedAt DESC"},
        {"orderBy": "updatedAt DESC,id DESC"},
        {"orderBy": "lastActivityAt", "deleted": "all"},
        {"orderBy": "lastActivityAt DESC"},
        {"email": "bob@x.test"},
        {"updatedAtAfterOrEqualTo": "2023-02-02T08:00:00+00:00", "orderBy": "updatedAt"},
        {"idList": "1,2,3"},
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_add_up_to_the_whole(shared: Emulator, params: dict[str, str], limit: int) -> None:
    whole = ids(shared, **params)
    page = shared.pardot.get("/objects/prospects", params={"fields": "id", "limit": limit, **params}).json()
    walked = [v["id"] for v in page["values"]]
    while page["nextPageUrl"]:
        # The token of the page after carries the moment at which it ends.
        with shared.standing_still():
            again = shared.pardot.get(page["nextPageUrl"]).json()
            assert again == shared.pardot.get(page["nextPageUrl"]).json()
        page = again
        walked += [v["id"] for v in page["values"]]
    assert walked == whole


def test_only_fields_may_accompany_a_token(shared: Emulator) -> None:
    page = shared.pardot.get("/objects/prospects", params={"fields": "id", "limit": 1}).json()
    token = page["nextPageToken"]
    other = shared.pardot.get("/objects/prospects", params={"fields": "email", "nextPageToken": token})
    assert other.json()["values"] == [{"email": "bob@x.test"}]
    for extra in ({"limit": 1}, {"orderBy": "id"}, {"deleted": "all"}, {"email": "a"}):
        params = {"fields": "id", "nextPageToken": token, **extra}
        assert pardot_error(shared.pardot.get("/objects/prospects", params=params)) == (400, 5)
    bare = shared.pardot.get("/objects/prospects", params={"nextPageToken": token})
    assert pardot_error(bare) == (400, 13)


def test_a_token_lives_four_hours(emulator: Emulator) -> None:
    page = emulator.pardot.get("/objects/prospects", params={"fields": "id", "limit": 1}).json()
    emulator.advance(4 * 3600 - 60)
    assert emulator.pardot.get(page["nextPageUrl"]).status_code == 200
    emulator.advance(120)
    assert pardot_error(emulator.pardot.get(page["nextPageUrl"])) == (400, 210)


def test_a_token_of_somebodys_own_making(shared: Emulator) -> None:
    page = shared.pardot.get("/objects/prospects", params={"fields": "id", "limit": 1}).json()
    content = token_of(page) | {"filters": [{"field": "x; DROP", "operator": "=", "value": 1}]}
    forged = base64.b64encode(json.dumps(content).encode()).decode()
    answer = shared.pardot.get("/objects/prospects", params={"fields": "id", "nextPageToken": forged})
    assert pardot_error(answer) == (400, 211)


def test_the_ceiling_ends_a_sequence_with_a_warning(emulator: Emulator) -> None:
    emulator.switch(page_token_ceiling=2)
    first = emulator.pardot.get("/objects/prospects", params={"fields": "id", "limit": 1})
    assert first.json()["nextPageToken"] and "pardot-warning" not in first.headers
    second = emulator.pardot.get(first.json()["nextPageUrl"])
    assert second.json()["nextPageToken"] is None and second.json()["values"] == [{"id": 2}]
    assert second.headers["pardot-warning"] == (
        "203;Record count for nextPageToken sequence has been exceeded. No page token returned."
    )


def relations_of(path: str) -> ItemsView[str, tuple[str, str]]:
    return COLLECTIONS[path].relations.items()


def test_more_related_records_than_one_statement_holds(shared: Emulator) -> None:
    ways = COLLECTIONS["visitor-activities"].relations.items()
    steps = [(f"{way}.{step}", there) for way, (_, path) in ways for step, (_, there) in relations_of(path)]
    fields = [f"{step}.{last}.id" for step, path in steps for last, _ in relations_of(path)]
    url = "/objects/visitor-activities"
    assert shared.pardot.get(url, params={"fields": ",".join(fields[:20])}).status_code == 200
    assert pardot_error(shared.pardot.get(url, params={"fields": ",".join(fields)})) == (400, 51)

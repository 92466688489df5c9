"""External activities: made by address, read, queried."""

import httpx
import pytest

from tests.emulator.running import Emulator, pardot_error

BODY = {"extension": "Shop", "type": "Bought", "email": "bob@x.test", "value": "shoes"}


def post(emulator: Emulator, **body: object) -> httpx.Response:
    return emulator.pardot.post("/external-activities", json={**BODY, **body})


def test_the_prospect_that_was_active_last_gets_it(emulator: Emulator) -> None:
    answer = post(emulator, activityDate="2024-01-02T03:04:05+00:00")
    record_id = answer.json()["id"]
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"/api/v5/external-activities/{record_id}?fields=id")
    fields = "extension,type,value,activityDate,prospectId,prospect.email"
    assert emulator.pardot.get(f"/external-activities/{record_id}", params={"fields": fields}).json() == {
        "activityDate": "2024-01-01T20:04:05-07:00",
        "extension": "Shop",
        "prospect": {"email": "bob@x.test"},
        "prospectId": 3,
        "type": "Bought",
        "value": "shoes",
    }
    params = {"fields": "id", "createdAtAfterOrEqualTo": "2024-01-01T00:00:00+00:00"}
    assert emulator.pardot.get("/external-activities", params=params).json()["values"] == [{"id": record_id}]


def test_status_is_a_switch(emulator: Emulator) -> None:
    emulator.switch(external_activity_status=200)
    assert post(emulator).status_code == 200


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"extension": None}, (400, 153)),
        ({"value": "x" * 101}, (400, 154)),
        ({"value": 5}, (400, 154)),
        ({"email": "no address"}, (400, 4)),
        ({"email": "nobody@x.test"}, (404, 92)),
        ({"activityDate": "soon"}, (400, 57)),
        ({"prospectId": 1}, (400, 180)),
    ],
)
def test_mistakes(shared: Emulator, body: dict[str, object], error: tuple[int, int]) -> None:
    assert pardot_error(post(shared, **body)) == error

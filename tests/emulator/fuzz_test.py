"""A fuzzer over the OpenAPI description: whatever comes in, no answer is a 5xx and nothing is printed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from pardotflow.emulator.admin import ROUTES as ADMIN_ROUTES
from pardotflow.emulator.openapi import DATA, PARDOT, build_description, read_pattern
from pardotflow.emulator.pardot.service import ROUTES as PARDOT_ROUTES
from pardotflow.emulator.salesforce.oauth.service import ENDPOINTS
from pardotflow.emulator.salesforce.service import ROUTES as SALESFORCE_ROUTES
from tests.emulator.process_test import process
from tests.emulator.running import Emulator

KNOWN = {
    "object": ["Contact", "Lead", "Account"],
    "collection": ["prospects", "lists", "list-memberships", "custom-fields", "tags"],
    "key": ["Pardot_Prospect_Id__c", "Id"],
    "id": ["0035e000000con1", "1", "11"],
    "value": ["a"],
}
QUERIES = [
    "SELECT Id FROM Contact",
    "SELECT FIELDS(ALL) FROM Lead LIMIT 5",
    "SELECT COUNT(Id) FROM Account GROUP BY Name",
]

DESCRIPTION = build_description([route for route in ADMIN_ROUTES if set(route.endpoints) == {"GET"}])
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION).exclude(path_regex="/Soap/")  # whose faults are all 500


@pytest.fixture(scope="module")
def server(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A process of its own; what it printed is looked at when all is over."""
    data = Path(shutil.copy(template, tmp_path_factory.mktemp("fuzz") / "emulator.db"))
    with process(data) as (made, emulator):
        emulator.switch(pardot_daily_limit=10_000_000, salesforce_daily_limit=10_000_000)
        yield emulator
        made.terminate()
        assert made.stderr is not None and made.stderr.read() == b""


def bring_home(case: Any) -> None:
    """Put words that are known in the place of every second random one, so that calls get past the first look-up."""
    for name, value in dict(case.path_parameters or {}).items():
        words = KNOWN.get(name)
        if words and len(str(value)) % 2:
            case.path_parameters[name] = words[len(str(value)) % len(words)]
    query = dict(case.query or {})
    if len(str(query)) % 2:
        if "q" in query:
            case.query["q"] = QUERIES[len(query["q"]) % len(QUERIES)]
        if "fields" in query:
            case.query["fields"] = "id"


@SCHEMA.parametrize()
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=tuple(HealthCheck),
)
def test_no_call_breaks_the_server(case: Any, server: Emulator) -> None:
    bring_home(case)
    headers = dict(server.pardot.headers)
    for name in ("accept", "accept-encoding", "connection", "user-agent"):
        headers.pop(name)
    answer = case.call(base_url=server.environment["SF_INSTANCE_URL"], headers=headers)
    assert answer.status_code < 500, (answer.status_code, answer.text)


RECORD = {"attributes": {"type": "Contact"}, "LastName": "A"}
AWKWARD: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    10**30,
    "",
    "\x00",
    "\ud800",
    "a" * 70_000,
    [],
    [None],
    [[]],
    {},
    {"a": {}},
    [{"": 1}],
)


@pytest.mark.parametrize("value", AWKWARD, ids=lambda value: ascii(value)[:20])
def test_a_value_that_no_field_expects(server: Emulator, value: object) -> None:
    part = {"method": "GET", "url": f"{DATA}/limits", "referenceId": "a"}
    salesforce: list[tuple[str, str, object]] = [
        ("POST", "/sobjects/Contact", {**RECORD, name: value})
        for name in ("LastName", "AccountId", "Birthdate", "Email")
    ]
    salesforce += [
        ("POST", "/sobjects/Lead", {name: value}) for name in ("Prospect_Score__c", "IsConverted", "Region__c")
    ]
    salesforce += [("PATCH", "/sobjects/Contact/0035e000000con1", value), ("POST", "/composite", value)]
    salesforce += [
        ("POST", "/composite", {"compositeRequest": [{**part, name: value}]}) for name in (*part, "httpHeaders", "body")
    ]
    salesforce += [(method, "/composite/sobjects", {"records": [value]}) for method in ("POST", "PATCH")]
    salesforce += [("PATCH", "/composite/sobjects", {"records": [{**RECORD, "id": value}]})]
    salesforce += [("PATCH", "/composite/sobjects/Lead/Id", {"records": [{**RECORD, "Id": value}]})]
    salesforce += [("POST", "/composite/sobjects/Contact", {name: value}) for name in ("ids", "fields")]
    pardot: list[tuple[str, str, object]] = [
        ("POST", "/objects/prospects", {"email": "a@x.test", name: value})
        for name in ("email", "score", "salesforceId", "optedOut", "hobby__c", "userId", "campaignId")
    ]
    pardot += [("POST", "/objects/list-memberships", {"listId": value, "prospectId": value})]
    pardot += [("POST", "/objects/lists", {"name": value}), ("POST", "/objects/tags", {"name": value})]
    pardot += [("POST", "/objects/custom-fields", {"name": value, "fieldId": value, "type": value})]
    pardot += [
        ("POST", "/objects/prospects/do/upsertLatestByEmail", {"matchEmail": "a@x.test", "prospect": {}, name: value})
        for name in ("matchEmail", "prospect", "fields", "secondaryDeletedSearch")
    ]
    pardot += [("POST", "/exports", {"object": "Prospect", name: value}) for name in ("object", "fields", "procedure")]
    pardot += [("POST", "/objects/prospects/1/do/addTag", {"tagId": value}), ("POST", "/external-activities", value)]
    pardot += [("POST", "/objects/prospects/4/do/undelete", {"fields": value})]
    pardot += [
        ("POST", "/imports", {"operation": "Upsert", "object": "Prospect", name: value})
        for name in ("operation", "object", "status", "createOnNoMatch", "fields")
    ]
    activity = {"extension": "a", "type": "b", "email": "ann@x.test", "value": "v"}
    pardot += [("POST", "/external-activities", {**activity, name: value}) for name in ("value", "activityDate")]
    procedure = {"name": "filter_by_updated_at", "arguments": {"updatedAfter": value, "deleted": value}}
    pardot += [("POST", "/exports", {"object": "Prospect", "procedure": procedure})]
    for client, calls in ((server.salesforce, salesforce), (server.pardot, pardot)):
        for method, path, body in calls:
            content = json.dumps(body, allow_nan=True)
            answer = client.request(method, path, content=content, headers={"Content-Type": "application/json"})
            assert answer.status_code < 500, (method, path, body, answer.text)


def test_a_body_that_is_nested_too_deep(server: Emulator) -> None:
    for client, path in ((server.salesforce, "/sobjects/Contact"), (server.pardot, "/objects/prospects")):
        answer = client.post(path, content="[" * 100_000, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400, answer.text


def test_every_route_is_described() -> None:
    paths = build_description(ADMIN_ROUTES)["paths"]
    for prefix, routes in ((DATA, SALESFORCE_ROUTES), (PARDOT, PARDOT_ROUTES), ("", ADMIN_ROUTES)):
        for route in routes:
            template, groups = read_pattern(route.pattern.pattern)
            assert set(paths[prefix + template]) >= {method.lower() for method in route.endpoints}
            assert set(re.findall(r"{(\w+)}", template)) == set(groups)
            sample = {
                name: next(word for word in ("1", "a", *inner.split("|")) if re.fullmatch(inner, word))
                for name, inner in groups.items()
            }
            assert route.pattern.fullmatch(template.format(**sample)), template


def test_the_description_is_served(shared: Emulator) -> None:
    told = shared.plain.get("/__admin/openapi.json").json()
    assert {"/", "/services/Soap/u/60.0", "/services/Soap/c/60.0", "/id/{organization}/{user}"} <= told["paths"].keys()
    signing_in = {path: set(item) for path, item in told["paths"].items() if "/oauth2/" in path}
    assert signing_in == {path: set(map(str.lower, methods)) for path, (methods, _) in ENDPOINTS.items()}
    assert told["openapi"] == "3.1.0" and told["paths"].keys() > {"/__admin/openapi.json", f"{DATA}/limits"}
    assert told["paths"][f"{DATA}/sobjects/{{object}}"]["post"]["summary"] == "`POST /sobjects/X`."

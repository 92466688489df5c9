"""Versions, resources, limits and describe."""

import gzip
import re

import pytest

from tests.emulator.running import Emulator

OBJECT_KEYS = [
    "actionOverrides",
    "activateable",
    "associateEntityType",
    "associateParentEntity",
    "childRelationships",
    "compactLayoutable",
    "createable",
    "custom",
    "customSetting",
    "deepCloneable",
    "defaultImplementation",
    "deletable",
    "deprecatedAndHidden",
    "extendedBy",
    "extendsInterfaces",
    "feedEnabled",
    "fields",
    "hasSubtypes",
    "implementedBy",
    "implementsInterfaces",
    "isInterface",
    "isSubtype",
    "keyPrefix",
    "label",
    "labelPlural",
    "layoutable",
    "listviewable",
    "lookupLayoutable",
    "mergeable",
    "mruEnabled",
    "name",
    "namedLayoutInfos",
    "networkScopeFieldName",
    "queryable",
    "recordTypeInfos",
    "replicateable",
    "retrieveable",
    "searchLayoutable",
    "searchable",
    "sobjectDescribeOption",
    "supportedScopes",
    "triggerable",
    "undeletable",
    "updateable",
    "urls",
]
FIELD_KEYS = [
    "aggregatable",
    "aiPredictionField",
    "autoNumber",
    "byteLength",
    "calculated",
    "calculatedFormula",
    "cascadeDelete",
    "caseSensitive",
    "compoundFieldName",
    "controllerName",
    "createable",
    "custom",
    "defaultValue",
    "defaultValueFormula",
    "defaultedOnCreate",
    "dependentPicklist",
    "deprecatedAndHidden",
    "digits",
    "displayLocationInDecimal",
    "encrypted",
    "externalId",
    "extraTypeInfo",
    "filterable",
    "filteredLookupInfo",
    "formulaTreatNullNumberAsZero",
    "groupable",
    "highScaleNumber",
    "htmlFormatted",
    "idLookup",
    "inlineHelpText",
    "label",
    "length",
    "mask",
    "maskType",
    "name",
    "nameField",
    "namePointing",
    "nillable",
    "permissionable",
    "picklistValues",
    "polymorphicForeignKey",
    "precision",
    "queryByDistance",
    "referenceTargetField",
    "referenceTo",
    "relationshipName",
    "relationshipOrder",
    "restrictedDelete",
    "restrictedPicklist",
    "scale",
    "searchPrefilterable",
    "soapType",
    "sortable",
    "type",
    "unique",
    "updateable",
    "writeRequiresMasterRead",
]


def test_versions_need_no_token(shared: Emulator) -> None:
    answer = shared.plain.get("/services/data/")
    assert answer.status_code == 200
    last = answer.json()[-1]
    assert last == {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}


@pytest.mark.parametrize("version", ["v42.0", "v60.0", "v68.0"])
def test_every_version_is_accepted_and_echoed(shared: Emulator, version: str) -> None:
    url = shared.environment["SF_INSTANCE_URL"] + f"/services/data/{version}"
    assert shared.salesforce.get(url).json()["query"] == f"/services/data/{version}/query"
    entry = shared.salesforce.get(url + "/sobjects/Lead").json()["objectDescribe"]
    assert entry["urls"]["describe"] == f"/services/data/{version}/sobjects/Lead/describe"


def test_headers_of_every_answer(emulator: Emulator) -> None:
    first = emulator.salesforce.get("/sobjects")
    assert first.headers["content-type"] == "application/json;charset=UTF-8"
    assert re.fullmatch(r"api-usage=1/\d+", first.headers["sforce-limit-info"])
    assert "GMT" in first.headers["date"]
    assert emulator.salesforce.get("/nothing").headers["sforce-limit-info"].startswith("api-usage=2/")


def test_limits_count_down(emulator: Emulator) -> None:
    emulator.switch(salesforce_daily_limit=3)
    assert emulator.salesforce.get("/limits").json()["DailyApiRequests"] == {"Max": 3, "Remaining": 3}
    emulator.salesforce.get("/sobjects")
    emulator.salesforce.get("/sobjects")
    answer = emulator.salesforce.get("/sobjects")
    assert answer.status_code == 403
    assert answer.json() == [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    emulator.advance(86_400)
    assert emulator.salesforce.get("/sobjects").status_code == 200


def test_describe_global(shared: Emulator) -> None:
    body = shared.salesforce.get("/sobjects").json()
    assert (body["encoding"], body["maxBatchSize"]) == ("UTF-8", 200)
    prefixes = {entry["name"]: entry["keyPrefix"] for entry in body["sobjects"]}
    assert prefixes["Lead"] == "00Q" and prefixes["Contact"] == "003" and prefixes["Account"] == "001"


@pytest.mark.parametrize("name", ["Lead", "Contact", "Account", "User", "Campaign"])
def test_describe_has_the_full_key_sets(shared: Emulator, name: str) -> None:
    answer = shared.salesforce.get(f"/sobjects/{name.lower()}/describe")
    body = answer.json()
    assert sorted(body) == sorted(OBJECT_KEYS) and body["name"] == name
    assert re.fullmatch(r'"[0-9a-f]{8}"', answer.headers["etag"])
    for field in body["fields"]:
        assert sorted(field) == sorted(FIELD_KEYS)
    assert {"rowTemplate", "describe", "sobject", "layouts"} <= set(body["urls"])
    assert body["recordTypeInfos"][0]["recordTypeId"] == "012000000000000AAA"


def test_describe_says_what_a_create_requires(shared: Emulator) -> None:
    fields = shared.salesforce.get("/sobjects/Lead/describe").json()["fields"]
    required = [f["name"] for f in fields if f["createable"] and not f["nillable"] and not f["defaultedOnCreate"]]
    assert sorted(required) == ["Company", "LastName"]


def test_describe_of_single_fields(shared: Emulator) -> None:
    contact = {f["name"]: f for f in shared.salesforce.get("/sobjects/Contact/describe").json()["fields"]}
    assert (contact["Email"]["type"], contact["Email"]["length"], contact["Email"]["idLookup"]) == ("email", 80, True)
    assert contact["LastName"]["byteLength"] == 240 and contact["Id"]["byteLength"] == 18
    assert contact["AccountId"]["referenceTo"] == ["Account"] and contact["AccountId"]["relationshipName"] == "Account"
    assert contact["Description"]["filterable"] is False and contact["Description"]["sortable"] is False
    assert contact["MailingCity"]["compoundFieldName"] == "MailingAddress"
    assert contact["pi__score__c"]["createable"] is False and contact["pi__score__c"]["updateable"] is False
    key = contact["Pardot_Prospect_Id__c"]
    assert key["externalId"] and key["unique"] and key["idLookup"] and key["custom"]
    lead = {f["name"]: f for f in shared.salesforce.get("/sobjects/Lead/describe").json()["fields"]}
    assert lead["OwnerId"]["referenceTo"] == ["Group", "User"]
    assert [v["value"] for v in lead["Region__c"]["picklistValues"]] == ["North", "South"]
    assert lead["Region__c"]["restrictedPicklist"] is True
    assert lead["Prospect_Score__c"]["soapType"] == "xsd:double"


def test_describe_can_be_asked_conditionally(shared: Emulator) -> None:
    first = shared.salesforce.get("/sobjects/Lead/describe")
    headers = {"If-Modified-Since": first.headers["last-modified"]}
    assert shared.salesforce.get("/sobjects/Lead/describe", headers=headers).status_code == 304


def test_children_of_an_account(shared: Emulator) -> None:
    children = shared.salesforce.get("/sobjects/Account/describe").json()["childRelationships"]
    contacts = next(c for c in children if c["childSObject"] == "Contact" and c["field"] == "AccountId")
    assert contacts["relationshipName"] == "Contacts" and contacts["cascadeDelete"] is True


def test_what_does_not_exist(shared: Emulator) -> None:
    for path in ("/sobjects/Nothing/describe", "/sobjects/Nothing", "/nonsense"):
        answer = shared.salesforce.get(path)
        assert answer.status_code == 404
        assert answer.json() == [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]


def test_a_wrong_method_names_the_right_ones(shared: Emulator) -> None:
    answer = shared.salesforce.put("/sobjects/Lead")
    assert answer.status_code == 405
    assert answer.json()[0]["errorCode"] == "METHOD_NOT_ALLOWED"
    assert answer.json()[0]["message"] == "HTTP Method 'PUT' not allowed. Allowed are GET,HEAD,POST"


def test_record_counts(shared: Emulator) -> None:
    body = shared.salesforce.get("/limits/recordCount", params={"sObjects": "Contact,Account"}).json()
    assert body == {"sObjects": [{"count": 2, "name": "Account"}, {"count": 3, "name": "Contact"}]}


def test_a_very_long_uri(shared: Emulator) -> None:
    assert shared.salesforce.get("/query", params={"q": "x" * 17_000}).status_code == 414


@pytest.mark.parametrize("path", ["/sobjects", "/sobjects/Lead/describe"])
def test_metadata_is_conditional_by_date(shared: Emulator, path: str) -> None:
    later, earlier = "Fri, 02 Jan 2026 00:00:00 GMT", "Tue, 10 Aug 2010 00:00:00 GMT"
    assert shared.salesforce.get(path, headers={"If-Modified-Since": later}).status_code == 304
    assert shared.salesforce.get(path, headers={"If-Modified-Since": earlier}).status_code == 200
    assert shared.salesforce.get(path, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    assert shared.salesforce.get(path, headers={"If-Unmodified-Since": later}).status_code == 200
    refused = shared.salesforce.get(path, headers={"If-Unmodified-Since": earlier})
    assert shared.salesforce_error(refused) == (412, "PRECONDITION_FAILED")
    head = shared.salesforce.head(path)
    assert (head.status_code, head.content) == (200, b"") and "last-modified" in head.headers


def test_versions_that_are_gone_or_to_come(shared: Emulator) -> None:
    url = shared.environment["SF_INSTANCE_URL"] + "/services/data/"
    assert shared.salesforce_error(shared.salesforce.get(url + "v19.0/limits"))[0] == 410
    assert shared.salesforce_error(shared.salesforce.get(url + "v69.0/limits")) == (404, "NOT_FOUND")


def test_the_limits_that_clients_read(shared: Emulator) -> None:
    limits = shared.salesforce.get("/limits").json()
    assert {"ConcurrentSyncReportRuns", "HourlyAsyncReportRuns", "HourlyTimeBasedWorkflow", "DataStorageMB"} <= set(
        limits
    )
    assert all(set(limit) == {"Max", "Remaining"} for limit in limits.values())


def test_pretty_print_changes_white_space_only(shared: Emulator) -> None:
    plain = shared.salesforce.get("/sobjects/Lead/describe")
    pretty = shared.salesforce.get("/sobjects/Lead/describe", headers={"X-PrettyPrint": "1"})
    assert pretty.json() == plain.json() and pretty.text.startswith('{\n  "') and "\n" not in plain.text


def test_a_body_may_be_compressed(emulator: Emulator) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    body = gzip.compress(b'{"LastName": "Zipped"}')
    assert emulator.salesforce.post("/sobjects/Contact", content=body, headers=headers).status_code == 201
    assert '"Zipped"' in emulator.requests()[-1]["body"]
    wrong = emulator.salesforce.post("/sobjects/Contact", content=b"\xff no gzip", headers=headers)
    assert emulator.salesforce_error(wrong) == (400, "JSON_PARSER_ERROR")

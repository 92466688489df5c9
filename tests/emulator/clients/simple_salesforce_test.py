"""simple-salesforce, unmodified: each test is a call, or two, of its public functions, and each call differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceError,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceOperationError,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)
from simple_salesforce.login import SalesforceLogin

from pardotflow.emulator.environment import key_environment
from tests.emulator.clients.loopback import session
from tests.emulator.running import Emulator

ANN = "0035e000000con1AAA"
KEY = "Pardot_Prospect_Id__c"
SOAP = "/services/Soap/u/59.0"
JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture(scope="module")
def web(shared: Emulator) -> Iterator[requests.Session]:
    with session(shared) as made:
        yield made


@pytest.fixture(scope="module")
def sf(shared: Emulator, web: requests.Session) -> Any:
    return connect(shared, web)


def connect(emulator: Emulator, web: requests.Session) -> Any:
    """A client with a session id; its objects are attributes that no type describes."""
    known = emulator.environment
    return Salesforce(session_id=known["SF_ACCESS_TOKEN"], instance_url=known["SF_INSTANCE_URL"], session=web)


def log_in_with_password(emulator: Emulator, web: requests.Session) -> Any:
    known = emulator.environment
    return Salesforce(
        username=known["SF_USERNAME"],
        password=known.get("SF_PASSWORD", "anything"),
        consumer_key=known["SF_CLIENT_ID"],
        consumer_secret=known["SF_CLIENT_SECRET"],
        session=web,
    )


def contact(sf: Any, **fields: object) -> str:
    return str(sf.Contact.create({"LastName": "Made", **fields})["id"])


def first_problem(refused: pytest.ExceptionInfo[SalesforceError]) -> dict[str, Any]:
    """The first element of the error array that an exception carries."""
    content: Any = refused.value.content
    found: dict[str, Any] = content[0]
    return found


# -- log in


def test_login_over_soap_with_password_and_security_token(shared: Emulator, web: requests.Session) -> None:
    password = shared.environment["SF_PASSWORD"]
    user = shared.environment["SF_USERNAME"]
    made = Salesforce(username=user, password=password, security_token="", session=web)
    assert made.auth_type == "password" and made.limits()["DailyApiRequests"]["Max"] > 0


def test_login_over_soap_with_an_organization(shared: Emulator, web: requests.Session) -> None:
    password = shared.environment["SF_PASSWORD"]
    org = shared.plain.get(
        "/services/oauth2/userinfo", headers={"Authorization": f"Bearer {shared.environment['SF_ACCESS_TOKEN']}"}
    ).json()["organization_id"]
    user = shared.environment["SF_USERNAME"]
    made = Salesforce(username=user, password=password, organizationId=org, session=web)
    assert made.auth_type == "ipfilter" and made.is_sandbox() is not None


def test_a_wrong_password_over_soap_is_a_failed_login(shared: Emulator, web: requests.Session) -> None:
    with pytest.raises(SalesforceAuthenticationFailed) as refused:
        Salesforce(username=shared.environment["SF_USERNAME"], password="wrong", security_token="", session=web)
    assert refused.value.code == "INVALID_LOGIN"


def test_login_with_password_and_connected_app(shared: Emulator, web: requests.Session) -> None:
    made = log_in_with_password(shared, web)
    assert made.query("SELECT Id FROM User")["totalSize"] > 0


def test_login_with_client_credentials(shared: Emulator, web: requests.Session) -> None:
    known = shared.environment
    app: Any = {"consumer_key": known["SF_CLIENT_ID"], "consumer_secret": known["SF_CLIENT_SECRET"]}
    made: Any = Salesforce(**app, domain="my-org.my", session=web)
    assert made.auth_type == "client-credentials" and made.describe()["sobjects"]


def test_login_with_a_signed_token(shared: Emulator, web: requests.Session) -> None:
    key = key_environment(shared.data)["SF_JWT_KEY_FILE"]
    known = shared.environment
    app: Any = {"username": known["SF_USERNAME"], "consumer_key": known["SF_CLIENT_ID"]}
    made = Salesforce(**app, privatekey_file=key, session=web)
    assert made.auth_type == "jwt-bearer" and made.limits()


def test_the_login_function_gives_session_and_instance(shared: Emulator, web: requests.Session) -> None:
    known = shared.environment
    app: Any = {"consumer_key": known["SF_CLIENT_ID"], "consumer_secret": known["SF_CLIENT_SECRET"]}
    token, instance = SalesforceLogin(**app, domain="my-org.my", session=web)
    assert "!" in token and f"http://{instance}" == known["SF_INSTANCE_URL"]


def test_an_unknown_app_is_a_failed_login(shared: Emulator, web: requests.Session) -> None:
    with pytest.raises(SalesforceAuthenticationFailed) as refused:
        Salesforce(consumer_key="nobody", consumer_secret="x", domain="my-org.my", session=web)
    assert refused.value.code == "invalid_client_id"


def test_a_session_that_ended_is_made_anew(emulator: Emulator) -> None:
    with session(emulator) as web:
        made = log_in_with_password(emulator, web)
        before = made.session_id
        emulator.plain.post("/__admin/expire-tokens")
        assert made.query("SELECT Id FROM Account")["totalSize"] == 2
        assert made.session_id != before


def test_a_given_session_that_ended_is_an_error(emulator: Emulator) -> None:
    with session(emulator) as web:
        emulator.plain.post("/__admin/expire-tokens")
        with pytest.raises(SalesforceExpiredSession) as refused:
            connect(emulator, web).limits()
        assert first_problem(refused)["errorCode"] == "INVALID_SESSION_ID"


def test_userinfo(sf: Any) -> None:
    found = sf.oauth2("userinfo")
    assert found["user_id"].startswith("005") and found["organization_id"].startswith("00D")


# -- the org


def test_versions(sf: Any) -> None:
    assert "query" in sf.restful("")


def test_limits(sf: Any) -> None:
    daily = sf.limits()["DailyApiRequests"]
    assert 0 < daily["Remaining"] < daily["Max"]


def test_api_usage(sf: Any) -> None:
    sf.limits()
    assert sf.api_usage["api-usage"].total == 100_000


def test_describe_all(sf: Any) -> None:
    assert {"Contact", "Lead", "Account"} <= {found["name"] for found in sf.describe()["sobjects"]}


def test_is_sandbox(sf: Any) -> None:
    assert sf.is_sandbox() in {True, False}


def test_record_counts(sf: Any) -> None:
    counted = sf.restful("limits/recordCount", params={"sObjects": "Account"})
    assert counted["sObjects"] == [{"count": 2, "name": "Account"}]


def test_metadata_of_an_object(sf: Any) -> None:
    found = sf.Contact.metadata()
    assert found["objectDescribe"]["name"] == "Contact" and "recentItems" in found


def test_describe_of_an_object(sf: Any) -> None:
    found = sf.Lead.describe()
    assert {"Id", "Company", KEY} <= {field["name"] for field in found["fields"]}


def test_describe_of_an_unknown_object(sf: Any) -> None:
    with pytest.raises(SalesforceResourceNotFound):
        sf.Nothing__c.describe()


# -- rows


def test_create(sf: Any) -> None:
    made = sf.Contact.create({"LastName": "New", "Email": "new@x.test"})
    assert made["success"] is True and made["errors"] == [] and len(made["id"]) == 18


def test_get(sf: Any) -> None:
    found = sf.Contact.get(ANN)
    assert (found["Id"], found["FirstName"], found["attributes"]["type"]) == (ANN, "Ann", "Contact")


def test_get_of_a_deleted_record(sf: Any) -> None:
    with pytest.raises(SalesforceResourceNotFound):
        sf.Contact.get("0035e000000con4")


def test_update(sf: Any) -> None:
    key = contact(sf)
    assert sf.Contact.update(key, {"Phone": "+47 1"}) == 204
    assert sf.Contact.get(key)["Phone"] == "+47 1"


def test_update_with_the_whole_response(sf: Any) -> None:
    answer = sf.Contact.update(contact(sf), {"Phone": None}, raw_response=True)
    assert (answer.status_code, answer.content) == (204, b"")


def test_update_under_a_condition(sf: Any) -> None:
    key = contact(sf)
    with pytest.raises(SalesforceGeneralError) as refused:
        sf.Contact.update(key, {"Phone": "1"}, headers={"If-Unmodified-Since": "Tue, 10 Aug 2015 00:00:00 GMT"})
    assert refused.value.status == 412


def test_upsert_creates(sf: Any) -> None:
    assert sf.Lead.upsert(f"{KEY}/ss-1", {"LastName": "One", "Company": "C"}) == 201


def test_upsert_updates(sf: Any) -> None:
    sf.Lead.upsert(f"{KEY}/ss-2", {"LastName": "One", "Company": "C"})
    answer = sf.Lead.upsert(f"{KEY}/ss-2", {"LastName": "Two"}, raw_response=True)
    assert answer.status_code == 200 and answer.json()["created"] is False


def test_get_by_custom_id(sf: Any) -> None:
    sf.Lead.upsert(f"{KEY}/ss 3+ä", {"LastName": "Three", "Company": "C"})
    sf.Lead.upsert(f"{KEY}/ss-4", {"LastName": "Four", "Company": "C"})
    assert sf.Lead.get_by_custom_id(KEY, "ss-4")["LastName"] == "Four"


def test_get_by_an_unknown_custom_id(sf: Any) -> None:
    with pytest.raises(SalesforceResourceNotFound):
        sf.Lead.get_by_custom_id(KEY, "ss-none")


def test_two_records_with_one_key(sf: Any, shared: Emulator) -> None:
    for _ in range(2):
        key = shared.create("Lead", LastName="Twin", Company="C")
        shared.set(f"Lead/{key}", **{KEY: "ss-twin"})
    with pytest.raises(SalesforceMoreThanOneRecord) as refused:
        sf.Lead.get_by_custom_id(KEY, "ss-twin")
    assert len(refused.value.content) == 2


def test_delete(sf: Any) -> None:
    key = contact(sf)
    assert sf.Contact.delete(key) == 204
    with pytest.raises(SalesforceResourceNotFound) as refused:
        sf.Contact.delete(key)
    assert first_problem(refused)["errorCode"] == "ENTITY_IS_DELETED"


def test_updated_between_two_moments(sf: Any) -> None:
    key = contact(sf)
    now = datetime.now(UTC)
    found = sf.Contact.updated(now - timedelta(days=1), now + timedelta(minutes=2))
    assert key in found["ids"] and "latestDateCovered" in found


def test_deleted_between_two_moments(sf: Any) -> None:
    key = contact(sf)
    sf.Contact.delete(key)
    now = datetime.now(UTC)
    found = sf.Contact.deleted(now - timedelta(days=1), now + timedelta(minutes=2))
    assert key in {record["id"] for record in found["deletedRecords"]}


# -- queries


def test_query(sf: Any) -> None:
    found = sf.query(f"SELECT Id, Account.Name FROM Contact WHERE Id = '{ANN}'")
    assert found["done"] is True and found["records"][0]["Account"]["Name"] == "Acme"


def test_query_with_deleted_records(sf: Any) -> None:
    statement = "SELECT Id FROM Contact WHERE LastName = 'Eted'"
    assert sf.query(statement)["totalSize"] == 0
    assert sf.query(statement, include_deleted=True)["totalSize"] == 1


def test_query_more_by_locator_and_by_address(sf: Any) -> None:
    sf.restful("composite/sobjects", method="POST", json={"records": people(200, "Page")})
    sf.restful("composite/sobjects", method="POST", json={"records": people(200, "Page")})
    headers = {"Sforce-Query-Options": "batchSize=200"}
    found = sf.query("SELECT Id FROM Contact WHERE FirstName = 'Page'", headers=sf.headers | headers)
    assert (found["done"], len(found["records"]), found["totalSize"]) == (False, 200, 400)
    locator = found["nextRecordsUrl"].rsplit("/", 1)[1]
    assert len(sf.query_more(locator)["records"]) == 200
    assert sf.query_more(found["nextRecordsUrl"], identifier_is_url=True)["done"] is True


def people(number: int, first: str) -> list[dict[str, object]]:
    kind = {"type": "Contact"}
    return [{"attributes": kind, "FirstName": first, "LastName": str(count)} for count in range(number)]


def test_query_all_follows_the_pages(sf: Any) -> None:
    for _ in range(11):
        sf.restful("composite/sobjects", method="POST", json={"records": people(200, "All")})
    found = sf.query_all("SELECT Id FROM Contact WHERE FirstName = 'All'")
    assert found["done"] is True and len({record["Id"] for record in found["records"]}) == 2200


def test_query_all_one_by_one(sf: Any) -> None:
    assert {record["Name"] for record in sf.query_all_iter("SELECT Name FROM Account")} == {"Acme", "Beta Ltd"}


def test_query_with_an_aggregate(sf: Any) -> None:
    found = sf.query("SELECT COUNT(Id) number FROM Account")
    assert found["records"][0]["attributes"] == {"type": "AggregateResult"} and found["records"][0]["number"] == 2


def test_a_query_that_cannot_be_read(sf: Any) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        sf.query("SELECT Id FORM Contact")
    assert first_problem(refused)["errorCode"] == "MALFORMED_QUERY"


@pytest.mark.parametrize("call", [lambda sf: sf.search("FIND {Ann}"), lambda sf: sf.quick_search("Ann")])
def test_a_search_is_told_to_be_missing(sf: Any, call: Callable[[Any], object]) -> None:
    """The manual says so; a route that answers needs real tests here."""
    with pytest.raises(SalesforceResourceNotFound):
        call(sf)


# -- collections and composites


def test_collection_create(sf: Any) -> None:
    made = sf.restful("composite/sobjects", method="POST", json={"records": people(3, "Coll")})
    assert [one["success"] for one in made] == [True] * 3


def test_collection_update(sf: Any) -> None:
    record = {"attributes": {"type": "Contact"}, "id": contact(sf), "Email": "no address"}
    (told,) = sf.restful("composite/sobjects", method="PATCH", json={"records": [record]})
    assert told["errors"][0]["statusCode"] == "INVALID_EMAIL_ADDRESS"


def test_collection_upsert(sf: Any) -> None:
    record = {"attributes": {"type": "Lead"}, "LastName": "Up", "Company": "C", KEY: "ss-up"}
    (told,) = sf.restful(f"composite/sobjects/Lead/{KEY}", method="PATCH", json={"records": [record]})
    assert told["success"] and told["created"]


def test_collection_read(sf: Any) -> None:
    found = sf.restful("composite/sobjects/Contact", params={"ids": ANN, "fields": "Id,FirstName"})
    assert found[0]["FirstName"] == "Ann"


def test_collection_delete(sf: Any) -> None:
    (told,) = sf.restful("composite/sobjects", method="DELETE", params={"ids": contact(sf)})
    assert told["success"]


def test_composite_with_a_reference(sf: Any) -> None:
    root = f"/services/data/v{sf.sf_version}"
    account = {"method": "POST", "url": f"{root}/sobjects/Account", "referenceId": "a", "body": {"Name": "Ref"}}
    person = {
        "method": "POST",
        "url": f"{root}/sobjects/Contact",
        "referenceId": "c",
        "body": {"LastName": "Ref", "AccountId": "@{a.id}"},
    }
    told = sf.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": [account, person]})
    first, second = told["compositeResponse"]
    assert second["httpStatusCode"] == 201
    assert sf.Contact.get(second["body"]["id"])["AccountId"] == first["body"]["id"]
    sf.Account.delete(first["body"]["id"])


def test_composite_batch(sf: Any, shared: Emulator) -> None:
    wanted = [{"method": "GET", "url": f"v{sf.sf_version}/limits"}]
    told = sf.restful("composite/batch", method="POST", json={"batchRequests": wanted})
    assert told["hasErrors"] is False and told["results"][0]["statusCode"] == 200


# -- errors


def test_a_missing_field_is_a_malformed_request(sf: Any) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        sf.Contact.create({"FirstName": "No last name"})
    assert first_problem(refused)["fields"] == ["LastName"]


def test_an_unknown_resource(sf: Any) -> None:
    with pytest.raises(SalesforceResourceNotFound) as refused:
        sf.restful("nowhere")
    assert refused.value.resource_name == "nowhere"


def test_a_used_up_day_is_a_refused_request(emulator: Emulator) -> None:
    emulator.switch(salesforce_daily_limit=0)
    with session(emulator) as web, pytest.raises(SalesforceRefusedRequest) as refused:
        connect(emulator, web).describe()
    assert first_problem(refused)["errorCode"] == "REQUEST_LIMIT_EXCEEDED"


def test_a_server_in_trouble_is_a_general_error(emulator: Emulator) -> None:
    emulator.fault(match={"system": "salesforce"}, trouble="server_error", status=503)
    with session(emulator) as web, pytest.raises(SalesforceGeneralError) as refused:
        connect(emulator, web).query("SELECT Id FROM Contact")
    assert refused.value.status == 503


# -- Bulk 2.0


def test_bulk_insert(sf: Any, shared: Emulator) -> None:
    (told,) = sf.bulk2.Contact.insert(records=[{"LastName": "Bulk"}, {"LastName": "Bulk"}], wait=0)
    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (2, 0)


def test_bulk_update_and_its_failed_records(sf: Any, shared: Emulator) -> None:
    rows = [{"Id": contact(sf), "Email": "b@x.test"}, {"Id": contact(sf), "Email": "no address"}]
    (told,) = sf.bulk2.Contact.update(records=rows, wait=0)
    assert told["numberRecordsFailed"] == 1
    assert "INVALID_EMAIL_ADDRESS" in sf.bulk2.Contact.get_failed_records(told["job_id"])
    assert rows[0]["Id"] in sf.bulk2.Contact.get_successful_records(told["job_id"])
    assert sf.bulk2.Contact.get_unprocessed_records(told["job_id"]).count("\n") <= 1


def test_bulk_upsert(sf: Any, shared: Emulator) -> None:
    rows = [{KEY: "ss-bulk", "LastName": "Up", "Company": "C"}]
    (told,) = sf.bulk2.Lead.upsert(records=rows, external_id_field=KEY, wait=0)
    assert told["numberRecordsFailed"] == 0
    assert sf.Lead.get_by_custom_id(KEY, "ss-bulk")["LastName"] == "Up"


def test_bulk_delete(sf: Any, shared: Emulator) -> None:
    key = contact(sf)
    sf.bulk2.Contact.delete(records=[{"Id": key}], wait=0)
    assert sf.query(f"SELECT Id FROM Contact WHERE Id = '{key}'")["totalSize"] == 0


def test_bulk_query(sf: Any, shared: Emulator) -> None:
    (page,) = sf.bulk2.Account.query("SELECT Id, Name FROM Account ORDER BY Name", wait=0)
    assert page.splitlines()[0].replace('"', "") == "Id,Name" and len(page.splitlines()) == 3


def test_bulk_query_in_pages_with_deleted_records(sf: Any, shared: Emulator) -> None:
    pages = list(sf.bulk2.Contact.query_all("SELECT Id FROM Contact LIMIT 5", max_records=2, wait=0))
    assert [len(page.splitlines()) - 1 for page in pages] == [2, 2, 1]


def test_bulk_query_that_cannot_be_read(sf: Any, shared: Emulator) -> None:
    with pytest.raises((SalesforceMalformedRequest, SalesforceOperationError)):
        next(sf.bulk2.Contact.query("SELECT Nothing__c FROM Contact", wait=0))

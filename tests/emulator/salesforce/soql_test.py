"""SOQL: what it selects, filters and sorts, and how mistakes are answered."""

from typing import Any

import pytest

from tests.emulator.running import DATA, Emulator

ANN, BOB, ONEIL = "0035e000000con1AAA", "0035e000000con2AAA", "0035e000000con3AAA"

SEMI_JOIN = "AccountId IN (SELECT Id FROM Account)"


def where(emulator: Emulator, condition: str, kind: str = "Contact", verb: str = "query") -> list[str]:
    return emulator.column(f"SELECT Id FROM {kind} WHERE {condition} ORDER BY Id", verb)


def test_a_record_shows_attributes_first_then_the_selected_fields_in_order(shared: Emulator) -> None:
    body = shared.soql("select lastname, ID, Email, phone from contact where id = '0035e000000con2'")
    assert (body["totalSize"], body["done"]) == (1, True)
    (record,) = body["records"]
    assert record == {
        "attributes": {"type": "Contact", "url": f"{DATA}/sobjects/Contact/{BOB}"},
        "LastName": "Beta",
        "Id": BOB,
        "Email": "Bob@x.test",
        "Phone": None,
    }
    assert list(record) == ["attributes", "LastName", "Id", "Email", "Phone"]


def test_parents_are_nested_and_null_where_there_is_none(shared: Emulator) -> None:
    statement = "SELECT Account.Name, Account.Industry, Account.Owner.Name FROM Contact ORDER BY Id"
    first, _, third = shared.soql(statement)["records"]
    assert first["Account"]["Name"] == "Acme" and first["Account"]["Industry"] == "Banking"
    assert first["Account"]["attributes"]["type"] == "Account"
    assert first["Account"]["Owner"]["Name"] == "Integration User"
    assert third["Account"] is None


def test_values_have_their_json_types(shared: Emulator) -> None:
    fields = "Birthdate, SystemModstamp, IsDeleted, MailingAddress, OtherAddress, Topics__c, pi__score__c"
    (record,) = shared.soql(f"SELECT {fields} FROM Contact WHERE Id = '{ANN}'")["records"]
    assert record["Birthdate"] == "1980-02-03"
    assert record["SystemModstamp"] == "2021-12-02T18:23:39.000+0000"
    assert record["IsDeleted"] is False and record["Topics__c"] == "a;b" and record["pi__score__c"] is None
    keys = ["city", "country", "geocodeAccuracy", "latitude", "longitude", "postalCode", "state", "street"]
    assert list(record["MailingAddress"]) == keys and record["MailingAddress"]["city"] == "Oslo"
    assert record["OtherAddress"] is None


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("Email = 'BOB@X.TEST'", [BOB]),
        ("Email != 'bob@x.test'", [ANN, ONEIL]),
        ("Email = null", [ONEIL]),
        ("Email = ''", [ONEIL]),
        ("Email != null", [ANN, BOB]),
        ("LastName = 'O\\'Neil'", [ONEIL]),
        ("LastName LIKE 'o\\'n%'", [ONEIL]),
        ("Email LIKE '%X.test' AND FirstName = 'ann'", [ANN]),
        ("FirstName LIKE 'B_b'", [BOB]),
        ("FirstName LIKE 'A\\_n'", []),
        ("NOT Email LIKE 'ann%'", [BOB, ONEIL]),
        ("(NOT (Email = 'ann@x.test' OR Phone != null)) AND LastName != null", [BOB, ONEIL]),
        ("Email IN ('ann@x.test', 'bob@x.test')", [ANN, BOB]),
        ("Email IN ('ann@x.test', null)", [ANN, ONEIL]),
        ("Email NOT IN ('ann@x.test')", [BOB, ONEIL]),
        ("Email NOT IN ('ann@x.test', null)", [BOB]),
        ("SystemModstamp > 2021-12-02T18:23:39Z", [BOB, ONEIL]),
        ("SystemModstamp >= 2021-12-02T19:23:39.000+01:00 AND SystemModstamp < 2021-12-03T00:00:00-00:00", [ANN]),
        ("Birthdate >= 1980-01-01", [ANN]),
        ("Birthdate < TODAY", [ANN]),
        ("SystemModstamp < LAST_N_DAYS:30", [ANN, BOB, ONEIL]),
        ("CreatedDate = TODAY", []),
        ("HasOptedOutOfEmail = TRUE", []),
        ("HasOptedOutOfEmail = false", [ANN, BOB, ONEIL]),
        ("Topics__c INCLUDES ('a;b', 'c')", [ANN]),
        ("Topics__c EXCLUDES ('a')", [BOB, ONEIL]),
        ("Account.Industry = 'banking'", [ANN]),
        ("Account.Name LIKE 'beta%' OR Id = '0035e000000con3AAA'", [BOB, ONEIL]),
        ("AccountId IN (SELECT Id FROM Account WHERE Name = 'Acme')", [ANN]),
        ("AccountId NOT IN (SELECT Id FROM Account WHERE Name = 'Acme')", [BOB, ONEIL]),
    ],
)
def test_conditions(shared: Emulator, condition: str, found: list[str]) -> None:
    assert where(shared, condition) == found


def test_deleted_rows_come_only_with_query_all(shared: Emulator) -> None:
    assert where(shared, "IsDeleted = true") == []
    assert where(shared, "IsDeleted = true", verb="queryAll") == ["0035e000000con4AAA"]
    assert len(where(shared, "Id != null", verb="queryAll")) == 4


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("LastName", ["Alpha", "Beta", "O'Neil"]),
        ("LastName DESC", ["O'Neil", "Beta", "Alpha"]),
        ("FirstName", ["O'Neil", "Alpha", "Beta"]),
        ("FirstName DESC", ["O'Neil", "Beta", "Alpha"]),
        ("FirstName NULLS LAST", ["Alpha", "Beta", "O'Neil"]),
        ("Account.Name DESC NULLS LAST, Id", ["Beta", "Alpha", "O'Neil"]),
    ],
)
def test_order(shared: Emulator, order: str, names: list[str]) -> None:
    assert shared.column(f"SELECT LastName FROM Contact ORDER BY {order}") == names


def test_limit_offset_and_counts(shared: Emulator) -> None:
    assert shared.column("SELECT LastName FROM Contact ORDER BY LastName LIMIT 1 OFFSET 1") == ["Beta"]
    assert shared.soql("SELECT COUNT() FROM Contact") == {"totalSize": 3, "done": True, "records": []}
    assert shared.soql("SELECT COUNT() FROM Contact WHERE Email != null LIMIT 1")["totalSize"] == 1
    assert shared.soql("SELECT Id FROM Contact LIMIT 0") == {"totalSize": 0, "done": True, "records": []}


def test_aggregates(shared: Emulator) -> None:
    assert shared.soql("SELECT COUNT(Id), MAX(LastName) m, COUNT(Email) FROM Contact")["records"] == [
        {"attributes": {"type": "AggregateResult"}, "expr0": 3, "m": "O'Neil", "expr1": 2}
    ]
    grouped = shared.soql("SELECT Account.Name, COUNT(Id) n FROM Contact GROUP BY Account.Name ORDER BY Account.Name")
    assert [(r["Name"], r["n"]) for r in grouped["records"]] == [(None, 1), ("Acme", 1), ("Beta Ltd", 1)]


def test_field_sets(shared: Emulator) -> None:
    (record,) = shared.soql(f"SELECT FIELDS(CUSTOM) FROM Contact WHERE Id = '{ANN}' LIMIT 1")["records"]
    assert "Shared_Key__c" in record and "Email" not in record
    everything = shared.soql("SELECT FIELDS(STANDARD) FROM Account")["records"][0]
    assert everything["Name"] == "Acme" and everything["BillingAddress"] is None


def test_aliases_and_a_custom_relationship(emulator: Emulator) -> None:
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Partner__c": "0015e000001beta"})
    statement = "SELECT c.Id, c.Partner__r.Name FROM Contact c WHERE Contact.Partner__c != null"
    assert emulator.soql(statement)["records"][0]["Partner__r"]["Name"] == "Beta Ltd"


def refuse(emulator: Emulator, statement: str) -> tuple[str, str]:
    answer = emulator.salesforce.get("/query", params={"q": statement})
    body: list[dict[str, Any]] = answer.json()
    assert answer.status_code == 400 and len(body) == 1 and set(body[0]) == {"message", "errorCode"}
    return body[0]["errorCode"], body[0]["message"]


def test_an_unknown_field_is_pointed_at(shared: Emulator) -> None:
    code, message = refuse(shared, "SELECT Id,foo FROM Account")
    assert code == "INVALID_FIELD"
    assert message == (
        "\nSELECT Id,foo FROM Account\n          ^\nERROR at Row:1:Column:11\n"
        "No such column 'foo' on entity 'Account'. If you are attempting to use a custom field, be sure to append the "
        "'__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
    )


@pytest.mark.parametrize("literal", ["1e3", "2021-12-02T18:23:39", "5-3", "#", "'x"])
def test_what_is_no_literal_is_shown_whole(shared: Emulator, literal: str) -> None:
    code, message = refuse(shared, f"SELECT Id FROM Account WHERE NumberOfEmployees > {literal} LIMIT 1")
    assert code == "MALFORMED_QUERY"
    assert message.endswith(f"ERROR at Row:1:Column:50\nunexpected token: '{literal}'")


def test_an_unknown_object_is_pointed_at(shared: Emulator) -> None:
    code, message = refuse(shared, "SELECT Id,Name,BillingCity,IsDeleted FROM Accout")
    assert code == "INVALID_TYPE"
    assert "ERROR at Row:1:Column:43\nsObject type 'Accout' is not supported. If you are attempting" in message


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT", "MALFORMED_QUERY"),
        ("SELECT Id", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Email = 'x", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Email = 'a' AND Phone = 'b' OR Fax = 'c'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Email == 'a'", "MALFORMED_QUERY"),
        ("SELECT * FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact ORDER LastName", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact LIMIT x", "MALFORMED_QUERY"),
        ("SELECT FIELDS(ALL) FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Email > null", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE SystemModstamp > '2021-12-02T18:23:39Z'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Email = 5", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact ORDER BY Description", "INVALID_FIELD"),
        ("SELECT Nothing.Name FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Id = 'short'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Contact WHERE Birthdate LIKE 'a'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Contact WITH DATA CATEGORY x", "MALFORMED_QUERY"),
        (f"SELECT Id FROM Contact WHERE LastName = '{'x' * 4001}'", "MALFORMED_QUERY"),
        (f"SELECT Id FROM Contact WHERE Id = null OR {SEMI_JOIN}", "MALFORMED_QUERY"),
        (f"SELECT Id FROM Contact WHERE Id = null OR (Id != null AND (NOT {SEMI_JOIN}))", "MALFORMED_QUERY"),
        (f"SELECT Id FROM Contact WHERE {SEMI_JOIN} AND {SEMI_JOIN} AND {SEMI_JOIN}", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
    ],
)
def test_mistakes(shared: Emulator, statement: str, code: str) -> None:
    assert refuse(shared, statement)[0] == code


def test_long_and_deep_conditions(shared: Emulator) -> None:
    many = " OR ".join(f"LastName = '{k}'" for k in range(600))
    assert where(shared, f"{many} OR LastName = 'Beta'") == [BOB]
    statement = f"SELECT Id FROM Contact WHERE {many} OR {many} OR {many} LIMIT {10**30}"
    request = {"method": "GET", "url": f"{DATA}/query?q={statement}", "referenceId": "r"}
    answer = shared.salesforce.post("/composite", json={"compositeRequest": [request]})
    (inner,) = answer.json()["compositeResponse"]
    assert inner["body"]["totalSize"] == 0
    deep = "(" * 90 + "LastName = 'Beta'" + ")" * 90
    assert where(shared, deep) == [BOB]
    assert refuse(shared, f"SELECT Id FROM Contact WHERE {'(' * 200}LastName = 'x'")[0] == "MALFORMED_QUERY"


def test_a_statement_that_is_too_long(shared: Emulator) -> None:
    request = {"method": "GET", "url": f"{DATA}/query?q=SELECT Id FROM Contact{' ' * 100_000}", "referenceId": "r"}
    answer = shared.salesforce.post("/composite", json={"compositeRequest": [request]})
    (inner,) = answer.json()["compositeResponse"]
    assert (inner["httpStatusCode"], inner["body"][0]["errorCode"]) == (400, "MALFORMED_QUERY")
    assert "cannot be longer than 100,000 characters" in inner["body"][0]["message"]


def test_words_that_change_nothing_here(shared: Emulator) -> None:
    statement = "SELECT Id FROM Contact USING SCOPE everything WHERE Id != null WITH SECURITY_ENFORCED LIMIT 1 FOR VIEW"
    assert len(shared.soql(statement)["records"]) == 1
    assert len(where(shared, f"{SEMI_JOIN} AND {SEMI_JOIN}")) == 2


def test_the_scope_of_what_the_user_owns(emulator: Emulator) -> None:
    emulator.set(f"Contact/{ANN}", OwnerId="0055e0000000001AAA")
    mine = "SELECT Id FROM Contact USING SCOPE mine WHERE LastName != 'Beta' ORDER BY Id"
    assert emulator.column(mine) == [ONEIL]
    assert len(emulator.column("SELECT Id FROM OpportunityContactRole USING SCOPE Mine")) == 0
    assert refuse(emulator, "SELECT Id FROM Contact USING SCOPE yours")[0] == "MALFORMED_QUERY"


def test_a_query_without_a_statement(shared: Emulator) -> None:
    assert shared.salesforce_error(shared.salesforce.get("/query")) == (400, "MALFORMED_QUERY")

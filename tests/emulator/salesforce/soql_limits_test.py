"""SOQL that is long, deep or odd: an answer or the platform's own error, never a failure of the emulator."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.emulator.running import DATA, Emulator

ANN, BOB, ONEIL = "0035e000000con1AAA", "0035e000000con2AAA", "0035e000000con3AAA"


def ask(emulator: Emulator, statement: str) -> tuple[int, Any]:
    """Status and body of a statement that may be too long for an address."""
    part = {"method": "GET", "url": f"{DATA}/query?q={quote(statement)}", "referenceId": "r"}
    (answer,) = emulator.salesforce.post("/composite", json={"compositeRequest": [part]}).json()["compositeResponse"]
    return answer["httpStatusCode"], answer["body"]


def where(emulator: Emulator, condition: str) -> list[str]:
    status, body = ask(emulator, f"SELECT Id FROM Contact WHERE {condition} ORDER BY Id")
    assert status == 200, body
    return [record["Id"] for record in body["records"]]


def nested(depth: int) -> str:
    """Groups in each other, each with more conditions on both sides than the one inside."""
    condition = "LastName = 'Beta'"
    for k in range(depth):
        condition = f"(Phone = 'x' OR (NOT {condition}) OR Phone = 'x')" if k % 2 else f"(Id != null AND {condition})"
    return condition


def test_lists_as_long_as_a_statement_can_hold(shared: Emulator) -> None:
    numbers = f"SELECT COUNT() FROM Account WHERE NumberOfEmployees NOT IN ({','.join('1' * 49_000)})"
    assert ask(shared, numbers)[1]["totalSize"] == 2
    for condition, count, found in (
        ("Email IN ('a', LIST 'ANN@x.test', null)", 15_000, [ANN, ONEIL]),
        ("LastName NOT IN ('ä', LIST 'beta')", 2_000, [ANN, ONEIL]),
        ("Topics__c EXCLUDES ('x;y', LIST 'A')", 3_000, [BOB, ONEIL]),
    ):
        first = condition[condition.index("(") + 1 : condition.index("LIST")]
        assert where(shared, condition.replace("LIST", first * count)) == found


@pytest.mark.parametrize(
    "condition",
    [
        f"{'NOT ' * 99}LastName != 'Beta'",
        f"{'(NOT ' * 49}LastName != 'Beta'{')' * 49}",
        nested(20).replace("(NOT LastName = 'Beta')", "LastName = 'Beta'"),
        f"AccountId IN (SELECT Id FROM Account WHERE {'(Id = null OR (Id != null AND ' * 29}Name LIKE 'b%'{'))' * 29})",
    ],
)
def test_deep_conditions(shared: Emulator, condition: str) -> None:
    assert where(shared, condition) == [BOB]
    grouped = f"SELECT LastName FROM Contact GROUP BY LastName HAVING {'(COUNT(Id) > 5 OR (COUNT(Id) > 0 AND ' * 29}"
    assert ask(shared, f"{grouped}LastName = 'x'{'))' * 29}")[1]["totalSize"] == 0


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (
            f"SELECT Id FROM Contact WHERE {'(Id=null OR (Id!=null AND ' * 31}Id=null{'))' * 31}",
            "QUERY_TOO_COMPLICATED",
        ),
        (f"SELECT Id FROM Contact WHERE {nested(70)}", "MALFORMED_QUERY"),
        (f"SELECT Id FROM Contact ORDER BY {', '.join(['Id'] * 3_000)}", "QUERY_TOO_COMPLICATED"),
        (
            f"SELECT LastName FROM Contact GROUP BY LastName ORDER BY {'LastName, ' * 3_000}LastName",
            "QUERY_TOO_COMPLICATED",
        ),
        (f"SELECT Id FROM Contact WHERE {'(' * 90_000}", "MALFORMED_QUERY"),
        (f"SELECT {'(SELECT Id FROM Contacts WHERE ' * 2_000} FROM Account", "MALFORMED_QUERY"),
        (f"SELECT {'.'.join('a' * 40_000)} FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Id IN (SELECT", "MALFORMED_QUERY"),
        (f"SELECT {'(SELECT ' * 12_000}", "MALFORMED_QUERY"),
        (f"SELECT Id, {'(SELECT Id, ' * 5}(SELECT Id FROM B){' FROM B)' * 5} FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Phone = :phone", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName = '\\ud83d'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE LastName = '\\u00'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE NumberOfEmployees > ٣", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE NumberOfEmployees > 1e3", "MALFORMED_QUERY"),
        ("SELECT\u00a0Id FROM Account", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) limit FROM Contact", "MALFORMED_QUERY"),
        ("SELECT COUNT(), LastName FROM Contact GROUP BY LastName", "MALFORMED_QUERY"),
        ("SELECT FIELDS(STANDARD) FROM Contact GROUP BY LastName", "MALFORMED_QUERY"),
        ("SELECT FIELDS(ALL) FROM Contact LIMIT 201", "MALFORMED_QUERY"),
        ("SELECT FIELDS(ALL) FROM Contact WHERE Id = 'a' OR LastName = 'x'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Topics__c INCLUDES (5)", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Id LIKE '003%'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Contact WHERE DoNotCall > false", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Account WHERE Name IN (SELECT AccountId FROM Contact)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT LastName FROM Contact)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT Account.ParentId FROM Contact)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact LIMIT 1)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE NOT Id IN (SELECT AccountId FROM Contact)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Id IN (SELECT ReportsToId FROM Contact)", "MALFORMED_QUERY"),
    ],
)
def test_what_is_refused(shared: Emulator, statement: str, code: str) -> None:
    status, body = ask(shared, statement)
    assert (status, body[0]["errorCode"]) == (400, code)


def test_parents_and_columns_have_an_end(shared: Emulator) -> None:
    parents = ["ReportsTo", "MasterRecord"]
    for k in range(30):
        parents += [f"{parents[k]}.{name}" for name in ("ReportsTo", "MasterRecord")]
    assert ask(shared, f"SELECT {', '.join(f'{p}.Id' for p in parents[:55])} FROM Contact")[0] == 200
    status, body = ask(shared, f"SELECT {', '.join(f'{p}.Id' for p in parents[:56])} FROM Contact")
    assert (status, body[0]["errorCode"]) == (400, "MALFORMED_QUERY")
    fields = [name for name in shared.row("Contact", ANN) if name != "attributes"]
    columns = [f"{parent}.{field}" for parent in parents[:30] for field in fields]
    assert ask(shared, f"SELECT {', '.join(columns[:1800])} FROM Contact")[0] == 200
    status, body = ask(shared, f"SELECT {', '.join(columns[:1801])} FROM Contact")
    assert (status, body[0]["errorCode"]) == (400, "QUERY_TOO_COMPLICATED")


def test_a_field_is_selected_once(shared: Emulator) -> None:
    for fields in ("Id, LastName, ID", "Id, FIELDS(ALL)"):
        status, body = ask(shared, f"SELECT {fields} FROM Contact LIMIT 200")
        assert (status, body) == (400, [{"message": "duplicate field selected: Id", "errorCode": "INVALID_FIELD"}])
    status, body = ask(shared, "SELECT Account.Name, Account.name FROM Contact")
    assert body[0]["message"] == "duplicate field selected: Account.Name"


def test_all_fields_of_given_ids_need_no_limit(shared: Emulator) -> None:
    for condition in (f"Id = '{ANN}'", f"Contact.id IN ('{ANN}') AND LastName != null"):
        status, body = ask(shared, f"SELECT FIELDS(ALL) FROM Contact WHERE {condition}")
        assert (status, body["records"][0]["Shared_Key__c"]) == (200, None)


@pytest.mark.parametrize(
    ("condition", "found"),
    [(">= {}.500Z", False), ("= {}.999Z", False), ("< {}.001Z", True), ("= {}.000Z", True), ("= {}.0004Z", True)],
)
def test_parts_of_a_second_are_not_lost(shared: Emulator, condition: str, found: bool) -> None:
    stamp = condition.format("2021-12-02T18:23:39")
    assert where(shared, f"SystemModstamp {stamp} AND Id = '{ANN}'") == [ANN] * found


def test_letters_beyond_the_first_plane(emulator: Emulator) -> None:
    smile = emulator.create("Contact", LastName="\U0001f600 x")
    for condition in (
        "LastName = '\U0001f600 X'",
        "LastName LIKE '_ x'",
        "LastName = '\\uD83D\\uDE00 x'",
        "LastName IN ('\\u0041', '\U0001f600 x')",
    ):
        assert where(emulator, condition) == [smile]

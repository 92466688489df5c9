"""What SOQL shows as people see it: FORMAT, toLabel, the user's time zone; and subtotals."""

from typing import Any

import pytest

from tests.emulator.running import Emulator

ANN = "0035e000000con1AAA"


def rows(emulator: Emulator, statement: str) -> list[list[Any]]:
    return [list(record.values())[1:] for record in emulator.soql(statement)["records"]]


def test_format_shows_values_in_the_way_of_the_users_locale(emulator: Emulator) -> None:
    account = emulator.create("Account", Name="Rich", AnnualRevenue=-44000, NumberOfEmployees=12345)
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"AccountId": account})
    emulator.set(f"Contact/{ANN}", SystemModstamp="2021-12-02T08:03:39Z")
    fields = (
        "FORMAT(SystemModstamp), FORMAT(Birthdate) b, Birthdate, FORMAT(Account.AnnualRevenue), FORMAT(CreatedById)"
    )
    refused = emulator.salesforce.get("/query", params={"q": f"SELECT {fields} FROM Contact"})
    assert emulator.salesforce_error(refused) == (400, "INVALID_FIELD")
    fields = fields.replace(", FORMAT(CreatedById)", ", FORMAT(Account.NumberOfEmployees) staff, FORMAT(pi__score__c)")
    (record,) = emulator.soql(f"SELECT {fields} FROM Contact WHERE Id = '{ANN}'")["records"]
    assert (record["b"], record["Birthdate"]) == ("2/3/1980", "1980-02-03")
    assert record["Account"]["AnnualRevenue"] == "-$44,000.00"
    assert (record["staff"], record["pi__score__c"]) == ("12,345", None)
    # Los Angeles, where a new user is, is eight hours behind UTC in winter.
    stamps = emulator.column("SELECT FORMAT(SystemModstamp) FROM Contact WHERE LastName IN ('Beta', 'O\\'Neil')")
    assert sorted(stamps) == ["12/2/2021, 4:00 PM", "12/3/2021, 4:00 PM"]


def test_format_of_an_aggregate(emulator: Emulator) -> None:
    emulator.create("Account", Name="Rich", AnnualRevenue=44000)
    emulator.create("Account", Name="Poor", AnnualRevenue=1)
    statement = "SELECT FORMAT(SUM(AnnualRevenue)), FORMAT(COUNT(Id)) n, MAX(AnnualRevenue) FROM Account"
    (record,) = emulator.soql(statement)["records"]
    assert (record["expr0"], record["n"], record["expr1"]) == ("$44,001.00", "4", 44000.0)
    assert rows(emulator, "SELECT FORMAT(MIN(CreatedDate)) FROM Account WHERE Name = 'nobody'") == [[None]]


def test_a_label_may_stand_beside_its_value(shared: Emulator) -> None:
    statement = (
        "SELECT Industry, toLabel(Industry) shown, toLabel(Name) FROM Account WHERE toLabel(Industry) = 'banking'"
    )
    assert rows(shared, statement) == [["Banking", "Banking", "Acme"]]


def test_the_users_time_zone(emulator: Emulator) -> None:
    function = "HOUR_IN_DAY(convertTimezone(SystemModstamp))"
    statement = f"SELECT {function} h, COUNT(Id) FROM Contact WHERE Id = '{ANN}' GROUP BY {function}"
    assert rows(emulator, statement) == [[10, 1]]
    midnight = "SELECT LastName FROM Contact WHERE DAY_ONLY(convertTimezone(SystemModstamp)) = 2021-12-02"
    assert emulator.column(midnight + " ORDER BY Id") == ["Alpha", "Beta"]
    user = emulator.plain.get("/services/oauth2/userinfo", headers=emulator.salesforce.headers).json()["user_id"]
    emulator.set("Contact/0035e000000con3", LastCURequestDate="0001-01-01T00:00:00Z")
    years = "CALENDAR_YEAR(convertTimezone(LastCURequestDate))"
    assert rows(emulator, f"SELECT {years}, COUNT(Id) FROM Contact GROUP BY {years} ORDER BY {years} NULLS LAST")[
        1:
    ] == [[None, 2]]
    for zone, hour in (("Asia/Kolkata", 23), ("Nowhere'/x", 18)):
        emulator.salesforce.patch(f"/sobjects/User/{user}", json={"TimeZoneSidKey": zone})
        assert rows(emulator, statement) == [[hour, 1]]


@pytest.mark.parametrize(
    ("grouping", "found"),
    [
        (
            "ROLLUP(Account.Name, FirstName)",
            [
                [None, None, 0, 0, 1],
                ["Acme", "Ann", 0, 0, 1],
                ["Beta Ltd", "Bob", 0, 0, 1],
                [None, None, 0, 1, 1],
                ["Acme", None, 0, 1, 1],
                ["Beta Ltd", None, 0, 1, 1],
                [None, None, 1, 1, 3],
            ],
        ),
        (
            "cube(Account.Name, FirstName) HAVING GROUPING(Account.Name) = 1 AND COUNT(Id) > 0",
            [[None, None, 1, 0, 1], [None, "Ann", 1, 0, 1], [None, "Bob", 1, 0, 1], [None, None, 1, 1, 3]],
        ),
    ],
)
def test_subtotals(shared: Emulator, grouping: str, found: list[list[Any]]) -> None:
    flags = "GROUPING(Account.Name), GROUPING(FirstName)"
    statement = f"SELECT Account.Name, FirstName, {flags}, COUNT(Id) n FROM Contact GROUP BY {grouping}"
    assert rows(shared, f"{statement} ORDER BY {flags}, Account.Name, FirstName") == found
    last = rows(shared, f"{statement} ORDER BY n DESC, GROUPING(FirstName), FirstName LIMIT 1")
    assert last == [found[-1]]


def test_subtotals_of_nothing(shared: Emulator) -> None:
    nobody = "SELECT LastName, COUNT(Id) FROM Contact WHERE LastName = 'nobody' GROUP BY ROLLUP(LastName)"
    assert rows(shared, nobody) == []


def test_a_picklist_sorts_by_the_order_of_its_values(emulator: Emulator) -> None:
    for rating in ("Cold", "Odd", "Hot", "warm"):
        emulator.set(f"Account/{emulator.create('Account', Name=f'Is {rating}')}", Rating=rating)
    where = "WHERE Name LIKE 'is %'"
    order = emulator.column(f"SELECT Name FROM Account {where} ORDER BY Rating DESC NULLS LAST")
    assert order == ["Is Odd", "Is Cold", "Is warm", "Is Hot"]
    assert rows(emulator, f"SELECT Rating FROM Account {where} GROUP BY Rating ORDER BY Rating LIMIT 1") == [["Hot"]]


def test_text_sorts_by_its_upper_case_and_is_found_in_either(emulator: Emulator) -> None:
    for name in ("ärger", "ÄRZTE", "a_b", "ab", "Zoë"):
        emulator.create("Contact", LastName=name, FirstName="sorted")
    where = "WHERE FirstName = 'SORTED'"
    assert emulator.column(f"SELECT LastName FROM Contact {where} ORDER BY LastName") == [
        "ab",
        "a_b",
        "Zoë",
        "ärger",
        "ÄRZTE",
    ]
    assert emulator.column(f"SELECT LastName FROM Contact {where} AND LastName = 'ärzte'") == ["ÄRZTE"]
    assert emulator.column(f"SELECT LastName FROM Contact {where} AND LastName LIKE 'zo_'") == ["Zoë"]
    assert emulator.column(f"SELECT LastName FROM Contact {where} AND LastName LIKE '%OË'") == ["Zoë"]
    assert emulator.column(f"SELECT MAX(LastName) FROM Contact {where}") == ["ÄRZTE"]


def test_date_words_can_mean_the_users_days(emulator: Emulator) -> None:
    now = {"now": "2021-12-03T05:00:00Z", "frozen": True}  # still the second of December in Los Angeles
    assert emulator.plain.put("/__admin/clock", json=now).status_code == 200
    today = "SELECT LastName FROM Contact WHERE SystemModstamp = TODAY"
    assert emulator.column(today) == ["Beta"]
    emulator.switch(soql_date_words="user")
    assert emulator.column(f"{today} ORDER BY LastName") == ["Alpha", "Beta"]
    assert emulator.column("SELECT LastName FROM Contact WHERE SystemModstamp > TODAY") == ["O'Neil"]
    assert emulator.column("SELECT LastName FROM Contact WHERE Birthdate < LAST_N_YEARS:2020") == []
    emulator.create("Contact", LastName="Born", Birthdate="2021-12-02")
    assert emulator.column("SELECT LastName FROM Contact WHERE Birthdate = TODAY") == ["Born"]

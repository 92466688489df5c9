"""Grouping, HAVING, date functions and date words."""

from datetime import date
from typing import Any

import pytest

from pardotflow.emulator.salesforce.soql.dates import keyword_range
from tests.emulator.running import Emulator


def rows(emulator: Emulator, statement: str) -> list[list[Any]]:
    return [list(record.values())[1:] for record in emulator.soql(statement)["records"]]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("SELECT Industry, COUNT(Id) n FROM Account GROUP BY Industry ORDER BY Industry", [[None, 1], ["Banking", 1]]),
        ("SELECT Industry i, COUNT(Id) FROM Account GROUP BY Industry HAVING Industry != null", [["Banking", 1]]),
        ("SELECT AccountId FROM Contact GROUP BY AccountId HAVING COUNT(Id) > 1", []),
        (
            "SELECT IsDeleted, COUNT(Id) FROM Contact WHERE LastName != 'Alpha'"
            " GROUP BY IsDeleted HAVING COUNT(Id) = 2",
            [[False, 2]],
        ),
        ("SELECT IsDeleted FROM Contact GROUP BY IsDeleted HAVING MAX(LastName) LIKE 'o%' OR COUNT(Id) > 9", [[False]]),
        ("SELECT IsDeleted FROM Contact GROUP BY IsDeleted HAVING MIN(LastName) = 'ALPHA'", [[False]]),
        ("SELECT COUNT_DISTINCT(AccountId) d, MIN(Birthdate) FROM Contact", [[2, "1980-02-03"]]),
        ("SELECT LastName l FROM Contact GROUP BY LastName ORDER BY COUNT(Id), LastName DESC LIMIT 1", [["O'Neil"]]),
        (
            "SELECT LastName, COUNT(Id) n FROM Contact GROUP BY LastName ORDER BY N DESC, LastName LIMIT 1",
            [["Alpha", 1]],
        ),
        (
            "SELECT CALENDAR_YEAR(SystemModstamp) y, DAY_IN_MONTH(SystemModstamp), COUNT(Id) FROM Contact"
            " GROUP BY CALENDAR_YEAR(SystemModstamp), DAY_IN_MONTH(SystemModstamp)"
            " ORDER BY DAY_IN_MONTH(SystemModstamp)",
            [[2021, 2, 1], [2021, 3, 1], [2021, 4, 1]],
        ),
        ("SELECT Id FROM Contact WHERE toLabel(LastName) = 'x'", []),
    ],
)
def test_groups(shared: Emulator, statement: str, found: list[list[Any]]) -> None:
    assert rows(shared, statement) == found


def test_an_expression_without_alias_is_numbered(shared: Emulator) -> None:
    statement = "SELECT COUNT(Id), DAY_ONLY(SystemModstamp), LastName, MAX(Email) FROM Contact"
    record = shared.soql(f"{statement} GROUP BY LastName, DAY_ONLY(SystemModstamp) HAVING LastName = 'Alpha'")[
        "records"
    ][0]
    assert list(record) == ["attributes", "expr0", "expr1", "LastName", "expr2"]
    assert record["expr1"] == "2021-12-02"


# Alpha's SystemModstamp is Thursday, 2 December 2021, 18:23:39 UTC.
@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("CALENDAR_YEAR", 2021),
        ("CALENDAR_QUARTER", 4),
        ("CALENDAR_MONTH", 12),
        ("FISCAL_YEAR", 2021),
        ("FISCAL_QUARTER", 4),
        ("FISCAL_MONTH", 12),
        ("DAY_IN_MONTH", 2),
        ("DAY_IN_WEEK", 5),
        ("DAY_IN_YEAR", 336),
        ("DAY_ONLY", "2021-12-02"),
        ("HOUR_IN_DAY", 18),
        ("WEEK_IN_MONTH", 1),
        ("WEEK_IN_YEAR", 48),
    ],
)
def test_date_functions(shared: Emulator, function: str, value: object) -> None:
    condition = f"{function.lower()}(SystemModstamp) = {value} AND HOUR_IN_DAY(SystemModstamp) > 17"
    assert shared.column(f"SELECT LastName FROM Contact WHERE {condition}") == ["Alpha"]
    assert "Alpha" not in shared.column(f"SELECT LastName FROM Contact WHERE {function}(SystemModstamp) != {value}")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT LastName, COUNT(Id) FROM Contact", "MALFORMED_QUERY"),
        ("SELECT LastName n FROM Contact", "MALFORMED_QUERY"),
        ("SELECT CALENDAR_YEAR(CreatedDate) FROM Contact", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY SystemModstamp", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY Description", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) FROM Contact LIMIT 5", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) n, MAX(LastName) n FROM Contact", "MALFORMED_QUERY"),
        ("SELECT LastName FROM Contact GROUP BY LastName ORDER BY Email", "MALFORMED_QUERY"),
        ("SELECT LastName FROM Contact GROUP BY LastName HAVING Email = 'x'", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) FROM Contact HAVING COUNT(Id) > 1", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE COUNT(Id) > 1", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact ORDER BY COUNT(Id)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact GROUP BY ROLLUP(LastName)", "MALFORMED_QUERY"),
        ("SELECT COUNT() FROM Contact GROUP BY LastName", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY ROLLUP(FirstName), LastName", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY LastName, CUBE(FirstName)", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY CUBE(FirstName, LastName, Email, Phone)", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY CUBE()", "MALFORMED_QUERY"),
        ("SELECT GROUPING(LastName), COUNT(Id) FROM Contact GROUP BY LastName", "MALFORMED_QUERY"),
        ("SELECT GROUPING(Email), COUNT(Id) FROM Contact GROUP BY ROLLUP(LastName)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE GROUPING(LastName) = 1", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE convertTimezone(CreatedDate) = 1", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE DAY_ONLY(convertTimezone(Birthdate)) = TODAY", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE DAY_ONLY(convertTimezone(CreatedDate) = TODAY", "MALFORMED_QUERY"),
        ("SELECT FORMAT(LastName) FROM Contact", "INVALID_FIELD"),
        ("SELECT FORMAT(CALENDAR_YEAR(CreatedDate)) FROM Contact", "MALFORMED_QUERY"),
        ("SELECT FORMAT(MIN(CreatedDate)), LastName FROM Contact", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE FORMAT(CreatedDate) = 'x'", "MALFORMED_QUERY"),
        ("SELECT COUNT(Id) FROM Contact GROUP BY MAX(LastName)", "MALFORMED_QUERY"),
        ("SELECT SUM(LastName) FROM Contact", "INVALID_FIELD"),
        ("SELECT COUNT_DISTINCT(Description) FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE HOUR_IN_DAY(Birthdate) = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE CALENDAR_YEAR(LastName) = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE CALENDAR_YEAR(Birthdate) = '1980'", "INVALID_FIELD"),
        ("SELECT Id FROM Contact WHERE Birthdate = LAST_N_DAYS:99999999999", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Birthdate = LAST_N_FORTNIGHTS:1", "MALFORMED_QUERY"),
        ("SELECT Id FROM Contact WHERE Birthdate = 2021-02-30", "MALFORMED_QUERY"),
    ],
)
def test_mistakes(shared: Emulator, statement: str, code: str) -> None:
    answer = shared.salesforce.get("/query", params={"q": statement})
    assert shared.salesforce_error(answer) == (400, code)
    assert "ERROR at Row:1:Column:" in answer.json()[0]["message"]


# Seen from Wednesday, 14 February 2024.
@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("TODAY", "2024-02-14", "2024-02-15"),
        ("YESTERDAY", "2024-02-13", "2024-02-14"),
        ("TOMORROW", "2024-02-15", "2024-02-16"),
        ("THIS_WEEK", "2024-02-11", "2024-02-18"),
        ("LAST_WEEK N_WEEKS_AGO:1 LAST_N_WEEKS:1", "2024-02-04", "2024-02-11"),
        ("NEXT_WEEK NEXT_N_WEEKS:1", "2024-02-18", "2024-02-25"),
        ("THIS_MONTH", "2024-02-01", "2024-03-01"),
        ("LAST_N_MONTHS:3", "2023-11-01", "2024-02-01"),
        ("N_MONTHS_AGO:3", "2023-11-01", "2023-12-01"),
        ("NEXT_MONTH", "2024-03-01", "2024-04-01"),
        ("THIS_QUARTER THIS_FISCAL_QUARTER", "2024-01-01", "2024-04-01"),
        ("LAST_QUARTER N_QUARTERS_AGO:1 LAST_N_FISCAL_QUARTERS:1", "2023-10-01", "2024-01-01"),
        ("NEXT_N_QUARTERS:2 NEXT_N_FISCAL_QUARTERS:2", "2024-04-01", "2024-10-01"),
        ("THIS_YEAR THIS_FISCAL_YEAR", "2024-01-01", "2025-01-01"),
        ("LAST_N_YEARS:2 LAST_N_FISCAL_YEARS:2", "2022-01-01", "2024-01-01"),
        ("N_YEARS_AGO:2 N_FISCAL_YEARS_AGO:2", "2022-01-01", "2023-01-01"),
        ("LAST_90_DAYS LAST_N_DAYS:90", "2023-11-16", "2024-02-15"),
        ("NEXT_90_DAYS NEXT_N_DAYS:90", "2024-02-15", "2024-05-15"),
        ("N_DAYS_AGO:14", "2024-01-31", "2024-02-01"),
    ],
)
def test_date_words(words: str, start: str, end: str) -> None:
    for word in words.split():
        assert keyword_range(word, date(2024, 2, 14)) == (date.fromisoformat(start), date.fromisoformat(end))


def test_a_quarter_is_counted_from_the_end_of_a_long_month() -> None:
    assert keyword_range("THIS_QUARTER", date(2024, 5, 31)) == (date(2024, 4, 1), date(2024, 7, 1))


@pytest.mark.parametrize(
    "word", ["THIS_DAY", "LAST_N_DAYS", "LAST_FISCAL_WEEK", "N_FISCAL_DAYS_AGO:1", "LAST_N_YEARS:9999"]
)
def test_words_that_mean_nothing(word: str) -> None:
    assert keyword_range(word, date(2024, 2, 14)) is None

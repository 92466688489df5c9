"""Numbers and names as people read them."""

import pytest

from pardotflow.views.words import duration, listed, number, objects, percent, plural, system_name, system_object


@pytest.mark.parametrize(
    ("n", "one", "many", "told"),
    [
        (0, "record", "", "0 records"),
        (1, "record", "", "1 record"),
        (3412, "record", "", "3,412 records"),
        (2, "opportunity", "", "2 opportunities"),
        (2, "key", "", "2 keys"),
        (2, "address", "", "2 addresses"),
        (2, "item is", "items are", "2 items are"),
        (2, "Thing__c", "", "2 Thing__c"),
    ],
)
def test_plural(n: int, one: str, many: str, told: str) -> None:
    assert plural(n, one, many) == told


def test_number_and_objects() -> None:
    assert number(-1234567) == "-1,234,567"
    assert (objects(1, "prospect"), objects(2, "prospect"), objects(2, "")) == ("prospect", "prospects", "")


def test_system_names() -> None:
    assert system_name("pardot") == "Pardot"
    assert system_name("lake") == "lake"
    assert system_object("salesforce", "Lead") == "Salesforce Lead"
    assert system_object("salesforce", "") == "Salesforce"


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(0, 10, "0%"), (1, 100_000, "under 0.1%"), (8, 120, "6.7%"), (1, 2, "50%"), (9, 3, "300%"), (1, 0, "")],
)
def test_percent(part: int, whole: int, told: str) -> None:
    assert percent(part, whole) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.04, "0.0 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (72, "1 min 12 s"),
        (7200, "2 h"),
        (7500, "2 h 5 min"),
    ],
)
def test_duration(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_listed() -> None:
    assert [listed("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]

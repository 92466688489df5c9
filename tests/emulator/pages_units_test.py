"""The page shows every business unit, and URLs as people read them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulator.pages_test import look
from tests.emulator.pardot.units_test import ASIA, EUROPE, ask, seeded
from tests.emulator.running import Emulator, running

__all__ = ["seeded"]


@pytest.fixture(scope="module")
def units(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    data = tmp_path_factory.mktemp("pages") / "units.db"
    data.write_bytes(seeded.read_bytes())
    with running(data) as made:
        yield made


def test_a_unit_is_chosen_by_a_link(units: Emulator) -> None:
    first = look(units, "/")
    assert {"/?unit=pardot", "/?unit=pardot-2", "/?unit=pardot-3"} <= set(first.links)
    europe = look(units, "/?unit=pardot-2")
    assert "One Europe Unit 3" in europe.text and f"business unit {EUROPE}" in europe.text
    assert "/__pages/pardot-2/prospects" in europe.links and "/__pages/pardot/prospects" not in europe.links
    assert f"business unit {ASIA}" in look(units, "/", unit="pardot-3").text
    assert units.plain.get("/?unit=pardot-4").status_code == 404


def test_the_calls_are_those_of_the_unit(units: Emulator) -> None:
    ask(units, "GET", "/objects/users?fields=id")
    assert "Pardot, Europe 1 of 6" in look(units, "/?unit=pardot-2").text
    assert "Pardot, One 0 of 100,000" in look(units, "/").text


def test_records_and_their_links_stay_in_the_unit(units: Emulator) -> None:
    listed = look(units, "/__pages/pardot-2/prospects")
    assert {"/__pages/pardot-2/prospects/7", "/?unit=pardot-2"} <= set(listed.links)
    one = look(units, "/__pages/pardot-2/prospects/1")
    assert "taste__c sweet" in one.text and "Pardot / Europe / prospects" in one.text
    assert any(link.startswith("/__pages/pardot-2/users/") for link in one.links)
    assert "hobby__c chess" in look(units, "/__pages/pardot/prospects/1").text
    assert units.plain.get("/__pages/pardot-2/prospects/2").status_code == 404


def test_writes_are_those_of_the_unit(units: Emulator) -> None:
    ask(units, "PATCH", "/objects/prospects/1", json={"firstName": "Eva"})
    units.pardot.patch("/objects/prospects/1", json={"firstName": "Ann"})
    assert "→ Eva" in look(units, "/__pages/pardot-2/prospects/1").text.partition("Last writes")[2]
    assert "Eva" not in look(units, "/__pages/pardot/prospects/1").text
    numbers = [entry["n"] for entry in units.requests() if entry["method"] == "PATCH"]
    assert "/__pages/pardot-2/prospects/1" in look(units, f"/__pages/requests/{numbers[0]}").links
    assert "/__pages/pardot/prospects/1" in look(units, f"/__pages/requests/{numbers[1]}").links


def test_a_query_is_shown_as_people_write_it(units: Emulator) -> None:
    statement = "SELECT Id FROM Contact WHERE Name LIKE '100% ü <b>'"
    units.soql(statement)
    assert f"?q={statement}" in look(units, "/").text
    assert f"q {statement}" in look(units, f"/__pages/requests/{units.requests()[-1]['n']}").text


def test_one_unit_needs_no_choice(shared: Emulator) -> None:
    page = look(shared, "/")
    assert not any("unit=" in link for link in page.links) and "nav" not in page.tags

"""Parents of several kinds: their fields, their Type, and TYPEOF."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.running import DATA, Emulator, running

ACME, ANN, BOB, ONEIL = "0015e000001acmeAAA", "0035e000000con1AAA", "0035e000000con2AAA", "0035e000000con3AAA"


@pytest.fixture(scope="module")
def sponsored(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Ann is sponsored by Acme, Bob by the integration user, O'Neil by nobody."""
    data = tmp_path_factory.mktemp("sponsored") / "emulator.db"
    data.write_bytes(template.read_bytes())
    with running(data) as emulator:
        user = emulator.column("SELECT Id FROM User WHERE Name = 'Integration User'")[0]
        emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Sponsor__c": ACME})
        emulator.salesforce.patch(f"/sobjects/Contact/{BOB}", json={"Sponsor__c": user})
        yield emulator


def sponsors(emulator: Emulator, select: str) -> list[Any]:
    return emulator.column(f"SELECT {select} FROM Contact ORDER BY Id")


def values(record: dict[str, Any] | None) -> dict[str, Any] | None:
    return record and {key: value for key, value in record.items() if key != "attributes"}


def test_a_parent_of_any_kind_shows_its_name_and_type(sponsored: Emulator) -> None:
    first, second, third = sponsors(sponsored, "Sponsor__r.Name, Sponsor__r.Type")
    assert first["attributes"] == {"type": "Account", "url": f"{DATA}/sobjects/Account/{ACME}"}
    assert values(first) == {"Name": "Acme", "Type": "Account"}
    assert values(second) == {"Name": "Integration User", "Type": "User"} and third is None


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("Sponsor__r.Type = 'user'", [BOB]),
        ("Sponsor__r.Type IN ('Account', 'User')", [ANN, BOB]),
        ("Sponsor__r.Name LIKE 'acm%'", [ANN]),
        ("Sponsor__r.Name = 'ACME'", [ANN]),
        ("Sponsor__r.Name = null", [ONEIL]),
    ],
)
def test_conditions(sponsored: Emulator, condition: str, found: list[str]) -> None:
    assert sponsored.column(f"SELECT Id FROM Contact WHERE {condition} ORDER BY Id") == found


def test_typeof_shows_the_fields_of_the_kind(sponsored: Emulator) -> None:
    kinds = "WHEN Account THEN Name, Industry WHEN User THEN Username"
    first, second, third = sponsors(sponsored, f"TYPEOF Sponsor__r {kinds} ELSE Id END")
    assert values(first) == {"Name": "Acme", "Industry": "Banking"}
    assert list(values(second) or ()) == ["Username"] and third is None
    first, second, _ = sponsors(sponsored, "TYPEOF Sponsor__r WHEN Group THEN Name WHEN Account THEN Name ELSE Id END")
    assert values(first) == {"Name": "Acme"} and list(values(second) or ()) == ["Id"]
    _, second, _ = sponsors(sponsored, "TYPEOF Sponsor__r WHEN Account THEN Name END")
    assert values(second) == {} and second["attributes"]["type"] == "User"


@pytest.mark.parametrize(
    ("select", "code"),
    [
        ("Sponsor__r.Nothing", "INVALID_FIELD"),
        ("TYPEOF Sponsor__r WHEN User THEN Industry END", "INVALID_FIELD"),
        ("TYPEOF Sponsor__r WHEN Lead THEN Id END", "INVALID_TYPE"),
        ("TYPEOF Sponsor__r WHEN User THEN Id WHEN User THEN Id END", "INVALID_TYPE"),
        ("TYPEOF Account WHEN Account THEN Id END", "MALFORMED_QUERY"),
        ("TYPEOF Sponsor__r ELSE Id END", "MALFORMED_QUERY"),
        ("TYPEOF Sponsor__r WHEN User THEN Id", "MALFORMED_QUERY"),
        ("TYPEOF Nothing WHEN User THEN Id END", "INVALID_FIELD"),
    ],
)
def test_mistakes(sponsored: Emulator, select: str, code: str) -> None:
    answer = sponsored.salesforce.get("/query", params={"q": f"SELECT {select} FROM Contact"})
    assert sponsored.salesforce_error(answer) == (400, code)
    assert "ERROR at Row:1:Column:" in answer.json()[0]["message"]

"""The example's data files: the same bytes on every run, the promised size, sound ids, no real person or domain."""

import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from tests.example.example_files import PROJECT, addresses, is_live, live_prospects, read, records, rows

SALESFORCE_FILES = ("Account.csv", "Contact.csv", "Lead.csv", "User.csv", "Campaign.csv")
PREFIXES = {"Account": "001", "Contact": "003", "Lead": "00Q", "User": "005", "Campaign": "701"}
FICTION = re.compile(r"(\+1 \d{3} 555 01\d\d|\+49 30 23125\d{3}|\+44 20 7946 0\d{3})( .*)?")
RESERVED = re.compile(r".+@(example\.(com|org|net)|[a-z0-9-]+\.example)")


def files_of(folder: Path) -> dict[str, bytes]:
    """The data files of a project folder by relative path."""
    found = [*folder.glob("seed/*"), *folder.glob("warehouse/*")]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def checked(short: str) -> str:
    """An 18-character id, written from the published rule: one bit for each capital, one letter for five bits."""
    bits = ["1" if letter.isascii() and letter.isupper() else "0" for letter in short]
    blocks = ["".join(reversed(bits[start : start + 5])) for start in (0, 5, 10)]
    return short + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[int(block, 2)] for block in blocks)


@pytest.mark.parametrize("hash_seed", ["0", "12345"])
def test_every_run_writes_the_committed_bytes(tmp_path: Path, hash_seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    command = [sys.executable, "-B", str(PROJECT / "make_org.py"), str(tmp_path)]
    subprocess.run(command, check=True, env=environment)
    assert files_of(tmp_path) == files_of(PROJECT)


def test_the_checksum_of_this_test_knows_published_ids() -> None:
    assert checked("001D000000Kv3g5") == "001D000000Kv3g5IAB"
    assert checked("00Q4S000002sSac") == "00Q4S000002sSacUAE"


def test_volumes() -> None:
    live = [row for row in records().values() if is_live(row)]
    assert len(live) >= 5_000
    assert 3_150 <= len(rows("Contact.csv")) <= 3_250
    assert 2_250 <= len(rows("Lead.csv")) <= 2_350
    assert len(rows("prospects.csv")) == 4_700
    assert len(rows("Account.csv")) == 900
    assert len(rows("User.csv")) == 14
    assert len(rows("pardot_users.csv")) == 12
    assert len(rows("Campaign.csv")) == len(rows("pardot_campaigns.csv")) == 9
    assert len(rows("lists.csv")) == 8
    assert len(rows("list_memberships.csv")) == 3_000
    assert len(read(PROJECT / "warehouse" / "product_usage.csv")) >= 25_000


def test_the_files_are_small() -> None:
    sizes = {name: len(content) for name, content in files_of(PROJECT).items()}
    assert sizes["warehouse/product_usage.csv"] < 2_500_000
    assert sum(sizes.values()) < 5_000_000


@pytest.mark.parametrize("name", SALESFORCE_FILES)
def test_salesforce_ids_are_unique_and_have_their_checksum(name: str) -> None:
    ids = [row["Id"] for row in rows(name)]
    assert len(set(ids)) == len(ids)
    assert all(record_id.startswith(PREFIXES[name.removesuffix(".csv")]) for record_id in ids)
    assert [checked(record_id[:15]) for record_id in ids] == ids


def test_some_ids_differ_in_case_only() -> None:
    assert len({record_id[:15].lower() for record_id in records()}) < len(records())


def test_an_id_in_pardot_is_a_whole_one_or_fifteen_characters_of_it() -> None:
    held = [row["salesforceId"] for row in rows("prospects.csv") if row["salesforceId"]]
    assert all(value == checked(value[:15])[: len(value)] and len(value) in (15, 18) for value in held)


def test_pardot_ids_are_unique() -> None:
    for name in ("prospects.csv", "pardot_users.csv", "pardot_campaigns.csv", "lists.csv", "list_memberships.csv"):
        ids = [row["id"] for row in rows(name)]
        assert len(set(ids)) == len(ids), name


@pytest.mark.parametrize("name", ["Contact.csv", "Lead.csv"])
def test_the_unique_field_is_unique(name: str) -> None:
    held = [row["Pardot_Prospect_Id__c"] for row in rows(name) if row["IsDeleted"] == "false"]
    assert len(set(filter(None, held))) == len(list(filter(None, held)))


def test_no_address_is_real() -> None:
    held = [plain for name, field in EMAILS.items() for plain in addresses(rows(name), field)]
    held += addresses(read(PROJECT / "warehouse" / "product_usage.csv"), "email")
    assert [address for address in held if not RESERVED.fullmatch(address)] == []


EMAILS = {
    "Contact.csv": "Email",
    "Lead.csv": "Email",
    "User.csv": "Email",
    "prospects.csv": "email",
    "pardot_users.csv": "email",
}


def test_no_telephone_number_is_real() -> None:
    held = [row["Phone"] for row in records().values()] + [row["phone"] for row in rows("prospects.csv")]
    assert [number for number in held if number and not FICTION.fullmatch(number)] == []


def test_references_lead_somewhere() -> None:
    known = {name: {row["Id"] for row in rows(name)} for name in SALESFORCE_FILES}
    for row in records().values():
        assert row["OwnerId"] in known["User.csv"]
        assert row.get("AccountId", "") in known["Account.csv"] | {""}
        assert row.get("MasterRecordId", "") in known["Contact.csv"] | {""}
        assert row.get("ConvertedContactId", "") in known["Contact.csv"] | {""}
    users = {row["id"] for row in rows("pardot_users.csv")} | {""}
    campaigns = {row["id"] for row in rows("pardot_campaigns.csv")}
    assert all(row["userId"] in users and row["campaignId"] in campaigns for row in rows("prospects.csv"))
    members = {(row["listId"], row["prospectId"]) for row in rows("list_memberships.csv")}
    assert len(members) == 3_000
    assert {prospect for _, prospect in members} <= {row["id"] for row in live_prospects()}


def test_salesforce_holds_nothing_that_it_could_not_hold() -> None:
    limits = {"FirstName": 40, "LastName": 80, "Title": 128, "Phone": 40, "Email": 80, "Customer_Number__c": 12}
    for row in records().values():
        assert all(len(row[field]) <= limit and row[field] == row[field].strip() for field, limit in limits.items())
        assert row["Preferred_Language__c"] in {"", "English", "German", "French", "Japanese", "Spanish"}
        assert all(unicodedata.is_normalized("NFC", value) for value in row.values())

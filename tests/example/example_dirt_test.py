"""Every kind of dirt of the example stands in its files, in the share that its description promises."""

import ast
import unicodedata
from collections import Counter
from collections.abc import Callable

import pytest

from tests.example.example_files import (
    PROJECT,
    addresses,
    count,
    full_ids,
    is_live,
    linked,
    live_prospects,
    plain,
    records,
    rows,
)


def canonical(text: str) -> str:
    """A text without the differences that do not count."""
    return unicodedata.normalize("NFC", text).rstrip()


def differ(salesforce: str, pardot: str) -> bool:
    """Both sides are filled, and not with the same."""
    return bool(salesforce and pardot) and canonical(salesforce).lower() != canonical(pardot).lower()


def only_pardot(salesforce: str, pardot: str) -> bool:
    return bool(pardot) and not salesforce


def only_salesforce(salesforce: str, pardot: str) -> bool:
    return bool(salesforce) and not pardot


def exactly(salesforce: str, pardot: str) -> Callable[[str, str], bool]:
    return lambda left, right: (left, right) == (salesforce, pardot)


def test_most_prospects_are_linked_and_a_fifth_of_them_by_the_short_id() -> None:
    assert 0.85 <= len(linked()) / len(rows("prospects.csv")) <= 0.88
    short = sum(1 for pair in linked() if len(pair.prospect["salesforceId"]) == 15)
    assert short / len(linked()) == pytest.approx(0.2, abs=0.005)


def test_linked_pairs_agree_on_nearly_everything() -> None:
    fields = ("firstName", "lastName", "email", "jobTitle", "phone", "company", "city", "state", "zip", "country")
    same = sum(1 for pair in linked() for field in fields if len(set(map(canonical, pair.values(field)))) == 1)
    assert 0.95 <= same / (len(linked()) * len(fields)) < 0.99


def test_a_hundred_records_do_not_know_their_prospect() -> None:
    assert sum(1 for pair in linked() if not pair.record["Pardot_Prospect_Id__c"]) == 100


@pytest.mark.parametrize(
    ("field", "salesforce", "pardot", "expected"),
    [
        ("country", "DE", "Germany", 412),
        ("country", "GB", "UK", 58),
        ("jobTitle", "VP Operations", "VP Ops", 90),
        ("jobTitle", "Head of Maintenance", "Head of Maint.", 80),
        ("jobTitle", "Senior Engineer", "Sr. Engineer", 70),
        ("jobTitle", "Chief Technology Officer", "CTO", 45),
        ("industry", "Technology", "Tech", 260),
        ("industry", "Manufacturing", "Mfg", 75),
        ("source", "Employee Referral", "", 14),
        ("optedOut", "false", "true", 62),
        ("optedOut", "true", "false", 45),
        ("isDoNotCall", "false", "true", 11),
        ("isDoNotCall", "true", "false", 15),
        ("preferred_language__c", "", "Italian", 8),
        ("preferred_language__c", "", "Dutch", 8),
        ("preferred_language__c", "", "Polish", 8),
    ],
)
def test_patterns_with_a_story(field: str, salesforce: str, pardot: str, expected: int) -> None:
    assert count(exactly(salesforce, pardot), field) == expected


@pytest.mark.parametrize(
    ("field", "expected"), [("phone", 25), ("lastName", 12), ("company", 10), ("email", 8), ("score", 150)]
)
def test_true_disagreements(field: str, expected: int) -> None:
    assert count(differ, field) == expected


@pytest.mark.parametrize(
    ("field", "pardot_only", "salesforce_only"),
    [
        ("jobTitle", 30 + 8, 28),
        ("phone", 45 + 6, 40),
        ("firstName", 6, 0),
        ("city", 25, 0),
        ("website", 35, 0),
        ("department", 30, 32),
        ("addressOne", 0, 30),
        ("zip", 0, 22),
        ("score", 400, 0),
        ("country", 35, 0),
        ("customer_number__c", 0, 55),
        ("preferred_language__c", 90 + 24, 60),
        ("source", 0, 340 + 14),
    ],
)
def test_blanks_against_values(field: str, pardot_only: int, salesforce_only: int) -> None:
    assert (count(only_pardot, field), count(only_salesforce, field)) == (pardot_only, salesforce_only)


def test_sources_that_say_more_than_salesforce() -> None:
    assert count(lambda _, pardot: pardot.startswith("Search:"), "source") == 95


def test_countries_in_small_letters() -> None:
    assert count(lambda salesforce, pardot: salesforce != pardot and salesforce.upper() == pardot, "country") == 45


def test_unlinked_prospects_are_found_by_each_key_in_turn() -> None:
    live = [row for row in records().values() if is_live(row)]
    by_prospect = {row["Pardot_Prospect_Id__c"] for row in live} - {""}
    by_number = {row["Customer_Number__c"] for row in live} - {""}
    held, shared = addresses(live, "Email"), addresses(live_prospects(), "email")
    found = Counter[str]()
    for row in live_prospects():
        if row["salesforceId"]:
            continue
        if row["id"] in by_prospect:
            found["prospect id"] += 1
        elif row["customer_number__c"] in by_number:
            found["customer number"] += 1
        elif shared[plain(row["email"])] > 1:
            found["one of two prospects"] += 1
        elif held[plain(row["email"])]:
            found[f"email of {held[plain(row['email'])]}"] += 1
        else:
            found["nobody, assigned" if row["userId"] else "nobody"] += 1
    assert found == {
        "prospect id": 25,
        "customer number": 30,
        "one of two prospects": 30,
        "email of 1": 120,
        "email of 2": 12 + 18,
        "nobody, assigned": 40,
        "nobody": 50,
    }


def test_some_addresses_match_only_after_folding() -> None:
    held = {row["Email"] for row in records().values() if is_live(row)}
    folded = {plain(address) for address in held}
    waiting = [row["email"] for row in live_prospects() if not row["salesforceId"] and plain(row["email"]) in folded]
    assert sum(1 for address in waiting if address not in held) == 34
    assert sum(1 for address in waiting if address != address.strip()) == 12


def test_records_without_a_prospect() -> None:
    known = {full_ids().get(row["salesforceId"][:15]) for row in rows("prospects.csv") if row["salesforceId"]}
    met = addresses(rows("prospects.csv"), "email")
    alone = [row for record_id, row in records().items() if is_live(row) and record_id not in known]
    new = [row for row in alone if row["Email"] and not met[plain(row["Email"])]]
    assert len(new) == 60
    assert all(row["Id"].startswith("00Q") and row["CreatedDate"] >= "2026-11-09" for row in new)
    assert sum(1 for row in alone if not row["Email"]) == 549 + 30


def test_dead_links() -> None:
    found = Counter[str]()
    for row in live_prospects():
        record = records().get(full_ids().get(row["salesforceId"][:15], ""))
        if not row["salesforceId"]:
            continue
        if record is None:
            found["never existed"] += 1
        elif record.get("MasterRecordId"):
            found["merged"] += 1
        elif record["IsDeleted"] == "true":
            found["deleted"] += 1
        elif record.get("IsConverted") == "true":
            found["converted"] += 1
    assert found == {"never existed": 25, "merged": 24, "deleted": 60, "converted": 80}


def test_merges_and_conversions_end_at_a_live_contact() -> None:
    chains = 0
    for row in records().values():
        if row.get("ConvertedContactId"):
            assert is_live(records()[row["ConvertedContactId"]])
        winner = records().get(row.get("MasterRecordId", ""))
        if winner is not None and winner["MasterRecordId"]:
            chains += 1
            winner = records()[winner["MasterRecordId"]]
        assert winner is None or is_live(winner)
    assert chains == 3
    assert sum(1 for row in rows("Lead.csv") if row["IsConverted"] == "true") == 300


def test_recycle_bin() -> None:
    binned = [row for row in rows("prospects.csv") if row["isDeleted"] == "true"]
    alive = [row for row in binned if is_live(records().get(row["salesforceId"], {"IsDeleted": "true"}))]
    assert (len(binned), len(alive)) == (110, 40)


def test_doubles() -> None:
    live = [row for row in records().values() if is_live(row)]
    targets = Counter(pair.record["Id"] for pair in linked())
    assert sum(1 for times in addresses(live_prospects(), "email").values() if times > 1) == 15 + 10
    assert sum(1 for times in addresses(live, "Email").values() if times > 1) == 25 + 12 + 18 + 10
    assert sum(1 for times in targets.values() if times == 2) == 6


def test_ways_of_writing() -> None:
    emoji = count(lambda left, right: left == right and any(ord(letter) > 0x2600 for letter in left), "jobTitle")
    composed = count(lambda left, right: left != right and left == unicodedata.normalize("NFC", right), "lastName")
    spaced = count(lambda left, right: right != right.rstrip(), "city")
    named = count(lambda left, right: right != right.rstrip(), "firstName")
    capitals = count(lambda left, right: left != right and left == right.lower(), "email")
    assert (emoji, composed, spaced, named, capitals) == (15, 40, 25, 15, 25)


@pytest.mark.parametrize(("field", "limit", "expected"), [("firstName", 40, 6), ("jobTitle", 128, 8), ("phone", 40, 6)])
def test_values_too_long_for_salesforce(field: str, limit: int, expected: int) -> None:
    assert count(lambda left, right: not left and len(right) > limit, field) == expected


def test_names_in_other_scripts() -> None:
    scripts = Counter(unicodedata.bidirectional(row["lastName"][0]) for row in live_prospects())
    ideographs = sum(1 for row in live_prospects() if "CJK" in unicodedata.name(row["lastName"][0]))
    assert scripts["R"] >= 20
    assert scripts["AL"] >= 20
    assert ideographs >= 60


def test_every_kind_of_dirt_is_used_once() -> None:
    written, used = [], []
    for module in ("links", "drift", "writing"):
        tree = ast.parse((PROJECT / "generator" / f"{module}.py").read_text(encoding="utf-8"))
        written += [
            f"{module}.{node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and [argument.arg for argument in node.args.args] == ["org"]
        ]
    for node in ast.walk(ast.parse((PROJECT / "make_org.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Tuple):
            used = [ast.unparse(element) for element in node.value.elts]
    assert sorted(used) == sorted(written)


def test_mira_is_clean() -> None:
    (mira,) = (pair for pair in linked() if pair.record["Email"] == "mira.lindqvist@example.com")
    different = [field for field in PEOPLE if len(set(mira.values(field))) > 1]
    assert different == []
    assert mira.record["Pardot_Prospect_Id__c"] == mira.prospect["id"]


PEOPLE = ("firstName", "lastName", "email", "jobTitle", "phone", "department", "city", "country", "score", "optedOut")

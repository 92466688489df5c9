"""Person accounts: an account that is a person, and the contact behind it, which follows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.seeding import seed
from tests.emulator.running import Emulator, running
from tests.emulator.salesforce.life import call_soap, code_of, convert, merge, undelete

SCHEMA = """
org: {person_accounts: true}
salesforce:
  Contact:
    - {name: Tier__c, type: string, length: 10, externalId: true}
"""
ACCOUNTS = """Id,Name,FirstName,LastName,PersonEmail,Tier__pc,PersonContactId
0015e00000Ana01,,Ana,Alba,ana@home.example,gold,0035e00000Ana01
0015e00000Ben02,,,Boll,,,
0015e00000Wrk09,Work Inc.,,,,,
"""
CONTACTS = """Id,LastName,AccountId
0035e00000Dea04,Dunn,0015e00000Wrk09
"""
ANA, ANA_CONTACT = "0015e00000Ana01AAB", "0035e00000Ana01AAB"
WORK, DEA = "0015e00000Wrk09AAB", "0035e00000Dea04AAB"
REFUSED = (400, "INVALID_PERSON_ACCOUNT_OPERATION")


@pytest.fixture
def persons(tmp_path: Path) -> Iterator[Emulator]:
    """An org with two person accounts, and a company with a contact."""
    folder = tmp_path / "seed"
    folder.mkdir()
    (folder / "schema.yml").write_text(SCHEMA)
    (folder / "Account.csv").write_text(ACCOUNTS)
    (folder / "Contact.csv").write_text(CONTACTS)
    report = seed(tmp_path / "people.db", folder)
    assert not report.problems and not report.unknown_columns
    with running(tmp_path / "people.db") as made:
        yield made


def test_a_seeded_person_account_has_its_contact(persons: Emulator) -> None:
    account, contact = persons.row("Account", ANA), persons.row("Contact", ANA_CONTACT)
    assert (account["Name"], account["IsPersonAccount"], account["PersonContactId"]) == ("Ana Alba", True, ANA_CONTACT)
    assert (contact["Name"], contact["Email"], contact["Tier__c"]) == ("Ana Alba", "ana@home.example", "gold")
    assert (contact["IsPersonAccount"], contact["AccountId"]) == (True, ANA)
    assert contact["SystemModstamp"] == account["SystemModstamp"]
    made = persons.column("SELECT PersonContact.Name FROM Account WHERE LastName = 'Boll'")
    assert made[0]["Name"] == "Boll"
    assert persons.column("SELECT Id FROM Contact WHERE IsPersonAccount = false") == [DEA]
    assert persons.column("SELECT Id FROM Account WHERE IsPersonAccount = false") == [WORK]


def test_a_new_account_with_a_last_name_is_a_persons(persons: Emulator) -> None:
    made = persons.create("Account", FirstName="Eve", LastName="Ernst", PersonEmail="eve@home.example", Phone="+1")
    account = persons.row("Account", made)
    contact = persons.row("Contact", account["PersonContactId"])
    assert (account["Name"], contact["AccountId"], contact["Email"]) == ("Eve Ernst", made, "eve@home.example")
    assert contact["Phone"] == "+1"
    assert not persons.row("Account", persons.create("Account", Name="Mill Ltd."))["IsPersonAccount"]
    nobody = persons.salesforce.post("/sobjects/Account", json={"Phone": "+1"})
    assert persons.salesforce_error(nobody) == (400, "REQUIRED_FIELD_MISSING")


def test_the_contact_follows_its_account_and_is_not_written_by_itself(persons: Emulator) -> None:
    persons.advance(5)
    before = persons.row("Contact", ANA_CONTACT)["SystemModstamp"]
    wanted = {"LastName": "Berg", "PersonTitle": "CEO", "PersonHasOptedOutOfEmail": True, "Tier__pc": None}
    assert persons.salesforce.patch(f"/sobjects/Account/{ANA}", json=wanted).status_code == 204
    contact = persons.row("Contact", ANA_CONTACT)
    shown = [contact[name] for name in ("Name", "Title", "HasOptedOutOfEmail", "Tier__c")]
    assert shown == ["Ana Berg", "CEO", True, None] and contact["SystemModstamp"] > before
    assert persons.row("Account", ANA)["Name"] == "Ana Berg"
    url = f"/sobjects/Contact/{ANA_CONTACT}"
    assert persons.salesforce_error(persons.salesforce.patch(url, json={"Title": "?"})) == REFUSED
    assert persons.salesforce_error(persons.salesforce.delete(url)) == REFUSED
    child = persons.salesforce.post("/sobjects/Contact", json={"LastName": "Kid", "AccountId": ANA})
    assert persons.salesforce_error(child) == REFUSED
    assert persons.row("Contact", ANA_CONTACT) == contact


@pytest.mark.parametrize(
    ("record", "fields", "named"),
    [
        (ANA, {"Name": "Ana"}, ["Name"]),
        (WORK, {"FirstName": "Ana", "PersonEmail": "a@x.org", "Phone": "+1"}, ["FirstName", "PersonEmail"]),
    ],
)
def test_fields_of_the_other_kind_are_refused(
    persons: Emulator, record: str, fields: dict[str, str], named: list[str]
) -> None:
    answer = persons.salesforce.patch(f"/sobjects/Account/{record}", json=fields)
    (problem,) = answer.json()
    assert answer.status_code == 400 and problem["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert problem["fields"] == named and problem["message"].endswith(f"insert/update call: {', '.join(named)}")


def test_a_person_account_is_never_without_a_last_name(persons: Emulator) -> None:
    answer = persons.salesforce.patch(f"/sobjects/Account/{ANA}", json={"LastName": None})
    assert persons.salesforce_error(answer) == (400, "REQUIRED_FIELD_MISSING")


def test_the_contact_goes_and_comes_back_with_its_account(persons: Emulator) -> None:
    assert persons.salesforce.delete(f"/sobjects/Account/{ANA}").status_code == 204
    assert persons.column(f"SELECT Id FROM Contact WHERE Id = '{ANA_CONTACT}'") == []
    assert code_of(undelete(persons, ANA_CONTACT)[0]) == REFUSED[1]
    assert undelete(persons, ANA)[0]["success"] == "true"
    assert persons.row("Contact", ANA_CONTACT)["AccountId"] == ANA


def test_merging_person_accounts_merges_their_contacts(persons: Emulator) -> None:
    (ben,) = persons.column("SELECT Id FROM Account WHERE LastName = 'Boll'")
    lost = persons.row("Account", ben)["PersonContactId"]
    task = persons.create("Task", WhoId=lost)
    assert merge(persons, "Account", ANA, ben)["success"] == "true"
    assert persons.row("Task", task)["WhoId"] == ANA_CONTACT
    gone = f"SELECT MasterRecordId FROM Contact WHERE Id = '{lost}'"
    assert persons.column(gone, "queryAll") == [ANA_CONTACT]
    assert persons.column(f"SELECT Id FROM Contact WHERE AccountId = '{ANA}'") == [ANA_CONTACT]
    assert code_of(merge(persons, "Account", ANA, WORK)) == REFUSED[1]
    assert code_of(merge(persons, "Contact", DEA, ANA_CONTACT)) == REFUSED[1]


def test_a_lead_without_a_company_becomes_a_person_account(persons: Emulator) -> None:
    lead = persons.create("Lead", FirstName="Eve", LastName="Ernst", Email="eve@home.example", Phone="+1")
    result = convert(persons, lead)
    account = persons.row("Account", result["accountId"])
    assert (account["Name"], account["PersonEmail"], account["Phone"]) == ("Eve Ernst", "eve@home.example", "+1")
    assert account["PersonContactId"] == result["contactId"] == persons.row("Lead", lead)["ConvertedContactId"]
    firm = convert(persons, persons.create("Lead", LastName="Kent", Company="Mill Ltd."))
    assert not persons.row("Account", firm["accountId"])["IsPersonAccount"]
    assert not persons.row("Contact", firm["contactId"])["IsPersonAccount"]


def test_the_session_says_whether_the_org_has_person_accounts(persons: Emulator, emulator: Emulator) -> None:
    assert call_soap(persons, "getUserInfo", "")[0]["orgHasPersonAccounts"] == "true"
    assert call_soap(emulator, "getUserInfo", "")[0]["orgHasPersonAccounts"] == "false"
    assert "IsPersonAccount" not in emulator.row("Account", emulator.create("Account", Name="A"))


def test_describes_name_the_fields_of_a_person(persons: Emulator) -> None:
    described = persons.salesforce.get("/sobjects/Account/describe").json()["fields"]
    fields = {field["name"]: field for field in described}
    assert fields["PersonMailingCity"]["compoundFieldName"] == "PersonMailingAddress"
    assert fields["Tier__pc"]["custom"] and not fields["Tier__pc"]["externalId"]
    assert fields["PersonEmail"]["updateable"] and not fields["PersonContactId"]["createable"]


def test_a_contact_of_the_seed_keeps_its_id(tmp_path: Path) -> None:
    (tmp_path / "schema.yml").write_text(SCHEMA)
    (tmp_path / "Account.csv").write_text(ACCOUNTS)
    (tmp_path / "Contact.csv").write_text(CONTACTS.replace("Dea04", "Ana01"))
    report = seed(tmp_path / "people.db", tmp_path)
    assert [ANA_CONTACT in str(problem) for problem in report.problems] == [True]
    (tmp_path / "schema.yml").write_text("org: {person_accounts: some}")
    with pytest.raises(EmulatorError, match="person_accounts must be true or false"):
        seed(tmp_path / "other.db", tmp_path)

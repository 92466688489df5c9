"""Field history and the field mapping of a conversion, as a schema declares them."""

from pathlib import Path

import pytest

from pardotflow.emulator import EmulatorError
from pardotflow.emulator.seeding import seed
from tests.emulator.running import Emulator
from tests.emulator.salesforce.life import convert, merge, undelete


def entries(emulator: Emulator, parent: str, record_id: str) -> list[list[object]]:
    fields = "Field, DataType, OldValue, NewValue"
    statement = f"SELECT {fields} FROM {parent}History WHERE {parent}Id = '{record_id}' ORDER BY Id"
    return [list(record.values())[1:] for record in emulator.soql(statement)["records"]]


def test_tracked_fields_enter_old_and_new_values(tracking: Emulator) -> None:
    made = tracking.create("Lead", LastName="L", Company="C")
    owner = tracking.row("Lead", made)["OwnerId"]
    queue = tracking.create("Group", Name="Inbound", Type="Queue")
    changes = {"Status": "Working - Contacted", "OwnerId": queue, "DoNotCall": True, "Phone": "1", "Description": "x"}
    tracking.salesforce.patch(f"/sobjects/Lead/{made}", json=changes)
    tracking.salesforce.patch(f"/sobjects/Lead/{made}", json=changes)
    name = tracking.row("User", owner)["Name"]
    created, *changed = entries(tracking, "Lead", made)
    assert created == ["created", "Text", None, None]
    assert sorted(changed, key=str) == [
        ["Description", "TextArea", None, None],
        ["DoNotCall", "Boolean", False, True],
        ["Owner", "EntityId", owner, queue],
        ["Owner", "Text", name, "Inbound"],
        ["Status", "DynamicEnum", "Open - Not Contacted", "Working - Contacted"],
    ]
    (first,) = tracking.soql("SELECT CreatedById, CreatedDate FROM LeadHistory WHERE Field = 'created'")["records"]
    assert first["CreatedById"] == owner and first["CreatedDate"]
    nested = tracking.soql(f"SELECT (SELECT Field FROM Histories) FROM Lead WHERE Id = '{made}'")["records"][0]
    assert nested["Histories"]["totalSize"] == 6


def test_conversion_and_merge_are_entered(tracking: Emulator) -> None:
    made = tracking.create("Lead", LastName="L", Company="C")
    contact = convert(tracking, made)["contactId"]
    assert ["leadConverted", "Text", None, None] in entries(tracking, "Lead", made)
    assert [entry[0] for entry in entries(tracking, "Contact", contact)] == ["created", "contactCreatedFromLead"]
    merge(tracking, "Contact", contact, tracking.create("Contact", LastName="Loser"), Phone="2")
    assert entries(tracking, "Contact", contact)[-2:] == [
        ["Phone", "PhoneNumber", None, "2"],
        ["contactMerged", "Text", None, None],
    ]


def test_the_history_of_a_loser_goes_to_the_bin_with_it_and_comes_back(tracking: Emulator) -> None:
    winner, loser = (tracking.create("Contact", LastName=name) for name in "WL")
    merge(tracking, "Contact", winner, loser)
    assert entries(tracking, "Contact", loser) == []
    undelete(tracking, loser)
    assert [entry[0] for entry in entries(tracking, "Contact", loser)] == ["created"]


def test_the_history_of_a_hidden_record_is_hidden(tracking: Emulator) -> None:
    made = tracking.create("Contact", LastName="Secret")
    seen = tracking.create("Contact", LastName="Open")
    (entry,) = tracking.column(f"SELECT Id FROM ContactHistory WHERE ContactId = '{made}'")
    rules = {"sharing": [{"object": "Contact", "hidden": "LastName = 'Secret'"}]}
    assert tracking.plain.put("/__admin/rules", json=rules).status_code == 200
    assert tracking.column("SELECT ContactId FROM ContactHistory", "queryAll") == [seen]
    assert tracking.salesforce.get(f"/sobjects/ContactHistory/{entry}").status_code == 404
    tracking.salesforce.patch(f"/sobjects/Contact/{seen}", json={"Phone": "1"})
    assert tracking.column("SELECT Field FROM ContactHistory ORDER BY Id") == ["created", "Phone"]
    fields = {"field_security": [{"object": "Contact", "hidden": ["Phone", "AccountId"]}]}
    for document in (fields, {**fields, **rules}):
        assert tracking.plain.put("/__admin/rules", json=document).status_code == 200
        assert set(tracking.column("SELECT Field FROM ContactHistory")) == {"created"}


def test_declared_fields_are_converted(tracking: Emulator) -> None:
    result = convert(tracking, tracking.create("Lead", LastName="L", Company="C", Score__c=7))
    assert tracking.row("Contact", result["contactId"])["Rank__c"] == 7.0
    assert tracking.row("Account", result["accountId"])["Rank__c"] == 7.0


def test_an_entry_can_be_read_but_not_written(tracking: Emulator) -> None:
    tracking.create("Lead", LastName="L", Company="C")
    (entry,) = tracking.column("SELECT Id FROM LeadHistory")
    assert tracking.row("LeadHistory", entry)["Field"] == "created"
    refused = tracking.salesforce.post("/sobjects/LeadHistory", json={})
    assert tracking.salesforce_error(refused) == (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")
    refused = tracking.salesforce.patch(f"/sobjects/LeadHistory/{entry}", json={"Field": "x"})
    assert tracking.salesforce_error(refused) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    refused = tracking.salesforce.patch(f"/sobjects/LeadHistory/{entry}", json={})
    assert tracking.salesforce_error(refused) == (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")
    filtered = tracking.salesforce.get("/query", params={"q": "SELECT Id FROM LeadHistory WHERE OldValue = 'x'"})
    assert tracking.salesforce_error(filtered) == (400, "INVALID_FIELD")
    window = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T01:00:00Z"}
    updated = tracking.salesforce.get("/sobjects/LeadHistory/updated", params=window)
    assert tracking.salesforce_error(updated) == (400, "INVALID_REPLICATION_DATE")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Account: [{name: Phone, trackHistory: true}]", "Account.Phone"),
        ("Lead: [{name: S__c, convertTo: Contact.Nothing__c}]", "Contact.Nothing__c"),
        ("Contact: [{name: S__c, convertTo: Account.Phone}]", "Account.Phone"),
    ],
)
def test_declarations_that_cannot_be_meant(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "schema.yml").write_text(f"salesforce:\n  {line}\n")
    with pytest.raises(EmulatorError, match=words):
        seed(tmp_path / "people.db", tmp_path)

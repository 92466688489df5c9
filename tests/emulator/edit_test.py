"""Edits of the data file by hand, and the environment of a client."""

from pathlib import Path

import pytest

from pardotflow.emulator import EmulatorError, environment
from pardotflow.emulator.edit import set_record

from .running import running


def test_set_record_edits_as_a_person(data: Path) -> None:
    assert set_record(data, "Contact/0035e000000con1#Phone=+1 555") == "Contact/0035e000000con1AAA#Phone set"
    assert set_record(data, "Contact/bob@x.test#MailingCity=Oslo = far") == "Contact/0035e000000con2AAA#MailingCity set"
    assert set_record(data, "prospect/1#phone=12") == "prospect/1#phone set"
    assert set_record(data, "prospect/ann@x.test#hobby__c=null").endswith("#hobby__c set")
    assert set_record(data, "list/11#title=").endswith("#title set")
    with running(data) as emulator:
        names = "SELECT Phone, MailingCity, LastModifiedBy.Name FROM Contact WHERE SystemModstamp = TODAY ORDER BY Id"
        first, second = emulator.soql(names)["records"]
        assert first["Phone"] == "+1 555" and first["LastModifiedBy"]["Name"] == "Ada Admin"
        assert second["MailingCity"] == "Oslo = far"
        shown = emulator.read(1, "phone,hobby__c,updatedById")
        assert shown == {"phone": "12", "updatedById": 9000002, "hobby__c": None}
        assert emulator.read(11, "title", "lists") == {"title": None}


def test_the_file_may_be_served_meanwhile(data: Path) -> None:
    with running(data) as emulator:
        set_record(data, "Lead/00Q5e000000led1#IsConverted=true")
        answer = emulator.salesforce.patch("/sobjects/Lead/00Q5e000000led1", json={"City": "Rome"})
        assert emulator.salesforce_error(answer) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")
        set_record(data, "Contact/0035e000000con1#IsDeleted=true")
        assert emulator.soql("SELECT COUNT() FROM Contact")["totalSize"] == 2


def test_what_follows_from_an_edit_follows(data: Path) -> None:
    with running(data) as emulator:
        deal = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-01-01", "Amount": 10}
        deal_id, task = emulator.create("Opportunity", **deal), emulator.create("Task", Subject="T")
        emulator.set(f"Opportunity/{deal_id}", StageName="Closed Won")
        row = emulator.row("Opportunity", deal_id)
        assert (row["IsWon"], row["IsClosed"], row["Probability"], row["ExpectedRevenue"]) == (True, True, 100.0, 10.0)
        emulator.set(f"Opportunity/{deal_id}", StageName="Closed Lost", IsClosed="false")
        assert emulator.row("Opportunity", deal_id)["IsClosed"] is False
        set_record(data, f"Task/{task}#Status=Completed")
        assert emulator.row("Task", task)["IsClosed"] is True


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("nonsense", "write Contact/ID#Field=value"),
        ("Contact#Phone=1", "is no address"),
        ("Unicorn/1#Phone=1", "there is no object 'Unicorn'"),
        ("Contact/0035e000000zzzz#Phone=1", "there is no record"),
        ("Contact/nobody@x.test#Phone=1", "there is no record Contact/nobody@x.test"),
        ("Contact/0035e000000con1#Nope=1", "has no field 'Nope'"),
        ("Contact/0035e000000con1#Id=1", "has no field 'Id'"),
        ("Contact/0035e000000con1#MailingAddress=1", "has no field 'MailingAddress'"),
        ("Contact/0035e000000con1#Birthdate=soon", "cannot hold 'soon'"),
        ("prospect/99#phone=1", "there is no record"),
        ("prospect/bob@x.test#phone=1", "2 records have the address"),
        ("prospect/1#nope=1", "has no field 'nope'"),
        ("prospect/1#score=high", "cannot hold 'high'"),
    ],
)
def test_what_cannot_be_set(data: Path, assignment: str, words: str) -> None:
    with pytest.raises(EmulatorError) as caught:
        set_record(data, assignment)
    assert words in str(caught.value)


def test_environment(data: Path) -> None:
    variables = environment(data, 8080)
    assert list(variables) == [
        "SF_LOGIN_URL",
        "SF_INSTANCE_URL",
        "SF_CLIENT_ID",
        "SF_CLIENT_SECRET",
        "SF_REFRESH_TOKEN",
        "SF_ACCESS_TOKEN",
        "SF_USERNAME",
        "SF_PASSWORD",
        "SF_SECURITY_TOKEN",
        "PARDOT_URL",
        "PARDOT_BUSINESS_UNIT_ID",
    ]
    assert variables["SF_LOGIN_URL"] == variables["PARDOT_URL"] == "http://127.0.0.1:8080"
    assert environment(data, 8080) == variables
    assert environment(data, 1)["SF_REFRESH_TOKEN"] == variables["SF_REFRESH_TOKEN"]


def test_files_that_are_no_data_files(tmp_path: Path) -> None:
    with pytest.raises(EmulatorError, match="there is no data file"):
        environment(tmp_path / "missing.db", 1)
    (tmp_path / "text.db").write_text("this is no database, only text" * 100)
    with pytest.raises(EmulatorError, match="is no data file"):
        set_record(tmp_path / "text.db", "Contact/1#a=b")

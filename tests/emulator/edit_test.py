"""Edits of the data file by hand, and the environment of a client."""

from pathlib import Path

import pytest

from pardotflow.emulator import EmulatorError, environment
from pardotflow.emulator.edit import destroy, set_record
from tests.emulator.running import running


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


def test_what_is_in_the_recycle_bin_can_be_removed_for_good(data: Path) -> None:
    with running(data) as emulator:
        for address in ("Contact/0035e000000con1", "prospect/1"):
            with pytest.raises(EmulatorError, match="recycle bin"):
                destroy(data, address)
        set_record(data, "Contact/0035e000000con1#IsDeleted=true")
        set_record(data, "prospect/1#isDeleted=true")
        assert destroy(data, "Contact/0035e000000con1") == "Contact/0035e000000con1AAA is gone for good"
        assert destroy(data, "prospect/1") == "prospect/1 is gone for good"
        answer = emulator.salesforce.get(
            "/queryAll", params={"q": "SELECT COUNT() FROM Contact WHERE Id = '0035e000000con1AAA'"}
        )
        assert answer.json()["totalSize"] == 0
        for address in ("Contact/0035e000000con1", "prospect/1", "nonsense"):
            with pytest.raises(EmulatorError):
                destroy(data, address)


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


def test_words_of_both_systems(data: Path) -> None:
    with running(data) as emulator:
        (user,) = emulator.values("users", fields="id,salesforceId", email="integration@emulator.test")
        number, record_id = user["id"], user["salesforceId"]
        campaign = emulator.create("Campaign", Name="Fair")
        assert emulator.set(f"User/{number}", jobTitle="a") == f"user/{number}"
        assert emulator.set(f"user/{number}", jobTitle="b") == f"user/{number}"
        assert emulator.set(f"pardot/user/{number}", jobTitle="c") == f"user/{number}"
        assert emulator.set("user/integration@emulator.test", jobTitle="d") == f"user/{number}"
        assert emulator.read(number, "jobTitle", "users") == {"jobTitle": "d"}
        assert emulator.set(f"User/{record_id}", LastName="a") == f"User/{record_id}"
        assert emulator.set(f"Salesforce/User/{record_id[:15]}", LastName="b") == f"User/{record_id}"
        assert emulator.set("salesforce/User/integration@emulator.test", LastName="c") == f"User/{record_id}"
        assert emulator.column(f"SELECT LastName FROM User WHERE Id = '{record_id}'") == ["c"]
        assert emulator.set(f"Campaign/{campaign}", Name="Show") == f"Campaign/{campaign}"
        assert emulator.set("campaign/1201", name="Talk") == "campaign/1201"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("pardot/Contact/0035e000000con1", "there is no object 'Contact'"),
        ("salesforce/prospect/1", "there is no object 'prospect'"),
        ("pardot/user", "is no address"),
        ("User/99999999999999999999999", "there is no record user/99999999999999999999999"),
        ("prospect/²", "there is no record prospect/²"),
    ],
)
def test_addresses_that_lead_nowhere(data: Path, address: str, words: str) -> None:
    with pytest.raises(EmulatorError) as caught:
        set_record(data, f"{address}#phone=1")
    assert words in str(caught.value)


def test_what_follows_from_an_edit_of_a_prospect(data: Path) -> None:
    with running(data) as emulator:
        emulator.switch(null_unassigns=False)
        shown = "userId,assignedToId,assignedTo.email,salesforceLeadId"
        emulator.set("prospect/1", userId=9000002, salesforceId="00Q5e000000led1")
        assert emulator.read(1, shown) == {
            "assignedTo": {"email": "ada.admin@emulator.test"},
            "assignedToId": 9000002,
            "salesforceLeadId": "00Q5e000000led1EAA",
            "userId": 9000002,
        }
        emulator.set("prospect/1", assignedToId=9000001)
        assert emulator.read(1, "userId,assignedToId") == {"assignedToId": 9000001, "userId": 9000001}
        emulator.set("prospect/1", userId=None)
        assert emulator.read(1, shown)["assignedTo"] is None
        refused = emulator.plain.put("/__admin/set", json={"address": "prospect/1", "fields": {"userId": 77}})
        assert (refused.status_code, refused.json()) == (400, {"error": "prospect/1: Invalid user ID"})


def test_values_of_an_edit(data: Path) -> None:
    with running(data) as emulator:
        emulator.set("prospect/1", hobby__c="", language__c=["a;b", "c"], lastActivityAt="2024-01-01 08:00:00")
        assert emulator.read(1, "hobby__c,language__c,lastActivityAt") == {
            "lastActivityAt": "2024-01-01T01:00:00-07:00",
            "hobby__c": None,
            "language__c": ["a;b", "c"],
        }
        emulator.set("prospect/1", updatedAt="2020-01-01T00:00:00Z", updatedById=9000001)
        assert emulator.read(1, "updatedAt,updatedById") == {
            "updatedAt": "2019-12-31T17:00:00-07:00",
            "updatedById": 9000001,
        }
        for fields in ({"phone": {"a": 1}}, {"age__c": "9" * 400}, {"lastActivityAt": "0001-01-01T00:00:00+14:00"}):
            answer = emulator.plain.put("/__admin/set", json={"address": "prospect/1", "fields": fields})
            assert answer.status_code == 400 and "cannot hold" in answer.json()["error"]


def test_custom_fields_and_jobs_keep_what_holds_them_together(data: Path) -> None:
    with running(data) as emulator:
        emulator.set("custom-field/247672", isRecordMultipleResponses=True)
        assert emulator.read(1, "hobby__c") == {"hobby__c": ["swimming"]}
        import_id = emulator.start_import("matchId,phone\n1,1\n")
        for address, field in (("custom-field/247672", "apiFieldId"), (f"imports/{import_id}", "status")):
            answer = emulator.plain.put("/__admin/set", json={"address": address, "fields": {field: "x"}})
            assert answer.status_code == 400 and "that can be set" in answer.json()["error"]

"""The recycle bin: what comes back, what is gone, and after how long."""

from tests.emulator.running import Emulator
from tests.emulator.salesforce.life import call_soap, code_of, undelete


def delete(emulator: Emulator, kind: str, record_id: str) -> None:
    assert emulator.salesforce.delete(f"/sobjects/{kind}/{record_id}").status_code == 204


def family(emulator: Emulator) -> tuple[str, str, str]:
    """An account, its contact and the contact's task."""
    account = emulator.create("Account", Name="A")
    contact = emulator.create("Contact", LastName="C", AccountId=account)
    return account, contact, emulator.create("Task", WhoId=contact)


def test_a_record_comes_back_with_what_went_with_it(emulator: Emulator) -> None:
    account, contact, task = family(emulator)
    before = emulator.create("Contact", LastName="Gone before", AccountId=account)
    delete(emulator, "Contact", before)
    delete(emulator, "Account", account)
    (deleted,) = emulator.column(f"SELECT SystemModstamp FROM Account WHERE Id = '{account}'", "queryAll")
    emulator.advance(5)
    assert undelete(emulator, account) == [{"id": account, "success": "true"}]
    assert emulator.row("Account", account)["SystemModstamp"] > deleted
    assert emulator.row("Contact", contact)["IsDeleted"] is False and emulator.row("Task", task)["WhoId"] == contact
    assert emulator.salesforce.get(f"/sobjects/Contact/{before}").status_code == 404


def test_stamps_may_stay(emulator: Emulator) -> None:
    made = emulator.create("Account", Name="A")
    delete(emulator, "Account", made)
    emulator.switch(undelete_moves_stamps=False)
    (deleted,) = emulator.column(f"SELECT SystemModstamp FROM Account WHERE Id = '{made}'", "queryAll")
    emulator.advance(5)
    undelete(emulator, made)
    assert emulator.row("Account", made)["SystemModstamp"] == deleted


def test_each_record_has_its_own_result(emulator: Emulator) -> None:
    live, gone = emulator.create("Account", Name="L"), emulator.create("Account", Name="G")
    delete(emulator, "Account", gone)
    results = undelete(emulator, live, "0015e0000000zzz", "nothing", gone)
    assert [code_of(result) for result in results[:3]] == [
        "UNDELETE_FAILED",
        "INVALID_CROSS_REFERENCE_KEY",
        "MALFORMED_ID",
    ]
    assert results[3] == {"id": gone, "success": "true"}


def test_a_unique_value_that_another_has_by_now(emulator: Emulator) -> None:
    first = emulator.create("Contact", LastName="A", Pardot_Prospect_Id__c="key")
    delete(emulator, "Contact", first)
    emulator.create("Contact", LastName="B", Pardot_Prospect_Id__c="key")
    (result,) = undelete(emulator, first)
    assert code_of(result) == "DUPLICATE_VALUE"
    assert emulator.salesforce.get(f"/sobjects/Contact/{first}").status_code == 404


def test_the_bin_can_be_emptied(emulator: Emulator) -> None:
    account, contact, _ = family(emulator)
    delete(emulator, "Account", account)
    assert call_soap(emulator, "emptyRecycleBin", f"<p:ids>{account}</p:ids>") == [{"id": account, "success": "true"}]
    assert emulator.soql(f"SELECT Id FROM Contact WHERE Id = '{contact}'", "queryAll")["totalSize"] == 0
    assert code_of(undelete(emulator, account)[0]) == "INVALID_CROSS_REFERENCE_KEY"
    again = emulator.salesforce.delete(f"/sobjects/Account/{account}")
    assert emulator.salesforce_error(again) == (404, "INVALID_CROSS_REFERENCE_KEY")


def test_after_15_days_a_record_is_gone(emulator: Emulator) -> None:
    made = emulator.create("Account", Name="A")
    delete(emulator, "Account", made)
    statement = f"SELECT Id FROM Account WHERE Id = '{made}'"
    emulator.advance(15 * 86_400 - 60)
    emulator.plain.post("/__admin/expire-tokens")
    _renew(emulator)
    assert emulator.soql(statement, "queryAll")["totalSize"] == 1
    emulator.advance(120)
    assert emulator.soql(statement, "queryAll")["totalSize"] == 0


def test_after_15_days_nothing_comes_back_over_soap_either(emulator: Emulator) -> None:
    made = emulator.create("Account", Name="A")
    delete(emulator, "Account", made)
    emulator.advance(15 * 86_400 + 60)
    _renew(emulator)
    assert code_of(undelete(emulator, made)[0]) == "INVALID_CROSS_REFERENCE_KEY"


def test_a_member_does_not_come_back_beside_another(emulator: Emulator) -> None:
    values = {"CampaignId": emulator.create("Campaign", Name="C"), "ContactId": "0035e000000con1AAA"}
    first = emulator.create("CampaignMember", **values)
    delete(emulator, "CampaignMember", first)
    second = emulator.create("CampaignMember", **values)
    assert code_of(undelete(emulator, first)[0]) == "DUPLICATE_VALUE"
    delete(emulator, "CampaignMember", second)
    assert undelete(emulator, first)[0]["success"] == "true"


def test_a_child_whose_unique_value_another_has_holds_all_back(emulator: Emulator) -> None:
    account = emulator.create("Account", Name="A")
    emulator.create("Contact", LastName="C", AccountId=account, Pardot_Prospect_Id__c="key")
    delete(emulator, "Account", account)
    emulator.create("Contact", LastName="D", Pardot_Prospect_Id__c="key")
    assert code_of(undelete(emulator, account)[0]) == "DUPLICATE_VALUE"
    assert emulator.salesforce.get(f"/sobjects/Account/{account}").status_code == 404


def test_a_record_that_another_transaction_holds_stays_in_the_bin(emulator: Emulator) -> None:
    made = emulator.create("Account", Name="A")
    delete(emulator, "Account", made)
    emulator.plain.put("/__admin/lock", json={"id": made, "seconds": 60})
    assert code_of(undelete(emulator, made)[0]) == "UNABLE_TO_LOCK_ROW"


def _renew(emulator: Emulator) -> None:
    answer = emulator.plain.post(
        "/services/oauth2/token",
        data={
            "grant_type": "refresh_token",
            "client_id": emulator.environment["SF_CLIENT_ID"],
            "client_secret": emulator.environment["SF_CLIENT_SECRET"],
            "refresh_token": emulator.environment["SF_REFRESH_TOKEN"],
        },
    )
    token = answer.json()["access_token"]
    emulator.salesforce.headers["Authorization"] = f"Bearer {token}"
    emulator.environment["SF_ACCESS_TOKEN"] = token

"""Child subqueries: what stands below a parent, and the pages behind it."""

from typing import Any

import pytest

from tests.emulator.running import DATA, Emulator

ACME = "0015e000001acmeAAA"


def only(emulator: Emulator, statement: str, verb: str = "query", **headers: str) -> dict[str, Any]:
    record: dict[str, Any]
    (record,) = emulator.soql(statement, verb, **headers)["records"]
    return record


def acme(emulator: Emulator, subquery: str, verb: str = "query") -> list[Any]:
    """The last value of each child of Acme."""
    record = only(emulator, f"SELECT Id, ({subquery}) FROM Account WHERE Name = 'Acme'", verb)
    children = list(record.values())[-1]
    return [] if children is None else [list(child.values())[-1] for child in children["records"]]


@pytest.fixture
def family(emulator: Emulator) -> Emulator:
    """Acme with Alpha, Two, Three and Four; the last is deleted."""
    for name in ("Two", "Three", "Four"):
        made = emulator.create("Contact", LastName=name, AccountId=ACME, Phone="1")
    assert emulator.salesforce.delete(f"/sobjects/Contact/{made}").status_code == 204
    return emulator


def test_children_are_an_answer_of_their_own_at_their_place(shared: Emulator) -> None:
    record = only(shared, "SELECT Name, (select id, account.name from contacts), Id FROM Account WHERE Name = 'Acme'")
    assert list(record) == ["attributes", "Name", "Contacts", "Id"]
    url = f"{DATA}/sobjects/Contact/0035e000000con1AAA"
    parent = {"attributes": {"type": "Account", "url": f"{DATA}/sobjects/Account/{ACME}"}, "Name": "Acme"}
    child = {"attributes": {"type": "Contact", "url": url}, "Id": "0035e000000con1AAA", "Account": parent}
    assert record["Contacts"] == {"totalSize": 1, "done": True, "records": [child]}


def test_conditions_order_and_limit_hold_for_each_parent(family: Emulator) -> None:
    assert acme(family, "SELECT LastName FROM Contacts ORDER BY LastName DESC") == ["Two", "Three", "Alpha"]
    assert acme(family, "SELECT LastName FROM Contacts WHERE Phone = '1' ORDER BY LastName LIMIT 1") == ["Three"]
    assert acme(family, "SELECT c.LastName FROM Contacts c WHERE c.Phone != '1' OR LastName = 'Two'") == [
        "Alpha",
        "Two",
    ]
    assert acme(family, "SELECT Contacts.LastName FROM Contacts WHERE LastName = 'Four'", "queryAll") == ["Four"]
    both = family.soql("SELECT Name, (SELECT Id FROM Contacts LIMIT 1) FROM Account ORDER BY Name")["records"]
    assert [len(record["Contacts"]["records"]) for record in both] == [1, 1]


def test_a_parent_without_children_shows_null_or_an_empty_answer(emulator: Emulator) -> None:
    statement = "SELECT (SELECT Id FROM Contacts WHERE LastName = 'x') FROM Account WHERE Name = 'Acme'"
    assert only(emulator, statement)["Contacts"] is None
    emulator.switch(child_records_none="empty")
    assert only(emulator, statement)["Contacts"] == {"totalSize": 0, "done": True, "records": []}


def test_children_of_a_custom_lookup_and_of_a_parent_account(emulator: Emulator) -> None:
    emulator.salesforce.patch("/sobjects/Contact/0035e000000con3AAA", json={"Partner__c": ACME})
    emulator.create("Account", Name="Daughter", ParentId=ACME)
    assert acme(emulator, "SELECT LastName FROM Partners__r") == ["O'Neil"]
    assert acme(emulator, "SELECT Name FROM ChildAccounts") == ["Daughter"]
    nested = "SELECT Name, (SELECT LastName FROM Contacts) FROM ChildAccounts"
    assert acme(emulator, nested) == [None]
    old = emulator.plain.get(
        DATA.replace("60", "57") + "/query",
        params={"q": f"SELECT Id, ({nested}) FROM Account"},
        headers=emulator.salesforce.headers,
    )
    assert emulator.salesforce_error(old) == (400, "MALFORMED_QUERY")


def test_many_children_have_pages_of_their_own(family: Emulator) -> None:
    family.switch(query_batch_min=1)
    statement = (
        "SELECT Id, (SELECT Contacts.LastName FROM Contacts WHERE LastName != ')' ORDER BY LastName) FROM Account"
    )
    record = family.soql(statement + " WHERE Name = 'Acme'", **{"Sforce-Query-Options": "batchSize=2"})["records"][0]
    children = record["Contacts"]
    assert (children["totalSize"], children["done"], len(children["records"])) == (3, False, 2)
    rest = family.plain.get(children["nextRecordsUrl"], headers=family.salesforce.headers).json()
    assert rest["done"] and [r["LastName"] for r in rest["records"]] == ["Two"]


def test_pages_of_children_do_not_crowd_out_each_other(family: Emulator) -> None:
    family.switch(query_batch_min=1, query_cursors=1)
    for name in ("X", "Y"):
        family.create("Contact", LastName=name, AccountId="0015e000001beta")
    statement = (
        "SELECT Name, (SELECT LastName FROM Contacts) FROM Account WHERE Name IN ('Acme', 'Beta Ltd') ORDER BY Name"
    )
    first = family.soql(statement, **{"Sforce-Query-Options": "batchSize=1"})
    urls = [first["records"][0]["Contacts"]["nextRecordsUrl"], first["nextRecordsUrl"]]
    second, last = (family.plain.get(url, headers=family.salesforce.headers) for url in urls)
    assert (second.status_code, last.status_code) == (200, 200)
    url = last.json()["records"][0]["Contacts"]["nextRecordsUrl"]
    assert family.plain.get(url, headers=family.salesforce.headers).json()["totalSize"] == 3


def test_children_come_with_later_pages_of_their_parents(family: Emulator) -> None:
    family.switch(query_batch_min=1)
    statement = "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account ORDER BY Name DESC"
    first = family.soql(statement, **{"Sforce-Query-Options": "batchSize=1"})
    second = family.plain.get(first["nextRecordsUrl"], headers=family.salesforce.headers).json()["records"][0]
    assert second["Name"] == "Acme" and len(second["Contacts"]["records"]) == 1 and not second["Contacts"]["done"]


@pytest.mark.parametrize(
    ("statement", "code", "place"),
    [
        ("SELECT Id, (SELECT Id FROM Nothing) FROM Account", "INVALID_TYPE", 28),
        ("SELECT Id, (SELECT foo FROM Contacts) FROM Account", "INVALID_FIELD", 20),
        ("SELECT Id, (SELECT COUNT() FROM Contacts) FROM Account", "MALFORMED_QUERY", 13),
        ("SELECT COUNT(Id), (SELECT Id FROM Contacts) FROM Account", "MALFORMED_QUERY", 20),
        ("SELECT Id, (SELECT Id FROM Contacts FROM Account", "MALFORMED_QUERY", 37),
        (f"SELECT {', '.join(['(SELECT Id FROM Contacts)'] * 21)} FROM Account", "MALFORMED_QUERY", None),
    ],
)
def test_mistakes(shared: Emulator, statement: str, code: str, place: int | None) -> None:
    answer = shared.salesforce.get("/query", params={"q": statement})
    assert shared.salesforce_error(answer) == (400, code)
    assert place is None or f"ERROR at Row:1:Column:{place}\n" in answer.json()[0]["message"]

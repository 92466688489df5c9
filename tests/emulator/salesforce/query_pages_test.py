"""Query cursors: pages, locators, and what ends them."""

from pathlib import Path

from tests.emulator.running import Emulator, running

STATEMENT = "SELECT LastName FROM Contact WHERE Email = null ORDER BY LastName"


def fill(emulator: Emulator, count: int) -> None:
    records = [{"attributes": {"type": "Contact"}, "LastName": f"N{k:04d}"} for k in range(count)]
    for start in range(0, count, 200):
        answer = emulator.salesforce.post("/composite/sobjects", json={"records": records[start : start + 200]})
        assert all(result["success"] for result in answer.json())


def walk(emulator: Emulator, verb: str = "query", batch: int = 200) -> list[list[str]]:
    """The last names of every page."""
    body = emulator.soql(STATEMENT, verb, **{"Sforce-Query-Options": f"batchSize={batch}"})
    pages = [[r["LastName"] for r in body["records"]]]
    total = body["totalSize"]
    while not body["done"]:
        body = emulator.plain.get(body["nextRecordsUrl"], headers=emulator.salesforce.headers).json()
        assert body["totalSize"] == total
        pages.append([r["LastName"] for r in body["records"]])
    assert "nextRecordsUrl" not in body
    return pages


def test_pages_follow_the_batch_size_of_the_header(emulator: Emulator) -> None:
    fill(emulator, 450)
    pages = walk(emulator)
    assert [len(page) for page in pages] == [200, 200, 51]
    assert [name for page in pages for name in page] == [*(f"N{k:04d}" for k in range(450)), "O'Neil"]


def test_batch_size_stays_within_200_and_2000(emulator: Emulator) -> None:
    fill(emulator, 250)
    assert [len(page) for page in walk(emulator, batch=5)] == [200, 51]
    assert [len(page) for page in walk(emulator, batch=99_999)] == [251]
    emulator.switch(query_batch_min=1)
    assert len(walk(emulator, batch=100)) == 3


def test_the_locator_names_the_next_row_and_serves_both_paths(emulator: Emulator) -> None:
    fill(emulator, 201)
    headers = {"Sforce-Query-Options": "batchSize=200"}
    body = emulator.soql(STATEMENT, "queryAll", **headers)
    locator = body["nextRecordsUrl"].rsplit("/", 1)[1]
    assert locator.startswith("01g") and locator.endswith("-200")
    for verb in ("query", "queryAll"):
        assert len(emulator.salesforce.get(f"/{verb}/{locator}").json()["records"]) == 2


def test_pages_hold_the_rows_that_matched_when_the_query_ran(emulator: Emulator) -> None:
    fill(emulator, 300)
    body = emulator.soql(STATEMENT, **{"Sforce-Query-Options": "batchSize=200"})
    emulator.create("Contact", LastName="A new one")
    rest = emulator.plain.get(body["nextRecordsUrl"], headers=emulator.salesforce.headers).json()["records"]
    assert [r["LastName"] for r in rest] == [*(f"N{k:04d}" for k in range(200, 300)), "O'Neil"]


def test_a_cursor_survives_a_restart(data: Path) -> None:
    with running(data) as emulator:
        fill(emulator, 201)
        following = emulator.soql(STATEMENT, **{"Sforce-Query-Options": "batchSize=200"})["nextRecordsUrl"]
    with running(data) as again:
        assert len(again.plain.get(following, headers=again.salesforce.headers).json()["records"]) == 2


def test_unknown_old_and_crowded_out_locators(emulator: Emulator) -> None:
    fill(emulator, 201)
    headers = {"Sforce-Query-Options": "batchSize=200"}

    def status(url: str) -> tuple[int, str]:
        return emulator.salesforce_error(emulator.plain.get(url, headers=emulator.salesforce.headers))

    first = emulator.soql(STATEMENT, **headers)["nextRecordsUrl"]
    assert status(first.replace("01g", "01h")) == (400, "INVALID_QUERY_LOCATOR")
    for _ in range(10):
        later = emulator.soql(STATEMENT, **headers)["nextRecordsUrl"]
    assert status(first) == (400, "INVALID_QUERY_LOCATOR")
    emulator.advance(3 * 86_400)
    emulator.plain.put("/__admin/switches", json={})
    assert status(later) == (400, "INVALID_QUERY_LOCATOR")


def test_locators_that_name_no_row(emulator: Emulator) -> None:
    fill(emulator, 201)
    locator = emulator.soql(STATEMENT, **{"Sforce-Query-Options": "batchSize=200"})["nextRecordsUrl"].rsplit("/", 1)[1]
    cursor = locator.partition("-")[0]
    for wrong in (cursor, f"{cursor}-", f"{cursor}-202", f"{cursor}-{'9' * 30}", f"{cursor}-²", f"{cursor}--1"):
        answer = emulator.salesforce.get(f"/query/{wrong}")
        assert emulator.salesforce_error(answer) == (400, "INVALID_QUERY_LOCATOR"), wrong
    assert len(emulator.salesforce.get(f"/query/{cursor}-201").json()["records"]) == 1


def test_the_life_of_a_cursor_can_be_short(emulator: Emulator) -> None:
    fill(emulator, 201)
    emulator.switch(query_cursor_seconds=900)
    following = emulator.soql(STATEMENT, **{"Sforce-Query-Options": "batchSize=200"})["nextRecordsUrl"]
    emulator.advance(890)
    assert emulator.plain.get(following, headers=emulator.salesforce.headers).status_code == 200
    emulator.advance(20)
    answer = emulator.plain.get(following, headers=emulator.salesforce.headers)
    assert emulator.salesforce_error(answer) == (400, "INVALID_QUERY_LOCATOR")


def test_what_is_deleted_while_pages_are_read(emulator: Emulator) -> None:
    fill(emulator, 300)
    body = emulator.soql(STATEMENT, **{"Sforce-Query-Options": "batchSize=200"})
    later = emulator.column("SELECT Id FROM Contact WHERE LastName IN ('N0200', 'N0201')")
    for record_id in later:
        assert emulator.salesforce.delete(f"/sobjects/Contact/{record_id}").status_code == 204
    rest = emulator.plain.get(body["nextRecordsUrl"], headers=emulator.salesforce.headers).json()
    assert (rest["totalSize"], rest["done"], len(rest["records"])) == (301, True, 101)

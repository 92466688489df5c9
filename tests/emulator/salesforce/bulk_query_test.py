"""Bulk 2.0 query: jobs that write the records of a statement into CSV."""

from typing import Any

import httpx
import pytest

from tests.emulator.running import DATA, Emulator

URL = "/jobs/query"


def make(emulator: Emulator, statement: str, **options: str) -> dict[str, Any]:
    answer = emulator.salesforce.post(URL, json={"operation": "query", "query": statement, **options})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def run(emulator: Emulator, statement: str, **options: str) -> dict[str, Any]:
    job = make(emulator, statement, **options)
    emulator.advance(5)
    done: dict[str, Any] = emulator.salesforce.get(f"{URL}/{job['id']}").json()
    return done


def results(emulator: Emulator, job: dict[str, Any], **params: str | int) -> httpx.Response:
    answer = emulator.salesforce.get(f"{URL}/{job['id']}/results", params=params, headers={"Accept": "text/csv"})
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/csv", answer.text
    return answer


def test_a_job_from_its_creation_to_its_results(emulator: Emulator) -> None:
    statement = "SELECT Id, LastName, Account.Name, HasOptedOutOfEmail, SystemModstamp, Phone FROM contact ORDER BY Id"
    job = make(emulator, statement)
    assert (job["state"], job["object"], job["operation"]) == ("UploadComplete", "Contact", "query")
    assert job["id"].startswith("750") and "jobType" not in job and job["columnDelimiter"] == "COMMA"
    emulator.advance(5)
    done = emulator.salesforce.get(f"{URL}/{job['id']}").json()
    assert (done["state"], done["jobType"], done["numberRecordsProcessed"]) == ("JobComplete", "V2Query", 3)
    assert {"retries", "totalProcessingTime", "isPkChunkingSupported"} <= set(done)
    assert "numberRecordsFailed" not in done
    answer = results(emulator, job)
    head, first, *_ = answer.text.split("\n")
    assert head == '"Id","LastName","Account.Name","HasOptedOutOfEmail","SystemModstamp","Phone"'
    assert first == '"0035e000000con1AAA","Alpha","Acme","false","2021-12-02T18:23:39.000Z","+1 1"'
    assert (answer.headers["sforce-locator"], answer.headers["sforce-numberofrecords"]) == ("null", "3")


def test_pages(emulator: Emulator) -> None:
    job = run(emulator, "SELECT LastName FROM Contact ORDER BY LastName")
    first = results(emulator, job, maxRecords=2)
    assert first.headers["sforce-numberofrecords"] == "2" and first.headers["sforce-locator"] == "Mg"
    emulator.create("Contact", LastName="Aaa")
    second = results(emulator, job, maxRecords=2, locator=first.headers["sforce-locator"])
    assert second.headers["sforce-locator"] == "null" and second.headers["sforce-numberofrecords"] == "1"
    assert first.text.splitlines()[0] == second.text.splitlines()[0] == '"LastName"'
    lines = [*first.text.splitlines()[1:], *second.text.splitlines()[1:]]
    assert lines[:2] == ['"Alpha"', '"Beta"'] and len(lines) == 3
    assert results(emulator, job, maxRecords=2).text == first.text
    for params in ({"locator": "%"}, {"locator": "bm8"}, {"locator": "Mw"}, {"locator": "OTk"}):
        bad = emulator.salesforce.get(f"{URL}/{job['id']}/results", params=params)
        assert emulator.salesforce_error(bad) == (400, "INVALID_QUERY_LOCATOR")
    bad = emulator.salesforce.get(f"{URL}/{job['id']}/results", params={"maxRecords": "0"})
    assert emulator.salesforce_error(bad) == (400, "INVALIDJOB")


def test_pages_side_by_side(emulator: Emulator) -> None:
    emulator.switch(bulk_query_page=1)
    for name in "ABCD":
        emulator.create("Contact", LastName=name)
    job = run(emulator, "SELECT LastName FROM Contact ORDER BY LastName")
    path = f"{URL}/{job['id']}/resultPages"
    first = emulator.salesforce.get(path).json()
    assert (len(first["resultPages"]), first["done"]) == (5, False)
    base = emulator.environment["SF_INSTANCE_URL"]
    last = emulator.salesforce.get(base + first["nextRecordsUrl"]).json()
    assert (len(last["resultPages"]), last["done"], last["nextRecordsUrl"]) == (2, True, None)
    urls = [page["resultUrl"] for page in (*first["resultPages"], *last["resultPages"])]
    lines = [emulator.salesforce.get(base + url).text.splitlines()[1] for url in urls]
    assert lines == sorted(lines) and len(set(lines)) == 7
    old = path.replace("/jobs", base + "/services/data/v57.0/jobs")
    assert emulator.salesforce.get(old).status_code == 404


def test_no_records_make_a_header(emulator: Emulator) -> None:
    job = run(emulator, "SELECT Id FROM Contact WHERE LastName = 'nobody'")
    answer = results(emulator, job)
    assert answer.text == '"Id"\n'
    assert (answer.headers["sforce-locator"], answer.headers["sforce-numberofrecords"]) == ("null", "0")
    pages = emulator.salesforce.get(f"{URL}/{job['id']}/resultPages").json()
    assert len(pages["resultPages"]) == 1


def test_quotes_delimiter_line_ending_and_numbers(emulator: Emulator) -> None:
    emulator.create("Lead", LastName='a|"b"', Company="C", Prospect_Score__c=5)
    statement = "SELECT LastName, Prospect_Score__c FROM Lead WHERE Company = 'C'"
    job = run(emulator, statement, columnDelimiter="PIPE", lineEnding="CRLF")
    assert results(emulator, job).text == '"LastName"|"Prospect_Score__c"\r\n"a|""b"""|"5.0"\r\n'


def test_values_as_people_see_them(emulator: Emulator) -> None:
    job = run(emulator, "SELECT FORMAT(Birthdate) born, toLabel(LeadSource) FROM Contact WHERE LastName = 'Alpha'")
    assert results(emulator, job).text == '"born","LeadSource"\n"2/3/1980",""\n'


def test_deleted_rows_belong_to_query_all(emulator: Emulator) -> None:
    every = results(emulator, run(emulator, "SELECT Id FROM Contact", operation="queryAll"))
    assert every.headers["sforce-numberofrecords"] == "4"


def test_date_times_may_end_as_in_json(emulator: Emulator) -> None:
    emulator.switch(bulk_query_datetime="+0000")
    job = run(emulator, "SELECT SystemModstamp FROM Contact ORDER BY Id LIMIT 1")
    assert results(emulator, job).text.splitlines()[1] == '"2021-12-02T18:23:39.000+0000"'


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT COUNT() FROM Contact", "API_ERROR"),
        ("SELECT MAX(CreatedDate) FROM Contact", "API_ERROR"),
        ("SELECT LastName FROM Contact GROUP BY LastName", "API_ERROR"),
        ("SELECT Id FROM Contact OFFSET 1", "API_ERROR"),
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR"),
        ("SELECT TYPEOF Owner WHEN User THEN Id END FROM Lead", "API_ERROR"),
        ("SELECT MailingAddress FROM Contact", "API_ERROR"),
        ("SELECT Nope FROM Contact", "INVALID_FIELD"),
        ("SELECT Id FROM Nope", "INVALID_TYPE"),
        ("SELECT", "MALFORMED_QUERY"),
        ("", "INVALIDJOB"),
    ],
)
def test_statements_that_are_refused(shared: Emulator, statement: str, code: str) -> None:
    answer = shared.salesforce.post(URL, json={"operation": "query", "query": statement})
    assert shared.salesforce_error(answer) == (400, code)


def test_operations_that_are_refused(shared: Emulator) -> None:
    answer = shared.salesforce.post(URL, json={"operation": "insert", "query": "SELECT Id FROM Contact"})
    assert shared.salesforce_error(answer) == (400, "INVALIDOPERATION")


@pytest.mark.parametrize("status", [400, 412, 204])
def test_results_before_the_job_is_complete(emulator: Emulator, status: int) -> None:
    emulator.switch(bulk_early_status=status, bulk_delay=100)
    job = make(emulator, "SELECT Id FROM Contact")
    answer = emulator.salesforce.get(f"{URL}/{job['id']}/results")
    assert answer.status_code == status


def test_what_a_state_does_not_allow(emulator: Emulator) -> None:
    emulator.switch(bulk_delay=100)
    path = f"{URL}/{make(emulator, 'SELECT Id FROM Contact')['id']}"
    refused = emulator.salesforce.delete(path)
    message = "Error encountered when deleting the job because the job is not terminated"
    assert (refused.status_code, refused.json()) == (400, [{"message": message, "errorCode": "API_ERROR"}])
    assert emulator.salesforce_error(emulator.salesforce.patch(path, json={"state": "Open"})) == (400, "INVALIDJOB")
    assert emulator.salesforce.patch(path, json={"state": "Aborted"}).json()["state"] == "Aborted"
    emulator.advance(500)
    assert emulator.salesforce_error(emulator.salesforce.get(path + "/results")) == (400, "INVALIDJOBSTATE")
    assert emulator.salesforce.delete(path).status_code == 204
    assert emulator.salesforce_error(emulator.salesforce.get(path)) == (404, "NOT_FOUND")
    done = f"{URL}/{run(emulator, 'SELECT Id FROM Contact')['id']}"
    emulator.advance(500)
    refused = emulator.salesforce.patch(done, json={"state": "Aborted"})
    message = "Aborting already Completed Job not allowed"
    assert (refused.status_code, refused.json()) == (400, [{"message": message, "errorCode": "INVALIDJOBSTATE"}])


def test_results_belong_to_one_api_version(emulator: Emulator) -> None:
    job = run(emulator, "SELECT Id FROM Contact")
    url = emulator.environment["SF_INSTANCE_URL"] + f"/services/data/v59.0{URL}/{job['id']}/results"
    assert emulator.salesforce.get(url).status_code == 409


def test_the_days_query_jobs(emulator: Emulator) -> None:
    emulator.switch(bulk_query_jobs_limit=1)
    run(emulator, "SELECT Id FROM Contact")
    body = {"operation": "query", "query": "SELECT Id FROM Contact"}
    assert emulator.salesforce_error(emulator.salesforce.post(URL, json=body)) == (400, "EXCEEDEDQUOTA")
    assert emulator.salesforce.get("/limits").json()["DailyBulkV2QueryJobs"] == {"Max": 1, "Remaining": 0}


def test_listing_and_jobs_of_the_other_kind(emulator: Emulator) -> None:
    job = run(emulator, "SELECT Id FROM Contact")
    listed = emulator.salesforce.get(URL, params={"jobType": "V2Query"}).json()
    assert listed["done"] is True and listed["nextRecordsUrl"] is None
    assert [(r["id"], r["jobType"]) for r in listed["records"]] == [(job["id"], "V2Query")]
    assert emulator.salesforce.get(f"/jobs/ingest/{job['id']}").status_code == 404
    assert DATA not in emulator.salesforce.get("/jobs/ingest").text

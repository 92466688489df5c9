"""Bulk 2.0 ingest: jobs that write the rows of a CSV file."""

import csv
import sqlite3
from typing import Any

import httpx
import pytest

from pardotflow.emulator.salesforce.bulk import ingest_run as bulk_ingest_run
from pardotflow.emulator.salesforce.bulk import life as bulk_life
from tests.emulator.running import DATA, Emulator, running

ANN, BOB = "0035e000000con1AAA", "0035e000000con2AAA"
URL = "/jobs/ingest"
CSV = {"Content-Type": "text/csv"}


def make(emulator: Emulator, operation: str = "insert", kind: str = "Contact", **options: str) -> dict[str, Any]:
    answer = emulator.salesforce.post(URL, json={"object": kind, "operation": operation, **options})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def upload(emulator: Emulator, job: dict[str, Any], table: str) -> httpx.Response:
    return emulator.salesforce.put(f"{URL}/{job['id']}/batches", content=table.encode(), headers=CSV)


def close(emulator: Emulator, job: dict[str, Any], state: str = "UploadComplete") -> httpx.Response:
    return emulator.salesforce.patch(f"{URL}/{job['id']}", json={"state": state})


def read(emulator: Emulator, job: dict[str, Any]) -> dict[str, Any]:
    answer = emulator.salesforce.get(f"{URL}/{job['id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def results(emulator: Emulator, job: dict[str, Any], part: str = "failedResults") -> list[str]:
    answer = emulator.salesforce.get(f"{URL}/{job['id']}/{part}/")
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/csv", answer.text
    return answer.text.splitlines()


def run(
    emulator: Emulator, table: str, operation: str = "insert", kind: str = "Contact", **options: str
) -> dict[str, Any]:
    """A whole job; what it has become."""
    job = make(emulator, operation, kind, **options)
    assert upload(emulator, job, table).status_code == 201
    assert close(emulator, job).status_code == 200
    emulator.advance(5)
    return read(emulator, job)


def errors(emulator: Emulator, job: dict[str, Any]) -> list[str]:
    """The sf__Error of each failed row."""
    return [row[1] for row in csv.reader(results(emulator, job)[1:])]


def test_a_job_from_its_creation_to_its_results(emulator: Emulator) -> None:
    job = make(emulator)
    base = ["id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state", "concurrencyMode"]
    base += ["contentType", "apiVersion"]
    assert list(job) == [*base, "contentUrl", "lineEnding", "columnDelimiter"]
    assert job["id"].startswith("750") and job["state"] == "Open" and job["apiVersion"] == 60.0
    assert job["contentUrl"] == f"{DATA[1:]}{URL}/{job['id']}/batches"
    assert "numberRecordsProcessed" not in read(emulator, job) and "contentUrl" in read(emulator, job)
    sent = upload(emulator, job, "LastName,Email\nNew,new@x.test\n,none@x.test\n")
    assert (sent.status_code, sent.content) == (201, b"")
    closed = close(emulator, job).json()
    assert list(closed) == base and closed["state"] == "UploadComplete"
    emulator.advance(5)
    done = read(emulator, job)
    assert (done["state"], done["jobType"]) == ("JobComplete", "V2Ingest")
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 1)
    assert {"retries", "totalProcessingTime", "apiActiveProcessingTime", "apexProcessingTime"} <= set(done)
    head, line = results(emulator, job, "successfulResults")
    made = emulator.column("SELECT Id FROM Contact WHERE LastName = 'New'")[0]
    assert head == '"sf__Id","sf__Created",LastName,Email'
    assert line == f'"{made}","true","New","new@x.test"'
    head, line = results(emulator, job)
    assert head == '"sf__Id","sf__Error",LastName,Email'
    assert line.startswith('"","REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --","",')
    assert results(emulator, job, "unprocessedRecords") == ["LastName,Email"]


def test_the_states_follow_the_clock(emulator: Emulator) -> None:
    emulator.switch(bulk_delay=10)
    with emulator.standing_still():
        job = make(emulator)
        upload(emulator, job, "LastName\nNew\n")
        close(emulator, job)
        states = []
        for _ in range(3):
            states.append(read(emulator, job)["state"])
            emulator.advance(5)
    assert states == ["UploadComplete", "InProgress", "JobComplete"]


def test_empty_cells_are_left_and_na_clears(emulator: Emulator) -> None:
    emulator.salesforce.patch(f"/sobjects/Contact/{ANN}", json={"Title": "Boss"})
    run(emulator, f"Id,Phone,Title,MailingCity\n{ANN[:15]},,#N/A,Rome\n", "update")
    row = emulator.row("Contact", ANN)
    assert (row["Phone"], row["Title"], row["MailingCity"]) == ("+1 1", None, "Rome")


def test_update_upsert_and_delete(emulator: Emulator) -> None:
    job = run(
        emulator, "pardot_prospect_id__c,LastName\n1,A\n2,B\n", "upsert", externalIdFieldName="Pardot_Prospect_Id__c"
    )
    assert [line.split(",")[1] for line in results(emulator, job, "successfulResults")[1:]] == ['"true"', '"true"']
    assert job["externalIdFieldName"] == "Pardot_Prospect_Id__c"
    again = run(
        emulator, "Pardot_Prospect_Id__c,LastName\n1,C\n", "upsert", externalIdFieldName="Pardot_Prospect_Id__c"
    )
    (line,) = results(emulator, again, "successfulResults")[1:]
    assert line.split(",")[1:] == ['"false"', '"1"', '"C"']
    run(emulator, f"Id\n{ANN}\n", "delete")
    assert emulator.column(f"SELECT IsDeleted FROM Contact WHERE Id = '{ANN}'", "queryAll") == [True]
    run(emulator, f"Id\n{BOB}\n", "hardDelete")
    assert emulator.column(f"SELECT Id FROM Contact WHERE Id = '{BOB}'", "queryAll") == []


@pytest.mark.parametrize(
    ("operation", "table", "error"),
    [
        ("update", "Id,Phone\n,1", "MISSING_ARGUMENT:Id not specified in an update call: --"),
        ("update", "Id,Phone\nbad,1", "MALFORMED_ID:Contact ID: id value of incorrect type: bad:Id --"),
        ("update", "Id,Phone\n0035e000000con4,1", "ENTITY_IS_DELETED:entity is deleted: --"),
        ("delete", "Id\n0035e000000zzzz", "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id: --"),
        (
            "insert",
            "LastName,Birthdate\nA,tomorrow",
            "INVALID_FIELD:Failed to deserialize field at col 1. Due to, 'tomorrow' is not a valid value for the type "
            "xsd:date:Birthdate --",
        ),
        ("insert", "LastName,Email\nA,badone", "INVALID_EMAIL_ADDRESS:Email: invalid email address: badone:Email --"),
        (
            "insert",
            "LastName,Id\nA,0035e000000con1",
            "INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id in an insert call:Id --",
        ),
    ],
)
def test_rows_that_fail(emulator: Emulator, operation: str, table: str, error: str) -> None:
    job = run(emulator, table, operation)
    assert errors(emulator, job) == [error]
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == ("JobComplete", 1, 1)


def test_rows_that_are_no_csv_fail_alone(emulator: Emulator) -> None:
    table = 'LastName,City__x\n"A" ,x\nB, "x"\nC\n" ""D""",x\n'.replace("City__x", "MailingCity")
    job = run(emulator, table)
    assert [e.partition(":")[0] for e in errors(emulator, job)] == ["INVALID_FIELD"] * 3
    assert emulator.column("SELECT LastName FROM Contact WHERE MailingCity = 'x'") == ['"D"']


def test_columns_of_related_records(emulator: Emulator) -> None:
    emulator.create("Contact", LastName="Boss", Pardot_Prospect_Id__c="7")
    table = "LastName,ReportsTo.Pardot_Prospect_Id__c,User:Owner.Email\nA,7,\nB,8,\nC,,nobody@x.test\n"
    job = run(emulator, table)
    assert emulator.column("SELECT ReportsTo.LastName FROM Contact WHERE LastName = 'A'")[0]["LastName"] == "Boss"
    text = "INVALID_FIELD:Foreign key external ID: 8 not found for field Pardot_Prospect_Id__c in entity Contact"
    assert errors(emulator, job)[0] == f"{text}:Pardot_Prospect_Id__c --"
    assert len(errors(emulator, job)) == 2


def test_booleans_have_four_forms(emulator: Emulator) -> None:
    job = run(emulator, "LastName,DoNotCall\nA,1\nA,0\nA,TRUE\nA,false\nA,yes\n", kind="Contact")
    assert sorted(emulator.column("SELECT DoNotCall FROM Contact WHERE LastName = 'A'")) == [False, False, True, True]
    assert "xsd:boolean" in errors(emulator, job)[0]


@pytest.mark.parametrize(
    ("operation", "table", "options", "message"),
    [
        ("insert", "LastName,StageName_x\nA,b\n", {}, "InvalidBatch : Field name not found : StageName_x"),
        ("insert", "LastName;Email\nA;b\n", {}, "InvalidBatch : Field name not found : LastName;Email"),
        ("insert", "LastName,Partner__r.Phone\nA,b\n", {}, "InvalidBatch : Field name not found : Partner__r.Phone"),
        ("insert", "LastName,lastname\nA,b\n", {}, "InvalidBatch : Field name duplicated : LastName"),
        ("delete", "Id,Phone\nA,b\n", {}, "InvalidBatch : Field name not found : Phone"),
        (
            "upsert",
            "LastName\nA\n",
            {"externalIdFieldName": "Shared_Key__c"},
            "InvalidBatch : Field name not found : Shared_Key__c",
        ),
        ("insert", "", {}, "InvalidBatch : Failed to read CSV header"),
        (
            "insert",
            "LastName\r\nA\r\n",
            {},
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF",
        ),
        (
            "insert",
            "LastName\rA\r",
            {},
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF",
        ),
        (
            "insert",
            "LastName\nA\n",
            {"lineEnding": "CRLF"},
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is CRLF",
        ),
    ],
)
def test_jobs_that_fail(emulator: Emulator, operation: str, table: str, options: dict[str, str], message: str) -> None:
    job = run(emulator, table, operation, **options)
    assert (job["state"], job["errorMessage"]) == ("Failed", message)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (0, 0)
    for part in ("successfulResults", "failedResults"):
        assert len(results(emulator, job, part)) == 1


def test_a_long_job_goes_on_with_each_request(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_life, "_WORK_SECONDS", 0.0)
    monkeypatch.setattr(bulk_ingest_run, "_BATCH_ROWS", 2)
    job = make(emulator)
    upload(emulator, job, "LastName\nA\nB\nC\nD\nE\n")
    close(emulator, job)
    emulator.advance(5)
    seen = [(found["state"], found["numberRecordsProcessed"]) for found in (read(emulator, job) for _ in range(4))]
    assert seen == [("InProgress", 0), ("InProgress", 2), ("InProgress", 4), ("JobComplete", 5)]
    assert len(results(emulator, job, "successfulResults")) == 6


def test_a_checkbox_cannot_be_cleared(emulator: Emulator) -> None:
    job = run(emulator, "LastName,DoNotCall\nA,#N/A\n")
    reason = "'#N/A' is not a valid value for the type xsd:boolean"
    text = f"INVALID_FIELD:Failed to deserialize field at col 1. Due to, {reason}:DoNotCall --"
    assert errors(emulator, job) == [text]
    emulator.switch(boolean_null="false")
    assert run(emulator, "LastName,DoNotCall\nA,#N/A\n")["numberRecordsFailed"] == 0


@pytest.mark.parametrize(("name", "mark"), [("BACKQUOTE", "`"), ("CARET", "^"), ("SEMICOLON", ";"), ("TAB", "\t")])
def test_delimiters(emulator: Emulator, name: str, mark: str) -> None:
    job = run(emulator, f'\ufeff"LastName"{mark}Title\nA{mark}"b{mark}""c""\r\nd"\n', columnDelimiter=name)
    head, *lines = emulator.salesforce.get(f"{URL}/{job['id']}/successfulResults").text.split("\n")
    assert head == mark.join(['"sf__Id"', '"sf__Created"', '"LastName"', "Title"])
    assert lines == [mark.join([lines[0][:20], '"true"', '"A"', f'"b{mark}""c""\r']), 'd"', ""]
    assert emulator.column("SELECT Title FROM Contact WHERE LastName = 'A'") == [f'b{mark}"c"\r\nd']


def test_bytes_that_are_no_utf8(emulator: Emulator) -> None:
    job = make(emulator)
    emulator.salesforce.put(f"{URL}/{job['id']}/batches", content=b"LastName\n\xff\n", headers=CSV)
    close(emulator, job)
    emulator.advance(5)
    assert read(emulator, job)["errorMessage"].startswith("InvalidBatch : ")


def test_delimiter_and_line_ending(emulator: Emulator) -> None:
    table = 'LastName|Email\r\n"A|B"|\r\n'
    job = run(emulator, table, columnDelimiter="PIPE", lineEnding="CRLF")
    assert (job["columnDelimiter"], job["lineEnding"]) == ("PIPE", "CRLF")
    answer = emulator.salesforce.get(f"{URL}/{job['id']}/successfulResults")
    assert answer.text.startswith('"sf__Id"|"sf__Created"|LastName|Email\r\n')
    assert answer.text.endswith('|"true"|"A|B"|""\r\n')


def test_creation_with_data(emulator: Emulator) -> None:
    body = {"object": "Contact", "operation": "insert"}
    parts = {
        "job": (None, httpx.Response(200, json=body).content, "application/json"),
        "content": ("content", b"LastName\nMulti\n", "text/csv"),
    }
    answer = emulator.salesforce.post(URL, files=parts)
    assert (answer.status_code, answer.json()["state"]) == (200, "UploadComplete")
    emulator.advance(5)
    assert emulator.column("SELECT LastName FROM Contact WHERE LastName = 'Multi'") == ["Multi"]
    swapped = b'--b\r\nContent-Disposition: form-data; filename="job"; name="content"\r\n\r\nLastName\nTwo\n\r\n--b\r\n'
    swapped += b'Content-Disposition: form-data; name=job\r\n\r\n{"object": "Contact", "operation": "insert"}\r\n--b--'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert emulator.salesforce.post(URL, content=swapped, headers=headers).status_code == 200
    emulator.advance(5)
    assert emulator.column("SELECT LastName FROM Contact WHERE LastName = 'Two'") == ["Two"]
    long = parts | {"content": ("content", b"x" * 100_001, "text/csv")}
    assert emulator.salesforce_error(emulator.salesforce.post(URL, files=long)) == (400, "INVALIDJOB")
    assert emulator.salesforce_error(emulator.salesforce.post(URL, files={"job": parts["job"]})) == (400, "INVALIDJOB")
    bad = parts | {"job": (None, b"{", "application/json")}
    assert emulator.salesforce_error(emulator.salesforce.post(URL, files=bad)) == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"object": None}, "INVALIDJOB"),
        ({"object": "Nope"}, "INVALIDENTITY"),
        ({"operation": "merge"}, "INVALIDOPERATION"),
        ({"operation": "upsert"}, "INVALIDJOB"),
        ({"operation": "upsert", "externalIdFieldName": "Phone"}, "INVALIDJOB"),
        ({"externalIdFieldName": "Shared_Key__c"}, "INVALIDJOB"),
        ({"contentType": "JSON"}, "UNSUPPORTEDCONTENTTYPE"),
        ({"columnDelimiter": "SPACE"}, "INVALIDJOB"),
        ({"lineEnding": "CR"}, "INVALIDJOB"),
        ({"lineEnding": {}}, "INVALIDJOB"),
        ({"columnDelimiter": ["COMMA"]}, "INVALIDJOB"),
        ({"columnDelimiter": ""}, "INVALIDJOB"),
        ({"operation": ["insert"]}, "INVALIDOPERATION"),
        ({"object": 5}, "INVALIDJOB"),
        ({"nonsense": 1}, "JSON_PARSER_ERROR"),
    ],
)
def test_jobs_that_cannot_be_made(shared: Emulator, changes: dict[str, object], code: str) -> None:
    answer = shared.salesforce.post(URL, json={"object": "Contact", "operation": "insert"} | changes)
    assert shared.salesforce_error(answer) == (400, code)


def test_what_a_state_does_not_allow(emulator: Emulator) -> None:
    job = make(emulator)
    path = f"{URL}/{job['id']}"
    assert emulator.salesforce_error(emulator.salesforce.delete(path)) == (400, "API_ERROR")
    assert emulator.salesforce_error(emulator.salesforce.get(path + "/failedResults")) == (400, "INVALIDJOBSTATE")
    assert emulator.salesforce_error(close(emulator, job, "Open")) == (400, "INVALIDJOB")
    states: list[object] = [None, ["Aborted"], {}]
    for state in states:
        answer = emulator.salesforce.patch(path, json={"state": state})
        assert emulator.salesforce_error(answer) == (400, "INVALIDJOB")
    wrong = emulator.salesforce.put(path + "/batches", content=b"x", headers={"Content-Type": "text/plain"})
    assert emulator.salesforce_error(wrong) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert upload(emulator, job, "LastName\nA\n").status_code == 201
    assert emulator.salesforce_error(upload(emulator, job, "LastName\nA\n")) == (400, "CLIENTINPUTERROR")
    close(emulator, job)
    assert emulator.salesforce_error(close(emulator, job)) == (400, "INVALIDJOBSTATE")
    assert emulator.salesforce_error(upload(emulator, job, "x")) == (400, "INVALIDJOBSTATE")
    emulator.advance(5)
    refused = close(emulator, job, "Aborted")
    assert refused.status_code == 400
    message = "Aborting already Completed Job not allowed"
    assert refused.json() == [{"message": message, "errorCode": "INVALIDJOBSTATE"}]
    assert emulator.salesforce.delete(path).status_code == 204
    missing = emulator.salesforce.get(path)
    assert missing.status_code == 404
    assert missing.json() == [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]


def test_an_aborted_job_leaves_its_rows_unprocessed(emulator: Emulator) -> None:
    emulator.switch(bulk_delay=100)
    job = make(emulator)
    upload(emulator, job, "LastName,Email\nA,\n")
    close(emulator, job)
    assert close(emulator, job, "Aborted").json()["state"] == "Aborted"
    emulator.advance(500)
    assert results(emulator, job, "unprocessedrecords") == ["LastName,Email", '"A",""']
    assert emulator.column("SELECT Id FROM Contact WHERE LastName = 'A'") == []


def test_a_job_left_open_is_aborted_and_an_ended_one_forgotten(emulator: Emulator) -> None:
    job = make(emulator)
    emulator.advance(86_401)
    assert read(emulator, job)["state"] == "Aborted"
    emulator.advance(7 * 86_400 + 1)
    assert emulator.salesforce.get(f"{URL}/{job['id']}").status_code == 404


def test_an_upload_that_is_too_large(emulator: Emulator) -> None:
    emulator.switch(bulk_upload_bytes=10)
    answer = upload(emulator, make(emulator), "LastName\nA\n\n\n")
    assert emulator.salesforce_error(answer) == (400, "EXCEEDEDQUOTA")


def test_batches_beyond_the_days_allowance(emulator: Emulator) -> None:
    emulator.switch(bulk_batches_limit=1)
    assert run(emulator, "LastName\nA\n")["state"] == "JobComplete"
    refused = run(emulator, "LastName\nB\n")
    assert refused["errorMessage"].startswith("ExceededQuota : ")
    assert results(emulator, refused, "unprocessedrecords") == ["LastName", '"B"']
    limits = emulator.salesforce.get("/limits").json()
    assert limits["DailyBulkApiBatches"] == {"Max": 1, "Remaining": 0}


def test_listing_in_pages(emulator: Emulator) -> None:
    job = make(emulator)
    with sqlite3.connect(emulator.data) as db:
        names = [row[1] for row in db.execute("PRAGMA table_info(bulk_job)") if row[1] != "id"]
        db.execute(
            f"WITH RECURSIVE k (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < 1000)"
            f" INSERT INTO bulk_job (id, {', '.join(names)}) SELECT 'x' || n, {', '.join(names)} FROM bulk_job, k"
        )
    first = emulator.salesforce.get(URL).json()
    assert (first["done"], len(first["records"])) == (False, 1000)
    assert first["nextRecordsUrl"] == f"{DATA}{URL}?queryLocator=1000"
    last = emulator.salesforce.get(URL, params={"queryLocator": "1000"}).json()
    assert (last["done"], len(last["records"]), last["nextRecordsUrl"]) == (True, 1, None)
    assert job["id"] in {r["id"] for r in (*first["records"], *last["records"])}
    assert emulator.salesforce.get(URL, params={"jobType": "Classic"}).json()["records"] == []
    bad = emulator.salesforce.get(URL, params={"queryLocator": "x"})
    assert emulator.salesforce_error(bad) == (400, "INVALID_QUERY_LOCATOR")


def test_many_batches_and_a_restart_in_between(emulator: Emulator) -> None:
    job = make(emulator)
    upload(emulator, job, "LastName\n" + "Many\n" * 10_001)
    close(emulator, job)
    with running(emulator.data) as other:
        other.advance(5)
        assert read(other, job)["numberRecordsProcessed"] == 10_001
    assert emulator.soql("SELECT COUNT() FROM Contact WHERE LastName = 'Many'")["totalSize"] == 10_001
    assert len(results(emulator, job, "successfulResults")) == 10_002
    limits = emulator.salesforce.get("/limits").json()["DailyBulkApiBatches"]
    assert limits == {"Max": 15_000, "Remaining": 14_998}


def test_locked_rows_and_who_wrote(emulator: Emulator) -> None:
    emulator.fault(match={"path": "/jobs/ingest/", "method": "PATCH"}, trouble="row_lock", rows=[2])
    job = run(emulator, "LastName\nA\nB\nC\n")
    assert [e.partition(":")[0] for e in errors(emulator, job)] == ["UNABLE_TO_LOCK_ROW"]
    writes = emulator.plain.get("/__admin/requests", params={"writes": "true", "path": "/jobs/"}).json()["requests"]
    assert [w["fields"]["LastName"] for request in writes for w in request["writes"]] == ["A", "C"]


def test_a_header_after_a_mark_of_order_and_blank_lines(emulator: Emulator) -> None:
    job = run(emulator, "\ufeffLastName\n\nA\n\n")
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (1, 0)

"""An import whose rows each change other fields leaves every other value of every record as it was.

An import is a table: a row has a cell for each column of the file, also for those that only other rows change. An empty
cell must mean `leave`.
"""

from __future__ import annotations

from collections import Counter

from .driving import Project
from .judging import Asked, People, asked, differences, last_asked, people, select, writes

ROWS = 150
FIELDS = {
    "FirstName": "firstName",
    "LastName": "lastName",
    "Title": "jobTitle",
    "Phone": "phone",
    "MailingStreet": "addressOne",
    "MailingCity": "city",
    "MailingPostalCode": "zip",
    "Department": "department",
}
"""Contact field to prospect field."""


def test_rows_of_one_import_change_only_their_own_fields(example: Project) -> None:
    before = people(example.data)
    wanted = _choose(before)
    example.run("emulator", "set", *(f"Contact/{c}#{f}={new}" for (c, f), (_, _, new) in wanted.items())).expect(0)
    edited = people(example.data)
    since = last_asked(example.data)
    said = example.run("apply", "--yes").expect(0)
    assert "Applied. Every change was confirmed." in said.out

    submitted = [each for each in writes(example.data, since) if "/imports" in each.path]
    assert submitted, "the updates went by import"
    assert [each for each in asked(example.data, since) if each.is_write and each not in submitted] == []
    expected = {
        ("prospect", prospect, field): (edited["prospect", prospect][field], new)
        for prospect, field, new in wanted.values()
    }
    assert differences(edited, people(example.data)) == expected
    _check_options(next(each for each in submitted if each.path.endswith("/imports")))
    (journal,) = select(example.ledger, "SELECT handle FROM requests WHERE run_id = ?", _last_run(example))
    assert journal["handle"], "the import's id is in the journal, so that its outcome can be asked for later"


def _check_options(opened: Asked) -> None:
    """Where the service's defaults are not known, they are sent: an empty cell means leave."""
    body = opened.body.replace(" ", "")
    assert '"createOnNoMatch":false' in body
    assert '"restoreDeleted":false' in body
    assert body.count('"nullOverwrite":false') == body.count('"overwrite":true') >= len(FIELDS)


def _last_run(project: Project) -> str:
    return str(select(project.ledger, "SELECT id FROM runs ORDER BY started_at DESC LIMIT 1")[0]["id"])


def _choose(found: People) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Contacts whose value agrees with their prospect's: (contact, field) to (prospect, field, new value)."""
    names = list(FIELDS)
    pointers = Counter(row["salesforceId"] for (kind, _), row in found.items() if kind == "prospect")
    chosen: dict[tuple[str, str], tuple[str, str, str]] = {}
    for (kind, record), contact in sorted(found.items()):
        prospect = found.get(("prospect", str(contact.get("Pardot_Prospect_Id__c"))))
        if kind != "Contact" or contact["IsDeleted"] or prospect is None or prospect["isDeleted"]:
            continue
        name = names[len(chosen) % len(names)]
        if (
            pointers[record] == 1
            and prospect["salesforceId"] == record
            and prospect[FIELDS[name]] == contact[name] is not None
        ):
            chosen[record, name] = (str(prospect["id"]), FIELDS[name], f"New {len(chosen)}")
        if len(chosen) == ROWS:
            return chosen
    raise AssertionError("the example has too few linked contacts")

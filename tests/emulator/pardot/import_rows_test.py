"""What the rows of an import do: matching, options of columns, lists."""

import csv
import io

import pytest

from pardotflow.emulator.pardot.jobs.import_csv import LIST_COLUMNS, MATCH_COLUMNS
from pardotflow.emulator.pardot.schema.catalog import unit_collections
from tests.emulator.running import Emulator

FIELDS = "id,email,firstName,phone,score,optedOut,hobby__c"


def counts(done: dict[str, object]) -> tuple[object, object, object]:
    return done["createdCount"], done["updatedCount"], done["errorCount"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (None, {"firstName": None, "phone": "9", "hobby__c": "chess"}),
        (
            [("firstName", True, True), ("phone", True, True), ("hobby__c", True, True)],
            {"firstName": None, "phone": "9"},
        ),
        ([("firstName", True, False), ("phone", True, False), ("hobby__c", True, False)], {"firstName": "Ann"}),
        ([("firstName", False, True), ("phone", False, True), ("hobby__c", False, False)], {"hobby__c": "swimming"}),
    ],
)
def test_overwrite_and_null_overwrite(
    emulator: Emulator, fields: list[tuple[str, bool, bool]] | None, expected: dict[str, object]
) -> None:
    options = {}
    if fields is not None:
        options["fields"] = [{"field": n, "overwrite": o, "nullOverwrite": z} for n, o, z in fields]
    done = emulator.run_import("matchId,firstName,phone,hobby__c\n1,  ,9,chess\n", **options)
    assert counts(done) == (0, 1, 0)
    row = emulator.read(1, FIELDS)
    assert {name: row[name] for name in expected} == expected


def test_keeping_what_is_there_still_fills_what_is_empty(emulator: Emulator) -> None:
    options = [{"field": "phone", "overwrite": False}, {"field": "firstName", "overwrite": False}]
    emulator.run_import("matchId,phone,firstName\n1,9,Other\n", fields=options)
    assert emulator.read(1, "firstName,phone") == {"firstName": "Ann", "phone": "9"}


@pytest.mark.parametrize("key", ["fields", "columns"])
@pytest.mark.parametrize("name", ["field", "name"])
def test_spellings_of_column_options(emulator: Emulator, key: str, name: str) -> None:
    emulator.run_import("matchId,firstName\n1,\n", **{key: [{name: "firstName", "nullOverwrite": False}]})
    assert emulator.read(1, "firstName") == {"firstName": "Ann"}


def test_options_as_an_object(emulator: Emulator) -> None:
    emulator.run_import("matchId,firstName\n1,\n", fields={"firstName": {"nullOverwrite": False}})
    assert emulator.read(1, "firstName") == {"firstName": "Ann"}


def test_options_must_name_every_column(emulator: Emulator) -> None:
    body = {"operation": "Upsert", "object": "Prospect", "fields": [{"field": "firstName"}]}
    import_id = emulator.pardot.post("/imports", json=body).json()["id"]
    files = {"file": ("a.csv", "matchId,firstName,phone\n1,a,b\n")}
    answer = emulator.pardot.post(f"/imports/{import_id}/batches", files=files)
    assert answer.json()["code"] == 227
    with_match = {"file": ("a.csv", "matchId,firstName\n1,a\n")}
    assert emulator.pardot.post(f"/imports/{import_id}/batches", files=with_match).status_code == 204


def test_defaults_of_options_are_switches(emulator: Emulator) -> None:
    emulator.switch(import_null_overwrite_default=False, import_create_on_no_match_default=False)
    done = emulator.run_import("matchId,email,firstName\n1,,\n99,z@x.test,Z\n")
    assert counts(done) == (0, 1, 1)
    assert emulator.read(1, "email,firstName") == {"email": "ann@x.test", "firstName": "Ann"}
    emulator.switch(import_overwrite_default=False)
    emulator.run_import("matchId,firstName\n1,Other\n")
    assert emulator.read(1, "firstName") == {"firstName": "Ann"}


def test_blanks_clear_by_default_but_an_address_cannot_be_cleared(emulator: Emulator) -> None:
    done = emulator.run_import("matchId,email,firstName\n1,,\n")
    assert counts(done) == (0, 0, 1) and done["errors"] == ["1,,,4,Invalid prospect email address"]
    assert emulator.read(1, "firstName") == {"firstName": "Ann"}


def test_match_by_address_takes_the_latest_activity(emulator: Emulator) -> None:
    emulator.pardot.patch("/objects/prospects/2", json={"phone": "55"})
    done = emulator.run_import("matchEmail,phone\nbob@x.test,9\nnobody@x.test,8\n", createOnNoMatch=True)
    assert counts(done) == (1, 1, 0)
    assert emulator.read(3, "phone") == {"phone": "9"} and emulator.read(2, "phone") == {"phone": "55"}
    assert emulator.values(fields="phone", email="nobody@x.test") == [{"phone": "8"}]


def test_match_by_salesforce_id_gives_the_id_to_a_new_prospect(emulator: Emulator) -> None:
    table = "matchSalesforceId,email,phone\n0035e000000con1,,9\n00Q5e000000led1,lima@x.test,8\nbad,b@x.test,7\n"
    fields = [{"field": n, "overwrite": True, "nullOverwrite": False} for n in ("email", "phone")]
    done = emulator.run_import(table, createOnNoMatch=True, fields=fields)
    assert counts(done) == (1, 1, 1)
    assert emulator.read(1, "phone,email") == {"email": "ann@x.test", "phone": "9"}
    (made,) = emulator.values(fields="salesforceId,salesforceLeadId,phone", email="lima@x.test")
    assert made == {"phone": "8", "salesforceId": "00Q5e000000led1EAA", "salesforceLeadId": "00Q5e000000led1EAA"}


def test_only_one_match_value_in_a_row(emulator: Emulator) -> None:
    table = "matchId,matchEmail,phone\n1,,9\n,eve@x.test,8\n1,ann@x.test,7\n"
    assert counts(emulator.run_import(table)) == (0, 2, 1)
    assert emulator.read(1, "phone") == {"phone": "9"}


def test_a_row_without_match_value_is_a_create(emulator: Emulator) -> None:
    table = "matchId,email,firstName\n,ann@x.test,Second\n,,Nobody\n"
    done = emulator.run_import(table, createOnNoMatch=False)
    assert counts(done) == (1, 0, 1)
    assert [v["firstName"] for v in emulator.values(fields="firstName", email="ann@x.test")] == ["Ann", "Second"]
    emulator.switch(ampsea=False)
    taken = emulator.run_import("email,firstName\nann@x.test,Third\n")
    assert counts(taken) == (0, 0, 1) and ",9," in taken["errors"][0]


def test_the_recycle_bin(emulator: Emulator) -> None:
    table = "matchEmail,phone\ngone@x.test,9\n"
    assert counts(emulator.run_import(table)) == (0, 0, 1)
    assert counts(emulator.run_import(table, restoreDeleted=True)) == (0, 1, 0)
    assert emulator.read(4, "phone,isDeleted") == {"isDeleted": False, "phone": "9"}


def test_cells_are_read_by_type(emulator: Emulator) -> None:
    table = "matchId,score,optedOut,age__c,language__c,campaignId\n1,7,TRUE,42,en; fr,1202\n2,x,,,,\n3,,,,,77\n"
    done = emulator.run_import(table)
    assert counts(done) == (0, 1, 2)
    assert emulator.read(1, "score,optedOut,age__c,language__c,campaignId") == {
        "campaignId": 1202,
        "optedOut": True,
        "score": 7,
        "age__c": 42,
        "language__c": ["en", "fr"],
    }
    assert [line.split(",")[6] for line in done["errors"]] == ["29", "38"]


def test_lists_of_a_row(emulator: Emulator) -> None:
    table = "matchId,addToList,removeFromList\n2,11;13,\n1,13,11\n3,12,\n5,99,\n"
    done = emulator.run_import(table)
    assert counts(done) == (0, 2, 2)
    shown = emulator.values("list-memberships", fields="listId,prospectId")
    assert sorted((m["listId"], m["prospectId"]) for m in shown) == [(11, 2), (13, 1), (13, 2)]


def test_rows_of_many_lists(emulator: Emulator) -> None:
    done = emulator.run_import(f"matchId,addToList\n1,{' '.join(['11'] * 21)}\n")
    assert counts(done) == (0, 0, 1)


def test_opting_back_in_by_import(emulator: Emulator) -> None:
    emulator.switch(opt_out_false_honoured=False)
    emulator.run_import("matchId,optedOut\n2,false\n")
    assert emulator.read(2, "optedOut") == {"optedOut": True}


def test_a_byte_order_mark_and_windows_line_ends(emulator: Emulator) -> None:
    done = emulator.run_import('\ufeffmatchId,notes\r\n1,"two\r\nlines"\r\n')
    assert counts(done) == (0, 1, 0)
    assert emulator.read(1, "notes") == {"notes": "two\r\nlines"}


@pytest.mark.parametrize("cell", ["99999999999999999999", "²", "٣", "x", "-11", "11;99"])
def test_lists_that_there_are_not(emulator: Emulator, cell: str) -> None:
    done = emulator.run_import(f"matchId,addToList\n1,{cell}\n2,11\n")
    assert counts(done) == (0, 1, 1) and ",55," in done["errors"][0]
    assert emulator.values(fields="phone", id=1) == [{"phone": None}]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("matchId", "99999999999999999999", "3"),
        ("matchId", "٣", "3"),
        ("matchId", "-1", "3"),
        ("matchSalesforceId", "0035e000000con1AAB", "77"),
        ("score", "1" * 19, "29"),
        ("email", "no address", "4"),
        ("userId", "99999999999999999999", "10"),
        ("isStarred", "maybe", "50"),
        ("prospectAccountId", "5", "61"),
    ],
)
def test_cells_that_cannot_be_read(emulator: Emulator, column: str, cell: str, code: str) -> None:
    header = column if column.startswith("match") else f"matchId,{column}"
    row = cell if column.startswith("match") else f"1,{cell}"
    done = emulator.run_import(f"{header},phone\n{row},9\n")
    assert counts(done) == (0, 0, 1) and f",{code}," in done["errors"][0]
    assert emulator.read(1, "phone") == {"phone": None}


def test_lists_alone(emulator: Emulator) -> None:
    done = emulator.run_import("matchEmail,addToList,removeFromList\nann@x.test,13,11\n")
    assert counts(done) == (0, 1, 0)
    assert emulator.values("list-memberships", fields="listId", prospectId=1) == [{"listId": 13}]


NASTY = [
    *("", " ", "²", "٣", "9" * 20, "-" + "9" * 20, "0" * 5000, "1e999", "nan", "inf", "-0", "0x1", "1_000", "1,5"),
    *("0001-01-01", "9999-12-31T23:59:59-12:00", "2023-02-29", "😀", "\x00", "'", '"', "\\", "true", "[", "{}", ";;"),
    *("0035e000000con1", "0035e000000con1AAA", "a@x.test", "x" * 70_000, "\u202e", "\ud7ff", "null", "NULL", "=1+1"),
]


def test_whatever_a_cell_holds_the_import_ends(emulator: Emulator) -> None:
    """A row that stopped its run would stop every request after it."""
    attributes = unit_collections(1)["prospects"].attributes.values()
    custom = ["age__c", "hobby__c", "language__c"]
    writable = [attribute.name for attribute in attributes if attribute.updateable]
    for column in (*MATCH_COLUMNS, *LIST_COLUMNS, *writable, *custom):
        text = io.StringIO()
        lines = csv.writer(text)
        other = "email" if column.startswith("match") else "matchId"
        lines.writerow([other, column])
        lines.writerows(["b@x.test" if other == "email" else "1", cell] for cell in NASTY)
        done = emulator.run_import(text.getvalue())
        assert done["createdCount"] + done["updatedCount"] + done["errorCount"] == len(NASTY)
    assert emulator.pardot.get("/objects/prospects?fields=id").status_code == 200

"""Seeds of Pardot records that a data file cannot hold as they are, and declarations that cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from pardotflow.emulator import EmulatorError
from pardotflow.emulator.seeding import SeedReport, seed
from tests.emulator.running import running

HUGE = "99999999999999999999"


def seeded(base: Path, **files: str) -> SeedReport:
    """The report of a seed of these files; `schema` is the schema's text."""
    folder = base / "folder"
    folder.mkdir()
    for name, text in files.items():
        path = folder / ("schema.yml" if name == "schema" else f"{name}.csv")
        path.write_text(text, encoding="utf-8")
    return seed(base / "a.db", folder)


@pytest.mark.parametrize(
    ("field", "text", "stored"),
    [
        ("score", HUGE, None),
        ("score", "1.5", None),
        ("score", "1e999.", None),
        ("score", "-7", -7),
        ("score", "12.0", 12),
        ("age__c", "inf", None),
        ("age__c", "nan", None),
        ("age__c", "1e999", None),
        ("age__c", "1.50", 1.5),
        ("lastActivityAt", "0001-01-01T00:00:00+14:00", None),
        ("lastActivityAt", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_numbers_and_times_at_the_edge(tmp_path: Path, field: str, text: str, stored: object) -> None:
    declared = "pardot:\n  custom_fields: [{fieldId: age, type: Number}]\n"
    report = seeded(tmp_path, prospects=f"id,email,{field}\n1,a@x.test,{text}\n", schema=declared)
    refused = [f"{field} cannot hold {text!r}"] if stored is None else []
    assert [problem.message for problem in report.problems] == refused
    with running(tmp_path / "a.db") as emulator:
        assert emulator.values(fields=field) == [{field: stored}]


def test_an_id_that_is_no_number_of_the_file(tmp_path: Path) -> None:
    report = seeded(tmp_path, prospects=f"id,email\n{HUGE},a@x.test\n2,b@x.test\n")
    assert [problem.message for problem in report.problems] == [f"id cannot hold '{HUGE}'"]
    assert report.rows == {"prospects.csv": 2}


def test_columns_that_can_be_no_custom_field(tmp_path: Path) -> None:
    header = 'id,email,"we""ird__c","two words__c",é__c,hobby__c,HOBBY__c'
    report = seeded(tmp_path, prospects=f"{header}\n1,a@x.test,a,b,c,chess,golf\n")
    assert [title for _, title in report.unknown_columns] == ['we"ird__c', "two words__c", "é__c", "HOBBY__c"]
    with running(tmp_path / "a.db") as emulator:
        assert emulator.values("custom-fields", fields="apiFieldId") == [{"apiFieldId": "hobby__c"}]
        assert emulator.values(fields="hobby__c") == [{"hobby__c": "chess"}]


def test_two_fields_of_one_id_in_their_file(tmp_path: Path) -> None:
    fields = "id,name,fieldId,type\n1,A,hobby,Text\n2,B,Hobby,Number\n3,C,two words,Text\n"
    report = seeded(tmp_path, custom_fields=fields, prospects="id,email,hobby__c\n1,a@x.test,chess\n")
    assert [problem.message for problem in report.problems] == [
        "custom field 2 has the fieldId 'Hobby' of another",
        "custom field 3 has the fieldId 'two words', which is no name",
    ]
    with running(tmp_path / "a.db") as emulator:
        assert emulator.values(fields="hobby__c") == [{"hobby__c": "chess"}]


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ("{type: Text}", "fieldId is made of letters, digits and _"),
        ("{fieldId: a, type: Colour}", "a: type is one of checkbox, "),
        ("{fieldId: a, isRequired: 'no'}", "isRequired must be true or false"),
        ("{fieldId: a}, {fieldId: A__c}", "A: a second field with this fieldId"),
        ("{fieldId: a, id: 5}, {fieldId: b, id: 5}", "b: another field has the id 5"),
    ],
)
def test_declarations_that_cannot_be_meant(tmp_path: Path, declared: str, words: str) -> None:
    with pytest.raises(EmulatorError) as caught:
        seeded(tmp_path, schema=f"pardot:\n  custom_fields: [{declared}]\n")
    assert words in str(caught.value)
    assert not (tmp_path / "a.db").exists()


def test_what_a_declaration_says_of_a_field_is_shown(tmp_path: Path) -> None:
    declared = (
        "{name: Shoe size, fieldId: shoe__c, type: dropdown, isUseValues: true, isRequired: true, salesforceId: S__c}"
    )
    seeded(tmp_path, schema=f"pardot:\n  custom_fields: [{declared}]\n")
    with running(tmp_path / "a.db") as emulator:
        assert emulator.values("custom-fields", fields="name,fieldId,type,isUseValues,isRequired,salesforceId") == [
            {
                "fieldId": "shoe",
                "isRequired": True,
                "isUseValues": True,
                "name": "Shoe size",
                "salesforceId": "S__c",
                "type": "dropdown",
            }
        ]


def test_the_owner_of_a_prospect_has_both_names(tmp_path: Path) -> None:
    users = "id,email,salesforceId,isDeleted\n501,ann@x.test,0055e00000ann01,\n502,bob@x.test,0055e00000bob01,true\n"
    rows = "1,501,\n2,,0055e00000ann01AAA\n3,,0055e00000que01\n4,,0055e00000bob01\n5,501,0055e00000bob01\n6,,\n7,99,\n"
    seeded(
        tmp_path,
        pardot_users=users,
        prospects="id,userId,salesforceOwnerId,email\n" + rows.replace("\n", ",a@x.test\n"),
    )
    with running(tmp_path / "a.db") as emulator:
        shown = emulator.values(fields="id,userId,assignedToId,salesforceOwnerId")
        assert [(row["userId"], row["assignedToId"], row["salesforceOwnerId"]) for row in shown] == [
            (501, 501, "0055e00000ann01"),
            (501, 501, "0055e00000ann01AAA"),
            (None, None, "0055e00000que01"),
            (None, None, "0055e00000bob01"),
            (501, 501, "0055e00000bob01"),
            (None, None, None),
            (99, 99, None),
        ]

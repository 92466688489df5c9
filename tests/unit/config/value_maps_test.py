"""Value maps: two columns, each value once in the column that is read."""

from pathlib import Path

import pytest

from pardotflow.config.project import ValueMap
from pardotflow.config.value_maps import MAX_BAD_ROWS, cell_columns

from .folder import SYNC_HEAD, load, project


def sync(direction: str) -> str:
    return (
        SYNC_HEAD
        + f"fields:\n  - {{salesforce: LeadSource, pardot: source, values: map.csv, direction: {direction}}}\n"
    )


def read(root: Path, content: str | bytes, direction: str = "to_pardot", folder: str = "syncs/") -> ValueMap:
    values = project(root, {"syncs/people.yml": sync(direction), f"{folder}map.csv": content}).syncs[0].fields[0].values
    assert values is not None
    return values


def said(root: Path, content: str | bytes, direction: str = "to_pardot") -> list[str]:
    loaded = load(root, {"syncs/people.yml": sync(direction), "syncs/map.csv": content})
    return [f"{d.code} {d.span}" for d in loaded.diagnostics]


def test_pairs_in_the_order_of_the_file(tmp_path: Path) -> None:
    values = read(tmp_path, 'crm,marketing\nWeb,Website\n"Fair, EU",Event\n\nOther,\n')
    assert values.pairs == (("Web", "Website"), ("Fair, EU", "Event"), ("Other", ""))
    assert values.one_to_one and values.file == "syncs/map.csv"


def test_the_projects_folder_is_looked_in_too(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b\n1,2\n", folder="").file == "map.csv"


def test_a_header_that_names_the_sides_decides_the_order(tmp_path: Path) -> None:
    assert read(tmp_path, "Pardot,Salesforce\nWebsite,Web\n").pairs == (("Web", "Website"),)


def test_a_byte_order_mark_is_what_spreadsheets_write(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfpardot,salesforce\r\nWebsite,Web\r\n").pairs == (("Web", "Website"),)


@pytest.mark.parametrize(("direction", "good"), [("to_pardot", True), ("to_salesforce", False), ("two_way", True)])
def test_a_value_stands_once_in_the_column_that_is_read(tmp_path: Path, direction: str, good: bool) -> None:
    content = "salesforce,pardot\nWeb,Website\nInternet,Website\n"
    assert (said(tmp_path, content, direction) == []) is good
    if good:
        assert not read(tmp_path, content, direction).one_to_one


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a,b\n1,2,3\n", "syncs/map.csv:2:5"),
        ('a,b\n"1,1",2,3\n', "syncs/map.csv:2:9"),
        ("a,b\n1\n", "syncs/map.csv:2:1"),
        ("a;b\n1;2\n", "syncs/map.csv:1:1"),
        ('a,b\n"x\ny",2\nopen,"\n', "syncs/map.csv:4:1"),
        ("", "syncs/map.csv:1:1"),
        ("a,b\n1,2\n1,3\n", "syncs/map.csv:3:1"),
        (b"a,b\n\xff,1\n", "syncs/people.yml:7:54"),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, content: str | bytes, place: str) -> None:
    assert said(tmp_path, content) == [f"PF157 {place}"]


def test_many_wrong_rows_are_one_mistake(tmp_path: Path) -> None:
    assert len(said(tmp_path, "a,b\n" + "x\n" * 100)) == MAX_BAD_ROWS


def test_columns_of_cells() -> None:
    assert cell_columns('ab,"c,d",,e') == [1, 4, 10, 11]

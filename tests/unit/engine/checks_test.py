"""SQL of a project over empty relations: what only a plan could say before, and what stays unknown."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.values import FieldType
from pardotflow.engine.checks import check_all
from tests.unit.config.folder import SYNC_HEAD, USAGE_HEAD, project

NAMES = ("id", "salesforceId", "email", "firstName", "city", "product_plan__c")
PROSPECT = ObjectInfo(name="prospect", label="", fields=tuple(FieldInfo(name=n, type=FieldType.TEXT) for n in NAMES))
LEAD_FIELDS = tuple(FieldInfo(name=n, type=FieldType.TEXT) for n in ("Id", "Email", "FirstName", "City"))
SINCE = FieldInfo(name="Since__c", type=FieldType.DATE)
CATALOG = Catalog(
    objects={
        ("salesforce", "contact"): ObjectInfo(name="Contact", label="", fields=(*LEAD_FIELDS, SINCE)),
        ("salesforce", "lead"): ObjectInfo(name="Lead", label="", fields=LEAD_FIELDS),
        ("pardot", "prospect"): PROSPECT,
    }
)
NOTHING = Catalog(objects={})


def said(root: Path, files: Mapping[str, str | None], catalog: Catalog = CATALOG) -> list[str]:
    return [f"{d.code} {d.span}" for d in check_all(project(root, files), catalog)]


def people(*fields: str) -> dict[str, str]:
    return {"syncs/people.yml": SYNC_HEAD + "fields:\n" + "".join(f"  - {{{f}}}\n" for f in fields)}


def test_a_correct_project_has_nothing_to_say(tmp_path: Path) -> None:
    assert said(tmp_path, {}) == []


def test_every_expression_has_its_own_place(tmp_path: Path) -> None:
    fields = ('pardot: city, sql: "uper(FirstName)"', "pardot: firstName, sql: \"'é' || nope(City)\"")
    assert said(tmp_path, people(*fields)) == ["PF203 syncs/people.yml:7:26", "PF203 syncs/people.yml:8:38"]


def test_expressions_see_the_declared_types(tmp_path: Path) -> None:
    fine = people("pardot: city, sql: \"strftime(Since__c, '%Y')\"")
    assert said(tmp_path, fine) == []
    wrong = people("pardot: city, sql: \"strftime(FirstName, '%Y')\"")
    assert said(tmp_path, wrong) == ["PF203 syncs/people.yml:7:26"]


def test_a_mistake_is_said_once(tmp_path: Path) -> None:
    fields = ('pardot: city, sql: "upper(Nope)"', 'pardot: firstName, sql: "uper(FirstName)"')
    assert said(tmp_path, people(*fields)) == ["PF172 syncs/people.yml:7:32", "PF203 syncs/people.yml:8:31"]


def test_what_is_not_known_is_no_error(tmp_path: Path) -> None:
    files = {
        **people('pardot: city, sql: "uper(FirstName)"'),
        "models/leads.sql": "select nope from {{ source('leads') }}\n",
        "models/behind.sql": "select nope from {{ ref('leads') }}\n",
    }
    assert said(tmp_path, files, NOTHING) == []
    assert said(tmp_path, files) == ["PF201 models/leads.sql:1:8", "PF203 syncs/people.yml:7:26"]


def test_a_file_that_is_not_there_yet_is_a_warning(tmp_path: Path) -> None:
    files = {"warehouse/usage.csv": None, "models/usage.sql": "select email, nope as plan from {{ source('usage') }}\n"}
    assert said(tmp_path, files) == ["PF136 sources/all.yml:5:50"]


def test_models_in_a_circle_are_not_bound(tmp_path: Path) -> None:
    files = {
        "models/a.sql": "select nope from {{ ref('b') }}\n",
        "models/b.sql": "select nope from {{ ref('a') }}\n",
    }
    assert [line.split()[0] for line in said(tmp_path, files)] == ["PF143"]


def test_columns_of_a_star_are_known_from_the_header(tmp_path: Path) -> None:
    files = {
        "models/usage.sql": "select * from {{ source('usage') }}\n",
        "syncs/usage.yml": USAGE_HEAD + "fields:\n  - {warehouse: pla, pardot: product_plan__c}\n",
    }
    assert said(tmp_path, files) == ["PF104 syncs/usage.yml:7:17"]


@pytest.mark.parametrize("is_there", [True, False])
def test_tables_of_a_database_are_bound_where_it_can_be_opened(tmp_path: Path, is_there: bool) -> None:
    sources = "sources:\n" + "".join(
        f"  - {{source: {name}, connection: {of}, {what}}}\n"
        for name, of, what in (
            ("contacts", "salesforce", "object: Contact"),
            ("leads", "salesforce", "object: Lead"),
            ("prospects", "pardot", "object: prospect"),
            ("usage", "warehouse", "table: usage"),
        )
    )
    if is_there:
        with duckdb.connect(str(tmp_path / "data.duckdb")) as data:
            data.execute("create table usage (email varchar, plan varchar)")
    environment = "type: emulator\nconnections:\n  warehouse: {type: duckdb, path: data.duckdb}\n"
    files = {"environments/dev.yml": environment, "sources/all.yml": sources}
    assert said(tmp_path, files) == (["PF201 models/usage.sql:1:21"] if is_there else ["PF136 sources/all.yml:5:51"])

"""What was called otherwise is found in memory by the key and digest that it had, and is brought to those of now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pardotflow.config.load import load_project
from pardotflow.config.project import Project
from pardotflow.engine.renaming import carry_out, find_pending, renamed_decisions
from pardotflow.engine.session import prepared
from pardotflow.graph.digest import mapping_digest
from pardotflow.graph.renames import renames_from_text, renames_of, renames_to_text
from pardotflow.store.memory import attach_memory
from tests.unit.store.ledger_test import decision

FILES = {
    "pardotflow.yml": "name: small\nversion: 1\n",
    "environments/dev.yml": "type: emulator\n",
    "sources/all.yml": "sources:\n  - {source: c, connection: salesforce, object: Contact}\n"
    "  - {source: p, connection: pardot, object: prospect}\n  - {source: n, connection: salesforce, object: Neu__c}\n",
}
BEFORE = """
sync: people
sides: {salesforce: {objects: [Contact, Alt__c]}, pardot: {object: prospect}}
match: [email]
fields:
  - {salesforce: Phone, pardot: phone}
  - {salesforce: Title, pardot: jobTitle}
  - {salesforce: Alt_Score__c, pardot: score, direction: to_pardot}
"""
AFTER = """
sync: humans
renamed_from: people
sides:
  salesforce: {objects: [Contact, Neu__c], renamed_from: {Neu__c: Alt__c}}
  pardot: {object: prospect}
match: [email]
fields:
  - {salesforce: Phone, pardot: mobile, renamed_from: {pardot: phone}}
  - {salesforce: Title, pardot: jobTitle}
  - {salesforce: Score__c, pardot: score, direction: to_pardot, renamed_from: {salesforce: Alt_Score__c}}
"""


def _project(folder: Path, sync: str) -> Project:
    for name, text in {**FILES, "syncs/people.yml": sync}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    loaded = load_project(folder, None, {})
    assert loaded.project is not None, loaded.diagnostics
    return loaded.project


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Project]:
    """The project before and after."""
    root = tmp_path_factory.mktemp("renames")
    return _project(root / "before", BEFORE), _project(root / "after", AFTER)


def _digests(project: Project) -> dict[str, str]:
    [sync] = project.syncs
    return {m.key: mapping_digest(sync, m) for m in sync.fields}


def test_links_bases_and_decisions_come_along(projects: tuple[Project, Project], tmp_path: Path) -> None:
    before, after = projects
    old, new = _digests(before), _digests(after)
    renames = renames_of(after)
    assert renames_of(before) == () and renames_from_text(renames_to_text(renames)) == renames
    with prepared() as con:
        attach_memory(con, tmp_path / "memory.duckdb", read_only=False)
        assert find_pending(con, renames) == ()
        con.execute(
            "insert into mem.links values ('people', 'Alt__c', 'a01', 'prospect', '1', 'found', 'r', null, null)"
        )
        for key, digest in old.items():
            values = ["people", "Alt__c", "a01", "prospect", "1", key, digest if key != "jobTitle" else "edited since"]
            con.execute(
                f"insert into mem.bases (sync, a_object, a_id, b_object, b_id, field, digest) values {tuple(values)}"
            )
        con.execute(
            "insert into mem.history values ('people', 'salesforce', 'Alt__c', 'a01', 'Phone', 'r', null, 'x', 'y', '')"
        )
        con.execute(
            "insert into mem.history values ('people', 'pardot', 'prospect', '1', 'phone', 'r', null, 'x', 'y', '')"
        )
        assert find_pending(con, renames) == renames
        for _ in range(2):
            carry_out(con, renames)
            assert con.execute("select sync, a_object from mem.links").fetchall() == [("humans", "Neu__c")]
            found = dict(con.execute("select field, digest from mem.bases where sync = 'humans'").fetchall())
            assert found == {**new, "jobTitle": "edited since"}, "what was another mapping stays another one"
            named = con.execute("select sync, object, field from mem.history order by all").fetchall()
            assert named == [("humans", "Neu__c", "Phone"), ("humans", "prospect", "mobile")]
            assert find_pending(con, renames) == ()

    made = replace(decision("phone", "keep"), digest=old["phone"], a_object="Alt__c")
    [moved] = renamed_decisions([made], renames)
    assert moved == replace(made, sync="humans", a_object="Neu__c", mapping="mobile", digest=new["mobile"])


def test_what_has_the_new_name_already_is_not_overwritten(projects: tuple[Project, Project], tmp_path: Path) -> None:
    before, after = projects
    with prepared() as con:
        attach_memory(con, tmp_path / "memory.duckdb", read_only=False)
        for field, digest in (("phone", _digests(before)["phone"]), ("mobile", "known")):
            values = ("humans", "Contact", "003", "prospect", "1", field, digest)
            con.execute(f"insert into mem.bases (sync, a_object, a_id, b_object, b_id, field, digest) values {values}")
        carry_out(con, renames_of(after))
        found = dict(con.execute("select field, digest from mem.bases").fetchall())
        assert found["mobile"] == "known" and set(found) == {"phone", "mobile"}

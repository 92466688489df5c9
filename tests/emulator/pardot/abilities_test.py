"""A connected user with fewer rights: what is refused with 46, and what is hidden with a warning."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from pardotflow.emulator.pardot.abilities import ABILITIES
from pardotflow.emulator.seeding import seed
from tests.emulator.running import Emulator, pardot_error, running

OTHERS = "Prospect > Prospects > View prospects not assigned to self"
REDACTED = "202;Record(s) have been redacted from output due to access rules"
MINE, ADMIN = 9000001, 9000002
FILES = {
    "prospects.csv": f"id,email,userId\n1,a@x.test,{MINE}\n2,b@x.test,{ADMIN}\n3,c@x.test,\n4,d@x.test,{MINE}\n",
    "lists.csv": "id,name\n11,News\n",
    "tags.csv": "id,name\n31,Hot\n",
}
ACTIVITY = {"extension": "e", "type": "t", "email": "a@x.test", "value": "v"}
EXPORT = {"object": "Prospect", "procedure": {"name": "filterByUpdatedAt", "arguments": {"updatedAfter": "today"}}}
IMPORT = {"input": json.dumps({"operation": "Upsert", "object": "Prospect"})}
UPSERT = {"prospect": {"email": "a@x.test"}}


@contextmanager
def lacking(folder: Path, *missing: str) -> Iterator[Emulator]:
    """An emulator whose connected user has all abilities but these."""
    (folder / "seed").mkdir()
    for name, text in FILES.items():
        (folder / "seed" / name).write_text(text)
    declared = {"pardot": {"abilities": sorted(ABILITIES - set(missing))}}
    (folder / "seed" / "schema.yml").write_text(json.dumps(declared))
    seed(folder / "emulator.db", folder / "seed")
    with running(folder / "emulator.db") as made:
        yield made


CASES: Sequence[tuple[str, str, str, object]] = (
    ("Prospect > Prospects > View", "GET", "/objects/prospects?fields=id", None),
    ("Prospect > Prospects > View", "GET", "/objects/prospects/1?fields=id", None),
    ("Prospect > Prospects > View", "POST", "/exports", EXPORT),
    ("Prospect > Prospects > Create", "POST", "/objects/prospects", {"email": "n@x.test"}),
    ("Prospect > Prospects > Create", "PATCH", "/objects/prospects/1", {"phone": "1"}),
    ("Prospect > Prospects > Create", "POST", "/objects/prospects/do/upsertLatestByEmail", UPSERT),
    ("Prospect > Prospects > Create", "POST", "/objects/prospects/1/do/addTag", {"tagId": 31}),
    ("Prospect > Prospects > Create", "POST", "/objects/list-memberships", {"listId": 11, "prospectId": 1}),
    ("Prospect > Prospects > Delete", "DELETE", "/objects/prospects/1", None),
    ("Prospect > Prospects > Delete", "POST", "/objects/prospects/do/undelete", {"matchEmail": "a@x.test"}),
    ("Prospect > Prospects > Delete", "POST", "/objects/prospects/1/do/undelete", None),
    ("Prospect > Prospects > Assign", "PATCH", "/objects/prospects/1", {"userId": ADMIN}),
    ("Prospect > Prospects > Import", "POST", "/imports", {"operation": "Upsert", "object": "Prospect"}),
    ("Marketing > Segmentation > List > View", "GET", "/objects/lists?fields=id", None),
    ("Marketing > Segmentation > List > View", "GET", "/objects/list-memberships?fields=id", None),
    ("Marketing > Segmentation > List > Create", "POST", "/objects/lists", {"name": "New"}),
    ("Marketing > Segmentation > List > Delete", "DELETE", "/objects/lists/11", None),
    ("Marketing > Segmentation > Tags > Create", "POST", "/objects/prospects/1/do/addTag", {"tagId": 31}),
    ("Prospect > External Activity > Create", "POST", "/external-activities", ACTIVITY),
    ("Prospect > External Activity > View", "GET", "/external-activities?fields=id", None),
    ("Admin > User > View", "GET", "/objects/users?fields=id", None),
    ("Admin > Account > Edit Settings", "GET", "/objects/account?fields=id", None),
)


@pytest.fixture(scope="module")
def powerless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with lacking(tmp_path_factory.mktemp("powerless"), *ABILITIES) as made:
        yield made


@pytest.mark.parametrize(("ability", "method", "path", "body"), CASES)
def test_what_needs_an_ability(powerless: Emulator, ability: str, method: str, path: str, body: object) -> None:
    answer = powerless.pardot.request(method, path, json=body)
    assert answer.status_code == 405 and answer.json() == {
        "code": 46,
        "message": "This API user lacks sufficient permissions for the requested operation",
    }


@pytest.mark.parametrize("ability", sorted({case[0] for case in CASES}))
def test_each_ability_is_asked_for_alone(tmp_path: Path, ability: str) -> None:
    with lacking(tmp_path, ability) as made:
        for needs, method, path, body in CASES:
            answer = made.pardot.request(method, path, json=body)
            if needs == ability:
                assert pardot_error(answer) == (405, 46), path
        assert made.pardot.get("/objects/campaigns?fields=id").status_code == 200


def test_the_status_is_a_switch(tmp_path: Path) -> None:
    with lacking(tmp_path, "Admin > User > View") as made:
        made.switch(status_for_permission=403)
        assert pardot_error(made.pardot.get("/objects/users?fields=id")) == (403, 46)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with lacking(tmp_path_factory.mktemp("alone"), OTHERS) as made:
        yield made


def test_pages_leave_out_what_is_hidden(alone: Emulator) -> None:
    url = "/objects/prospects?fields=id"
    answer = alone.pardot.get(url)
    assert [row["id"] for row in answer.json()["values"]] == [1, 4]
    assert answer.headers["pardot-warning"] == REDACTED
    first = alone.pardot.get(f"{url}&limit=1")
    assert [row["id"] for row in first.json()["values"]] == [1] and "pardot-warning" not in first.headers
    following = alone.pardot.get(
        "/objects/prospects", params={"fields": "id", "nextPageToken": first.json()["nextPageToken"]}
    )
    assert following.json()["values"] == [] and following.json()["nextPageToken"]
    assert following.headers["pardot-warning"] == REDACTED


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/objects/prospects/2?fields=id"),
        ("PATCH", "/objects/prospects/2"),
        ("DELETE", "/objects/prospects/3"),
        ("POST", "/objects/prospects/3/do/addTag"),
    ],
)
def test_what_is_hidden_is_not_found(alone: Emulator, method: str, path: str) -> None:
    answer = alone.pardot.request(method, path, json={"tagId": 31} if "addTag" in path else {})
    assert pardot_error(answer) == (404, 109)
    assert answer.headers["pardot-warning"] == REDACTED


def test_what_one_may_not_see_is_written_without_an_answer(tmp_path: Path) -> None:
    with lacking(tmp_path, OTHERS) as made:
        answer = made.pardot.post("/objects/prospects?fields=id", json={"email": "n@x.test"})
        assert answer.status_code == 204 and not answer.content
        mine = made.pardot.post("/objects/prospects?fields=id", json={"email": "m@x.test", "userId": MINE})
        assert mine.status_code == 201
        given = made.pardot.patch("/objects/prospects/1?fields=id", json={"userId": ADMIN})
        assert given.status_code == 204
        hidden = made.pardot.post("/objects/prospects/do/upsertLatestByEmail", json={"prospect": {"email": "b@x.test"}})
        assert pardot_error(hidden) == (404, 109)


@pytest.mark.parametrize(
    ("ability", "column"),
    [("Prospect > Prospects > Assign", "userId"), ("Marketing > Segmentation > List > View", "addToList")],
)
def test_columns_of_an_import_that_need_an_ability(tmp_path: Path, ability: str, column: str) -> None:
    with lacking(tmp_path, ability) as made:
        table = ("rows.csv", f"email,{column}\nn@x.test,11\n")
        assert pardot_error(made.pardot.post("/imports", data=IMPORT, files={"file": table})) == (405, 46)
        plain = ("rows.csv", "email\nn@x.test\n")
        assert made.pardot.post("/imports", data=IMPORT, files={"file": plain}).status_code == 201


def test_jobs_of_others_are_hidden(tmp_path: Path) -> None:
    with lacking(tmp_path, "Admin > Import > View") as made:
        mine = made.start_import("email\nn@x.test\n")
        assert [row["id"] for row in made.pardot.get("/imports?fields=id").json()["values"]] == [mine]
        made.set(f"imports/{mine}", createdById=ADMIN)
        answer = made.pardot.get("/imports?fields=id")
        assert answer.json()["values"] == [] and answer.headers["pardot-warning"] == REDACTED
        assert pardot_error(made.pardot.get(f"/imports/{mine}?fields=id")) == (404, 109)


def test_jobs_of_others_are_controlled_with_an_ability(tmp_path: Path) -> None:
    with lacking(tmp_path, "Admin > Table Actions > Edit") as made:
        body = {"input": json.dumps({"object": "Prospect", "bulkAction": "delete"})}
        made_id = made.pardot.post("/bulk-actions", data=body, files={"file": ("ids.csv", "id\n1\n")}).json()["id"]
        made.set(f"bulk-actions/{made_id}", createdById=ADMIN)
        assert pardot_error(made.pardot.patch(f"/bulk-actions/{made_id}", json={"status": "Ready"})) == (405, 46)

"""Collections that are only read: content, visits, lifecycle, tags of objects."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pardotflow.emulator.seeding import seed
from tests.emulator.running import Emulator, pardot_error, running

FILES = {
    "prospects.csv": "id,email\n1,a@x.test\n",
    "lifecycle_stages.csv": "id,name,position,isLocked,isDeleted,matchType\n"
    "5,Lead,1,false,false,all\n6,Won,2,true,false,any\n",
    "lifecycle_histories.csv": "id,prospectId,previousStageId,nextStageId,secondsElapsed,createdAt\n"
    "1,1,,5,0,2024-01-01T00:00:00Z\n2,1,5,6,60,2024-02-01T00:00:00Z\n",
    "folders.csv": "id,name,parentFolderId,path\n1,Root,,/Root\n2,Sub,1,/Root/Sub\n",
    "visits.csv": "id,visitorId,prospectId,durationInSeconds\n1,7,1,12\n2,8,,3\n",
    "visitors.csv": "id,prospectId,ipAddress\n7,1,127.0.0.1\n",
    "landing_pages.csv": "id,name,isDeleted\n3,Old,true\n4,New,false\n",
    "list_emails.csv": 'id,name,recipientListIds\n9,June,"a;b"\n',
    "dynamic_content_variations.csv": "id,operator,value1\n1,is,x\n",
    "form_handlers.csv": "id,embedCode,createdAt\n1,<form>,2024-01-01T00:00:00Z\n",
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    base: Path = tmp_path_factory.mktemp("sources")
    for name, text in FILES.items():
        (base / name).write_text(text)
    report = seed(base / "emulator.db", base)
    assert not report.problems and not report.unknown_columns and not report.unknown_files
    with running(base / "emulator.db") as made:
        yield made


def test_lifecycle(sources: Emulator) -> None:
    fields = "secondsElapsed,previousStage.name,nextStage.name,prospect.email"
    found = sources.values("lifecycle-histories", fields=fields, createdAtAfter="2024-01-15T00:00:00+00:00")
    assert found == [
        {
            "nextStage": {"name": "Won"},
            "previousStage": {"name": "Lead"},
            "prospect": {"email": "a@x.test"},
            "secondsElapsed": 60,
        }
    ]
    assert sources.values("lifecycle-stages", fields="isLocked,matchType", name="Won") == [
        {"isLocked": True, "matchType": "any"}
    ]
    answer = sources.pardot.get("/objects/lifecycle-histories", params={"fields": "updatedAt"})
    assert pardot_error(answer) == (400, 51)


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"parentFolderIdIsNull": "true"}, [1]),
        ({"parentFolderIdIsNotNull": "true"}, [2]),
        ({"parentFolderId": "1"}, [2]),
        ({"name": "Root"}, [1]),
    ],
)
def test_folders(sources: Emulator, params: dict[str, str], found: list[int]) -> None:
    assert [folder["id"] for folder in sources.values("folders", **params)] == found


def test_mistakes_in_tests_for_emptiness(sources: Emulator) -> None:
    answer = sources.pardot.get("/objects/folders", params={"fields": "id", "parentFolderIdIsNull": "false"})
    assert pardot_error(answer) == (400, 50)
    assert pardot_error(sources.pardot.get("/objects/folders?fields=id&nameIsNull=true")) == (400, 5)


def test_visits(sources: Emulator) -> None:
    assert sources.values("visits", fields="visitor.ipAddress", prospectId=1) == [
        {"visitor": {"ipAddress": "127.0.0.1"}}
    ]
    assert sources.values("visits", fields="id", visitorIdGreaterThan=7) == [{"id": 2}]


def test_visitors_who_are_known(sources: Emulator) -> None:
    for known, found in (("true", []), ("FALSE", [{"id": 7}])):
        assert sources.values("visitors", isIdentified=known) == found
    assert pardot_error(sources.pardot.get("/objects/visitors?fields=id&isIdentified=1")) == (400, 50)


def test_content(sources: Emulator) -> None:
    assert sources.values("landing-pages") == [{"id": 4}]
    assert sources.values("landing-pages", deleted="true") == [{"id": 3}]
    assert sources.read(9, "recipientListIds", "list-emails") == {"recipientListIds": ["a", "b"]}
    assert pardot_error(sources.pardot.get("/objects/list-emails?fields=recipientListIds")) == (400, 224)
    assert sources.values("dynamic-content-variations", fields="value1") == [{"value1": "x"}]
    assert sources.read(1, "createdAt", "form-handlers") == {"createdAt": "2023-12-31T17:00:00-07:00"}


@pytest.mark.parametrize("path", ["landing-pages", "visits", "lifecycle-stages", "tagged-objects"])
def test_they_are_not_written(sources: Emulator, path: str) -> None:
    assert pardot_error(sources.pardot.post(f"/objects/{path}", json={"name": "x"})) == (405, 60)
    assert pardot_error(sources.pardot.delete(f"/objects/{path}/4")) == (405, 60)

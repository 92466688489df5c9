"""Assignment of prospects, and the `do/` actions of campaigns, tags and visitors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pardotflow.emulator.seeding import seed
from tests.emulator.running import Emulator, pardot_error, running

ANN, BEN, QUEUE = "0055e00000annus", "0055e00000benus", "00G5e00000queue"
FILES = {
    "prospects.csv": "id,email,userId\n1,ann@x.test,\n2,bob@x.test,501\n3,gone@x.test,\n",
    "pardot_users.csv": f"id,email,salesforceId,isDeleted\n501,ann@us.test,{ANN},0\n502,ben@us.test,{BEN},1\n",
    "visitors.csv": "id,prospectId,isIdentified\n71,,false\n",
    "tags.csv": "id,name\n31,Hot\n32,Warm\n33,Cold\n",
}
OWNERS = "assignedToId,firstAssignedAt,salesforceOwnerId,userId"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("assignment")
    (base / "seed").mkdir()
    for name, text in FILES.items():
        (base / "seed" / name).write_text(text)
    assert not seed(base / "assignment.db", base / "seed").problems
    return base / "assignment.db"


@pytest.fixture
def crew(seeded: Path, tmp_path: Path) -> Iterator[Emulator]:
    data = tmp_path / "assignment.db"
    data.write_bytes(seeded.read_bytes())
    with running(data) as made:
        yield made


def owners(emulator: Emulator, prospect_id: int) -> tuple[object, object, object, bool]:
    found = emulator.read(prospect_id, OWNERS)
    owner = found["salesforceOwnerId"]
    return found["userId"], found["assignedToId"], owner and owner[:15], found["firstAssignedAt"] is not None


def change(emulator: Emulator, prospect_id: int, **fields: object) -> tuple[int, int] | None:
    answer = emulator.pardot.patch(f"/objects/prospects/{prospect_id}", json=fields)
    return None if answer.status_code == 204 else pardot_error(answer)


def test_to_a_user_by_either_field(crew: Emulator) -> None:
    assert owners(crew, 1) == (None, None, None, False)
    assert change(crew, 1, userId=501) is None
    assert owners(crew, 1) == (501, 501, ANN, True)
    assert change(crew, 3, salesforceOwnerId=ANN) is None
    assert owners(crew, 3) == (501, 501, ANN, True)
    assert [row["id"] for row in crew.values(assignedToId=501)] == [1, 2, 3]
    made = crew.prospect(email="new@x.test", userId=501)
    assert crew.read(made, "assignedTo.email") == {"assignedTo": {"email": "ann@us.test"}}


def test_to_nobody_who_is_there(crew: Emulator) -> None:
    assert change(crew, 1, userId=77) == (400, 10)
    assert change(crew, 1, userId=502) == (400, 10)
    assert change(crew, 1, userId=501, salesforceOwnerId=ANN) == (400, 125)
    assert owners(crew, 1) == (None, None, None, False)


@pytest.mark.parametrize("owner", [QUEUE, BEN])
def test_to_an_owner_who_is_no_user_of_the_unit(crew: Emulator, owner: str) -> None:
    assert change(crew, 2, salesforceOwnerId=owner) is None
    assert owners(crew, 2)[:3] == (None, None, owner)
    crew.switch(salesforce_owner_unknown="refused")
    assert change(crew, 1, salesforceOwnerId=owner) == (400, 10)


@pytest.mark.parametrize("field", ["userId", "salesforceOwnerId"])
def test_unassigning_is_a_switch(crew: Emulator, field: str) -> None:
    crew.switch(null_unassigns=False)
    assert change(crew, 2, **{field: None}) == (400, 10)
    assert change(crew, 1, **{field: None}) is None
    crew.switch(null_unassigns=True)
    assert change(crew, 2, **{field: None}) is None
    assert owners(crew, 2)[:3] == (None, None, None)


def test_an_import_assigns_but_does_not_unassign(crew: Emulator) -> None:
    done = crew.run_import("matchId,userId,phone\n1,501,1\n2,,2\n3,502,3\n")
    assert (done["updatedCount"], done["errorCount"]) == (2, 1)
    assert done["errors"][0].startswith("3,502,3,10,")
    assert owners(crew, 1) == (501, 501, ANN, True)
    assert owners(crew, 2)[:2] == (501, 501) and crew.read(2, "phone") == {"phone": "2"}


def test_connecting_a_campaign(crew: Emulator) -> None:
    url, fid = "/objects/campaigns/1001/do/connectSalesforceCampaign", "7015e00000campa"
    for body, code in (
        ({}, 207),
        ({"salesforceCampaignId": "0035e00000campa"}, 206),
        ({"salesforceCampaignId": 5}, 206),
        ({"salesforceCampaignId": fid, "color": 1}, 208),
    ):
        assert pardot_error(crew.pardot.post(url, json=body)) == (400, code)
    answer = crew.pardot.post(f"{url}?fields=id,salesforceId", json={"salesforceCampaignId": fid})
    assert answer.status_code == 200 and answer.json()["salesforceId"][:15] == fid
    crew.switch(connected_campaigns=False)
    assert pardot_error(crew.pardot.post(url, json={"salesforceCampaignId": fid})) == (400, 218)


def test_merging_tags(crew: Emulator) -> None:
    for path, tag in (("prospects/1", 31), ("prospects/1", 32), ("prospects/2", 32), ("prospects/3", 33)):
        assert crew.pardot.post(f"/objects/{path}/do/addTag", json={"tagId": tag}).status_code == 200
    url = "/objects/tags/31/do/mergeTags"
    for ids, error in (([], (400, 206)), (["x"], (400, 206)), ([31], (400, 206)), ([32, 77], (404, 242))):
        assert pardot_error(crew.pardot.post(url, json={"tagIds": ids})) == error
    answer = crew.pardot.post(f"{url}?fields=id,objectCount", json={"tagIds": [32]})
    assert answer.status_code == 200 and answer.json() == {"id": 31, "objectCount": 2}
    assert [row["id"] for row in crew.values("tags")] == [31, 33]
    found = crew.values("tagged-objects", fields="objectId,tagId")
    assert sorted((row["objectId"], row["tagId"]) for row in found) == [(1, 31), (2, 31), (3, 33)]


def test_actions_of_visitors(crew: Emulator) -> None:
    url = "/objects/visitors/71/do/assignToProspect"
    crew.pardot.delete("/objects/prospects/3")
    assert pardot_error(crew.pardot.post(url, json={"prospectId": "x"})) == (400, 206)
    assert pardot_error(crew.pardot.post(url, json={"prospectId": 77})) == (400, 3)
    binned = crew.pardot.post(url, json={"prospectId": 3})
    assert pardot_error(binned) == (400, 132) and binned.headers["pardot-warning"] == "201;Record In Recycle Bin"
    assert crew.pardot.post(url, json={"prospectId": 1}).json() == {"id": 71}
    assert crew.values("visitors", fields="isIdentified,prospectId", prospectId=1) == [
        {"isIdentified": True, "prospectId": 1}
    ]
    unknown = crew.pardot.post("/objects/visitors/72/do/assignToProspect", json={"prospectId": 1})
    assert pardot_error(unknown) == (400, 217)
    assert crew.pardot.post("/objects/visitors/71/do/identifyCompany").json() == {"id": 71}
    assert pardot_error(crew.pardot.post("/objects/visitors/72/do/identifyCompany")) == (400, 217)


def test_an_import_that_an_edit_finds_due_is_held_by_the_switches(crew: Emulator) -> None:
    crew.switch(salesforce_owner_unknown="refused")
    started = crew.start_import(f"matchId,salesforceOwnerId\n1,{QUEUE}\n")
    crew.advance(5)
    crew.set("prospect/3", phone="1", salesforceOwnerId=QUEUE)
    done = crew.pardot.get(f"/imports/{started}?fields=errorCount,updatedCount").json()
    assert done == {"errorCount": 1, "updatedCount": 0}
    assert owners(crew, 1)[2] is None and owners(crew, 3)[2] == QUEUE

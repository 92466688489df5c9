"""Tags of records."""

from tests.emulator.running import Emulator, pardot_error


def test_add_and_remove(emulator: Emulator) -> None:
    tag_id = emulator.pardot.post("/objects/tags", json={"name": "Hot"}).json()["id"]
    assert emulator.read(tag_id, "objectCount", "tags") == {"objectCount": 0}
    for path in ("prospects/1", "lists/11"):
        answer = emulator.pardot.post(f"/objects/{path}/do/addTag", json={"tagId": tag_id})
        again = emulator.pardot.post(f"/objects/{path}/do/addTag", json={"tagId": tag_id})
        kind, _, record_id = path.partition("/")
        assert answer.status_code == 200 and answer.json() == again.json()
        assert answer.json() == {
            "id": answer.json()["id"],
            "objectId": int(record_id),
            "objectType": kind[:-1],
            "tagId": tag_id,
        }
    assert emulator.read(tag_id, "objectCount", "tags") == {"objectCount": 2}
    found = emulator.values("tagged-objects", fields="objectType,tag.name,createdBy.id", objectId=11)
    assert found == [{"createdBy": {"id": 9000001}, "objectType": "list", "tag": {"name": "Hot"}}]
    answer = emulator.pardot.post("/objects/lists/11/do/removeTag", json={"tagId": tag_id})
    assert answer.status_code == 204 and not answer.content
    assert emulator.read(tag_id, "objectCount", "tags") == {"objectCount": 1}
    assert pardot_error(emulator.pardot.post("/objects/lists/11/do/removeTag", json={"tagId": tag_id})) == (404, 109)


def test_mistakes(shared: Emulator) -> None:
    for body, error in (
        ({}, (400, 207)),
        ({"tagId": "x"}, (400, 206)),
        ({"tagId": 1, "color": "red"}, (400, 208)),
        ({"tagId": 77}, (404, 242)),
    ):
        assert pardot_error(shared.pardot.post("/objects/prospects/1/do/addTag", json=body)) == error
    binned = shared.pardot.post("/objects/prospects/4/do/addTag", json={"tagId": 77})
    assert pardot_error(binned) == (404, 109) and binned.headers["pardot-warning"] == "201;Record In Recycle Bin"
    assert pardot_error(shared.pardot.post("/objects/visits/1/do/addTag", json={"tagId": 1})) == (400, 205)

"""Users of one system as users of the other: who is found, who is not, and that nobody is guessed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pardotflow.core.describe import FieldInfo
from pardotflow.core.values import FieldType, System
from tests.engine.harness import World, Yaml, new_world, people

ANA, BEN = "0050000000000a1AAA", "0050000000000b1AAA"
QUEUE = "00G000000000q01AAA"
OWNER = {"salesforce": "OwnerId", "pardot": "userId"}
TO_LEAD = {"salesforce": "Prospect_Id__c", "pardot": "id"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    refers = ("Group", "User")
    owner = FieldInfo(name="OwnerId", type=FieldType.ID, reference_to=refers)
    helper = FieldInfo(name="Helper__c", type=FieldType.ID, reference_to=("User",))
    user = FieldInfo(name="userId", type=FieldType.INTEGER)
    with new_world(tmp_path, {System.SALESFORCE: [owner, helper], System.PARDOT: [user]}) as made:
        made.crm.add("User", {"Name": "Ana", "Email": "ana@work.example"}, id=ANA)
        made.crm.add("User", {"Name": "Ben", "Email": "Ben@work.example"}, id=BEN)
        made.crm.add("Group", {"Name": "Inbound"}, id=QUEUE)
        made.unit.add("user", {"email": "old@work.example", "salesforceId": ANA[:15], "lastName": "Ana"}, id="201")
        made.unit.add("user", {"email": "ben@work.example", "lastName": "Ben"}, id="202")
        yield made


def mapped(**users: Any) -> Yaml:
    return people([OWNER | {"users": users}])


def held(world: World) -> list[tuple[str, str, str]]:
    return [(h["kind"], h["after"], h["reason"]) for h in world.plan()["held"]]


def test_the_owner_becomes_the_user_and_then_nothing_is_left(world: World) -> None:
    world.configure(mapped())
    _, one = world.pair({"OwnerId": ANA}, {})
    _, two = world.pair({"OwnerId": BEN}, {"userId": 201})
    world.settle()
    assert [world.unit.value("prospect", p, "userId") for p in (one, two)] == [201, 202]
    assert world.plan().sendable == []


def test_an_edit_in_pardot_is_put_back(world: World) -> None:
    world.configure(mapped())
    _, prospect = world.pair({"OwnerId": ANA}, {"userId": 201})
    world.settle()
    world.unit.edit("prospect", prospect, {"userId": 202})
    assert [(f["before"], f["after"], f["section"]) for f in world.plan().sendable] == [("202", "201", "drift")]


def test_a_user_who_leaves_is_held_and_then_stands_back_for_the_fallback(world: World) -> None:
    world.configure(mapped())
    world.pair({"OwnerId": BEN}, {"userId": 202})
    world.settle()
    world.crm.edit("User", BEN, {"IsActive": False})
    assert held(world) == [("unmapped_user", "Ben", "not active in salesforce")]
    world.configure(mapped(fallback=201))
    assert [f["after"] for f in world.plan().sendable] == ["201"]


def test_another_counterpart_is_followed_where_neither_record_moved(world: World) -> None:
    world.configure(mapped())
    world.pair({"OwnerId": BEN}, {"userId": 202})
    world.settle()
    world.unit.delete("user", "202")
    world.unit.add("user", {"email": "ben@work.example", "lastName": "Ben"}, id="205")
    (sent,) = world.settle().sendable
    assert (sent["after"], sent["reason"]) == ("205", "another user stands for it now; to Ben")
    assert world.plan().sendable == []


def test_a_user_whom_pardot_turns_into_another_is_not_fought_over(world: World) -> None:
    world.configure(mapped())
    world.unit.habits.rewrites = {"userId": lambda value: 202}
    world.pair({"OwnerId": ANA}, {})
    world.settle()
    assert world.plan().sendable == []


def test_a_deleted_user_is_nobodys_counterpart(world: World) -> None:
    world.configure(mapped())
    world.pair({"OwnerId": ANA}, {})
    world.unit.delete("user", "201")
    assert held(world) == [("unmapped_user", "Ana", "no active user of pardot by salesforce_id or email")]
    world.configure(mapped(fallback=201))
    reason = "no active user of pardot by salesforce_id or email; the fallback 201 is not active there"
    assert held(world) == [("unmapped_user", "Ana", reason)]


def test_two_users_with_one_address_are_not_guessed_between(world: World) -> None:
    world.configure(mapped(fallback=201))
    world.unit.add("user", {"email": "BEN@work.example", "lastName": "Boll"}, id="203")
    world.pair({"OwnerId": BEN}, {})
    assert held(world) == [("unmapped_user", "Ben", "several users of pardot: Ben (202), Boll (203)")]


def test_an_address_does_not_find_whom_the_id_gives_to_another(world: World) -> None:
    world.crm.add("User", {"Name": "Second Ana", "Email": "old@work.example"}, id="0050000000000c1AAA")
    world.pair({"OwnerId": "0050000000000c1AAA"}, {})
    world.configure(mapped())
    assert [kind for kind, _, _ in held(world)] == ["unmapped_user"]
    world.configure(mapped(match="email"))
    assert [f["after"] for f in world.plan().sendable] == ["201"]


def test_an_owner_whom_nobody_shows_is_held_by_its_id(world: World) -> None:
    world.configure(mapped())
    world.pair({"OwnerId": "0050000000000x1AAA"}, {})
    assert held(world) == [("unmapped_user", "0050000000000x1AAA", "salesforce shows no such user")]


@pytest.mark.parametrize(
    ("queues", "sent", "kinds"), [("hold", [], ["unmapped_user"]), ("skip", [], []), ("fallback", ["201"], [])]
)
def test_a_queue_is_no_user(world: World, queues: str, sent: list[str], kinds: list[str]) -> None:
    world.configure(mapped(queues=queues, fallback=201))
    world.pair({"OwnerId": QUEUE}, {"userId": 202})
    plan = world.plan()
    assert [f["after"] for f in plan.sendable] == sent
    assert [h["kind"] for h in plan["held"]] == kinds
    assert [a["kind"] for a in plan["accepted"]] == (["owned_by_a_queue"] if queues == "skip" else [])


def test_one_record_alone_knows_the_users_too(world: World) -> None:
    world.configure(mapped())
    contact, _ = world.pair({"OwnerId": BEN}, {})
    assert [f["after"] for f in world.plan(record=f"Contact/{contact}").sendable] == ["202"]


def test_a_lookup_in_salesforce_follows_the_user_in_pardot(world: World) -> None:
    world.configure(
        people([{"salesforce": "Helper__c", "pardot": "userId", "direction": "to_salesforce", "users": {}}])
    )
    contact, _ = world.pair({}, {"userId": 202})
    world.settle()
    assert world.crm.value("Contact", contact, "Helper__c") == BEN
    assert world.plan().sendable == []


def test_a_pair_wins_and_one_of_nobody_is_told(world: World) -> None:
    world.write("users.csv", "salesforce,pardot\nana@work.example,202\nzoe@work.example,201\n")
    world.configure(mapped(map="users.csv"))
    world.pair({"OwnerId": ANA}, {})
    plan = world.plan()
    assert [f["after"] for f in plan.sendable] == ["202"]
    told = [n["note"] for n in plan["notes"] if "pairs" in n["note"]]
    assert told == ["people: pairs of users that name somebody who is not there: zoe@work.example → 201"]


def test_users_are_read_only_where_they_are_translated(world: World) -> None:
    world.configure(people([{"salesforce": "Title", "pardot": "jobTitle"}]))
    world.plan()
    assert "User" not in _read(world)
    world.configure(mapped())
    world.plan()
    assert {"User", "Group", "user"} <= _read(world)


def _read(world: World) -> set[str]:
    with duckdb.connect(str(world.layout.snapshots), read_only=True) as con:
        return {row[0] for row in con.execute("select object from cursors").fetchall()}


@pytest.mark.parametrize(("users", "made"), [({}, []), ({"fallback": BEN}, [BEN])])
def test_nobody_is_made_whom_the_connected_user_would_own(world: World, users: Yaml, made: list[str]) -> None:
    """The mapping would assign the prospect to the connected user with the next plan."""
    lead = {
        "object": "Lead",
        "when": "true",
        "set": {"LastName": "'x'", "Company": "'y'"},
        "owner": {"from": "userId", **users},
    }
    world.configure(
        people([OWNER | {"users": {}}], match=[TO_LEAD], create={"salesforce": lead | {"key": TO_LEAD["salesforce"]}})
    )
    world.unit.add("prospect", {"jobTitle": "a"})
    plan = world.settle()
    assert [h["kind"] for h in plan["held"]] == ([] if made else ["unmapped_user"])
    assert [world.crm.value("Lead", record.id, "OwnerId") for record in world.crm.live("Lead")] == made

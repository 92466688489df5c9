"""What begins with an apply: rules that are not retroactive, pauses, and what is known of the vendor's connector."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from pardotflow.core.describe import FieldInfo
from pardotflow.core.errors import PlanRefused
from pardotflow.core.values import FieldType, System
from tests.engine.harness import SavedPlan, World, Yaml, new_world, people
from tests.engine.schema import fixed

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
PHONE: Yaml = {"salesforce": "Phone", "pardot": "phone"}
MAIL: Yaml = {"salesforce": "Email", "pardot": "email", "direction": "to_pardot"}
MORE: dict[System, list[FieldInfo]] = {
    System.SALESFORCE: [fixed("CreatedDate", FieldType.DATETIME)],
    System.PARDOT: [fixed("createdAt", FieldType.DATETIME), fixed("salesforceLastSync", FieldType.DATETIME)],
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two systems that say when a record was made, and when the connector last synced it."""
    with new_world(tmp_path / "world", MORE) as made:
        yield made


def configure(world: World, **more: object) -> None:
    """Two fields both ways, the address to Pardot."""
    world.configure(people([NAME, PHONE, MAIL], **{"match": ["salesforce_id", "email"], **more}))


def moments(world: World) -> dict[tuple[str, str], str]:
    """What is remembered."""
    with duckdb.connect(str(world.layout.memory), read_only=True) as con:
        return {(s, w): str(at) for s, w, at in con.execute("from moments").fetchall()}


def contact(world: World, email: str) -> str:
    """A contact that is made now."""
    now = f"{world.clock.now():%Y-%m-%dT%H:%M:%S.000+0000}"
    return world.crm.add("Contact", {"LastName": email[0], "Email": email, "CreatedDate": now})


def sent(plan: SavedPlan) -> list[tuple[str | None, ...]]:
    """Object, record, field, before and after of what is sent."""
    return [tuple(f[k] for k in ("object", "id", "field", "before", "after")) for f in plan.sendable]


def created(plan: SavedPlan) -> list[str]:
    """The names of the new records."""
    return [c["name"] for c in plan["changes"] if c["action"] == "create"]


# retroactive: false


def test_only_what_is_made_after_the_first_apply_gets_a_counterpart(world: World) -> None:
    configure(world, create={"pardot": {"when": "Email is not null", "retroactive": False}})
    old = contact(world, "old@x.org")
    world.clock.tick(600)
    first = world.plan()
    assert {(s["id"], s["reason"]) for s in first["skipped"]} == {(old, "older_than_rule")}
    between = contact(world, "between@x.org")
    world.clock.tick(600)
    assert created(world.plan()) == [], "nothing was applied, so that the rule has not begun"
    world.settle()
    start = moments(world)[("people", "create.pardot")]
    contact(world, "new@x.org")
    world.clock.tick(600)
    plan = world.settle()
    assert created(plan) == ["new@x.org"]
    assert {s["id"] for s in plan["skipped"]} == {old, between}
    assert moments(world)[("people", "create.pardot")] == start


def test_an_address_that_comes_later_makes_no_prospect_of_an_older_record(world: World) -> None:
    """The connector makes one then."""
    configure(world, create={"pardot": {"when": "Email is not null", "retroactive": False}})
    old = world.crm.add(
        "Contact", {"LastName": "old", "CreatedDate": f"{world.clock.now():%Y-%m-%dT%H:%M:%S.000+0000}"}
    )
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", old, {"Email": "late@x.org"})
    world.clock.tick(600)
    plan = world.settle()
    assert created(plan) == [] and {(s["id"], s["reason"]) for s in plan["skipped"]} == {(old, "older_than_rule")}
    configure(world, create={"pardot": {"when": "Email is not null"}})
    assert created(world.settle()) == ["late@x.org"]


def test_what_is_made_between_the_plan_and_its_apply_is_not_lost(world: World) -> None:
    configure(world, create={"pardot": {"when": "Email is not null", "retroactive": False}})
    contact(world, "old@x.org")
    world.clock.tick(600)
    plan = world.plan()
    world.clock.tick(1)
    contact(world, "new@x.org")
    world.clock.tick(1)
    world.apply(plan)
    world.clock.tick(600)
    assert created(world.plan()) == ["new@x.org"]


def test_a_rule_that_was_taken_away_begins_anew(world: World) -> None:
    rule = {"pardot": {"when": "Email is not null", "retroactive": False}}
    configure(world, create=rule)
    world.clock.tick(600)
    world.settle()
    configure(world)
    world.settle()
    assert ("people", "create.pardot") not in moments(world)
    contact(world, "between@x.org")
    configure(world, create=rule)
    world.clock.tick(600)
    assert created(world.settle()) == []


def test_a_narrowed_plan_begins_nothing(world: World) -> None:
    configure(world, create={"pardot": {"when": "Email is not null", "retroactive": False}})
    crm = contact(world, "a@x.org")
    world.clock.tick(600)
    plan = world.plan(record=f"Contact/{crm}")
    assert [s["reason"] for s in plan["skipped"]] == ["older_than_rule"]
    world.apply(plan)
    assert moments(world) == {}


def test_a_record_that_does_not_say_when_it_was_made_is_left_alone(world: World) -> None:
    configure(world, create={"pardot": {"when": "Email is not null", "retroactive": False}})
    world.settle()
    world.crm.add("Contact", {"LastName": "x", "Email": "a@x.org"})
    world.clock.tick(600)
    assert created(world.plan()) == []


# insert_only


def test_insert_only_makes_records_and_never_updates_one(world: World) -> None:
    configure(world, create={"pardot": {"when": "Email is not null", "insert_only": True}})
    crm = contact(world, "a@x.org")
    world.clock.tick(600)
    assert created(world.settle()) == ["a@x.org"]
    (prospect,) = world.unit.live("prospect")
    assert prospect.last.values["salesforceId"] == crm
    assert not world.plan().sendable
    world.crm.edit("Contact", crm, {"FirstName": "crm"})
    world.clock.tick(600)
    plan = world.settle()
    assert not plan["changes"] and not plan["conflicts"]
    assert [(a["id"], a["field"], a["kind"]) for a in plan["accepted"]] == [(prospect.id, "firstName", "insert_only")]
    world.unit.edit("prospect", prospect.id, {"phone": "1"})
    world.clock.tick(600)
    plan = world.settle()
    assert sent(plan) == [("Contact", crm, "Phone", None, "1")], "the other side is written as always"


def test_insert_only_still_writes_ids_back(world: World) -> None:
    configure(world, create={"pardot": {"when": "Email is not null", "insert_only": True}})
    crm = contact(world, "a@x.org")
    unit = world.unit.add("prospect", {"email": "a@x.org", "firstName": "unit"})
    world.clock.tick(600)
    plan = world.settle()
    assert sent(plan) == [
        ("Contact", crm, "FirstName", None, "unit"),
        ("prospect", unit, "salesforceId", None, crm),
    ]
    assert not world.plan().sendable


# paused


def test_after_a_pause_every_edit_is_decided_as_if_there_had_been_none(world: World) -> None:
    configure(world)
    crm, unit = world.pair({"FirstName": "a", "Phone": "1"}, {"firstName": "a", "phone": "1"})
    world.clock.tick(600)
    world.settle()
    configure(world, paused=True)
    world.crm.edit("Contact", crm, {"FirstName": "crm"})
    world.unit.edit("prospect", unit, {"firstName": "unit", "phone": "2"})
    world.clock.tick(600)
    for _ in range(2):
        plan = world.settle()
        assert not plan["changes"] and not plan["conflicts"] and not plan["skipped"]
        assert [(row["reason"], row["records"]) for row in plan["left_out"]] == [("paused", 1)]
    since = moments(world)[("people", "paused")]
    configure(world)
    plan = world.settle()
    assert sent(plan) == [
        ("Contact", crm, "Phone", "1", "2"),
        ("prospect", unit, "firstName", "unit", "crm"),
    ]
    assert [c["winner"] for c in plan["conflicts"]] == ["salesforce"]
    assert since and ("people", "paused") not in moments(world)
    assert not world.plan().sendable


def test_the_first_plan_after_a_pause_is_under_the_guards_and_counts_the_whole_backlog(world: World) -> None:
    configure(world, guards={})
    pairs = [world.pair({"FirstName": "a", "Phone": "1"}, {"firstName": "a", "phone": "1"}) for _ in range(10)]
    world.clock.tick(600)
    world.settle()
    configure(world, guards={}, paused=True)
    for crm, unit in pairs[:2]:
        world.crm.edit("Contact", crm, {"FirstName": "crm"})
        world.unit.edit("prospect", unit, {"phone": "2"})
        world.clock.tick(600)
        plan = world.settle()
        assert not plan["guards"] and plan.meta["blocked"] == "false", "what is paused is not counted yet"
    configure(world, guards={})
    plan = world.plan()
    assert [(g["guard"], g["number"], g["allowed"], g["passed"]) for g in plan["guards"]] == [("updates", 4, 3, False)]
    assert (plan.meta["blocked"], plan.meta["applyable"]) == ("true", "false")
    at = len(world.log)
    with pytest.raises(PlanRefused, match="blocked"):
        world.apply(plan, allow={})
    assert not world.log_since(at)
    world.apply(plan, allow={"updates": 4})
    world.clock.tick(600)
    assert not world.plan().sendable


def test_a_mapping_that_comes_and_goes_during_a_pause_keeps_its_bases(world: World) -> None:
    configure(world)
    crm, unit = world.pair({"FirstName": "a", "Phone": "1"}, {"firstName": "a", "phone": "1"})
    world.clock.tick(600)
    world.settle()
    world.configure(people([NAME], match=["salesforce_id"], paused=True))
    world.settle()
    world.unit.edit("prospect", unit, {"phone": "2"})
    configure(world)
    world.clock.tick(600)
    plan = world.plan()
    assert sent(plan) == [("Contact", crm, "Phone", "1", "2")]
    assert [f["section"] for f in plan.sendable] == ["change"]


def test_a_deletion_during_a_pause_is_seen_after_it(world: World) -> None:
    configure(world, deletes={"pardot": "unlink"})
    _, unit = world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.clock.tick(600)
    world.settle()
    configure(world, deletes={"pardot": "unlink"}, paused=True)
    world.unit.delete("prospect", unit)
    world.clock.tick(600)
    world.settle()
    configure(world, deletes={"pardot": "unlink"})
    assert [link["kind"] for link in world.plan()["links"]] == ["tombstone"]


# the vendor's connector


def synced(world: World, unit: str) -> None:
    """The vendor's connector syncs a prospect now."""
    now = f"{world.clock.now() - timedelta(hours=4):%Y-%m-%dT%H:%M:%S}-04:00"
    world.unit.edit("prospect", unit, {"salesforceLastSync": now})


def test_a_connector_that_works_although_it_is_declared_absent_is_told_until_an_apply(world: World) -> None:
    configure(world)
    _, unit = world.pair({"FirstName": "a"}, {"firstName": "a"})
    synced(world, unit)
    world.clock.tick(600)
    assert "warning" not in world.settle().meta, "there is nothing yet to compare with"
    assert "warning" not in world.plan().meta
    synced(world, unit)
    world.clock.tick(600)
    for _ in range(2):
        plan = world.plan()
        assert "declared absent, but it synced 1 prospect since 2026-03-02 09:00 UTC" in plan.meta["warning"]
        assert not plan["changes"]
    world.apply(plan)
    world.clock.tick(600)
    assert "warning" not in world.plan().meta


def test_a_sync_of_the_connector_moves_no_record_to_the_remainder(world: World) -> None:
    configure(world)
    crm, unit = world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.clock.tick(600)
    world.settle()
    world.crm.edit("Contact", crm, {"FirstName": "b"})
    world.clock.tick(600)
    plan = world.plan()
    world.clock.tick(20)
    synced(world, unit)
    assert world.apply(plan).report.moved == 0
    world.clock.tick(600)
    assert "1 prospect" in world.plan().meta["warning"]


def test_an_active_connector_is_no_news(world: World) -> None:
    (world.root / "environments/dev.yml").write_text("type: emulator\nconnector: active\n", "utf-8")
    world.configure(people([{**NAME, "direction": "to_pardot"}]))
    _, unit = world.pair({"FirstName": "a"}, {"firstName": "a"})
    world.clock.tick(600)
    world.settle()
    synced(world, unit)
    world.clock.tick(600)
    assert "warning" not in world.plan().meta

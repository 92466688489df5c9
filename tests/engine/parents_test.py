"""Fields of parent records: read by path with the record, never written, and what is not known yet is not blank."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pardotflow.core.describe import Catalog, FieldInfo, ObjectInfo
from pardotflow.core.values import FieldType, System
from pardotflow.engine.parents import with_parents
from tests.engine.harness import World, new_world, people

CLEARS = {"salesforce": "User.Name", "pardot": "company", "direction": "to_pardot", "on_blank": "clear"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """People who have a user as their parent: any object would do."""
    parent = FieldInfo(name="UserId", type=FieldType.ID, reference_to=("User",))
    helper = FieldInfo(name="helper__c", type=FieldType.TEXT)
    with new_world(tmp_path, {System.SALESFORCE: [parent], System.PARDOT: [helper]}) as made:
        yield made


def test_a_path_is_read_written_across_and_then_settled(world: World) -> None:
    world.configure(people([CLEARS]))
    user = world.crm.add("User", {"Name": "Ana"})
    _, prospect = world.pair({"UserId": user}, {"company": "old"})
    _, without = world.pair({}, {"company": "gone"})
    world.settle()
    assert [world.unit.value("prospect", p, "company") for p in (prospect, without)] == ["Ana", None]
    assert world.plan().sendable == []


@pytest.mark.parametrize("path", ["User.Name", 'salesforce."User.Name"', "salesforce.user.name"])
def test_an_expression_names_it_with_quotes_and_without(world: World, path: str) -> None:
    world.configure(people([{"pardot": "company", "direction": "to_pardot", "sql": f"upper({path})"}]))
    world.pair({"UserId": world.crm.add("User", {"Name": "Ana"})}, {})
    assert [f["after"] for f in world.plan().sendable] == ["ANA"]


def test_its_age_is_stated_and_a_full_read_comes_by_and_by(world: World) -> None:
    world.configure(people([CLEARS]))
    user = world.crm.add("User", {"Name": "Ana"})
    world.pair({"UserId": user}, {})
    world.settle()
    world.clock.tick(3600)
    world.plan()
    world.crm.edit("User", user, {"Name": "Anna"})
    world.clock.tick(3600)
    assert world.plan().sendable == []
    world.clock.tick(6 * 3600)
    assert [f["after"] for f in world.plan().sendable] == ["Anna"]


@pytest.mark.parametrize("has_parent", [True, False])
def test_a_new_record_is_settled_by_one_apply(world: World, has_parent: bool) -> None:
    user = world.crm.add("User", {"Name": "Ana"})
    parent = {"UserId": f"'{user}'"} if has_parent else {}
    key = {"salesforce": "Prospect_Id__c", "pardot": "id"}
    create = {
        "salesforce": {
            "object": "Contact",
            "when": "true",
            "key": "Prospect_Id__c",
            "set": {"LastName": "'Berg'"} | parent,
        }
    }
    world.configure(people([CLEARS], match=[key], create=create))
    prospect = world.unit.add("prospect", {"company": "Ana" if has_parent else "old"})
    world.settle()
    assert world.unit.value("prospect", prospect, "company") == ("Ana" if has_parent else None)
    assert world.plan().sendable == []


@pytest.mark.parametrize("condition", ["select", "do_not_sync"])
def test_a_parent_that_only_a_condition_names_is_described_too(world: World, condition: str) -> None:
    """Otherwise the field would not be read, and the condition be computed without it."""
    sides = {
        "salesforce": {"objects": ["Contact"], condition: "User.Name = 'Ana'"},
        "pardot": {"object": "prospect"},
    }
    world.configure(people([{"salesforce": "FirstName", "pardot": "firstName"}], sides=sides))
    user = ("salesforce", "user")
    catalog = Catalog(objects={key: info for key, info in world.catalog.objects.items() if key != user})
    found = with_parents(world.project, catalog, lambda connection, name: world.catalog.find(connection, name))
    assert user in found.objects


def described(name: str, *fields: FieldInfo) -> tuple[tuple[str, str], ObjectInfo]:
    return ("salesforce", name.lower()), ObjectInfo(name=name, label=name, fields=fields)


def test_a_path_is_a_read_only_field_under_its_canonical_name() -> None:
    account = FieldInfo(name="AccountId", type=FieldType.ID, reference_to=("Account",))
    region = FieldInfo(name="Region__c", type=FieldType.ID, reference_to=("Region__c",))
    title = FieldInfo(name="Title", type=FieldType.TEXT, length=40)
    catalog = Catalog(
        objects=dict([described("Contact", account), described("Account", region), described("Region__c", title)])
    )
    contact = catalog.find("salesforce", "contact")
    found = contact.field("account.region__R.title") if contact else None
    assert found is not None and found.name == "Account.Region__r.Title" and found.length == 40
    assert not (found.updateable or found.createable or found.delta_safe)
    assert contact is not None and contact.field("Account.Nothing") is None and not contact.is_unseen("Account.Nothing")


def test_a_parent_that_nobody_described_may_have_anything() -> None:
    account = FieldInfo(name="AccountId", type=FieldType.ID, reference_to=("Account",))
    contact = Catalog(objects=dict([described("Contact", account)])).find("salesforce", "Contact")
    assert contact is not None and contact.field("Account.Name") is None and contact.is_unseen("Account.Name")
    assert not contact.is_unseen("Owner.Name")

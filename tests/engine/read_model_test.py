"""A read model beside an object changes nothing but what it says: names, more columns, and who takes part."""

from typing import Any

from tests.engine.harness import SavedPlan, World, people

FIELDS = [("FirstName", "firstName", "given"), ("Phone", "phone", "number"), ("Title", "jobTitle", "job")]
PLUS = """
select Id, FirstName as given, Phone as number, Title as job, upper(LastName) as loud from {{ source('contacts') }}
"""


def beside(fields: list[dict[str, Any]], **more: Any) -> Any:
    """A sync of contacts with the model `plus`."""
    sides = {"salesforce": {"object": "Contact", "model": "plus"}, "pardot": {"object": "prospect"}}
    return people(fields, **{"sides": sides, **more})


def write_model(world: World, sql: str) -> None:
    """The file of the model `plus`."""
    (world.root / "models").mkdir(exist_ok=True)
    (world.root / "models/plus.sql").write_text(sql, "utf-8")


def sent(plan: SavedPlan) -> set[tuple[str, str, str, str | None]]:
    """What would be written."""
    return {(f["system"], f["id"], f["field"], f["after"]) for f in plan.sendable}


def add(world: World, crm: dict[str, Any], unit: dict[str, Any]) -> str:
    """A contact and its prospect."""
    contact = world.crm.add("Contact", {"LastName": "Berg", **crm})
    world.unit.add("prospect", {"salesforceId": contact, **unit})
    return contact


def test_renamed_columns_are_planned_as_the_fields_are(world: World) -> None:
    for crm, unit in (
        ({"FirstName": "A"}, {"phone": "1"}),
        ({"Phone": "2"}, {"jobTitle": "X"}),
        ({}, {"firstName": "B"}),
    ):
        add(world, crm, unit)
    write_model(world, PLUS)
    world.configure(beside([{"salesforce": column, "pardot": unit} for _, unit, column in FIELDS]))
    renamed = world.plan()
    sides = {"salesforce": {"object": "Contact"}, "pardot": {"object": "prospect"}}
    world.configure(people([{"salesforce": crm, "pardot": unit} for crm, unit, _ in FIELDS], sides=sides))
    direct = world.plan()
    assert sent(renamed) == sent(direct) != set()
    write_model(world, PLUS)
    world.configure(beside([{"salesforce": column, "pardot": unit} for _, unit, column in FIELDS]))
    world.apply(world.plan())
    world.clock.tick(300)
    assert not world.plan().sendable


def test_what_is_computed_is_read(world: World) -> None:
    contact = add(world, {"LastName": "Otto"}, {})
    write_model(world, PLUS)
    world.configure(beside([{"salesforce": "loud", "pardot": "lastName", "direction": "to_pardot"}]))
    plan = world.plan()
    assert {f["after"] for f in plan.sendable} == {"OTTO"}
    world.apply(plan)
    world.clock.tick(300)
    assert not world.plan().sendable
    world.crm.edit("Contact", contact, {"LastName": "Kaya"})
    world.clock.tick(300)
    assert {f["after"] for f in world.plan().sendable} == {"KAYA"}


def test_a_record_that_the_model_does_not_show_or_shows_twice_takes_no_part(world: World) -> None:
    add(world, {"FirstName": "A"}, {"email": "a@x.org"})
    add(world, {"FirstName": "B", "Title": "hidden"}, {"email": "b@x.org"})
    add(world, {"FirstName": "C", "Title": "twice"}, {"email": "c@x.org"})
    rows = "select c.Id, c.FirstName as given from {{ source('contacts') }} as c"
    joined = (
        f"{rows} left join (values ('twice'), ('twice')) as v(word) on v.word = c.Title"
        " where c.Title is distinct from 'hidden'"
    )
    write_model(world, joined)
    world.configure(beside([{"salesforce": "given", "pardot": "firstName"}]))
    plan = world.plan()
    assert {f["after"] for f in plan.sendable} == {"A"}
    assert sum(row["records"] for row in plan["left_out"] if row["reason"] == "outside_selection") == 2


def test_a_plan_of_one_record_and_an_apply_with_creates_read_the_keys_alone(world: World) -> None:
    contact = add(world, {"FirstName": "A"}, {})
    write_model(world, PLUS)
    create = {"pardot": {"when": "Email is not null"}}
    fields = [{"salesforce": "given", "pardot": "firstName"}, {"salesforce": "Email", "pardot": "email"}]
    world.configure(beside(fields, match=["salesforce_id", "email"], create=create))
    assert {f["after"] for f in world.plan(record=f"Contact/{contact}").sendable} == {"A"}
    world.crm.add("Contact", {"LastName": "New", "FirstName": "N", "Email": "n@x.org"})
    world.clock.tick(300)
    world.apply(world.plan())
    world.clock.tick(300)
    assert {world.unit.value("prospect", p.id, "firstName") for p in world.unit.live("prospect")} == {"A", "N"}
    assert not world.plan().sendable


def test_a_record_is_made_on_the_side_of_the_model(world: World) -> None:
    """Just before it is sent every key is asked again, which needs no model."""
    write_model(world, PLUS)
    rule = {"object": "Contact", "when": "true", "set": {"LastName": "pardot.lastName"}, "key": "Prospect_Id__c"}
    keys = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}]
    world.configure(beside([{"salesforce": "given", "pardot": "firstName"}], match=keys, create={"salesforce": rule}))
    world.unit.add("prospect", {"firstName": "N", "lastName": "New"})
    world.clock.tick(300)
    world.apply(world.plan())
    world.clock.tick(300)
    assert {world.crm.value("Contact", c.id, "FirstName") for c in world.crm.live("Contact")} == {"N"}
    assert not world.plan().sendable


def test_what_a_model_makes_of_a_write_is_tried_out(world: World) -> None:
    add(world, {"FirstName": "a"}, {"firstName": "a", "jobTitle": "A"})
    write_model(world, "select Id, upper(FirstName) as loud from {{ source('contacts') }}")
    loud = {"salesforce": "loud", "pardot": "jobTitle", "direction": "to_pardot"}
    world.configure(beside([{"salesforce": "FirstName", "pardot": "firstName"}, loud]))
    world.apply(world.plan())
    world.clock.tick(300)
    (prospect,) = world.unit.live("prospect")
    world.unit.edit("prospect", prospect.id, {"firstName": "b"})
    world.clock.tick(300)
    plan = world.plan()
    assert {f["after"] for f in plan.sendable} == {"b"}
    assert plan["unsettled"]

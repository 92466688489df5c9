"""A run is taken back: every value that nobody touched, and nothing that somebody edited since; then all is quiet."""

from collections.abc import Sequence
from dataclasses import dataclass

from pardotflow.core.address import Address
from pardotflow.engine.revert import Reverting, RevertRequest, plan_revert
from tests.engine.harness import SavedPlan, World, Yaml, people, read_plan

NAME: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
TITLE: Yaml = {"salesforce": "Title", "pardot": "jobTitle"}
PHONE: Yaml = {"salesforce": "Phone", "pardot": "phone", "direction": "to_pardot"}
MAIL: Yaml = {"salesforce": "Email", "pardot": "email"}
KEYS = ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}, "email"]
CREATE: Yaml = {"pardot": {"when": "Email is not null"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A revert that was planned: the plan, None where there was nothing to take back."""

    reverting: Reverting
    plan: SavedPlan | None

    @property
    def saved(self) -> SavedPlan:
        """The plan, which must be there."""
        assert self.plan is not None, self.reverting
        return self.plan


def revert(world: World, run: str = "", *, select: Sequence[Address] = (), over_edits: bool = False) -> Asked:
    """Plan what takes a run back: the last one, unless one is named."""
    record = world.ledger.runs(run)[0]
    request = RevertRequest(planning=world.request(), run=record, select=tuple(select), over_edits=over_edits)
    found = plan_revert(request)
    return Asked(reverting=found, plan=read_plan(found.path) if found.path else None)


def take_back(world: World, run: str = "", *, over_edits: bool = False) -> SavedPlan:
    """Plan a revert, apply it whole, and wait until every read shows it."""
    asked = revert(world, run, over_edits=over_edits).saved
    world.clock.tick(20)
    applied = world.apply(asked)
    assert applied.report.status == "done", applied
    world.clock.tick(600)
    return asked


def notes(plan: SavedPlan) -> str:
    return "\n".join(n["note"] for n in plan["notes"])


def assert_quiet(world: World) -> SavedPlan:
    plan = world.plan()
    assert not plan.sendable, plan.sendable
    return plan


def values(plan: SavedPlan) -> set[tuple[str, str, str | None, str | None]]:
    """Record, field, before and after of what a plan would send."""
    return {(f["id"], f["field"], f["before"], f["after"]) for f in plan.sendable}


def at_rest(world: World, *fields: Yaml, **more: object) -> tuple[str, str]:
    """A pair that agrees and is remembered."""
    world.configure(people(fields or [NAME, TITLE, PHONE], **more))
    pair = world.pair(
        {"FirstName": "Ada", "Title": "CEO", "Phone": "1"}, {"firstName": "Ada", "jobTitle": "CEO", "phone": "1"}
    )
    world.settle()
    assert_quiet(world)
    return pair


def test_values_go_back_and_stay_there(world: World) -> None:
    crm, unit = at_rest(world)
    world.crm.edit("Contact", crm, {"FirstName": "Eva", "Phone": "2"})
    world.unit.edit("prospect", unit, {"jobTitle": "CTO"})
    world.clock.tick(600)
    world.settle()
    plan = take_back(world)
    assert values(plan) == {(unit, "firstName", "Eva", "Ada"), (unit, "phone", "2", "1"), (crm, "Title", "CTO", "CEO")}
    assert world.unit.value("prospect", unit, "firstName") == "Ada"
    assert world.crm.value("Contact", crm, "Title") == "CEO"
    assert world.crm.value("Contact", crm, "FirstName") == "Eva"
    assert_quiet(world)
    world.crm.edit("Contact", crm, {"FirstName": "Ina"})
    world.clock.tick(600)
    assert values(world.plan()) == {(unit, "firstName", "Ada", "Ina")}


def test_what_somebody_edited_since_is_a_conflict_with_three_values(world: World) -> None:
    crm, unit = at_rest(world)
    world.crm.edit("Contact", crm, {"FirstName": "Eva", "Phone": "2"})
    world.clock.tick(600)
    world.settle()
    world.unit.edit("prospect", unit, {"firstName": "Iva"})
    world.clock.tick(600)
    plan = revert(world).saved
    assert values(plan) == {(unit, "phone", "2", "1")}
    [conflict] = plan["conflicts"]
    assert (conflict["a_value"], conflict["base_a"], conflict["b_value"]) == ("Iva", "Eva", "Ada")
    assert (conflict["winner"], conflict["a_id"], conflict["field"]) == ("open", unit, "firstName")
    over = take_back(world, over_edits=True)
    assert (unit, "firstName", "Iva", "Ada") in values(over)
    assert not over["conflicts"]


def test_what_is_back_already_is_counted_and_not_sent(world: World) -> None:
    crm, unit = at_rest(world)
    world.crm.edit("Contact", crm, {"Phone": "2"})
    world.clock.tick(600)
    world.settle()
    world.unit.edit("prospect", unit, {"phone": "1"})
    world.clock.tick(600)
    asked = revert(world)
    assert asked.plan is None
    assert asked.reverting.undone.done == 1


def test_a_revert_is_taken_back_like_any_run(world: World) -> None:
    crm, unit = at_rest(world)
    world.crm.edit("Contact", crm, {"FirstName": "Eva"})
    world.clock.tick(600)
    world.settle()
    take_back(world)
    again = take_back(world)
    assert values(again) == {(unit, "firstName", "Ada", "Eva")}
    assert_quiet(world)
    assert values(take_back(world)) == {(unit, "firstName", "Eva", "Ada")}
    assert_quiet(world)


def created(world: World) -> tuple[str, str]:
    """A contact for which a run made a prospect, whose id was written back."""
    world.configure(people([NAME, MAIL], match=KEYS, create=CREATE))
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "Ada", "Email": "ada@x.org"})
    world.settle()
    [record] = list(world.unit.live("prospect"))
    assert world.crm.value("Contact", crm, "Prospect_Id__c") == record.id
    return crm, record.id


def test_a_record_that_the_run_made_is_deleted_and_not_made_again(world: World) -> None:
    crm, unit = created(world)
    plan = take_back(world)
    assert plan.turned == {("delete", unit)}
    assert world.unit.objects["prospect"][unit].last.deleted
    assert world.crm.value("Contact", crm, "Prospect_Id__c") is None
    quiet = assert_quiet(world)
    assert [(s["id"], s["reason"]) for s in quiet["skipped"]] == [(crm, "counterpart_gone")]
    assert "cannot be taken back" in notes(plan)
    # And back again: the same prospect, under the same link.
    again = take_back(world)
    assert again.turned == {("undelete", unit)}
    assert world.crm.value("Contact", crm, "Prospect_Id__c") == unit
    assert not world.unit.objects["prospect"][unit].last.deleted
    assert_quiet(world)
    world.crm.edit("Contact", crm, {"FirstName": "Eva"})
    world.clock.tick(600)
    assert values(world.plan()) == {(unit, "firstName", "Ada", "Eva")}


def test_a_record_that_somebody_edited_since_it_was_made_stays(world: World) -> None:
    _, unit = created(world)
    world.unit.edit("prospect", unit, {"jobTitle": "CEO"})
    world.clock.tick(600)
    plan = revert(world).saved
    assert not plan.turned
    assert [(c["a_id"], c["field"]) for c in plan["conflicts"]] == [(unit, "(record)")]
    world.unit.edit("prospect", unit, {"firstName": "Eva"})
    world.clock.tick(600)
    plan = revert(world).saved
    [conflict] = plan["conflicts"]
    assert (conflict["a_value"], conflict["base_a"], conflict["b_value"]) == ("Eva", "Ada", None)
    assert revert(world, over_edits=True).saved.turned == {("delete", unit)}


def archived(world: World) -> tuple[str, str]:
    """A pair of which a run archived the prospect, because the contact was deleted."""
    crm, unit = at_rest(world, NAME, deletes={"salesforce": "archive", "pardot": "archive"})
    world.crm.delete("Contact", crm)
    world.clock.tick(600)
    assert world.settle().turned == {("delete", unit)}
    return crm, unit


def test_a_record_that_the_run_deleted_comes_back_and_stays(world: World) -> None:
    crm, unit = archived(world)
    assert take_back(world).turned == {("undelete", unit)}
    assert not world.unit.objects["prospect"][unit].last.deleted
    assert_quiet(world)
    world.crm.undelete("Contact", crm)
    world.crm.edit("Contact", crm, {"FirstName": "Eva"})
    world.clock.tick(600)
    assert values(world.settle()) == {(unit, "firstName", "Ada", "Eva")}


def test_a_salesforce_record_comes_back_too(world: World) -> None:
    crm, unit = at_rest(world, NAME, deletes={"salesforce": "archive", "pardot": "archive"})
    world.unit.delete("prospect", unit)
    world.clock.tick(600)
    world.settle()
    assert world.crm.objects["Contact"][crm].last.deleted
    assert take_back(world).turned == {("undelete", crm)}
    assert not world.crm.objects["Contact"][crm].last.deleted
    assert_quiet(world)


def test_what_was_purged_since_is_said_to_be_out_of_reach(world: World) -> None:
    _, unit = archived(world)
    world.unit.hide("prospect", unit)
    world.plan(full=True)
    plan = revert(world).saved
    assert not plan.sendable
    assert [(h["id"], h["kind"]) for h in plan["held"]] == [(unit, "cannot_revert")]


def test_a_field_that_left_the_mapping_goes_back_too(world: World) -> None:
    """The way out of a bad mapping: take it out of the file, then take its run back."""
    crm, unit = at_rest(world)
    world.crm.edit("Contact", crm, {"Phone": "2"})
    world.clock.tick(600)
    world.settle()
    world.configure(people([NAME, TITLE]))
    world.settle()
    run = next(r.id for r in world.ledger.runs() if r.confirmed)
    asked = revert(world, run).saved
    assert values(asked) == {(unit, "phone", "2", "1")}
    world.unit.edit("prospect", unit, {"phone": "3"})
    world.clock.tick(60)
    assert world.apply(asked).report.moved == 1
    world.unit.edit("prospect", unit, {"phone": "2"})
    world.clock.tick(600)
    take_back(world, run)
    assert world.unit.value("prospect", unit, "phone") == "1"
    assert_quiet(world)


def test_what_the_next_plan_writes_again_is_told_before(world: World) -> None:
    """The mapping changed since the run: what it makes of the value is asked anew."""
    crm, unit = at_rest(world)
    world.crm.edit("Contact", crm, {"Phone": "2"})
    world.clock.tick(600)
    world.settle()
    world.configure(people([NAME, TITLE, {"pardot": "phone", "direction": "to_pardot", "sql": "salesforce.Phone"}]))
    plan = revert(world).saved
    assert "the next plan will write it again (once), because of syncs/people.yml" in notes(plan)
    assert [(u["id"], u["field"], u["after"]) for u in plan["unsettled"]] == [(unit, "phone", "2")]
    take_back(world)
    assert values(world.plan()) == {(unit, "phone", "1", "2")}
    assert crm


def test_only_what_is_selected_goes_back(world: World) -> None:
    crm, unit = at_rest(world)
    world.crm.edit("Contact", crm, {"FirstName": "Eva", "Phone": "2"})
    world.unit.edit("prospect", unit, {"jobTitle": "CTO"})
    world.clock.tick(600)
    world.settle()
    for address, expected in (
        (Address(object="Contact", id=""), {"Title"}),
        (Address(object="prospect", id=unit), {"firstName", "phone"}),
        (Address(object="prospect", id=unit, field="phone"), {"phone"}),
    ):
        assert {f for _, f, _, _ in values(revert(world, select=[address]).saved)} == expected


def test_a_run_that_sent_nothing_has_nothing_to_take_back(world: World) -> None:
    at_rest(world)
    world.settle()
    assert revert(world).plan is None


def test_an_opt_out_is_taken_back_under_its_guard_alone(world: World) -> None:
    consent = {"salesforce": "OptOut__c", "pardot": "optedOut", "policy": "consent"}
    world.configure(people([consent], guards={}))
    crm, unit = world.pair({"OptOut__c": False}, {"optedOut": False})
    world.settle()
    world.crm.edit("Contact", crm, {"OptOut__c": True})
    world.clock.tick(600)
    world.settle()
    plan = revert(world).saved
    assert values(plan) == {(unit, "optedOut", "true", "false")}
    assert [(g["guard"].partition(":")[0], g["passed"]) for g in plan["guards"]] == [("opt_ins", False)]
    assert plan.meta["blocked"] == "true"


def test_a_link_for_which_no_key_speaks_any_more_ends(world: World) -> None:
    world.configure(people([NAME], match=["email"]))
    crm = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "Ada", "Email": "a@x.org"})
    unit = world.unit.add("prospect", {"email": "a@x.org", "firstName": None})
    world.settle()
    assert world.unit.value("prospect", unit, "firstName") == "Ada"
    assert not revert(world).saved["links"]
    world.configure(people([NAME], match=["salesforce_id"]))
    plan = take_back(world)
    assert [(link["kind"], link["a_id"]) for link in plan["links"]] == [("forgotten", crm)]
    assert world.unit.value("prospect", unit, "firstName") is None
    assert_quiet(world)

"""Merges, conversions and changed addresses: where the link goes, which prospect stays, and that no value is lost."""

import pytest

from tests.engine.gone_test import CREATE, KEYS, MAIL, NAME, TITLE, assert_quiet, configure, is_deleted, linked
from tests.engine.harness import World, people


def _merged(world: World) -> tuple[tuple[str, str], tuple[str, str]]:
    """Two linked pairs, each a contact and its prospect, of which the first contact was merged into the second."""
    configure(world, "archive")
    loser, winner = linked(world, "loser"), linked(world, "winner")
    world.settle()
    world.crm.delete("Contact", loser[0], into=winner[0])
    world.clock.tick(600)
    return loser, winner


def test_the_prospect_of_a_loser_is_archived_and_comes_back_with_it(world: World) -> None:
    (loser, other), (winner, unit) = _merged(world)
    plan = world.settle()
    assert plan.turned == {("delete", other)}
    assert not plan["ambiguities"]
    assert [f["reason"] for f in plan.sendable] == [f"merged into Contact/{winner}, which has prospect/{unit}"]
    assert_quiet(world)
    world.crm.undelete("Contact", loser)
    world.clock.tick(600)
    assert world.settle().turned == {("undelete", other)}
    assert_quiet(world)


@pytest.mark.parametrize("who", ["prospect", "contact"])
def test_the_prospect_of_a_loser_stays_where_the_winning_pair_goes_before_the_apply(world: World, who: str) -> None:
    (_, other), (winner, unit) = _merged(world)
    plan = world.plan()
    assert plan.turned == {("delete", other)}
    if who == "prospect":
        world.unit.delete("prospect", unit)
    else:
        world.crm.delete("Contact", winner)
    world.clock.tick(20)
    at = len(world.log)
    report = world.apply(plan).report
    assert report.moved == 1
    system = "pardot" if who == "prospect" else "salesforce"
    assert [r.reason for r in report.remainder] == [f"what takes its place changed in {system} since the plan was made"]
    assert not world.log_since(at)
    assert not is_deleted(world, "prospect", other)


def test_two_losers_without_a_winning_prospect_are_not_guessed_between(world: World) -> None:
    for rule in ("keep", "archive"):
        configure(world, rule, create={})
        pairs = [linked(world, f"{rule}{n}") for n in range(2)]
        world.settle()
        winner = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "w", "Email": f"{rule}@y.org"})
        for crm, _ in pairs:
            world.crm.delete("Contact", crm, into=winner)
        world.clock.tick(600)
        plan = world.settle()
        assert not plan.sendable
        assert {a["id"] for a in plan["ambiguities"]} >= {unit for _, unit in pairs}
        assert_quiet(world)


def test_a_merge_and_then_a_conversion_in_one_go(world: World) -> None:
    configure(world, "archive")
    loser, other = linked(world, "loser", "Lead")
    winner, unit = linked(world, "winner", "Lead")
    world.settle()
    contact = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "winner", "Email": "winner@x.org"})
    world.crm.delete("Lead", loser, into=winner)
    world.crm.edit("Lead", winner, {"IsConverted": True, "ConvertedContactId": contact})
    world.clock.tick(600)
    plan = world.settle()
    assert plan.turned == {("delete", other)}
    assert world.unit.value("prospect", unit, "salesforceId") == contact
    assert_quiet(world)


def test_a_chain_of_merges_that_ends_in_a_deletion(world: World) -> None:
    configure(world, "archive", create={})
    first, unit = linked(world)
    world.settle()
    chain = [world.crm.add("Contact", {"LastName": "Berg", "Email": f"{n}@y.org"}) for n in range(2)]
    world.crm.delete("Contact", first, into=chain[0])
    world.crm.delete("Contact", chain[0], into=chain[1])
    world.crm.delete("Contact", chain[1])
    world.clock.tick(600)
    assert world.settle().turned == {("delete", unit)}
    assert_quiet(world)
    world.crm.undelete("Contact", chain[1])
    world.clock.tick(600)
    assert world.settle().turned == {("undelete", unit)}
    assert world.unit.value("prospect", unit, "salesforceId") == chain[1]
    assert_quiet(world)


def test_a_followed_link_brings_its_bases_and_loses_no_edit(world: World) -> None:
    """What only Salesforce changed comes down, what only Pardot changed goes up, and both is a conflict."""
    configure(world, "keep", create={})
    loser, unit = linked(world)
    world.settle()
    winner = world.crm.add("Contact", {"LastName": "Berg", "FirstName": "w", "Title": None, "Email": "a@x.org"})
    world.unit.edit("prospect", unit, {"jobTitle": "edited", "firstName": "edited"})
    world.crm.delete("Contact", loser, into=winner)
    world.clock.tick(600)
    plan = world.plan()
    assert {(f["id"], f["field"], f["after"]) for f in plan.sendable} == {
        (winner, "Title", "edited"),
        (winner, "Prospect_Id__c", unit),
        (unit, "firstName", "w"),
        (unit, "salesforceId", winner),
    }
    assert [(c["field"], c["b_value"], c["winner"]) for c in plan["conflicts"]] == [
        ("firstName", "edited", "salesforce")
    ]


# addresses


def unique(world: World) -> None:
    """A unit where an address belongs to one prospect."""
    (world.root / "environments/dev.yml").write_text("type: emulator\nampsea: false\n", "utf-8")
    world.configure(people([NAME, TITLE, MAIL], match=KEYS[:2], create={"pardot": CREATE["pardot"]}))


def test_an_address_that_another_prospect_has_is_held(world: World) -> None:
    unique(world)
    (crm, unit), (_, other) = linked(world, "a"), linked(world, "b")
    world.settle()
    world.crm.edit("Contact", crm, {"Email": "B@x.org"})
    world.clock.tick(600)
    plan = world.settle()
    assert not plan.sendable
    assert [(h["id"], h["kind"], h["after"]) for h in plan["held"]] == [(unit, "email_taken", "B@x.org")]
    world.unit.delete("prospect", other)
    world.clock.tick(600)
    assert {(f["id"], f["after"]) for f in world.settle().sendable} == {(unit, "B@x.org")}
    assert_quiet(world)


def test_two_prospects_do_not_get_the_same_address(world: World) -> None:
    unique(world)
    pairs = [linked(world, name) for name in "ab"]
    world.settle()
    for crm, _ in pairs:
        world.crm.edit("Contact", crm, {"Email": "same@x.org"})
    world.clock.tick(600)
    plan = world.settle()
    assert not plan.sendable
    assert {(h["id"], h["kind"]) for h in plan["held"]} == {(unit, "email_taken") for _, unit in pairs}


def test_an_address_is_handed_on_one_apply_after_the_other(world: World) -> None:
    """Nobody gets an address before it is free, and the plan that frees it says who follows."""
    unique(world)
    pairs = [linked(world, name) for name in "abc"]
    world.settle()
    for (crm, _), address in zip(pairs, ("b@x.org", "c@x.org", "new@x.org"), strict=True):
        world.crm.edit("Contact", crm, {"Email": address})
    world.clock.tick(600)
    sent, foretold = [], []
    for _ in pairs:
        plan = world.settle()
        sent.append([(f["id"], f["after"]) for f in plan.sendable])
        foretold.append([(u["id"], u["field"]) for u in plan["unsettled"]])
    (_, a), (_, b), (_, c) = pairs
    assert sent == [[(c, "new@x.org")], [(b, "c@x.org")], [(a, "b@x.org")]]
    assert foretold == [[(b, "email")], [(a, "email")], []]
    assert_quiet(world)


def test_two_who_would_swap_addresses_wait_for_a_person(world: World) -> None:
    unique(world)
    (crm_a, a), (crm_b, b) = linked(world, "a"), linked(world, "b")
    world.settle()
    world.crm.edit("Contact", crm_a, {"Email": "b@x.org"})
    world.crm.edit("Contact", crm_b, {"Email": "a@x.org"})
    world.clock.tick(600)
    plan = world.settle()
    assert not plan.sendable
    assert {(h["id"], h["kind"], h["after"]) for h in plan["held"]} == {
        (a, "email_taken", "b@x.org"),
        (b, "email_taken", "a@x.org"),
    }
    world.unit.edit("prospect", b, {"email": "between@x.org"})
    world.clock.tick(600)
    assert {(f["id"], f["after"]) for f in world.settle().sendable} >= {(a, "b@x.org")}
    world.settle()
    assert world.unit.value("prospect", a, "email") == "b@x.org"
    assert world.unit.value("prospect", b, "email") == "a@x.org"
    assert_quiet(world)


def test_where_prospects_may_share_an_address_nothing_is_held(world: World) -> None:
    configure(world, "keep")
    (crm, unit), _ = linked(world, "a"), linked(world, "b")
    world.settle()
    world.crm.edit("Contact", crm, {"Email": "b@x.org"})
    world.clock.tick(600)
    assert {(f["id"], f["after"]) for f in world.settle().sendable} == {(unit, "b@x.org")}
    assert_quiet(world)

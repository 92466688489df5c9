"""Match keys: several fields, declared forms, and which of several candidates is taken."""

from typing import Any

import pytest

from tests.engine.harness import SavedPlan, World, people

FIELDS = [{"salesforce": "Title", "pardot": "jobTitle"}]
BOTH = {"salesforce": ["LastName", "Phone"], "pardot": ["lastName", "phone"]}


def _linked(plan: SavedPlan) -> set[tuple[str, str]]:
    return {(link["a_id"], link["b_id"]) for link in plan["links"]}


def _prospect(world: World, **values: Any) -> str:
    return world.unit.add("prospect", values)


def _contact(world: World, **values: Any) -> str:
    return world.crm.add("Contact", {"LastName": "Berg", **values})


def test_every_part_of_a_key_has_to_agree(world: World) -> None:
    world.configure(people(FIELDS, match=[BOTH]))
    same = _contact(world, Phone="1"), _prospect(world, lastName="Berg", phone="1")
    _contact(world, Phone="2")
    _prospect(world, lastName="Berg", phone="3")
    plan = world.plan()
    assert _linked(plan) == {same}
    assert not plan["ambiguities"]


def test_a_blank_part_agrees_with_nothing(world: World) -> None:
    world.configure(people(FIELDS, match=[BOTH]))
    _contact(world)
    _prospect(world, lastName="Berg")
    assert not _linked(world.plan())


def test_parts_are_not_run_together(world: World) -> None:
    """`ab` + `c` is another key than `a` + `bc`."""
    world.configure(people(FIELDS, match=[BOTH]))
    world.crm.add("Contact", {"LastName": "ab", "Phone": "c"})
    _prospect(world, lastName="a", phone="bc")
    assert not _linked(world.plan())


@pytest.mark.parametrize(
    ("form", "crm", "unit", "is_linked"),
    [
        ("email", "Ada@X.org", " ada@x.org", True),
        ("email", "ada+news@x.org", "ada@x.org", False),
        ("untagged", "Ada+News@x.org", "ada@x.org", True),
        ("untagged", "ada@x.org", "bo@x.org", False),
        ("exact", "Ada@x.org", "ada@x.org", False),
        ("exact", "ada@x.org", "ada@x.org", True),
        ("nocase", "ADA@x.org", "ada@x.org", True),
    ],
)
def test_a_key_is_compared_in_its_declared_form(
    world: World, form: str, crm: str, unit: str, *, is_linked: bool
) -> None:
    world.configure(people(FIELDS, match=[{"salesforce": "Email", "pardot": "email", "form": form}]))
    _contact(world, Email=crm)
    _prospect(world, email=unit)
    assert bool(_linked(world.plan())) == is_linked


@pytest.mark.parametrize(("pick", "taken"), [({"last": "score"}, 1), ({"first": "score"}, 0)])
def test_one_of_several_candidates_is_taken(world: World, pick: dict[str, str], taken: int) -> None:
    world.configure(people(FIELDS, match=["email"], pick={"pardot": pick}))
    contact = _contact(world, Email="a@x.org")
    prospects = [_prospect(world, email="a@x.org", score=score) for score in (9, 10)]
    plan = world.settle()
    assert _linked(plan) == {(contact, prospects[taken])}
    assert not plan["ambiguities"]
    # The other one is no candidate any more, whatever its score.
    world.unit.edit("prospect", prospects[1 - taken], {"score": 10 + taken * -5 + 5})
    assert not _linked(world.settle())


def test_a_tie_stays_an_ambiguity(world: World) -> None:
    world.configure(people(FIELDS, match=["email"], pick={"pardot": {"last": "score"}}))
    _contact(world, Email="a@x.org")
    for _ in range(2):
        _prospect(world, email="a@x.org", score=1)
    plan = world.plan()
    assert not _linked(plan)
    assert len(plan["ambiguities"]) == 3


def test_a_candidate_without_a_value_comes_last(world: World) -> None:
    world.configure(people(FIELDS, match=["email"], pick={"pardot": {"first": "jobTitle"}}))
    contact = _contact(world, Email="a@x.org")
    _prospect(world, email="a@x.org")
    second = _prospect(world, email="a@x.org", jobTitle="CEO")
    assert _linked(world.plan()) == {(contact, second)}


def test_the_contact_comes_before_what_is_picked(world: World) -> None:
    """By e-mail the objects have their order; among the records of one the pick decides."""
    world.configure(people(FIELDS, match=["email"], pick={"salesforce": {"last": "Title"}}))
    world.crm.add("Lead", {"LastName": "Z", "Company": "x", "Email": "a@x.org", "Title": "z"})
    contacts = [_contact(world, Email="a@x.org", Title=title) for title in ("a", "b")]
    prospect = _prospect(world, email="a@x.org")
    assert _linked(world.plan()) == {(contacts[1], prospect)}


def test_nobody_is_made_for_a_candidate_that_was_not_picked(world: World) -> None:
    create = {"pardot": {"set": {"campaignId": "7"}}}
    match = ["salesforce_id", "email"]
    world.configure(people(FIELDS, match=match, pick={"salesforce": {"last": "Title"}}, create=create))
    for title in ("a", "b"):
        _contact(world, Email="a@x.org", Title=title)
    _prospect(world, email="a@x.org")
    plan = world.plan()
    assert {h["kind"] for h in plan["held"]} == {"would_duplicate"}
    assert not [c for c in plan["changes"] if c["action"] == "create"]

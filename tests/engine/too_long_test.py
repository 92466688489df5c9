"""A value that is cut to the length of its field: what is left must still be a value."""

import pytest

from tests.engine.harness import World, Yaml, people

CUT: Yaml = {"salesforce": "Note__c", "pardot": "note__c", "too_long": "cut", "direction": "to_salesforce"}


@pytest.mark.parametrize(("value", "kept"), [("abcdefgh", "abcde"), ("      abc", "old")])
def test_a_value_is_cut_unless_that_would_leave_nothing(world: World, value: str, kept: str) -> None:
    """Spaces alone are a blank, and a blank would clear the field."""
    world.configure(people([CUT]))
    crm, unit = world.pair({"Note__c": "old"}, {"note__c": "old"})
    world.clock.tick(600)
    world.settle()
    world.unit.edit("prospect", unit, {"note__c": value})
    world.clock.tick(600)
    world.settle()
    assert world.crm.value("Contact", crm, "Note__c") == kept

"""A field that the objects of one side declare as different things: each object is read and written as its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pardotflow.core.describe import FieldInfo
from pardotflow.core.values import FieldType, System
from tests.engine.harness import World, new_world, people

T = FieldType


@contextmanager
def world(root: Path, contact: FieldType, lead: FieldType, prospect: FieldType) -> Iterator[World]:
    own = {o: [FieldInfo(name="Mixed__c", type=t)] for o, t in (("Contact", contact), ("Lead", lead))}
    unit = {System.PARDOT: [FieldInfo(name="mixed__c", type=prospect)]}
    with new_world(root, unit, own) as made:
        yield made


def test_a_day_is_written_to_a_field_of_times_as_a_time(tmp_path: Path) -> None:
    """Regression: what is written had the form of the first object's type."""
    with world(tmp_path, T.DATE, T.DATETIME, T.DATE) as w:
        w.configure(people([{"salesforce": "Mixed__c", "pardot": "mixed__c"}]))
        w.pair({}, {"mixed__c": "2026-01-02"})
        w.pair({}, {"mixed__c": "2026-01-03"}, object_name="Lead")
        sent = {f["object"]: f["after"] for f in w.settle().sendable}
        assert sent == {"Contact": "2026-01-02", "Lead": "2026-01-03T00:00:00.000+00:00"}
        assert w.plan().sendable == []


def test_a_new_lead_gets_a_time(tmp_path: Path) -> None:
    with world(tmp_path, T.DATE, T.DATETIME, T.DATE) as w:
        rule = {"salesforce": {"object": "Lead", "when": "true", "set": {"Company": "'Acme'", "LastName": "'Berg'"}}}
        mapping = {"salesforce": "Mixed__c", "pardot": "mixed__c"}
        w.configure(people([mapping], create=rule, match=["salesforce_id", "email"]))
        w.unit.add("prospect", {"email": "a@x.org", "mixed__c": "2026-01-03"})
        sent = {f["field"]: f["after"] for f in w.plan().sendable}
        assert sent["Mixed__c"] == "2026-01-03T00:00:00.000+00:00"


def test_several_values_are_a_set_beside_a_picklist_of_one(tmp_path: Path) -> None:
    """Regression: a set in another order was a difference, since the contact's picklist takes one value."""
    with world(tmp_path, T.PICKLIST, T.MULTIPICKLIST, T.TEXT) as w:
        w.configure(people([{"salesforce": "Mixed__c", "pardot": "mixed__c"}]))
        w.pair({"Mixed__c": "a"}, {"mixed__c": "a"})
        w.pair({"Mixed__c": "b;a"}, {"mixed__c": "a; b"}, object_name="Lead")
        assert w.plan()["conflicts"] == []


def test_an_address_beside_a_text_is_an_address(tmp_path: Path) -> None:
    with world(tmp_path, T.TEXT, T.EMAIL, T.TEXT) as w:
        w.configure(people([{"salesforce": "Mixed__c", "pardot": "mixed__c"}]))
        w.pair({"Mixed__c": "A@x.org"}, {"mixed__c": "a@x.org"}, object_name="Lead")
        assert w.plan()["conflicts"] == []


def test_an_expression_reads_a_number_beside_a_text_as_text(tmp_path: Path) -> None:
    """Regression: the lead's text was read as a number, and nothing was left of it."""
    with world(tmp_path, T.NUMBER, T.TEXT, T.TEXT) as w:
        w.configure(people([{"pardot": "mixed__c", "direction": "to_pardot", "sql": "'no. ' || Mixed__c"}]))
        _, one = w.pair({"Mixed__c": 7}, {})
        _, two = w.pair({"Mixed__c": "seven"}, {}, object_name="Lead")
        w.settle()
        assert w.unit.value("prospect", one, "mixed__c") in ("no. 7", "no. 7.0")
        assert w.unit.value("prospect", two, "mixed__c") == "no. seven"


def test_whole_numbers_beside_others_stay_numbers(tmp_path: Path) -> None:
    with world(tmp_path, T.INTEGER, T.NUMBER, T.NUMBER) as w:
        w.configure(people([{"pardot": "mixed__c", "direction": "to_pardot", "sql": "Mixed__c * 2"}]))
        w.pair({"Mixed__c": 7.5}, {}, object_name="Lead")
        assert [float(f["after"]) for f in w.plan().sendable] == [15.0]

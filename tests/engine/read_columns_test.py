"""An expression finds every field with its type, however it spells it; casts that none reads are not planned."""

import pytest

from pardotflow.engine.compile import compile_project
from pardotflow.engine.computed import computed_columns, read_columns, typed_columns
from tests.engine.harness import World, people


@pytest.mark.parametrize(
    ("sql", "after"),
    [
        ("score + 1", "6"),
        ("SCORE + 1", "6"),
        ('"Score" + 1', "6"),
        ("pardot.score + 1", "6"),
        ("pardot . score + 1", "6"),
        ("year(day__c)", "2024"),
        ("coalesce(score, 0) + length(COLUMNS('^score$')::varchar)", "6"),
        ("typeof(score) || typeof(day__c)", "BIGINTDATE"),
    ],
)
def test_a_field_is_found_however_it_is_spelled(world: World, sql: str, after: str) -> None:
    world.configure(people([{"salesforce": "Title", "direction": "to_salesforce", "sql": sql}]))
    world.pair({"Title": "none"}, {"score": 5, "day__c": "2024-02-29"})
    (change,) = (f for f in world.plan().sendable if f["field"] == "Title")
    assert change["after"] == after


def test_what_no_expression_reads_is_not_cast(world: World) -> None:
    fields = [
        {"salesforce": "Title", "direction": "to_salesforce", "sql": "score + 1"},
        {"salesforce": "Day__c", "pardot": "day__c"},
        {"salesforce": "Phone", "pardot": "phone"},
    ]
    world.configure(people(fields))
    (sync,) = compile_project(world.project, world.catalog)
    read = read_columns(sync.b, computed_columns(sync, sync.b))
    assert {"score", "phone"} <= read.keys() < typed_columns(sync.b).keys()
    assert "day__c" not in read

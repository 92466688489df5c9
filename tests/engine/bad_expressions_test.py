"""Expressions that fail on a value while a plan is made: each is named by its own line, and what goes wrong."""

import pytest

from pardotflow.core.errors import InvalidProject
from tests.engine.harness import World, Yaml
from tests.engine.troubles import PROSPECTS, add_warehouse, usage

KEY: Yaml = {"warehouse": "k", "pardot": "email"}


def test_every_failing_expression_is_named_at_its_line(world: World) -> None:
    add_warehouse(world, "k,name", "ann@x.org,Ann")
    fine: Yaml = {"pardot": "firstName", "sql": "upper(name)"}
    cast: Yaml = {"pardot": "lastName", "sql": "cast(name as integer) + 1"}
    create: Yaml = {"pardot": {"when": "name", "set": {"email": "cast(k as date)"}}}
    world.configure(usage("usage", PROSPECTS, [KEY], [fine, cast], create=create))
    with pytest.raises(InvalidProject) as caught:
        world.plan()
    lines = (world.root / "syncs/usage.yml").read_text("utf-8").splitlines()
    found = caught.value.diagnostics
    blamed = [lines[d.span.line - 1].strip() for d in found if d.span]
    assert blamed == ["sql: cast(name as integer) + 1", "when: name", "email: cast(k as date)"]
    assert {d.code for d in found} == {"PF203"} and all(d.frame.lines and "try_cast()" in d.help for d in found)

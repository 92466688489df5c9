"""What a plan says that apply takes is what the emulator counts; jobs last as long as the plan assumes."""

from pathlib import Path
from typing import Any

import pytest

from tests.cycles.world import World
from tests.engine.harness import SavedPlan
from tests.engine.several import Setup, opened

BOTH = (
    {"salesforce": "Text__c", "direction": "to_salesforce", "sql": "'to ' || pardot.lastName"},
    {"pardot": "city", "direction": "to_pardot", "sql": "'from ' || salesforce.LastName"},
)
READS = ("/query", "/queryAll", "/objects/prospects", "/limits", "/objects/account")


def sent(world: World) -> list[str]:
    """Method and path of what was sent, with the questions after jobs; reads are left out."""
    found = [(r["method"], r["path"]) for r in world.requests() if r["path"].startswith(("/services/data", "/api/v5"))]
    return [f"{m} {p}" for m, p in found if m != "GET" or not any(read in p for read in READS)]


def price(plan: SavedPlan) -> dict[str, Any]:
    """By system the calls of the plan's routes."""
    taken = [r for r in plan["routes"] if r["taken"]]
    return {s: sum(r["calls"] for r in taken if r["system"] == s) for s in ("salesforce", "pardot")}


def lasting(plan: SavedPlan, operation: str) -> float:
    """How long one job of that kind is assumed to last."""
    (route,) = (r for r in plan["routes"] if r["taken"] and r["operation"] == operation)
    return float(route["job_seconds"] / route["jobs"])


@pytest.mark.parametrize(
    ("count", "ways", "calls"),
    [
        (7, {"update_unmodified", "update"}, {"salesforce": 1, "pardot": 7}),
        (2_010, {"bulk_updates", "import_updates"}, {"salesforce": 3 + 4, "pardot": 3 + 5}),
    ],
)
def test_the_price_of_a_plan_is_what_apply_takes(
    tmp_path: Path, count: int, ways: set[str], calls: dict[str, int]
) -> None:
    with opened(tmp_path, Setup(crm=[None] * count, unit=[None] * count, fields=BOTH)) as world:
        world.tick(600)
        plan = world.plan()
        assert {r["operation"] for r in plan["routes"] if r["taken"]} == ways
        assert price(plan) == calls
        if count > 2_000:
            delays = {"bulk_delay": lasting(plan, "bulk_updates"), "import_delay": lasting(plan, "import_updates")}
            world.emulator.switch(**delays)
        world.forget_requests()
        report = world.apply(plan).report
        asked = sent(world)
        assert (report.confirmed, report.refused, report.unknown) == (2 * count, 0, 0)
        assert {
            "salesforce": sum("/services/data" in a for a in asked),
            "pardot": sum("/api/v5" in a for a in asked),
        } == price(plan), asked
        world.tick(600)
        assert not world.plan().sendable


def test_an_edit_of_the_last_moment_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over real HTTP: somebody saves the contact when our composite is ready to leave."""
    with opened(tmp_path, Setup(crm=[None] * 3, unit=[None] * 3, fields=BOTH[:1])) as world:
        world.tick(600)
        plan = world.plan()
        crm = world.connectors["salesforce"]
        send = crm.send

        def hasty(prepared: Any, **more: Any) -> Any:
            world.tick(2)
            answer = world.emulator.salesforce.patch(f"/sobjects/Contact/{prepared.ids[1]}", json={"Text__c": "theirs"})
            assert answer.status_code == 204
            return send(prepared, **more)

        monkeypatch.setattr(crm, "send", hasty)
        report = world.apply(plan).report
        monkeypatch.undo()
        assert (report.confirmed, report.refused, report.moved) == (2, 0, 1)
        texts = sorted(str(r["Text__c"]) for (o, _), r in world.state().records.items() if o == "Contact")
        assert texts == ["theirs", "to L0", "to L2"]

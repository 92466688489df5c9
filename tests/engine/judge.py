"""What must be true of every plan and every apply, whatever the configuration and the data."""

from collections import Counter
from typing import Any

from pardotflow.config.project import Policy
from pardotflow.core.values import System
from pardotflow.engine.apply import Applied
from tests.engine.fakes import Sent
from tests.engine.harness import SavedPlan, World
from tests.engine.vendor import OURS

CLEAN = ("done", "nothing_to_send")


def sent_rows(plan: SavedPlan) -> Counter[str]:
    """Every field that a plan says it sends, as text, without the names of records that do not exist yet."""
    return Counter(f"{f['system']} {f['object']} {f['action']} {f['field']}" for f in plan.sendable)


def describe_plan(plan: SavedPlan) -> list[str]:
    """The field changes of a plan for a failed test."""
    return [
        f"{f['object']}/{f['id']}#{f['field']}: {f['before']!r} -> {f['after'] or f['after_ref']!r} ({f['reason']})"
        for f in plan.sendable
    ]


def check_plan(world: World, plan: SavedPlan) -> None:
    """The laws that one plan can break by itself."""
    _no_change_without_effect(world, plan)
    _no_guess(plan)
    _no_write_to_what_is_not_seen(world, plan)
    _no_opt_in_unasked(world, plan)
    _no_delete_unasked(world, plan)
    _no_write_to_what_takes_no_part(plan)
    _is_proved(plan)


def _is_proved(plan: SavedPlan) -> None:
    """Law 2: these configurations converge, and the plan has found it out."""
    assert not plan["unsettled"], (plan["unsettled"], describe_plan(plan))


def _vendor(world: World, system: str) -> Any:
    return world.crm if system == System.SALESFORCE else world.unit


def _no_change_without_effect(world: World, plan: SavedPlan) -> None:
    """Law 9: every field change of an existing record changes what the system stores."""
    for field in plan.sendable:
        if (
            field["action"] == "update"
            and field["field"]
            and field["after_ref"] is None
            and not field["id"].startswith("new:")
        ):
            vendor = _vendor(world, field["system"])
            before = vendor.value(field["object"], field["id"], field["field"])
            after = vendor.stored(field["object"], field["field"], field["after"])
            assert before != after, field


def _no_guess(plan: SavedPlan) -> None:
    """Law 6: what is ambiguous is not written."""
    doubtful = {(a["object"], a["id"]) for a in plan["ambiguities"] if not a["reason"].endswith("than the link")}
    touched = {(f["object"], f["id"]) for f in plan.sendable}
    assert not doubtful & touched, (doubtful & touched, describe_plan(plan))


def _no_write_to_what_is_not_seen(world: World, plan: SavedPlan) -> None:
    """Law 7: what no read shows, what is deleted and stays so, and what was converted is not written."""
    restored = {(c["system"], c["object"], c["id"]) for c in plan["changes"] if c["action"] == "undelete"}
    for change in plan["changes"]:
        record = _vendor(world, change["system"]).objects[change["object"]].get(change["id"])
        if record is not None:
            is_closed = bool(record.last.values.get("IsConverted"))
            is_restored = (change["system"], change["object"], change["id"]) in restored
            assert not (record.hidden or record.last.deleted != is_restored or is_closed), change


def _no_delete_unasked(world: World, plan: SavedPlan) -> None:
    """Law 7: a record is deleted only where a rule says so and its counterpart is seen to be deleted, by a merge or
    without; one is restored only where its counterpart is there and the delete was our own."""
    pairs = {r["change"]: r for r in plan["recycled"]}
    left = {f["change"] for f in plan["field_changes"] if "left the selection" in f["reason"]}
    for change in plan["changes"]:
        if change["action"] not in ("delete", "undelete") or change["change"] in left:
            continue
        pair, is_crm = pairs[change["change"]], change["system"] == System.SALESFORCE
        vendor, object_name, id = (
            (world.unit, pair["b_object"], pair["b_id"]) if is_crm else (world.crm, pair["a_object"], pair["a_id"])
        )
        counterpart = vendor.objects[object_name][id]
        rules = {str(s.deletes[vendor.system]) for s in world.project.syncs}
        assert not counterpart.hidden
        assert counterpart.last.deleted == (change["action"] == "delete"), change
        if change["action"] == "delete":
            assert rules == {"archive"}, change
        else:
            record = _vendor(world, change["system"]).objects[change["object"]][change["id"]]
            assert record.last.writer in OURS.values(), change


def _no_write_to_what_takes_no_part(plan: SavedPlan) -> None:
    """A pair of which a record is left out is written on neither side."""
    apart = ("left_selection", "do_not_sync", "outside_selection")
    touched = {f"{f['object']}/{f['id']}" for f in plan.sendable}
    for left in (s for s in plan["skipped"] if s["reason"] in apart):
        pair = {f"{left['object']}/{left['id']}", left["note"].removeprefix("linked with ").partition(":")[0]}
        assert not pair & touched, (left, describe_plan(plan))


def _no_opt_in_unasked(world: World, plan: SavedPlan) -> None:
    """An opt-out is taken back only where the mapping allows it, and shown where it is not."""
    strict = {
        name
        for sync in world.project.syncs
        for mapping in sync.fields
        if mapping.policy is Policy.CONSENT and not mapping.allow_opt_in
        for ref in (mapping.a, mapping.b)
        for name in (ref.by_object.values() if ref else ())
    }
    assert not [f for f in plan.sendable if f["field"] in strict and f["after"] != "true"]


TURNS = {"delete": ("delete", "bulk_deletes"), "undelete": ("undelete", "import_undeletes")}
"""By which kinds of request a record goes into the recycle bin, and out of it."""


def check_sent(world: World, plan: SavedPlan, applied: Applied, before: int) -> None:
    """Law 3: what was sent since the log had `before` rows is what the plan says, field for field."""
    assert applied.report.status in CLEAN, applied.report
    sent = world.log_since(before)
    written = [c for c in plan["changes"] if c["sendable"] and c["action"] in ("create", "update")]
    planned = {(c["system"], c["object"], c["id"]): c for c in written}
    updates = {k: c for k, c in planned.items() if c["action"] == "update"}
    creates = [c for c in planned.values() if c["action"] == "create"]
    fields = {c["change"]: {f["field"] for f in plan.sendable if f["change"] == c["change"]} for c in planned.values()}
    turned = Counter((str(s.operation), s.system, s.object, s.id) for s in sent if not s.operation.has_values)
    turns = [c for c in plan["changes"] if c["sendable"] and c["action"] in TURNS]
    assert turned == Counter((c["operation"], c["system"], c["object"], c["id"]) for c in turns)
    assert all(c["operation"] in TURNS[c["action"]] for c in turns)
    sent = [s for s in sent if s.operation.has_values]
    updated = [s for s in sent if s.operation == "update" or s.operation.is_import]
    assert Counter((s.system, s.object, s.id) for s in updated) == Counter(updates.keys())
    for row in updated:
        assert set(row.values) == fields[updates[(row.system, row.object, row.id)]["change"]]
    made = [s for s in sent if s not in updated]
    assert Counter(map(_shape, made)) == Counter(
        (c["system"], c["object"], frozenset(fields[c["change"]])) for c in creates
    )


def _shape(sent: Sent) -> tuple[str, str, frozenset[str]]:
    key = {"Prospect_Id__c"} if sent.operation == "upsert" else set()
    return str(sent.system), sent.object, frozenset(sent.values) | key

"""The decision of a sync as SQL: the table of engine/truth.py, and of it only what its mappings can come to."""

from collections.abc import Collection, Mapping

from pardotflow.config.project import OnLink, Policy, TooLong
from pardotflow.connectors.pardot import reads
from pardotflow.core.values import System
from pardotflow.engine import truth
from pardotflow.engine.compiled import CompiledMapping, CompiledSync
from pardotflow.engine.sqlfile import render

CACHE_LAG: Mapping[System, int] = {System.PARDOT: reads.CACHE_LAG, System.SALESFORCE: 0, System.WAREHOUSE: 0}
"""Seconds after which a read must show what was written."""


def histories_of(sync: CompiledSync) -> list[Mapping[str, object]]:
    """What is known of fields' own times, by mapping and object."""
    return [{"m": m.number, "object": o, "history": h} for m in sync.mappings for o, h in m.histories.items()]


def address_mappings(sync: CompiledSync) -> list[CompiledMapping]:
    """The mappings that may write the address of a prospect, which in most units no other prospect may have."""
    if sync.b.system is not System.PARDOT:
        return []
    return [m for m in sync.mappings if ("prospect", "email") in {(t.object, t.field) for t in m.targets_b}]


def decide_sql(sync: CompiledSync, focus: str, *, share: bool, decided: bool) -> str:
    """Decide the cells of the session's `judged`, and keep those of the pairs for which the condition `focus` is true.
    `share` is true in a unit whose prospects may share an address, and with `decided` the session's table `decisions`
    holds decisions of people for the sync."""
    roles = {side.system: side.role for side in (sync.a, sync.b)}
    flows = {m.flow for m in sync.mappings}
    return render(
        "decide",
        sync=sync,
        focus=focus,
        needed=_needed(sync.mappings),
        lags={side.role: CACHE_LAG[side.system] for side in (sync.a, sync.b)},
        histories=histories_of(sync),
        rules=[rule for rule in truth.RULES if rule.flow in flows],
        consent_rules=[rule for rule in truth.CONSENT_RULES if rule.flow in flows],
        vendor_rules=truth.VENDOR_RULES,
        salesforce_role=roles.get(System.SALESFORCE, "ask"),
        pardot_role=roles.get(System.PARDOT, "ask"),
        decided=decided,
        unique_address=bool(address_mappings(sync)) and not share,
    )


def _needed(mappings: Collection[CompiledMapping]) -> Mapping[str, bool]:
    """The parts of the decision that some mapping can come to: the others would cost their planning all the same."""
    some = [m.mapping for m in mappings]
    vendor = any(m.flow is truth.Flow.CONNECTOR for m in mappings)
    return {
        "consent": any(m.mapping.policy is Policy.CONSENT and m.flow in truth.OWN_FLOWS for m in mappings),
        "vendor": vendor,
        "times": vendor or any(m.policy is Policy.MOST_RECENT or m.on_link is OnLink.MOST_RECENT for m in some),
        "cut": any(m.too_long is TooLong.CUT for m in some),
        "picklists": any(t.restricted for m in mappings for t in (*m.targets_a, *m.targets_b)),
    }

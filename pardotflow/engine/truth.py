"""The decision table, as data: who writes when the two sides of a field differ.

This one table becomes a table of `sql/decide.sql`, the page docs/decisions.md and the generated tests. `a` and
`b` are the two sides of a sync in order (Salesforce is `a` and Pardot is `b`; a warehouse is always `a`). Cells whose
values agree never come here: nothing is written for them in any row.
"""

from dataclasses import dataclass
from enum import StrEnum

from pardotflow.config.project import Direction, Policy, Preset
from pardotflow.core.values import System
from pardotflow.plan.model import Section


class Flow(StrEnum):
    """A direction in terms of the ordered sides."""

    A_TO_B = "a_to_b"
    B_TO_A = "b_to_a"
    TWO_WAY = "two_way"
    CONNECTOR = "connector"
    """Two-way by the rules of the vendor's connector (`preset: connector`)."""


class Found(StrEnum):
    """What was found for one differing cell, in terms of the ordered sides."""

    SAME = "same"
    """Neither side moved since the base: the target stores another form of the value (rewritten, cut)."""
    A_MOVED = "a_moved"
    B_MOVED = "b_moved"
    BOTH_MOVED = "both_moved"
    MAPPING_CHANGED = "mapping_changed"
    NEW = "new"


class Source(StrEnum):
    """Whose value is written to the other side; `none` writes nothing. `policy` and `on_link` ask the mapping, `vendor`
    asks VENDOR_RULES, and `newer` the two records' times."""

    A = "a"
    B = "b"
    NONE = "none"
    POLICY = "policy"
    ON_LINK = "on_link"
    VENDOR = "vendor"
    NEWER = "newer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table."""

    flow: Flow
    found: Found
    source: Source
    section: Section


def _one_way(flow: Flow, source: Source, own: Found, other: Found) -> tuple[Rule, ...]:
    return (
        Rule(flow=flow, found=Found.SAME, source=Source.NONE, section=Section.CHANGE),
        Rule(flow=flow, found=own, source=source, section=Section.CHANGE),
        Rule(flow=flow, found=other, source=source, section=Section.DRIFT),
        Rule(flow=flow, found=Found.BOTH_MOVED, source=source, section=Section.DRIFT),
        Rule(flow=flow, found=Found.MAPPING_CHANGED, source=source, section=Section.MAPPING_CHANGED),
        Rule(flow=flow, found=Found.NEW, source=source, section=Section.CHANGE),
    )


RULES: tuple[Rule, ...] = (
    *_one_way(Flow.A_TO_B, Source.A, Found.A_MOVED, Found.B_MOVED),
    *_one_way(Flow.B_TO_A, Source.B, Found.B_MOVED, Found.A_MOVED),
    Rule(flow=Flow.TWO_WAY, found=Found.SAME, source=Source.NONE, section=Section.CHANGE),
    Rule(flow=Flow.TWO_WAY, found=Found.A_MOVED, source=Source.A, section=Section.CHANGE),
    Rule(flow=Flow.TWO_WAY, found=Found.B_MOVED, source=Source.B, section=Section.CHANGE),
    Rule(flow=Flow.TWO_WAY, found=Found.BOTH_MOVED, source=Source.POLICY, section=Section.CONFLICT),
    Rule(flow=Flow.TWO_WAY, found=Found.MAPPING_CHANGED, source=Source.ON_LINK, section=Section.MAPPING_CHANGED),
    Rule(flow=Flow.TWO_WAY, found=Found.NEW, source=Source.ON_LINK, section=Section.ADOPTED),
    Rule(flow=Flow.CONNECTOR, found=Found.SAME, source=Source.NONE, section=Section.CHANGE),
    # A write over the side that moved is shown as a conflict, whichever side the vendor's rule prefers.
    Rule(flow=Flow.CONNECTOR, found=Found.A_MOVED, source=Source.VENDOR, section=Section.CHANGE),
    Rule(flow=Flow.CONNECTOR, found=Found.B_MOVED, source=Source.VENDOR, section=Section.CHANGE),
    Rule(flow=Flow.CONNECTOR, found=Found.BOTH_MOVED, source=Source.VENDOR, section=Section.CONFLICT),
    Rule(flow=Flow.CONNECTOR, found=Found.MAPPING_CHANGED, source=Source.VENDOR, section=Section.MAPPING_CHANGED),
    Rule(flow=Flow.CONNECTOR, found=Found.NEW, source=Source.VENDOR, section=Section.ADOPTED),
)


class Filled(StrEnum):
    """Which sides of a differing cell hold a value."""

    BOTH = "both"
    A = "a"
    B = "b"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorRule:
    """One cell of the vendor's table (facts: help page `pardot_sync_behavior_works`). `clears` is the support switch
    "Salesforce blank overwrites"; Salesforce is side `a`, Pardot side `b`."""

    policy: Policy
    clears: bool
    filled: Filled
    source: Source


def _vendor(policy: Policy, both: Source, *, clears: bool = False) -> tuple[VendorRule, ...]:
    """A filled value beats a blank under every rule, but for the switch."""
    only_b = Source.A if clears else Source.B
    by_filled = {Filled.BOTH: both, Filled.A: Source.A, Filled.B: only_b}
    return tuple(VendorRule(policy=policy, clears=clears, filled=f, source=s) for f, s in by_filled.items())


VENDOR_RULES: tuple[VendorRule, ...] = (
    *_vendor(Policy.PARDOT, Source.B),
    *_vendor(Policy.SALESFORCE, Source.A),
    *_vendor(Policy.SALESFORCE, Source.A, clears=True),
    *_vendor(Policy.MOST_RECENT, Source.NEWER),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRule:
    """One row of the consent table. `opted_out` is the side that holds true; the other holds false.

    `source` is the side whose value is written to the other; with `opt_in` the write is a move to false: it is held
    unless the mapping says `allow: opt_in`. A row with source `none` and `opt_in` is held in any case, because true
    wins but may not flow against the direction.
    """

    flow: Flow
    found: Found
    opted_out: Source
    source: Source
    opt_in: bool


def _consent(flow: Flow, found: Found, opted_out: Source) -> ConsentRule:
    """True on either side wins; only a side's own move to false can take it back, and only along the direction."""
    other = Source.B if opted_out is Source.A else Source.A
    may_flow = {Flow.A_TO_B: (Source.A,), Flow.B_TO_A: (Source.B,), Flow.TWO_WAY: (Source.A, Source.B)}[flow]
    moved_alone = {Found.A_MOVED: Source.A, Found.B_MOVED: Source.B}.get(found)
    if found is Found.SAME:
        return ConsentRule(flow=flow, found=found, opted_out=opted_out, source=Source.NONE, opt_in=False)
    if moved_alone is other:
        source = other if other in may_flow else Source.NONE
        return ConsentRule(flow=flow, found=found, opted_out=opted_out, source=source, opt_in=True)
    if opted_out in may_flow:
        return ConsentRule(flow=flow, found=found, opted_out=opted_out, source=opted_out, opt_in=False)
    return ConsentRule(flow=flow, found=found, opted_out=opted_out, source=Source.NONE, opt_in=True)


OWN_FLOWS = (Flow.A_TO_B, Flow.B_TO_A, Flow.TWO_WAY)
"""The flows of the project's own rules; the vendor's knows no consent."""

CONSENT_RULES: tuple[ConsentRule, ...] = tuple(
    _consent(flow, found, side) for flow in OWN_FLOWS for found in Found for side in (Source.A, Source.B)
)


def flow_of(direction: Direction, a: System, b: System, preset: Preset = Preset.NONE) -> Flow:
    """A mapping's direction in terms of the ordered sides; raises ValueError where the target is neither side."""
    if direction is Direction.TWO_WAY:
        return Flow.CONNECTOR if preset is Preset.CONNECTOR else Flow.TWO_WAY
    target = System.PARDOT if direction is Direction.TO_PARDOT else System.SALESFORCE
    if target is b:
        return Flow.A_TO_B
    if target is a:
        return Flow.B_TO_A
    raise ValueError(f"{direction} does not point at a side of this sync")

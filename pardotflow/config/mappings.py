"""Field mappings of a sync: defaults filled in, directions settled, keys given.

A mapping that cannot be understood is reported and left out; the others are built.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pardotflow.config.consent_fields import names_consent
from pardotflow.config.findings import Findings
from pardotflow.config.nodes import MapNode
from pardotflow.config.project import (
    Direction,
    FieldMapping,
    FieldRef,
    Into,
    MostRecent,
    OnBlank,
    OnLink,
    Policy,
    Preset,
    Side,
    TooLong,
    ValueMap,
)
from pardotflow.config.project_file import Defaults
from pardotflow.config.sides import build_ref
from pardotflow.config.user_map import UserMap
from pardotflow.config.users import build_users
from pardotflow.config.value_maps import Orientation, load_value_map
from pardotflow.core.span import Span
from pardotflow.core.values import System

TARGETS = {Direction.TO_PARDOT: System.PARDOT, Direction.TO_SALESFORCE: System.SALESFORCE}
TOWARDS = {system: direction for direction, system in TARGETS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncFile:
    """Where a sync is read from, and what its mappings fall back to."""

    root: Path
    folder: Path
    sides: tuple[Side, Side]
    defaults: Defaults
    preset: Preset = Preset.NONE
    """Of every two-way mapping that is not about consent."""

    @property
    def has_warehouse(self) -> bool:
        """True where the first side is only read."""
        return self.sides[0].system is System.WAREHOUSE

    @property
    def systems(self) -> tuple[System, System]:
        """The systems of both sides."""
        return self.sides[0].system, self.sides[1].system


def build_mappings(nodes: Sequence[MapNode], file: SyncFile, findings: Findings) -> tuple[FieldMapping, ...]:
    """The mappings of trees that follow the sync schema, in file order, each with its own key."""
    mappings = [m for node in nodes if (m := _mapping(node, file, findings)) is not None]
    return with_keys(mappings, file.sides)


def _mapping(node: MapNode, file: SyncFile, findings: Findings) -> FieldMapping | None:
    refs = _refs(node, file, findings)
    if refs is None or not _names_its_sides(node, refs, findings):
        return None
    direction = _direction(node, refs, file, findings)
    if direction is None:
        return None
    policy = _policy(node, refs.values(), direction, file.defaults)
    _check_options(node, direction, policy, file, findings)
    preset = _preset(node, direction, policy, file, findings)
    sql = node.scalar("sql")
    return FieldMapping(
        key="",
        a=refs.get(file.sides[0].system),
        b=refs.get(file.sides[1].system),
        direction=direction,
        policy=policy,
        into=Into(node.text("into", file.defaults.into)),
        on_blank=_on_blank(node, preset, file.defaults),
        on_link=OnLink(node.text("on_link", file.defaults.on_link)),
        too_long=TooLong(node.text("too_long", file.defaults.too_long)),
        values=_values(node, direction, file, findings),
        sql=sql.text.strip() if sql else "",
        allow_opt_in=node.text("allow") == "opt_in",
        pii=node.text("pii"),
        preset=preset,
        place=sql.place if sql else None,
        users=_users(node, direction, file, findings),
        most_recent=MostRecent(node.text("most_recent", file.defaults.most_recent)),
        renamed_from=_refs(node.mapping("renamed_from"), file, findings) or {},
        span=node.span,
        spans=node.spans(),
    )


def _refs(node: MapNode, file: SyncFile, findings: Findings) -> dict[System, FieldRef] | None:
    """The field of each named side; None where a side is named that the sync does not have."""
    refs: dict[System, FieldRef] = {}
    is_good = True
    for system in System:
        entry = node.entry(system)
        side = next((s for s in file.sides if s.system is system), None)
        if entry and side:
            refs[system] = build_ref(entry.value, side, findings)
        elif entry:
            is_good = False
            sides = " and ".join(file.systems)
            findings.error("PF150", f"this sync has no {system} side", entry.key.span, f"Its sides are {sides}.")
    return refs if is_good else None


def _names_its_sides(node: MapNode, refs: Mapping[System, FieldRef], findings: Findings) -> bool:
    has_sql = node.get("sql") is not None
    if has_sql and len(refs) != 1:
        entry = node.entry("sql")
        help = "Remove the field that the expression replaces."
        message = "with sql only the field that is written is named"
        findings.error("PF151", message, entry.key.span if entry else node.span, help)
        return False
    if not has_sql and len(refs) != 2:
        help = "Name the other side's field too, or compute the value with sql."
        findings.error("PF151", "a mapping names a field of both sides", node.span, help)
        return False
    return True


def _direction(node: MapNode, refs: Mapping[System, FieldRef], file: SyncFile, findings: Findings) -> Direction | None:
    """What is written, what follows from the sides, or the default; None where they contradict each other."""
    written = node.scalar("direction")
    only = next(iter(refs)) if len(refs) == 1 else None
    implied = only if only else file.systems[1] if file.has_warehouse else None
    if implied is System.WAREHOUSE:
        ref = refs[System.WAREHOUSE]
        findings.error("PF150", "a warehouse is only read", ref.span, f"Write to {file.systems[1]}.")
        return None
    if written is None:
        # Users are translated one way: what a field of the Salesforce side says, Pardot follows.
        default = Direction.TO_PARDOT if node.get("users") is not None else file.defaults.direction
        return TOWARDS[implied] if implied else default
    direction = Direction(written.text)
    if direction is Direction.TWO_WAY and file.has_warehouse:
        message = "a mapping with a warehouse cannot be two_way: a warehouse is only read"
        findings.error("PF150", message, written.span, f"Write {TOWARDS[file.systems[1]]}, or leave direction out.")
        return None
    if direction is Direction.TWO_WAY and only:
        help = f"Write {TOWARDS[only]}, or name a field on both sides."
        findings.error("PF154", "an expression cannot be undone, so sql cannot be two_way", written.span, help)
        return None
    if direction in TARGETS and TARGETS[direction] not in ((only,) if only else file.systems):
        named = f"the field named is one of {only}" if only else f"this sync has no {TARGETS[direction]} side"
        findings.error("PF150", f"the direction cannot be {direction}: {named}", written.span)
        return None
    return direction


def _policy(node: MapNode, refs: Iterable[FieldRef], direction: Direction, defaults: Defaults) -> Policy:
    """Where people say no, that stands above other rules unless the mapping itself names another. Between one-way
    fields nothing is to be decided, except for consent."""
    default = Policy.CONSENT if names_consent(refs) else defaults.policy
    policy = Policy(node.text("policy", default))
    return policy if direction is Direction.TWO_WAY or policy is Policy.CONSENT else defaults.policy


def _on_blank(node: MapNode, preset: Preset, defaults: Defaults) -> OnBlank:
    """Under the connector's rules a value beats a blank unless the mapping says otherwise."""
    default = OnBlank.REFILL if preset is Preset.CONNECTOR else defaults.on_blank
    return OnBlank(node.text("on_blank", default))


def _preset(node: MapNode, direction: Direction, policy: Policy, file: SyncFile, findings: Findings) -> Preset:
    """The mapping's preset, or the sync's where the mapping can follow it."""
    own = node.scalar("preset")
    preset = Preset(own.text) if own else file.preset
    is_free = direction is Direction.TWO_WAY and policy is not Policy.CONSENT
    if own and preset is Preset.CONNECTOR and not is_free:
        why = f"values flow {direction} only" if direction is not Direction.TWO_WAY else "consent decides by itself"
        findings.warning("PF162", f'"preset" has no effect: {why}', own.span, "Remove it.")
    if preset is Preset.NONE or not is_free:
        return Preset.NONE
    _check_preset(node, policy, own.span if own else node.span, findings)
    return preset


def _check_preset(node: MapNode, policy: Policy, span: Span, findings: Findings) -> None:
    """What the connector's table has no row for."""
    if policy is Policy.ASK:
        place = node.scalar("policy")
        help = "Write policy: salesforce, pardot or most_recent, or preset: none."
        findings.error("PF155", "the connector's rules never ask", place.span if place else span, help)
    blank = node.scalar("on_blank")
    if blank and blank.text == "hold":
        help = "Write refill (a value beats a blank, its default), or preset: none."
        findings.error("PF155", "the connector's rules never hold a blank", blank.span, help)
    elif blank and blank.text == "clear" and policy is not Policy.SALESFORCE:
        help = "Write policy: salesforce, or remove on_blank."
        findings.error("PF155", "only with policy: salesforce a blank can overwrite", blank.span, help)
    into, link = node.scalar("into"), node.scalar("on_link")
    if into and into.text == "blank":
        help = "Remove it, or write preset: none."
        findings.error("PF155", "into: blank is no rule of the connector's", into.span, help)
    if link:
        message = '"on_link" has no effect: the connector\'s rules look at the two values alone'
        findings.warning("PF162", message, link.span, "Remove it, or write preset: none.")


def _check_options(node: MapNode, direction: Direction, policy: Policy, file: SyncFile, findings: Findings) -> None:
    own = node.scalar("policy")
    for option in ("policy", "on_link"):
        value = node.scalar(option)
        if value and value.text == "most_recent" and file.has_warehouse:
            message = f"{option} cannot be most_recent: rows of a warehouse have no time of change"
            findings.error("PF155", message, value.span, f"Remove {option}.")
        elif value and direction is not Direction.TWO_WAY and value.text != "consent":
            message = f'"{option}" has no effect: values flow {direction} only'
            findings.warning("PF162", message, value.span, "Remove it, or make the mapping two_way.")
    _check_clock(node, direction, file, findings)
    _check_into(node, direction, file, findings)
    blank = node.entry("on_blank")
    if blank and own is not None and own.text == "consent":
        message = "on_blank cannot stand beside policy: consent, which decides by itself"
        findings.error("PF155", message, blank.key.span, "Remove on_blank.")
    allow = node.entry("allow")
    if allow and policy is not Policy.CONSENT:
        help = "Add policy: consent, or remove it."
        findings.warning("PF162", '"allow" has no effect without policy: consent', allow.key.span, help)


def _check_into(node: MapNode, direction: Direction, file: SyncFile, findings: Findings) -> None:
    """What never happens where a value is written over a blank alone."""
    written = node.scalar("into")
    if Into(node.text("into", file.defaults.into)) is not Into.BLANK:
        return
    place = "" if written else ", the project's default,"
    for option, word in (("on_blank", "clear"), ("allow", "opt_in")):
        value = node.scalar(option)
        if value and value.text == word:
            message = f'"{option}" has no effect: into: blank{place} never writes over a value'
            findings.warning("PF162", message, value.span, "Remove it, or write into: any.")
    policy = node.scalar("policy")
    if policy and direction is Direction.TWO_WAY and policy.text not in ("ask", "consent"):
        message = f'"policy" is hardly ever asked: into: blank{place} never writes over a value'
        help = "Remove it, or write into: any. It decides only where one side was blanked while the other changed."
        findings.warning("PF162", message, policy.span, help)


def _check_clock(node: MapNode, direction: Direction, file: SyncFile, findings: Findings) -> None:
    """A clock is read where `most_recent` decides, and nowhere else."""
    written = node.scalar("most_recent")
    words = node.text("policy", file.defaults.policy), node.text("on_link", file.defaults.on_link)
    if written and (direction is not Direction.TWO_WAY or "most_recent" not in words):
        message = '"most_recent" has no effect: neither policy nor on_link of this mapping is most_recent'
        help = "Remove it, or write policy: most_recent in a two_way mapping."
        findings.warning("PF162", message, written.span, help)


def _values(node: MapNode, direction: Direction, file: SyncFile, findings: Findings) -> ValueMap | None:
    written = node.scalar("values")
    if written is None:
        return None
    if node.get("sql") is not None:
        message = "values and sql cannot stand together"
        findings.error("PF151", message, written.span, "Translate the values in the expression, or name the field.")
        return None
    systems = (str(file.systems[0]), str(file.systems[1]))
    target = TARGETS.get(direction)
    reads = (0, 1) if target is None else (0,) if target is file.systems[1] else (1,)
    return load_value_map(written, file.folder, file.root, Orientation(sides=systems, reads=reads), findings)


def _users(node: MapNode, direction: Direction, file: SyncFile, findings: Findings) -> UserMap | None:
    entry = node.entry("users")
    if entry is None:
        return None
    message, help = "", ""
    other = next((option for option in ("values", "sql") if node.get(option) is not None), "")
    if file.has_warehouse:
        message = "users are translated between salesforce and pardot, and this sync has a warehouse side"
        help = "Join the users in the model, and map the column with the user's id."
    elif other:
        message, help = f"users and {other} cannot stand together", f"Remove {other}, or write pairs under users: map."
    elif direction is Direction.TWO_WAY:
        message = "users cannot be translated two_way: several of them may become one"
        help = "Write direction: to_pardot."
    if message:
        findings.error("PF180", message, entry.key.span, help)
        return None
    return build_users(node.mapping("users"), TARGETS[direction], file.folder, file.root, findings)


def with_keys(mappings: Sequence[FieldMapping], sides: tuple[Side, Side]) -> tuple[FieldMapping, ...]:
    """The stable names: the target's field for one-way, the second side's label for two-way where it is unique."""
    labels = Counter(m.b.label for m in mappings if m.b and m.direction is Direction.TWO_WAY)
    return tuple(replace(m, key=_key(m, labels, sides)) for m in mappings)


def _key(mapping: FieldMapping, labels: Mapping[str, int], sides: tuple[Side, Side]) -> str:
    a = mapping.a.label if mapping.a else ""
    b = mapping.b.label if mapping.b else ""
    if mapping.direction is Direction.TWO_WAY:
        return b if labels[b] == 1 else f"{a}={b}"
    target = TARGETS[mapping.direction]
    return f"{target}.{b if target is sides[1].system else a}"

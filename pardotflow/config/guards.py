"""Guards of a sync, with their defaults.

A guard is one limit, or one for each of several places (a side or an object) or mappings; what is not named has the
guard's own limit or default. A guard without a limit is not there.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pardotflow.config.findings import Findings, suggest
from pardotflow.config.limits import Guards, Limit
from pardotflow.config.nodes import MapNode, Scalar
from pardotflow.config.project import FieldMapping, OnBlank, Side
from pardotflow.core.span import Span
from pardotflow.core.values import System

NOTHING = Limit(number=0, percent=False)
UPDATES = Limit(number=30, percent=True)
EMAILS = Limit(number=10, percent=True)
SHRUNK = Limit(number=30, percent=True)
DECLARED_CLEARS = Limit(number=5, percent=True)
WHOLE = 100
"""The largest share, in percent."""
REST = ""
"""The key of the limit for all that no other key names."""
_FORM = re.compile(r"([0-9]+(?:\.[0-9]+)?)(%?)")

BY_PLACE: Mapping[str, Limit | None] = {
    "updates": UPDATES,
    "creates": None,
    "deletes": NOTHING,
    "adopted": None,
    "opt_ins": NOTHING,
    "emails": EMAILS,
    "owners": None,
    "keys": None,
    "shrunk": SHRUNK,
}
"""Guards that count by side and object, with what holds where nothing is said; None is no limit."""
BY_MAPPING = ("clears", "fields")
WHOLE_SYNC = "conflicts"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What a limit may be for."""

    sides: tuple[Side, Side]
    fields: Sequence[FieldMapping]
    findings: Findings


def parse_limit(text: str, span: Span | None = None) -> Limit:
    """A count such as `50` or a share such as `30%`; raises ValueError for anything else."""
    found = _FORM.fullmatch(text)
    if found is None or (found[2] and float(found[1]) > WHOLE):
        raise ValueError(f"{text!r} is not a limit: write a count such as 50, or a share of at most 100%")
    return Limit(number=float(found[1]), percent=found[2] == "%", span=span)


def build_guards(
    node: MapNode, sides: tuple[Side, Side], fields: Sequence[FieldMapping], span: Span, findings: Findings
) -> Guards:
    """The guards of a tree that follows the sync schema; `span` is used where the sync has none."""
    names = _Names(sides=sides, fields=fields, findings=findings)
    limits = {guard: _limits(node, guard, default, _place, names) for guard, default in BY_PLACE.items()}
    limits[WHOLE_SYNC] = _limits(node, WHOLE_SYNC, None, _place, names)
    limits["fields"] = _limits(node, "fields", None, _mapping_key, names)
    limits["clears"] = _clears(node, names)
    return Guards(limits=limits, span=node.span if node.entries else span)


def _limits(
    node: MapNode, guard: str, default: Limit | None, named: Callable[[Scalar, _Names], str], names: _Names
) -> dict[str, Limit]:
    """The limits of one guard by what `named` understands."""
    for_all = node.scalar(guard)
    if for_all:
        return {REST: parse_limit(for_all.text, for_all.span)}
    limits = {} if default is None else {REST: default}
    for key, value in node.mapping(guard).scalars():
        name = named(key, names)
        if name:
            limits[name] = parse_limit(value.text, value.span)
    return limits


def _clears(node: MapNode, names: _Names) -> dict[str, Limit]:
    told = _limits(node, "clears", NOTHING, _mapping_key, names)
    if node.scalar("clears"):
        return told
    return told | {m.key: DECLARED_CLEARS for m in names.fields if m.on_blank is OnBlank.CLEAR and m.key not in told}


def _place(key: Scalar, names: _Names) -> str:
    """The side or object that a name stands for, as the sync spells it."""
    written = [side for side in names.sides if side.system is not System.WAREHOUSE]
    known = {str(side.system): str(side.system) for side in written}
    known |= {name.lower(): name for side in written for name in side.names}
    found = known.get(key.text.lower(), "")
    if not found:
        help = suggest(key.text, known.values(), "Sides and objects")
        message = f'this sync writes no side or object "{key.text}" to guard'
        names.findings.error("PF149", message, key.span, help)
    return found


def _mapping_key(key: Scalar, names: _Names) -> str:
    """The mapping that a name stands for: its key, or a field's name that only one mapping has."""
    keys = [m.key for m in names.fields]
    if key.text in keys:
        return key.text
    named = [m.key for m in names.fields if key.text in {ref.label for ref in (m.a, m.b) if ref}]
    if len(named) == 1:
        return named[0]
    if named:
        message = f'several mappings have the field "{key.text}"'
        names.findings.error("PF158", message, key.span, f"Name one of them: {', '.join(named)}.")
    else:
        help = suggest(key.text, keys, "Mappings")
        names.findings.error("PF158", f'there is no mapping "{key.text}" to guard', key.span, help)
    return ""

"""Guards of a sync, with their defaults.

None is no limit; the empty key of `clears` stands for every mapping that has none of its own.
"""

import re
from collections.abc import Sequence

from pardotflow.config.findings import Findings, suggest
from pardotflow.config.nodes import MapNode, Scalar
from pardotflow.config.project import FieldMapping, Guards, Limit, OnBlank
from pardotflow.core.span import Span

NOTHING = Limit(number=0, percent=False)
UPDATES = Limit(number=30, percent=True)
DECLARED_CLEARS = Limit(number=5, percent=True)
WHOLE = 100
"""The largest share, in percent."""
_FORM = re.compile(r"([0-9]+(?:\.[0-9]+)?)(%?)")


def parse_limit(text: str) -> Limit:
    """A count such as `50` or a share such as `30%`; raises ValueError for anything else."""
    found = _FORM.fullmatch(text)
    if found is None or (found[2] and float(found[1]) > WHOLE):
        raise ValueError(f"{text!r} is not a limit: write a count such as 50, or a share of at most 100%")
    return Limit(number=float(found[1]), percent=found[2] == "%")


def build_guards(node: MapNode, fields: Sequence[FieldMapping], span: Span, findings: Findings) -> Guards:
    """The guards of a tree that follows the sync schema; `span` is used where the sync has none."""
    return Guards(
        updates=_limit(node, "updates", UPDATES),
        creates=_limit(node, "creates", None),
        deletes=_limit(node, "deletes", NOTHING),
        adopted=_limit(node, "adopted", None),
        optins=_limit(node, "opt_ins", NOTHING),
        conflicts=_limit(node, "conflicts", None),
        clears=_clears(node, fields, findings),
        span=node.span if node.entries else span,
    )


def _limit(node: MapNode, key: str, default: Limit | None) -> Limit | None:
    value = node.scalar(key)
    return parse_limit(value.text) if value else default


def _clears(node: MapNode, fields: Sequence[FieldMapping], findings: Findings) -> dict[str, Limit]:
    for_all = node.scalar("clears")
    if for_all:
        return {"": parse_limit(for_all.text)}
    clears = {"": NOTHING} | {m.key: DECLARED_CLEARS for m in fields if m.on_blank is OnBlank.CLEAR}
    for key, value in node.mapping("clears").scalars():
        name = _mapping_key(key, fields, findings)
        if name:
            clears[name] = parse_limit(value.text)
    return clears


def _mapping_key(key: Scalar, fields: Sequence[FieldMapping], findings: Findings) -> str:
    """The mapping that a name stands for: its key, or a field's name that only one mapping has."""
    keys = [m.key for m in fields]
    if key.text in keys:
        return key.text
    named = [m.key for m in fields if key.text in {ref.label for ref in (m.a, m.b) if ref}]
    if len(named) == 1:
        return named[0]
    if named:
        message = f'several mappings have the field "{key.text}"'
        findings.error("PF158", message, key.span, f"Name one of them: {', '.join(named)}.")
    else:
        help = suggest(key.text, keys, "Mappings")
        findings.error("PF158", f'there is no mapping "{key.text}" to guard', key.span, help)
    return ""

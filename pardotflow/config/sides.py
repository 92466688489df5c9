"""The two sides of a sync, and names of their fields.

The sides are ordered: a warehouse comes first, then Salesforce, then Pardot.
"""

from collections.abc import Mapping

from pardotflow.config.findings import Findings, suggest
from pardotflow.config.lineage import Plain, behind, origin_of
from pardotflow.config.nodes import MapNode, Node, Scalar
from pardotflow.config.on_leave import OnLeave
from pardotflow.config.project import FieldRef, Model, Side
from pardotflow.core.span import Span
from pardotflow.core.values import System

ORDER = (System.WAREHOUSE, System.SALESFORCE, System.PARDOT)
CONDITIONS = ("select", "do_not_sync")
"""The keys of a side that say which of its records take part."""


def build_sides(node: MapNode, models: Mapping[str, Model], findings: Findings) -> tuple[Side, Side]:
    """The sides of a tree that follows the sync schema, in order."""
    sides = [_side(s, value, models) for s in ORDER if isinstance(value := node.get(s), MapNode)]
    for side, other in zip(sides, reversed(sides), strict=True):
        if side.on_leave is OnLeave.ARCHIVE and other.system is not System.PARDOT:
            message = f"a record of {other.system} that is archived cannot be brought back with its counterpart"
            findings.error("PF166", message, side.at("on_leave"), "Write keep or unlink.")
    return sides[0], sides[1]


def _side(system: System, node: MapNode, models: Mapping[str, Model]) -> Side:
    listed = [i for i in node.items("objects") if isinstance(i, Scalar)]
    single = node.scalar("object")
    objects = [single] if single else listed
    spans = node.spans() | {f"object.{o.text}": o.span for o in objects}
    names = tuple(o.text for o in objects)
    conditions = {key: value for key in CONDITIONS if (value := node.scalar(key))}
    return Side(
        system=system,
        objects=names,
        model=node.text("model"),
        behind=behind(models, node.text("model")) if objects else (),
        key=node.text("key"),
        select=_condition(conditions.get("select")),
        do_not_sync=_condition(conditions.get("do_not_sync")),
        on_leave=OnLeave(node.text("on_leave", OnLeave.KEEP)),
        span=node.span,
        spans=spans,
        places={key: value.place for key, value in conditions.items()},
        renamed_from={key.text: value.text for key, value in node.mapping("renamed_from").scalars()},
    )


def _condition(written: Scalar | None) -> str:
    return written.text.strip() if written else ""


def build_ref(node: Node, side: Side, findings: Findings) -> FieldRef:
    """A field of a side: one name for all its objects, or one for each. Names of objects are brought to the spelling
    of the side; one that the side does not have is reported."""
    if isinstance(node, Scalar):
        return fixed_ref(node.text, side, node.span)
    by_object: dict[str, str] = {}
    spans: dict[str, Span] = {}
    spelled = {name.lower(): name for name in side.names}
    for key, value in node.scalars() if isinstance(node, MapNode) else ():
        name = spelled.get(key.text.lower())
        if name is None:
            help = suggest(key.text, side.names, "Objects of this side")
            findings.error("PF150", f'this sync has no object "{key.text}" in {side.system}', key.span, help)
        else:
            by_object[name] = _own_name(side, value.text)
            spans[name] = value.span
    return FieldRef(by_object=by_object, span=node.span, spans=spans)


def fixed_ref(field: str, side: Side, span: Span) -> FieldRef:
    """The same field in every object of a side."""
    return FieldRef(by_object=dict.fromkeys(side.names, _own_name(side, field)), span=span)


def _own_name(side: Side, field: str) -> str:
    """The field behind a column of a read model that only renames it: from here on the two are one."""
    origin = origin_of(side, field)
    return origin.field if isinstance(origin, Plain) else field

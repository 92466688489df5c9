"""Objects of one side that declare a field as different things.

A mapping and a match key compare all objects of a side in one form. Where no form is right for all of them, values of
one object would be compared as what they are not, and lost: that is refused. What differs only in name (a short text
beside a long one, a picklist beside a text) has one form.
"""

from collections.abc import Iterator, Mapping, Sequence

from pardotflow.config.meaning.scope import Scope
from pardotflow.config.project import FieldMapping, FieldRef, KeyForm, Side, Sync
from pardotflow.core.describe import FieldInfo
from pardotflow.core.forms import Typed, common_type, joint_form
from pardotflow.core.span import Span
from pardotflow.core.values import FieldType

_UNTYPED = frozenset(FieldType) - {
    FieldType.BOOLEAN,
    FieldType.INTEGER,
    FieldType.NUMBER,
    FieldType.DATE,
    FieldType.DATETIME,
}
"""What an expression reads as a text."""


def check_forms(scope: Scope) -> None:
    """Every mapping, and every match key that is compared by its types."""
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            for side, ref, across in _sides(sync, mapping) if not mapping.users else ():
                _check_mapping(scope, mapping, side, ref, across)
        for key in sync.match:
            for part in key.parts if key.form is KeyForm.TYPED else ():
                for side, ref, across in ((sync.a, part.a, (sync.b, part.b)), (sync.b, part.b, (sync.a, part.a))):
                    _check_key(scope, side, ref, across)


_Across = tuple[Side, FieldRef | None]


def _sides(sync: Sync, mapping: FieldMapping) -> Iterator[tuple[Side, FieldRef, _Across]]:
    for side, ref, across in ((sync.a, mapping.a, (sync.b, mapping.b)), (sync.b, mapping.b, (sync.a, mapping.a))):
        if ref is not None:
            yield side, ref, across


def _check_mapping(scope: Scope, mapping: FieldMapping, side: Side, ref: FieldRef, across: _Across) -> None:
    # Through a value map each side is read as what it is; a computed value is compared as what it is written to.
    alone = mapping.values is not None or across[1] is None
    known = dict(scope.infos(side, ref))
    declared = None if alone else _declared(scope, *across)
    unlike = _unlike(known, side, declared) if alone or declared else None
    if unlike:
        message = f"{_named(known, side, unlike)}: they cannot be compared in one way"
        help = "Name the field of one object alone, give both one type, or compute a text with sql."
        scope.findings.error("PF156", message, ref.at(unlike[1]), help)


def _check_key(scope: Scope, side: Side, ref: FieldRef, across: _Across) -> None:
    known = dict(scope.infos(side, ref))
    # A record's own id is compared as an id.
    is_id = {f.name.lower() for f in known.values()} == {"id"}
    declared = _declared(scope, *across)
    unlike = _unlike(known, side, declared) if declared and not is_id else None
    if unlike:
        message = f"{_named(known, side, unlike)}: a match key compares them in one way"
        help = "Write form: exact, by which they are compared to the letter, or match by fields of one type."
        scope.findings.error("PF148", message, ref.at(unlike[1]), help)


def _unlike(known: Mapping[str, FieldInfo], side: Side, across: Sequence[Typed] | None) -> tuple[str, str] | None:
    """Two objects whose fields no form is right for. `across` is None where a field is compared with its own kind."""
    (first, *others) = known or ("",)
    for other in others:
        types = [Typed(type=known[o].type, system=side.system) for o in (first, other)]
        if joint_form(types, types if across is None else across) is None:
            return first, other
    return None


def _declared(scope: Scope, side: Side, ref: FieldRef | None) -> list[Typed]:
    """The types of a side's fields as far as they are known."""
    names = ref.by_object.items() if ref else ()
    found = [info.field(field) for o, field in names if (info := scope.catalog.find(side.system, o))]
    return [Typed(type=f.type, system=side.system) for f in found if f]


def _named(known: Mapping[str, FieldInfo], side: Side, unlike: tuple[str, str]) -> str:
    first, second = (known[o] for o in unlike)
    name = "" if first.name == second.name else f'"{second.name}" '
    return f'"{first.name}" is {first.type} in {side.system} {unlike[0]} and {name}{second.type} in {unlike[1]}'


def check_typed(scope: Scope, side: Side, name: str, owners: Sequence[str], span: Span) -> None:
    """A column of an expression that its objects declare as different things is read as text."""
    known = {o: f for o in owners if (info := scope.object_info(side, o)) and (f := info.field(name))}
    (first, *others) = known or ("",)
    for other in others:
        a, b = known[first].type, known[other].type
        if common_type(a, b) is FieldType.TEXT and not {a, b} <= _UNTYPED:
            message = f"{_named(known, side, (first, other))}: this expression reads it as text"
            scope.findings.warning("PF156", message, span, f"Cast it: try_cast({name} as double), for example.")
            return

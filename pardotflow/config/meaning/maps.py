"""Value maps against the fields between which they stand: each column holds values that its field can hold."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from pardotflow.config.meaning.scope import Scope, is_written, refs_of
from pardotflow.config.project import FieldRef, Side, Sync, ValueMap
from pardotflow.core.describe import FieldInfo
from pardotflow.core.values import FieldType

_SHOWN = 5
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+(\.0*)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_maps(scope: Scope) -> None:
    """Each value map against both fields of its mapping."""
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            for side, ref in refs_of(sync, mapping):
                if mapping.values is None:
                    continue
                _check_types(scope, sync, mapping.values, side, ref)
                if is_written(mapping.direction, side.system):
                    _check_picklists(scope, sync, mapping.values, side, ref)


def _check_types(scope: Scope, sync: Sync, values: ValueMap, side: Side, ref: FieldRef) -> None:
    """Values that the field's type cannot read never stand there: what the map gives for them, or makes of them, is
    held. Where none can be read, the map translates nothing."""
    column = _column(sync, values, side)
    said: set[tuple[str, FieldType]] = set()
    for name, info in scope.infos(side, ref):
        reads = _READABLE.get(info.type)
        wrong = [v for v in column if reads and not reads(v)]
        # Once for the objects that have the same field.
        if not wrong or (info.name, info.type) in said:
            continue
        said.add((info.name, info.type))
        where = f'the {info.type} field "{info.name}" in {side.system} {name}'
        place = "first" if side is sync.a else "second"
        help = f"Values of {side.system} stand in the {place} column, or below its name; {_FORMS[info.type]}."
        if len(wrong) == len(column):
            message = f"{values.file} has {listed(wrong)}, and {where} can hold none of it: nothing is translated"
            scope.findings.error("PF156", message, values.span, help)
        else:
            message = f"{values.file} has {listed(wrong)}, which {where} cannot hold"
            scope.findings.warning("PF167", message, values.span, help)


def _check_picklists(scope: Scope, sync: Sync, values: ValueMap, side: Side, ref: FieldRef) -> None:
    """Values that the map translates to must stand in the restricted picklist that takes them."""
    for name, info in scope.infos(side, ref):
        given = _column(sync, values, side) if info.restricted_picklist else []
        strange = [v for v in given if not _is_taken(info, v)]
        if strange:
            where = f'the picklist "{info.name}" in {side.system} {name}'
            message = f"{values.file} gives {listed(strange)}, which {where} does not have"
            help = f"Its values: {listed(info.picklist_values)}."
            scope.findings.warning("PF167", message, values.span, help)


def _column(sync: Sync, values: ValueMap, side: Side) -> list[str]:
    """The values of one side, each once; a blank is a blank everywhere."""
    position = 0 if side is sync.a else 1
    return [v for v in dict.fromkeys(pair[position] for pair in values.pairs) if v.strip()]


def _is_taken(info: FieldInfo, value: str) -> bool:
    parts = value.split(";") if info.type is FieldType.MULTIPICKLIST else [value]
    return all(part.strip() in info.picklist_values for part in parts)


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.match(text.strip()) and datetime.fromisoformat(text.strip()))
    except ValueError:
        return False


_READABLE: Mapping[FieldType, Callable[[str], bool]] = {
    FieldType.BOOLEAN: lambda v: v.strip().lower() in ("true", "false", "1", "0"),
    FieldType.INTEGER: lambda v: _WHOLE.fullmatch(v.strip()) is not None,
    FieldType.NUMBER: lambda v: _NUMBER.fullmatch(v.strip()) is not None,
    FieldType.DATE: _is_day,
    FieldType.DATETIME: _is_day,
}
_FORMS: Mapping[FieldType, str] = {
    FieldType.BOOLEAN: "write true and false",
    FieldType.INTEGER: "write whole numbers",
    FieldType.NUMBER: "write numbers",
    FieldType.DATE: "write dates as 2026-12-31",
    FieldType.DATETIME: "write times as 2026-12-31T12:00:00Z",
}


def listed(values: list[str] | tuple[str, ...]) -> str:
    """Values in quotes, the first few of many."""
    shown = ", ".join(f'"{v}"' for v in values[:_SHOWN])
    return f"{shown} and {len(values) - _SHOWN} more" if len(values) > _SHOWN else shown

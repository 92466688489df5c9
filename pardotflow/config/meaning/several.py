"""Fields of a prospect that hold several values: what they fit, and what they cost.

Account Engagement API v5: such a field comes with the read of one prospect, never with a query. Facts: pardot_api.md
(custom fields of prospects), connector.md section 3.5 (a Salesforce checkbox beside a Pardot field).
"""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pardotflow.config.meaning.expressions import expressions_of
from pardotflow.config.meaning.scope import Scope, other_side, refs_of
from pardotflow.config.project import Direction, FieldMapping, FieldRef, Side, Sync
from pardotflow.core.describe import FieldInfo
from pardotflow.core.span import Span
from pardotflow.core.values import FieldType, System

_FITS = (FieldType.MULTIPICKLIST, FieldType.TEXT, FieldType.TEXTAREA, FieldType.UNKNOWN)


def check_several(scope: Scope) -> None:
    """Every mapping, match key, expression and model that names such a field."""
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            for side, ref in refs_of(sync, mapping):
                for name, info in _several(scope, side, ref):
                    if _check_types(scope, sync, mapping, side, (ref.at(name), info)):
                        _check_direction(scope, mapping, ref.at(name), info)
                        _warn(scope, info, ref.at(name), "a call for each that has a counterpart")
        _check_keys(scope, sync)
    _check_expressions(scope)


def _several(scope: Scope, side: Side, ref: FieldRef) -> Iterator[tuple[str, FieldInfo]]:
    yield from ((name, info) for name, info in scope.infos(side, ref) if info.type is FieldType.ARRAY)


def _check_types(scope: Scope, sync: Sync, mapping: FieldMapping, side: Side, field: tuple[Span, FieldInfo]) -> bool:
    """Across stands a field that can hold several values too, or their text."""
    across = other_side(sync, side)
    refs = [ref for s, ref in refs_of(sync, mapping) if s is across]
    wrong = [info for ref in refs for _, info in scope.infos(across, ref) if info.type not in _FITS]
    if not wrong:
        return True
    span, info = field
    message = f'"{info.name}" holds several values, and "{wrong[0].name}" in {across.system} is {wrong[0].type}'
    help = "Map it to a multi-select picklist or a text."
    if wrong[0].type is FieldType.BOOLEAN:
        help = "For a Salesforce checkbox use a Pardot field of the type radio button, with the values true and false."
    scope.findings.error("PF156", message, span, help)
    return False


def _check_direction(scope: Scope, mapping: FieldMapping, span: Span, info: FieldInfo) -> None:
    """Two-way on such a field is off unless it is asked for."""
    if mapping.direction is Direction.TWO_WAY and "direction" not in mapping.spans:
        message = f'"{info.name}" holds several values, and is two_way only where that is written'
        help = "Write direction: two_way, to_salesforce or to_pardot."
        scope.findings.error("PF154", message, span, help)


def _warn(scope: Scope, info: FieldInfo, span: Span, cost: str) -> None:
    """Somebody who has said how many calls may be made knows of them."""
    source = scope.project.source_of(System.PARDOT, "prospect")
    if source is not None and "single_reads" not in source.spans:
        message = f'"{info.name}" is read prospect by prospect: {cost}, later for each of them that changed'
        help = (
            f"Write single_reads: NUMBER in the source {source.name}; up to {source.single_reads} are made unless said."
        )
        scope.findings.warning("PF175", message, span, help)


def _check_keys(scope: Scope, sync: Sync) -> None:
    for key in sync.match:
        for part in key.parts:
            for side, ref in zip(sync.sides, (part.a, part.b), strict=True):
                for name, info in _several(scope, side, ref):
                    message = f'"{info.name}" in {side.system} {name} holds several values, and is no match key'
                    scope.findings.error("PF148", message, ref.at(name), "Match by a field with one value.")


def _check_expressions(scope: Scope) -> None:
    """What an expression reads is read of every prospect, since who takes part may depend on it."""
    for expression in (e for sync in scope.project.syncs for e in expressions_of(sync)):
        infos = [scope.object_info(expression.reads, name) for name in expression.reads.names]
        known = {f.name.lower(): f for info in infos if info for f in info.fields if f.type is FieldType.ARRAY}
        used = dict.fromkeys(c for c in _columns(expression.sql) if c in known) if known else {}
        for column in used:
            _warn(scope, known[column], expression.span, "a call for each that there is")


def _columns(sql: str) -> Iterator[str]:
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except SqlglotError:
        return
    yield from (column.name.lower() for column in tree.find_all(exp.Column))

"""Errors of the schema validator as messages that a person can act on, at the place of the value.

Every error is said once. Of alternatives the nearest one speaks: the one whose kind of value was written, told apart
by its constant keys where it has some.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from pardotflow.config.findings import Findings, listed, suggest
from pardotflow.config.nodes import ListNode, MapNode, Scalar
from pardotflow.config.schema_error import SchemaError, Spot

_KINDS = {
    "string": "a text",
    "object": "keys and values",
    "array": "a list",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def report_errors(errors: Iterable[SchemaError], root: MapNode, findings: Findings) -> None:
    """Report each of the validator's errors against the tree that it validated. A value of the wrong kind has nothing
    else to say."""
    found = list(errors)
    wrong_kind = {e.path for e in found if e.keyword == "type"}
    for error in (e for e in found if e.keyword == "type" or e.path not in wrong_kind):
        report = _report_name if error.is_name else _REPORTS.get(error.keyword, _report_value)
        report(error, Spot(root, error.path), findings)


def _report_value(error: SchemaError, spot: Spot, findings: Findings) -> None:
    _report_expected(_expected(error), spot, findings, _advice(error, spot))


def _report_expected(expected: str, spot: Spot, findings: Findings, help: str = "") -> None:
    if isinstance(spot.node, Scalar) and spot.node.is_null:
        findings.error("PF113", f"{spot.label} has no value", spot.value, f"It takes {expected}.")
        return
    findings.error("PF113", f"{spot.label} takes {expected}, not {spot.found}", spot.value, help)


def _expected(error: SchemaError) -> str:
    kinds = error.wanted if error.keyword == "type" else ()
    names = [kinds] if isinstance(kinds, str) else list(kinds)
    return error.title or " or ".join(_KINDS.get(str(k), str(k)) for k in names) or "another value"


def _advice(error: SchemaError, spot: Spot) -> str:
    if error.keyword != "type" or not isinstance(spot.node, Scalar) or spot.node.is_null:
        return ""
    wants_text = "string" in str(error.wanted)
    if wants_text and spot.node.is_boolean:
        return f'Put it in quotes if the word is meant: "{spot.node.text}".'
    if not wants_text and not spot.node.plain:
        return "Remove the quotes."
    return 'Only true and false count, not "yes", "no", "on" or "off".' if error.wanted == "boolean" else ""


def _report_unknown(error: SchemaError, spot: Spot, findings: Findings) -> None:
    known = tuple(error.properties())
    for entry in spot.entries:
        if entry.key.text not in known:
            where = f" in {spot.label}" if spot.path else ""
            help = suggest(entry.key.text, known, "Keys here")
            findings.error("PF110", f'unknown key "{entry.key.text}"{where}', entry.key.span, help)


def _report_missing(error: SchemaError, spot: Spot, findings: Findings) -> None:
    for key in error.wanted:
        if not spot.has(key):
            help = str(error.properties().get(key, {}).get("description", ""))
            findings.error("PF111", f'{spot.label} needs the key "{key}"', spot.holder, help)


def _report_enum(error: SchemaError, spot: Spot, findings: Findings) -> None:
    values = error.wanted if isinstance(error.wanted, list) else [error.wanted]
    _report_choice([str(v) for v in values], spot, findings)


def _report_choice(values: Sequence[str], spot: Spot, findings: Findings) -> None:
    if not isinstance(spot.node, Scalar) or spot.node.is_null:
        _report_expected(f"one of {listed(values)}", spot, findings)
        return
    help = suggest(spot.node.text, values, "Values")
    findings.error("PF112", f"{spot.label} cannot be {spot.found}", spot.value, help)


def _report_dependent(error: SchemaError, spot: Spot, findings: Findings) -> None:
    for entry in spot.entries:
        for other in error.wanted.get(entry.key.text, ()):
            if not spot.has(other):
                findings.error("PF114", f'"{entry.key.text}" has a meaning only beside "{other}"', entry.key.span)


def _report_name(error: SchemaError, spot: Spot, findings: Findings) -> None:
    for entry in spot.entries:
        if entry.key.text == error.instance:
            findings.error("PF113", f'"{entry.key.text}" must be {_expected(error)}', entry.key.span)


def _report_repeated(error: SchemaError, spot: Spot, findings: Findings) -> None:
    seen: set[str] = set()
    for item in spot.node.items if isinstance(spot.node, ListNode) else ():
        if isinstance(item, Scalar) and item.text in seen:
            findings.error("PF113", f'{spot.label} lists "{item.text}" twice', item.span, "Keep one of them.")
        elif isinstance(item, Scalar):
            seen.add(item.text)


def _report_alternatives(error: SchemaError, spot: Spot, findings: Findings) -> None:
    if all(set(b) == {"required"} for b in error.wanted):
        _report_key_sets([tuple(b["required"]) for b in error.wanted], error, spot, findings)
        return
    branches = [list(g) for _, g in groupby(sorted(error.context, key=_branch), key=_branch)]
    fitting = [errors for errors in branches if not any(_is_wrong_kind(e, error) for e in errors)]
    nearest = min(fitting, key=_distance, default=[])
    if all(_is_about_text(e, error) for e in nearest):
        _report_expected(_expected(error), spot, findings)
    elif not _report_constant(fitting, spot, findings):
        report_errors(nearest, spot.root, findings)


def _branch(error: SchemaError) -> int:
    return error.branch


def _is_wrong_kind(error: SchemaError, parent: SchemaError) -> bool:
    """True where an alternative wants another kind of value than was written, in all its own alternatives too."""
    if error.keyword == "anyOf" and error.is_at(parent):
        wrong = {e.branch for e in error.context if _is_wrong_kind(e, error)}
        return wrong == {e.branch for e in error.context}
    is_other = error.keyword == "type" or (error.keyword == "enum" and not isinstance(error.instance, str))
    return is_other and error.is_at(parent)


def _is_about_text(error: SchemaError, parent: SchemaError) -> bool:
    """True for a value of the right kind in a form that the alternative does not take."""
    return error.keyword in ("pattern", "minimum", "minLength") and error.is_at(parent)


def _distance(errors: list[SchemaError]) -> tuple[bool, int]:
    """How far an alternative is from what was written: a wrong constant counts most."""
    return any(e.keyword == "const" for e in errors), len(errors)


def _report_constant(branches: list[list[SchemaError]], spot: Spot, findings: Findings) -> bool:
    """Where a constant key tells the alternatives apart and it is missing or fits none, that is all there is to say."""
    wrong = [e for errors in branches for e in errors if e.keyword == "const"]
    if len(wrong) == len(branches):
        _report_choice([str(e.wanted) for e in wrong], Spot(spot.root, wrong[0].path), findings)
        return True
    for key, values in _missing_constants(branches).items():
        if len(values) == len(branches):
            help = f"Values: {listed(values)}."
            findings.error("PF111", f'{spot.label} needs the key "{key}"', spot.holder, help)
            return True
    return False


def _missing_constants(branches: list[list[SchemaError]]) -> dict[str, list[str]]:
    """Constant keys that are missing, each with the values that the alternatives want."""
    missing: dict[str, list[str]] = {}
    for errors in branches:
        required = next((e for e in errors if e.keyword == "required"), None)
        for key in required.wanted if required else ():
            constant = required.properties().get(key, {}).get("const") if required else None
            if required and constant is not None and key not in required.instance:
                missing.setdefault(key, []).append(str(constant))
    return missing


def _report_key_sets(keys: list[tuple[str, ...]], error: SchemaError, spot: Spot, findings: Findings) -> None:
    """Alternatives that differ in their required keys only."""
    written = [e.key for e in spot.entries if any(e.key.text in group for group in keys)]
    choices = " or ".join(" + ".join(f'"{k}"' for k in group) for group in keys)
    if error.keyword == "oneOf" and len(written) > 1:
        message = f'"{written[0].text}" and "{written[1].text}" exclude each other'
        findings.error("PF114", message, written[1].span, f"Keep one of {choices}.")
    elif not written:
        findings.error("PF111", f"{spot.label} needs {choices}", spot.holder)
    else:
        nearest = min(keys, key=lambda group: sum(not spot.has(k) for k in group))
        for key in (k for k in nearest if not spot.has(k)):
            findings.error("PF111", f'{spot.label} needs the key "{key}"', spot.holder, f"Needed are {choices}.")


def _report_size(error: SchemaError, spot: Spot, findings: Findings) -> None:
    findings.error("PF113", f"{spot.label} takes {_expected(error)}; it has {len(error.instance)}", spot.holder)


_REPORTS: Mapping[str, Callable[[SchemaError, Spot, Findings], None]] = {
    "additionalProperties": _report_unknown,
    "required": _report_missing,
    "enum": _report_enum,
    "const": _report_enum,
    "minProperties": _report_size,
    "maxProperties": _report_size,
    "minItems": _report_size,
    "dependentRequired": _report_dependent,
    "uniqueItems": _report_repeated,
    "anyOf": _report_alternatives,
    "oneOf": _report_alternatives,
}

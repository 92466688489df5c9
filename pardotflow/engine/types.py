"""How two declared types meet: the form in which a pair of fields is compared and written.

A pair is compared in the stricter of its two types. The forms themselves are the macros of `sql/normal_forms.sql`.
"""

from collections.abc import Iterable
from enum import StrEnum

from pardotflow.core.values import FieldType, System
from pardotflow.engine.quote import literal


class Form(StrEnum):
    """A normal form; the value is the macro's name without `nf_`."""

    CHECKBOX = "checkbox"
    BOOLEAN = "boolean"
    SET = "set"
    DATE = "date"
    DATETIME = "datetime"
    NUMBER = "number"
    EMAIL = "email"
    ID = "id"
    TEXT = "text"


_NUMBER_FRIENDS = frozenset({FieldType.TEXT, FieldType.PICKLIST, FieldType.UNKNOWN, FieldType.TEXTAREA})


def pair_form(a: FieldType, a_system: System, b: FieldType, b_system: System) -> Form:
    """The form in which a pair is compared.

    A Salesforce boolean is never null, so with one of them blank is false. A number beside a phone or an id is text.
    """
    kinds = {a, b}
    if FieldType.BOOLEAN in kinds:
        salesforce = (a is FieldType.BOOLEAN and a_system is System.SALESFORCE) or (
            b is FieldType.BOOLEAN and b_system is System.SALESFORCE
        )
        return Form.CHECKBOX if salesforce else Form.BOOLEAN
    for kind, form in (
        (FieldType.MULTIPICKLIST, Form.SET),
        (FieldType.ARRAY, Form.SET),
        (FieldType.DATE, Form.DATE),
        (FieldType.DATETIME, Form.DATETIME),
        (FieldType.ID, Form.ID),
        (FieldType.EMAIL, Form.EMAIL),
    ):
        if kind in kinds:
            return form
    if any(k.is_number for k in kinds) and all(k.is_number or k in _NUMBER_FRIENDS for k in kinds):
        return Form.NUMBER
    return Form.TEXT


def written(form: Form, target: FieldType, system: System, raw: str, normal: str) -> str:
    """SQL for the text that is sent to a target field, from the source's raw text and its normal form."""
    if form in (Form.CHECKBOX, Form.BOOLEAN, Form.NUMBER, Form.SET):
        return normal
    zero = ".000+00:00" if system is System.SALESFORCE else "+00:00"
    if form is Form.DATE and target is FieldType.DATETIME:
        return f"({normal} || 'T00:00:00{zero}')"
    if form is Form.DATE:
        return normal
    if form is Form.DATETIME:
        return f"replace({normal}, 'Z', '{zero}')"
    if form is Form.EMAIL:
        return f"trim({raw})"
    return raw


def map_case(normal: str, raw: str, pairs: Iterable[tuple[str, str]]) -> str:
    """SQL for a value map; a value that the map does not know is marked with chr(2)."""
    cases = " ".join(f"when nf_text({literal(a)}) then {literal(b)}" for a, b in pairs)
    return f"case when {normal} is null then null else case {normal} {cases} else chr(2) || {raw} end end"

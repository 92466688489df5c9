"""How declared types meet: the form in which a pair of fields is compared.

A pair is compared in the stricter of its two types. One mapping has one form: where the objects of a side declare
different types, it is the one that is right for all of them, or there is none. The forms themselves are the macros of
`engine/sql/normal_forms.sql`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pardotflow.core.values import FieldType, System


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a system declares of a field."""

    type: FieldType
    system: System

    @property
    def form(self) -> Form:
        """The form of the field's own values."""
        return pair_form(self.type, self.system, self.type, self.system)


_NUMBER_FRIENDS = frozenset({FieldType.TEXT, FieldType.PICKLIST, FieldType.UNKNOWN, FieldType.TEXTAREA})
_WITHOUT_SEPARATOR = frozenset({FieldType.PICKLIST, FieldType.MULTIPICKLIST, FieldType.ARRAY})


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


def joint_form(a: Iterable[Typed], b: Iterable[Typed]) -> Form | None:
    """The form that is right for every field of one side beside every field of the other; None where there is none.

    A picklist of one value is a set of one, and addresses are compared as such wherever one of them is declared.
    """
    pairs = [(x, y) for x in a for y in b]
    forms = {pair_form(x.type, x.system, y.type, y.system) for x, y in pairs}
    if len(forms) == 1:
        return forms.pop()
    if forms == {Form.SET, Form.TEXT} and all(_is_set_of_one(x.type, y.type) for x, y in pairs):
        return Form.SET
    return Form.EMAIL if forms == {Form.EMAIL, Form.TEXT} else None


def _is_set_of_one(x: FieldType, y: FieldType) -> bool:
    """True where the values of one of the two hold no semicolon but between several."""
    return x in _WITHOUT_SEPARATOR or y in _WITHOUT_SEPARATOR


def common_type(x: FieldType, y: FieldType) -> FieldType:
    """The type of a column that holds values of both: as an expression reads them, numbers are numbers, and two
    different things are texts."""
    if x is y:
        return x
    return FieldType.NUMBER if x.is_number and y.is_number else FieldType.TEXT

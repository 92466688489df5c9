"""Value maps as SQL: what each side's value is called on the other side, and where the two are compared.

A value of the map is read as the type of the field in which it stands: `TRUE` is a checkbox that is set, `7.0` is 7.
Fields of several values are translated one value at a time, unless the map has a line for exactly these together.
A blank stays a blank, and beside a checkbox it is false. What the map does not know is marked with chr(2), and the
plan holds it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pardotflow.core.forms import Form, Typed, joint_form
from pardotflow.engine.quote import literal
from pardotflow.engine.truth import Flow

Pairs = Sequence[tuple[str, str]]
_BOOLEANS = frozenset({Form.CHECKBOX, Form.BOOLEAN})


@dataclass(frozen=True, slots=True, kw_only=True)
class MapForms:
    """In which form what each side stores is read, and on which of them the two are compared."""

    a: Form
    b: Form
    at: str
    """The role of the side in whose values the two are compared."""

    @property
    def compared(self) -> Form:
        """The form of the comparison."""
        return self.a if self.at == "a" else self.b


def map_forms(flow: Flow, a: Iterable[Typed], b: Iterable[Typed], pair: Form) -> MapForms:
    """The forms of one mapping. `pair` is the form that the two would have without a map.

    A one-way target shall hold what the map says, so that it is compared there; else on the side of the stricter type.
    """
    own_a, own_b = own_form(a) or pair, own_form(b) or pair
    if pair is Form.SET or {own_a, own_b} <= _BOOLEANS:
        own_a = own_b = pair
    at = "a" if flow is Flow.B_TO_A or (flow is not Flow.A_TO_B and own_b is not pair and own_a is pair) else "b"
    return MapForms(a=own_a, b=own_b, at=at)


def own_form(fields: Iterable[Typed]) -> Form | None:
    """The form in which the values of one side's fields are read; None where there is none for all."""
    listed = list(fields)
    return joint_form(listed, listed)


def mapped(raw: str, source: Form, target: Form, pairs: Pairs, given: Callable[[str], str]) -> str:
    """SQL for what the raw text of one side is called on the other. `given` makes the SQL for a value of the map."""

    def value(text: str) -> str:
        sql = given(literal(text))
        if target in (Form.TEXT, Form.EMAIL, Form.ID, Form.SET):
            return sql
        return f"case when is_unreadable(nf_{target}({literal(text)})) then chr(2) || {raw} else {sql} end"

    normal, unknown = f"nf_{source}({raw})", f"chr(2) || {raw}"
    if source is Form.SET:
        names = " ".join(f"when nf_text({literal(x)}) then {literal(y)}" for x, y in pairs)
        parts = f"list_transform(string_split({normal}, ';'), lambda v: case v {names} end)"
        known = f"len(list_filter({parts}, lambda w: w is null)) = 0"
        unknown = f"case when {known} then nf_set(array_to_string({parts}, ';')) else {unknown} end"
    cases = " ".join(f"when nf_{source}({literal(x)}) then {value(y)}" for x, y in pairs)
    blank = "'false'" if target is Form.CHECKBOX else "null"
    return f"case when {normal} is null then {blank} else case {normal} {cases} else {unknown} end end"

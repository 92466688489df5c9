"""One mapping as SQL: in which form its two values are compared, and what is written of the one to the other.

A mapping has one form for all objects of a side; what is written may differ by object, since a date is another text in
a field of dates and in one of times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pardotflow.config.project import FieldMapping, Policy
from pardotflow.core.describe import FieldInfo
from pardotflow.core.forms import Form, Typed, joint_form, pair_form
from pardotflow.core.values import FieldType
from pardotflow.engine.quote import literal
from pardotflow.engine.truth import Flow
from pardotflow.engine.types import written
from pardotflow.engine.valuemaps import map_forms, mapped


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """One side of a mapping: what it holds, what its fields are declared as, and the fields by object."""

    raw: str
    types: Sequence[Typed]
    """Never empty; of a computed value those of the fields that it is written to."""
    targets: Mapping[str, FieldInfo]

    @property
    def kinds(self) -> Mapping[str, FieldType]:
        """The type of each object's field."""
        return {o: f.type for o, f in self.targets.items()} or {"": self.types[0].type}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Both sides of a mapping. `user` is the column with the translated user, of a mapping of users."""

    a: Half
    b: Half
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The SQL of a mapping, by side; `stored_*` is the form in which a side's own values are told apart, `outs_*` what
    is written to each object, and `sent_*` as in `CompiledMapping`."""

    form: Form
    stored_a: Form
    stored_b: Form
    cmp_a: str
    cmp_b: str
    outs_a: Mapping[str, str]
    outs_b: Mapping[str, str]
    sent_a: str = ""
    sent_b: str = ""


def form_of(a: Sequence[Typed], b: Sequence[Typed]) -> Form:
    """The form of a pair. Where no form is right for all objects the check of the configuration has refused it."""
    return joint_form(a, b) or pair_form(a[0].type, a[0].system, b[0].type, b[0].system)


def compare(mapping: FieldMapping, flow: Flow, pair: Pair) -> Compared:
    """How the two values of a mapping are compared, and what is written."""
    form = form_of(pair.a.types, pair.b.types)
    if mapping.policy is Policy.CONSENT and form is Form.BOOLEAN:
        form = Form.CHECKBOX
    if mapping.users:
        return _users(flow, pair)
    if mapping.values:
        return _translated(flow, pair, form, mapping.values.pairs)
    cmp_a, cmp_b = f"nf_{form}({pair.a.raw})", f"nf_{form}({pair.b.raw})"
    return Compared(
        form=form,
        stored_a=form,
        stored_b=form,
        cmp_a=cmp_a,
        cmp_b=cmp_b,
        outs_a={o: written(form, kind, pair.a.types[0].system, pair.b.raw, cmp_b) for o, kind in pair.a.kinds.items()},
        outs_b={o: written(form, kind, pair.b.types[0].system, pair.a.raw, cmp_a) for o, kind in pair.b.kinds.items()},
    )


def _users(flow: Flow, pair: Pair) -> Compared:
    """Users are compared by the id that the target system gives them."""
    is_forward = flow is Flow.A_TO_B
    return Compared(
        form=Form.TEXT,
        stored_a=Form.TEXT,
        stored_b=Form.TEXT,
        cmp_a=pair.user if is_forward else f"nf_text({pair.a.raw})",
        cmp_b=f"nf_text({pair.b.raw})" if is_forward else pair.user,
        outs_a=dict.fromkeys(pair.a.kinds, pair.user),
        outs_b=dict.fromkeys(pair.b.kinds, pair.user),
    )


def _translated(flow: Flow, pair: Pair, form: Form, pairs: Sequence[tuple[str, str]]) -> Compared:
    """Each side's value is read as what it is there; the map says what it is across."""
    a, b = pair.a, pair.b
    forms = map_forms(flow, a.types, b.types, form)
    back = [(y, x) for x, y in pairs]

    def out(target: Half, source: Half, kind: FieldType) -> str:
        own, other, lines = (forms.a, forms.b, back) if target is a else (forms.b, forms.a, pairs)
        system = target.types[0].system
        return mapped(source.raw, other, own, lines, lambda v: written(own, kind, system, v, f"nf_{own}({v})"))

    at_a = forms.at == "a"

    def across_a(raw: str) -> str:
        return mapped(raw, forms.b, forms.a, back, lambda v: f"nf_{forms.a}({v})")

    def across_b(raw: str) -> str:
        return mapped(raw, forms.a, forms.b, pairs, lambda v: f"nf_{forms.b}({v})")

    is_both = flow not in (Flow.A_TO_B, Flow.B_TO_A)
    return Compared(
        form=forms.compared,
        stored_a=forms.a,
        stored_b=forms.b,
        cmp_a=f"nf_{forms.a}({a.raw})" if at_a else across_b(a.raw),
        cmp_b=across_a(b.raw) if at_a else f"nf_{forms.b}({b.raw})",
        sent_a=across_b("a_value") if is_both and not at_a else "",
        sent_b=across_a("b_value") if is_both and at_a else "",
        outs_a={o: out(a, b, kind) for o, kind in a.kinds.items()},
        outs_b={o: out(b, a, kind) for o, kind in b.kinds.items()},
    )


def by_object(role: str, outs: Mapping[str, str]) -> str:
    """SQL for a text that may be another one in each object of a side."""
    different = set(outs.values())
    if len(different) == 1:
        return different.pop()
    return f"case {role}._obj {' '.join(f'when {literal(o)} then {sql}' for o, sql in outs.items())} end"

"""How two declared types meet, and what is written to a field of each type."""

import pytest

from pardotflow.core.forms import Form, pair_form
from pardotflow.core.values import FieldType, System
from pardotflow.engine.session import prepared
from pardotflow.engine.types import written
from tests.engine.forms import TEXTS, common_type

T = FieldType
CRM, UNIT, FILE = System.SALESFORCE, System.PARDOT, System.WAREHOUSE
STRICTER = {
    T.BOOLEAN: Form.BOOLEAN,
    T.MULTIPICKLIST: Form.SET,
    T.DATE: Form.DATE,
    T.DATETIME: Form.DATETIME,
    T.NUMBER: Form.NUMBER,
    T.INTEGER: Form.NUMBER,
    T.EMAIL: Form.EMAIL,
    T.ID: Form.ID,
}
PLAIN = (T.TEXT, T.TEXTAREA, T.PICKLIST, T.UNKNOWN)


@pytest.mark.parametrize("a", T)
@pytest.mark.parametrize("b", T)
def test_the_order_of_the_sides_does_not_matter(a: FieldType, b: FieldType) -> None:
    assert pair_form(a, CRM, b, UNIT) == pair_form(b, UNIT, a, CRM)


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("other", STRICTER)
def test_a_text_is_compared_as_what_stands_beside_it(text: FieldType, other: FieldType) -> None:
    assert pair_form(text, CRM, other, UNIT) is STRICTER[other]
    assert common_type(text, other) is other


@pytest.mark.parametrize("a", sorted(TEXTS - {T.ARRAY}))
@pytest.mark.parametrize("b", sorted(TEXTS - {T.ARRAY}))
def test_texts_are_texts(a: FieldType, b: FieldType) -> None:
    assert pair_form(a, CRM, b, UNIT) is Form.TEXT


def test_a_checkbox_is_a_boolean_of_salesforce_and_of_nobody_else() -> None:
    assert pair_form(T.BOOLEAN, CRM, T.TEXT, UNIT) is Form.CHECKBOX
    assert pair_form(T.BOOLEAN, CRM, T.BOOLEAN, UNIT) is Form.CHECKBOX
    assert pair_form(T.TEXT, CRM, T.BOOLEAN, UNIT) is Form.BOOLEAN
    assert pair_form(T.BOOLEAN, FILE, T.BOOLEAN, UNIT) is Form.BOOLEAN
    assert pair_form(T.TEXT, FILE, T.BOOLEAN, CRM) is Form.CHECKBOX


def test_the_coarser_of_two_times() -> None:
    assert pair_form(T.DATE, CRM, T.DATETIME, UNIT) is Form.DATE
    assert pair_form(T.INTEGER, CRM, T.NUMBER, UNIT) is Form.NUMBER


def test_a_number_beside_a_phone_is_a_text() -> None:
    """Zeros in front and a plus sign are part of a phone number."""
    assert pair_form(T.NUMBER, CRM, T.PHONE, UNIT) is Form.TEXT
    assert pair_form(T.URL, CRM, T.INTEGER, UNIT) is Form.TEXT


WRITTEN = (
    (Form.TEXT, T.TEXT, CRM, " a ", " a "),
    (Form.EMAIL, T.EMAIL, UNIT, " A@x.org ", "A@x.org"),
    (Form.NUMBER, T.NUMBER, CRM, "5.50", "5.5"),
    (Form.NUMBER, T.TEXT, UNIT, "5e0", "5"),
    (Form.CHECKBOX, T.BOOLEAN, CRM, None, "false"),
    (Form.BOOLEAN, T.BOOLEAN, UNIT, "TRUE", "true"),
    (Form.SET, T.MULTIPICKLIST, CRM, "b; a;b", "a;b"),
    (Form.DATE, T.DATE, CRM, "2024-01-02T23:30:00-05:00", "2024-01-03"),
    (Form.DATE, T.DATETIME, CRM, "2024-01-02", "2024-01-02T00:00:00.000+00:00"),
    (Form.DATE, T.DATETIME, UNIT, "2024-01-02", "2024-01-02T00:00:00+00:00"),
    (Form.DATETIME, T.DATETIME, UNIT, "2024-01-02T03:04:05.000+0000", "2024-01-02T03:04:05+00:00"),
    (Form.DATETIME, T.DATETIME, CRM, "2024-01-01T22:04:05-05:00", "2024-01-02T03:04:05.000+00:00"),
    (Form.ID, T.ID, UNIT, "003000000000001AAA", "003000000000001AAA"),
    (Form.TEXT, T.TEXT, CRM, None, None),
)


@pytest.mark.parametrize(("form", "target", "system", "raw", "text"), WRITTEN)
def test_what_is_written(form: Form, target: FieldType, system: System, raw: str | None, text: str | None) -> None:
    with prepared() as con:
        sql = written(form, target, system, "v", f"nf_{form}(v)")
        assert con.execute(f"select {sql} from (select cast(? as varchar) as v)", [raw]).fetchone() == (text,)

"""The forms in SQL against the forms in Python: equal there exactly where they are equal here."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pardotflow.core.forms import Form
from pardotflow.core.values import FieldType
from pardotflow.engine.session import prepared
from tests.engine.forms import Unreadable, form_of
from tests.engine.texts import texts

MANY = settings(max_examples=max(150, settings().max_examples))
TYPES = {
    Form.CHECKBOX: FieldType.BOOLEAN,
    Form.BOOLEAN: FieldType.BOOLEAN,
    Form.SET: FieldType.MULTIPICKLIST,
    Form.DATE: FieldType.DATE,
    Form.DATETIME: FieldType.DATETIME,
    Form.NUMBER: FieldType.NUMBER,
    Form.EMAIL: FieldType.EMAIL,
    Form.ID: FieldType.ID,
    Form.TEXT: FieldType.TEXT,
}
VECTORS: dict[Form, dict[str | None, str | None]] = {
    Form.TEXT: {None: None, "": None, " \t\r\n": None, "a ": "a", " a": " a", "e\u0301": "\u00e9", "A": "A"},
    Form.EMAIL: {" A@X.Org\n": "a@x.org", " ": None},
    Form.ID: {
        "003000000000001": "003000000000001AAA",
        "00300000000000A": "00300000000000AAAQ",
        "00300000000000a": "00300000000000AAAA",
        "003abcDEFghiJKLAB2": "003ABCDEFGHIJKLAB2",
        " 1042 ": "1042",
        " ": None,
    },
    Form.NUMBER: {
        "5": "5", "05": "5", "5.0": "5", "5.": "5", ".5": "0.5", "5e2": "500", "1E-2": "0.01", "-0": "0", " 7 ": "7",
        "+3": "3", "100": "100", "0.0000000001": "0.0000000001", "five": "\x01five", "1,000": "\x011,000",
        "NaN": "\x01NaN", "inf": "\x01inf", "": None,
        "0.123456789012345": "0.123456789012345", "1e400": "\x011e400",
    },
    Form.BOOLEAN: {
        "true": "true", "TRUE ": "true", "1": "true", "false": "false", "0": "false", "": None, "yes": "\x01yes",
    },
    Form.CHECKBOX: {None: "false", " ": "false", "true": "true", "maybe": "\x01maybe"},
    Form.DATE: {
        "2024-02-29": "2024-02-29", "2023-02-29": "\x012023-02-29", "2024-01-02T23:30:00-05:00": "2024-01-03",
        "2024-01-02T00:30:00.000+0100": "2024-01-01", "soon": "\x01soon", "": None,
        "epoch": "\x01epoch", "infinity": "\x01infinity",
    },
    Form.DATETIME: {
        "2024-01-02T03:04:05.000+0000": "2024-01-02T03:04:05Z", "2024-01-01T22:04:05-05:00": "2024-01-02T03:04:05Z",
        "2024-01-02T03:04:05.999Z": "2024-01-02T03:04:05Z", "2024-01-02": "2024-01-02T00:00:00Z", "25:00": "\x0125:00",
        "": None,
    },
    Form.SET: {"b;a": "a;b", " a ; b ;a;": "a;b", ";": None, "": None, "A;a": "A;a"},
}  # fmt: skip
CASES = [(form, raw, text) for form, vectors in VECTORS.items() for raw, text in vectors.items()]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A session with the macros."""
    with prepared() as made:
        yield made


def normal(con: duckdb.DuckDBPyConnection, form: Form, *values: str | None) -> list[str | None]:
    """The normal forms of some values."""
    found = con.execute(f"select nf_{form}(v) from (select unnest(cast(? as varchar[])) as v)", [list(values)])
    return [row[0] for row in found.fetchall()]


def expected(form: Form, value: str | None) -> object:
    """The same form in Python; what cannot be read is itself, and nothing else."""
    try:
        return form_of(value, TYPES[form], is_checkbox=form is Form.CHECKBOX)
    except Unreadable:
        return ("unreadable", value)


@pytest.mark.parametrize(("form", "raw", "text"), CASES)
def test_vectors(con: duckdb.DuckDBPyConnection, form: Form, raw: str | None, text: str | None) -> None:
    assert normal(con, form, raw) == [text]


@pytest.mark.parametrize(("form", "raw", "text"), CASES)
def test_a_form_is_its_own_form(con: duckdb.DuckDBPyConnection, form: Form, raw: str | None, text: str | None) -> None:
    if text is None or not text.startswith("\x01"):
        assert normal(con, form, text) == [text]


def values_of(form: Form) -> st.SearchStrategy[str | None]:
    """Values that are often of the type, in many spellings, and sometimes not."""
    known = st.sampled_from(list(VECTORS[form]))
    return st.one_of(known, _SPELLED.get(form, texts()), st.none(), texts(max_size=4))


def _numbers() -> st.SearchStrategy[str]:
    """Numbers with up to ten places behind the point, in several spellings."""
    values = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9)
    spellings = (str, lambda d: f"{d:f}0", lambda d: f" {d}", lambda d: f"{d.normalize():E}", lambda d: f"{d:+f}")
    return st.builds(lambda d, spell: spell(d), values, st.sampled_from(spellings))


def _times() -> st.SearchStrategy[str]:
    """Instants in the spellings of the two vendors, with any zone."""
    moments = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1))
    zones = st.integers(-12 * 4, 14 * 4).map(lambda q: timezone(timedelta(minutes=15 * q)))
    spellings = (
        lambda t: t.isoformat(timespec="seconds"),
        lambda t: t.isoformat(timespec="milliseconds"),
        lambda t: t.strftime("%Y-%m-%dT%H:%M:%S.000%z"),
        lambda t: t.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        lambda t: t.date().isoformat(),
    )
    return st.builds(lambda t, zone, spell: spell(t.replace(tzinfo=zone)), moments, zones, st.sampled_from(spellings))


_IDS = st.builds(
    lambda base, tail: base + tail,
    st.text(st.sampled_from("0123456789abzABZ"), min_size=15, max_size=15),
    st.sampled_from(("", "AAA", "aaa")),
)
_SPELLED: dict[Form, st.SearchStrategy[str]] = {
    Form.NUMBER: _numbers(),
    Form.DATE: _times(),
    Form.DATETIME: _times(),
    Form.ID: _IDS,
    Form.SET: st.lists(st.sampled_from(("a", "b", " a", "c ", "A", "")), max_size=5).map(";".join),
    Form.EMAIL: st.sampled_from(("a@x.org", "A@X.org", " a@x.org", "b@x.org")),
    Form.BOOLEAN: st.sampled_from(("true", "TRUE", "1", " 0", "False")),
    Form.CHECKBOX: st.sampled_from(("true", "TRUE", "1", " 0", "False")),
}


@MANY
@given(st.data(), st.sampled_from(sorted(VECTORS)))
def test_two_values_are_equal_in_sql_where_they_are_equal_in_python(
    con: duckdb.DuckDBPyConnection, data: st.DataObject, form: Form
) -> None:
    values = data.draw(st.lists(values_of(form), min_size=2, max_size=8))
    found = normal(con, form, *values)
    for i, (a, here) in enumerate(zip(values, found, strict=True)):
        assert (here is None) == (expected(form, a) is None)
        for b, there in zip(values[:i], found[:i], strict=True):
            assert (here == there) == (expected(form, a) == expected(form, b)), (form, a, b)


@MANY
@given(st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**15), max_value=10**15))
def test_a_number_keeps_its_value(con: duckdb.DuckDBPyConnection, number: Decimal) -> None:
    """To ten places behind the point; further ones are rounded."""
    text = normal(con, Form.NUMBER, str(number))[0]
    assert text is not None
    assert Decimal(text) == number


def test_what_cannot_be_read_is_told_apart_from_everything_else(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute("select is_unreadable(nf_number('x')), is_unreadable(nf_number('1')), is_unreadable(null)")
    assert found.fetchone() == (True, False, False)

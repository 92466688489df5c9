"""Values as they are shown: harmless, distinct, within their width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pardotflow.views.values import plain, show_masked, show_pair, show_value

ODD = '\u202e\u200d\u200c\u00a0\u0301\ufe0f\n\t\r\x1b\x07\x00\x9b\u2028\u3164\\"↵◌…é\U0001f468\U0001f1e9日שא1 a'
TEXT = st.text(st.one_of(st.sampled_from(ODD), st.characters()), max_size=60)
VALUE = st.one_of(st.none(), TEXT, st.text("ab", max_size=200))
INVISIBLE = {*map(chr, range(32)), *map(chr, range(0x7F, 0xA1)), *"\u202e\u202d\u200b\u200e\u2028\u2066\u3164\ufeff"}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "(blank)"),
        ("(blank)", '"(blank)"'),
        ("", '""'),
        ("Tech", '"Tech"'),
        ("Chen ", '"Chen "'),
        ("12", "12"),
        ("-5.25", "-5.25"),
        ("true", "true"),
        ("007", '"007"'),
        ("+49", '"+49"'),
        ("a\nb\r\tc", '"a↵b␍⇥c"'),
        ("↵", '"\\u{21b5}"'),
        ("\x1b[31mred", '"\\u{1b}[31mred"'),
        ("a\u00a0b", '"a\\u{a0}b"'),
        ("a\u202eb", '"a\\u{202e}b"'),
        ('5" \\', '"5\\" \\\\"'),
        ("[red]x[/red]", '"[red]x[/red]"'),
        ("\u0301a", '"◌\u0301a"'),
        ("a\u200db", '"a\\u{200d}b"'),
        ("👩\u200d💻", '"👩\u200d💻"'),
        ("\ud800", '"\\u{d800}"'),
        ("بيروت", '"\u2068بيروت\u2069"'),
    ],
)
def test_one_value(value: str | None, told: str) -> None:
    assert show_value(value) == told


def test_plain_has_no_quotes_and_is_cut_in_the_middle() -> None:
    assert plain('O"Neil\n') == 'O"Neil↵'
    assert plain("Wolfeschlegelsteinhausenbergerdorff", 12) == "Wolfesch…rff"
    assert plain("شركة", 3) == "\u2068شر…\u2069"


def test_a_long_difference_in_the_middle_stays_in_sight() -> None:
    before = "a" * 5000 + "OLD" + "b" * 5000
    pair = show_pair(before, before.replace("OLD", "NEW"), 60)
    assert "OLD" in pair.before and "NEW" in pair.after
    assert cell_len(pair.before) + cell_len(pair.after) + 3 <= 60


def test_a_difference_at_the_end_stays_in_sight() -> None:
    pair = show_pair("x" * 100, "x" * 100 + "!", 50)
    assert pair.before.endswith('x"') and pair.after.endswith('!"')


def test_the_shorter_value_is_shown_whole() -> None:
    pair = show_pair("CTO", "Chief Technology Officer and Managing Director", 40)
    assert pair.before == '"CTO"'
    assert cell_len(pair.after) <= 32
    assert show_pair("y" * 90, None, 40).after == "(blank)"


def test_values_that_look_alike_are_told_apart() -> None:
    assert show_pair("é", "e\u0301", 40).after == '"e\\u{301}"'
    pair = show_pair("می\u200cشود", "میشود", 80)
    assert "\\u{200c}" in pair.before and "\\u{200c}" not in pair.after


def test_masked_values() -> None:
    assert show_masked("ada@example.com", "email", lambda value, pii: f"<{pii} {len(value)}>") == "<email 15>"
    assert show_masked(None, "email", lambda value, pii: "never") == "(blank)"


@given(VALUE, st.integers(8, 60))
def test_one_value_is_harmless_and_fits(value: str | None, width: int) -> None:
    told = show_value(value, width)
    assert cell_len(told) <= width
    assert not INVISIBLE & set(told)
    assert told.count("\u2068") == told.count("\u2069") <= 1


@given(TEXT, st.integers(1, 40))
def test_plain_is_harmless_and_fits(text: str, width: int) -> None:
    told = plain(text, width)
    assert cell_len(told) <= width
    assert not INVISIBLE & set(told)
    told.encode("utf-8")


@given(VALUE, VALUE)
def test_whole_values_are_shown_injectively(a: str | None, b: str | None) -> None:
    assert (show_value(a) == show_value(b)) == (a == b)


@given(VALUE, VALUE, st.integers(32, 100))
def test_a_pair_fits_and_never_looks_equal(before: str | None, after: str | None, width: int) -> None:
    pair = show_pair(before, after, width)
    assert cell_len(pair.before) + 3 + cell_len(pair.after) <= width
    assert pair.before != pair.after or before == after


@given(st.text("abש日", max_size=3000), st.text("cdש日", max_size=3000), st.integers(32, 100))
def test_the_first_difference_is_always_in_sight(head: str, tail: str, width: int) -> None:
    pair = show_pair(f"{head}X{tail}", f"{head}Y{tail}", width)
    assert "X" in pair.before and "Y" in pair.after


@given(st.text("ab", max_size=300), TEXT, TEXT, st.text("cd", max_size=300), st.integers(32, 100))
def test_a_pair_with_long_equal_ends_never_looks_equal(head: str, a: str, b: str, tail: str, width: int) -> None:
    pair = show_pair(head + a + tail, head + b + tail, width)
    assert pair.before != pair.after or a == b

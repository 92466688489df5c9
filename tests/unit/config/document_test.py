"""Strict YAML: what stays text, where everything stands, and what is refused."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pardotflow.config.composer import MAX_DEPTH, MAX_VALUES
from pardotflow.config.document import parse_document
from pardotflow.config.findings import Findings
from pardotflow.config.nodes import ListNode, MapNode, Scalar


def parse(text: str) -> tuple[MapNode | None, list[str]]:
    findings = Findings()
    return parse_document(text, "a.yml", findings), [d.code for d in findings.diagnostics]


def read(text: str) -> MapNode:
    node, codes = parse(text)
    assert node is not None and not codes
    return node


@pytest.mark.parametrize(
    "text", ["NO", "yes", "12:30:00", "1.10", "2024-01-01", "0o17", "1_000", "Null", "TRUE", "1e3"]
)
def test_what_other_readers_turn_into_something_else_stays_text(text: str) -> None:
    value = read(f"a: {text}").scalar("a")
    assert value is not None
    assert value.text == text and value.is_text and not value.is_boolean and not value.is_null


def test_kinds_of_scalars() -> None:
    node = read("a: true\nb: 'true'\nc: 5\nd: '5'\ne: 1.50\nf:\ng: ~\nh: null\ni: ''\n")
    kinds = {k.text: (v.is_boolean, v.is_text, v.is_integer, v.is_number, v.is_null) for k, v in node.scalars()}
    assert kinds["a"] == (True, False, False, False, False)
    assert kinds["b"] == (False, True, False, False, False)
    assert kinds["c"] == (False, True, True, True, False)
    assert kinds["d"] == (False, True, False, False, False)
    assert kinds["e"] == (False, True, False, True, False)
    assert kinds["f"] == kinds["g"] == kinds["h"] == (False, False, False, False, True)
    assert kinds["i"] == (False, True, False, False, False)


def test_every_value_knows_its_place() -> None:
    node = read('# comment\nkey: "välue"\nlist:\n  - {a: 😀, b: two}\n')
    assert str(node.entries[0].key.span) == "a.yml:2:1"
    value = node.scalar("key")
    assert value is not None
    assert (str(value.span), value.span.length) == ("a.yml:2:6", 7)
    item = node.mappings("list")[0]
    assert str(item.span) == "a.yml:4:5"
    assert {k.text: str(v.span) for k, v in item.scalars()} == {"a": "a.yml:4:9", "b": "a.yml:4:15"}


def test_keys_keep_their_order() -> None:
    assert read("b: 1\na: 2\n").keys == ("b", "a")


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("a: select x", 1, 8, "1:11"),
        ('a: "select x"', 1, 8, "1:12"),
        ("a: |\n  select\n    x\n", 2, 3, "3:5"),
        ("a: |\n\n  select\n    x\n", 3, 3, "4:5"),
        ("a: |2\n    select\n", 1, 3, "2:5"),
        ("a: >\n  select\n  x\n", 1, 8, "1:4"),
        ('a: "say \\"x\\" y"', 1, 9, "1:4"),
        ("a: select\n  x\n", 1, 8, "1:4"),
    ],
)
def test_positions_inside_a_text(text: str, line: int, column: int, expected: str) -> None:
    value = read(text).scalar("a")
    assert value is not None
    assert str(value.place.at(line, column)) == f"a.yml:{expected}"


def test_an_alias_is_the_value_again() -> None:
    node = read("a: &x {k: v}\nb: *x\n")
    assert node.mapping("b").text("k") == "v"


def test_a_duplicate_key_is_an_error_and_the_first_one_counts() -> None:
    node, codes = parse("a: 1\na: 2\n")
    assert codes == ["PF103"]
    assert node is not None and node.text("a") == "1"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "PF106"),
        ("# only a comment\n", "PF106"),
        ("- a\n", "PF106"),
        ("text\n", "PF106"),
        ("a: 1\n---\nb: 2\n", "PF105"),
        ("a: 1\n<<: {b: 2}\n", "PF105"),
        ("? [a]\n: 1\n", "PF105"),
        ("a: !x 1\n", "PF105"),
        ("a: !!str 1\n", "PF105"),
        ("a: *nothing\n", "PF105"),
        ("a: &a [*a]\n", "PF105"),
        ("a:\n\t- b\n", "PF102"),
        ("a: b: c\n", "PF102"),
        ("a: 'open\n", "PF102"),
        ("a: [1, 2\n", "PF102"),
        ("a: @home\n", "PF102"),
        ("a: \x07\n", "PF102"),
        ("a: {b", "PF102"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    node, codes = parse(text)
    assert node is None
    assert codes == [code]


def test_no_tag_ever_constructs_anything() -> None:
    assert parse("a: !!python/object/apply:sys.setrecursionlimit [50]\n") == (None, ["PF105"])
    assert sys.getrecursionlimit() > 50


def test_aliases_cannot_grow_without_bound() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert MAX_VALUES < 10**9
    assert parse("\n".join(lines)) == (None, ["PF105"])


def test_nesting_is_bounded() -> None:
    assert parse("a: " + "[" * (MAX_DEPTH + 5) + "]" * (MAX_DEPTH + 5)) == (None, ["PF105"])


@given(st.text(alphabet=st.sampled_from("ab:-?*&!|>{}[]'\"#\n \t,%@\r\x85é"), max_size=40))
def test_any_text_gives_a_tree_or_a_diagnostic(text: str) -> None:
    findings = Findings()
    node = parse_document(text, "a.yml", findings)
    assert (node is None) <= bool(findings.diagnostics)
    count = len(text.splitlines()) + 1
    assert all(d.span is not None and 1 <= d.span.line <= count for d in findings.diagnostics)
    assert all(isinstance(n, Scalar | MapNode | ListNode) for n in ([node] if node else []))

"""The names under which guards are allowed: short where that is clear, never mistaken."""

import shlex

from hypothesis import given
from hypothesis import strategies as st

from pardotflow.plan.guardnames import allow_flag, allow_names, full_name, still_blocking, unknown_names


def test_a_name_is_short_where_one_sync_has_it() -> None:
    guards = [("people", "updates"), ("scores", "updates"), ("people", "clears:phone"), ("", "shrunk:pardot.prospect")]
    names = allow_names(guards)
    assert names == ["people.updates", "scores.updates", "clears:phone", "shrunk:pardot.prospect"]
    assert unknown_names([*names, *map(full_name, guards)], guards) == []
    assert unknown_names(["updates", "foo", "scores.clears:phone"], guards) == ["updates", "foo", "scores.clears:phone"]


def test_what_still_blocks() -> None:
    guards = [
        ("s", "updates", 4, False),
        ("s", "creates", 2, True),
        ("s", "clears:phone", 3, False),
        ("s", "opt_ins", 0, False),
    ]
    assert still_blocking(guards, {}) == ["updates", "clears:phone", "opt_ins"]
    assert still_blocking(guards, {"updates": 4, "clears:phone": 2}) == ["clears:phone", "opt_ins"]
    assert still_blocking(guards, {"s.updates": 5, "clears:phone": 3, "opt_ins": 0}) == []


def test_a_name_of_several_syncs_allows_none_of_them() -> None:
    guards = [("a", "updates", 4, False), ("b", "updates", 4, False)]
    assert still_blocking(guards, {"updates": 9}) == ["a.updates", "b.updates"]
    assert still_blocking(guards, {"a.updates": 9}) == ["b.updates"]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), st.integers(0, 10**6))
def test_a_flag_can_be_pasted_into_a_shell(name: str, number: int) -> None:
    assert shlex.split(allow_flag(name, number)) == ["--allow", f"{name}={number}"]

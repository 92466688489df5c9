"""The engine against the reference over texts that nobody thought of: many cells to a run."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pardotflow.config.project import Direction, Into, MostRecent, OnBlank, OnLink, Policy, TooLong
from tests.engine.compare import check
from tests.engine.reference import Cell, FieldKind, Rules, Side
from tests.engine.texts import texts

POLICIES = (Policy.SALESFORCE, Policy.PARDOT, Policy.MOST_RECENT, Policy.ASK)
WORDS = st.one_of(st.none(), st.sampled_from(("x", "y", "x ", "it's", '"', "a\\b", "{{ x }}")), texts())
PAIRS = st.tuples(WORDS, WORDS)


def cells() -> st.SearchStrategy[Cell]:
    """Cells in which a value often equals its half of the base."""

    def close(values: tuple[str | None, str | None]) -> st.SearchStrategy[Cell]:
        halves = [st.one_of(st.just(v), WORDS) for v in values]
        return st.builds(
            Cell,
            values=st.just(values),
            base=st.one_of(st.none(), st.tuples(*halves)),
            later=st.sampled_from((None, *Side)),
            entry=st.sampled_from((None, 0.5, 1.0, 1.5)),
        )

    return PAIRS.flatmap(close)


def rules() -> st.SearchStrategy[Rules]:
    """Rules for texts; one in a few has short fields, for which texts are held or cut."""
    kinds = st.sampled_from((FieldKind(), FieldKind(length=3)))
    return st.builds(
        Rules,
        direction=st.sampled_from(Direction),
        policy=st.sampled_from(POLICIES),
        on_link=st.sampled_from(OnLink),
        on_blank=st.sampled_from(OnBlank),
        into=st.sampled_from(Into),
        too_long=st.sampled_from(TooLong),
        most_recent=st.sampled_from(MostRecent),
        kinds=st.tuples(kinds, kinds),
    )


@settings(max_examples=max(5, settings().max_examples // 8))
@given(
    rules=st.lists(rules(), min_size=4, max_size=10),
    cells=st.lists(cells(), min_size=20, max_size=60),
)
def test_random_texts(rules: list[Rules], cells: list[Cell]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(Path(folder) / "world", rules, cells)

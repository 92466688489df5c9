"""Every word of the closed lists has its words."""

from enum import StrEnum

import pytest

from pardotflow.plan.model import Action, HeldKind, Section, SkipReason
from pardotflow.views.labels import ACTIONS, HELD, SECTIONS, SKIPPED, label


@pytest.mark.parametrize(
    ("words", "labels"), [(Action, ACTIONS), (HeldKind, HELD), (Section, SECTIONS), (SkipReason, SKIPPED)]
)
def test_complete(words: type[StrEnum], labels: dict[str, object]) -> None:
    assert set(labels) == set(words)


def test_signs_differ_so_that_colour_is_not_needed() -> None:
    assert len({sign for sign, _ in ACTIONS.values()}) == len(ACTIONS)


def test_a_word_of_a_newer_version_is_shown_as_it_is() -> None:
    assert label(HELD, "too_early_in_year") == "Too early in year"
    assert label(HELD, "blank") == HELD["blank"]

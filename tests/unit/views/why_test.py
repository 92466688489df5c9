"""The answer of `why`: every word has its words, no line is too wide, what is personal is masked where it is asked."""

from enum import StrEnum
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from pardotflow.plan.explanation import Accepted, Explanation, Outcome, RecordState
from pardotflow.views.why import render_why
from pardotflow.views.whywords import ACCEPTED, COUNTED, OUTCOMES, STATES

from . import explanations
from .screen import check_golden, text_of
from .terminal_safety_test import assert_harmless, scrambled

EVERY = (explanations.pair(), explanations.pair("phone"), explanations.alone())


def screen(explanation: Explanation, width: int = 80) -> str:
    return text_of(render_why(explanation, width=width), width)


@pytest.mark.parametrize(
    ("words", "labels"), [(Outcome, OUTCOMES), (Outcome, COUNTED), (Accepted, ACCEPTED), (RecordState, STATES)]
)
def test_complete(words: type[StrEnum], labels: dict[str, object]) -> None:
    assert set(labels) == set(words)


@pytest.mark.parametrize(("name", "explanation"), [*zip(("why_record", "why_field", "why_alone"), EVERY, strict=True)])
def test_golden(name: str, explanation: Explanation) -> None:
    check_golden(name, screen(explanation))


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("explanation", EVERY)
def test_no_line_is_wider_than_the_screen(explanation: Explanation, width: int) -> None:
    assert max(cell_len(line) for line in screen(explanation, width).splitlines()) <= width


@pytest.mark.parametrize("explanation", EVERY)
def test_personal_values_are_masked_where_it_is_asked(explanation: Explanation) -> None:
    text = text_of(render_why(explanation, width=120, mask=lambda _, pii: f"<{pii}>"), 120)
    assert "555-" not in text
    assert "Alba" not in text
    assert "<name>" in text


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.sampled_from(EVERY), st.sampled_from((40, 80, 120)))
def test_whatever_records_hold_is_visible_text(data: st.DataObject, explanation: Explanation, width: int) -> None:
    odd = cast(Explanation, scrambled(explanation, lambda strategy: data.draw(strategy)))
    assert_harmless(screen(odd, width), width)

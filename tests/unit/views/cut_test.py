"""Text made to fit."""

import pytest

from pardotflow.views.cut import clusters, crop, cut, first_difference


@pytest.mark.parametrize(
    ("text", "width", "focus", "told"),
    [
        ("abcdef", 6, None, "abcdef"),
        ("abcdefghij", 7, None, "abcd…ij"),
        ("abcdefghij", 1, None, "…"),
        ("abcdefghij", 0, None, ""),
        ("abcdefghijklmnopqrstuvwxyz", 10, 13, "…lmnopqrs…"),
        ("abcdefghijklmnopqrstuvwxyz", 10, 26, "…rstuvwxyz"),
        ("abcdefghijklmnopqrstuvwxyz", 10, 0, "abcdef…xyz"),
        ("日本語日本語", 7, None, "日本…語"),
        ("e\u0301e\u0301e\u0301e\u0301", 3, None, "e\u0301e\u0301…"),
    ],
)
def test_cut(text: str, width: int, focus: int | None, told: str) -> None:
    assert cut(clusters(text), width, focus) == told


def test_first_difference() -> None:
    assert first_difference("abc", "abd") == 2
    assert first_difference("ab", "abd") == 2
    assert first_difference("", "") == 0


def test_crop_keeps_what_matters_of_a_million_characters() -> None:
    text = "a" * 500_000 + "X" + "b" * 500_000
    short = crop(text, 500_000)
    assert len(short) < 2_000
    assert "aX" in short and short.startswith("a") and short.endswith("b")
    assert crop("short", 3) == "short"

"""Texts as people and systems write them, odd ones too; without the control characters that no vendor stores."""

from hypothesis import strategies as st

_ALPHABET = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t\n\r")


def texts(*, min_size: int = 0, max_size: int = 12) -> st.SearchStrategy[str]:
    """Any text."""
    return st.text(_ALPHABET, min_size=min_size, max_size=max_size)

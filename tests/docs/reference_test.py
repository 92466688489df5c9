"""docs/command-line.md says what the commands say."""

from pathlib import Path

from pardotflow.cli.reference import reference_page

PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"


def test_the_page_is_made_from_the_commands() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference_page()

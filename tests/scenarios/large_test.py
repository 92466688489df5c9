"""A plan of some hundred changes over both systems, of which 1% is refused, applied and taken back: the small sister of
`bench/large.py`, with the same judge."""

from pathlib import Path

from .crowd import Crowd, build_crowd
from .driving import Said
from .large import live_large
from .live import Live


def test_a_large_plan_adds_up_and_goes_back(tmp_path: Path) -> None:
    crowd = Crowd.of(400)

    def run(live: Live, step: str, *arguments: str) -> Said:
        return live.project.run(*arguments)

    lived = live_large(build_crowd(tmp_path / "crowd", crowd), crowd, run)
    assert lived.applied["refused"] == 4
    assert lived.taken_back["refused"] == 0

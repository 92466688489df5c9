"""`apply --canary N` at the command line: a canary that does not come to its place ends the run, and says so with 4."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .driving import Json, Project
from .judging import asked, last_asked
from .unhurried import Org, serving_org, writes_of

EDITED = 5


@pytest.fixture(scope="module")
def served(live_settled: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    """One org for all tests."""
    with serving_org(live_settled, tmp_path_factory.mktemp("canary") / "small") as org:
        yield org


@pytest.mark.parametrize(
    ("rule", "fate", "said"),
    [
        ({"validation": [{"object": "Contact", "when": "{}", "message": "No such city"}]}, "refused", "not confirmed"),
        ({"sharing": [{"object": "Contact", "hidden": "{}"}]}, "confirmed", "do not hold what was sent"),
    ],
    ids=["refused", "not read back"],
)
def test_a_canary_that_fails_ends_the_run(rule: Json, fate: str, said: str, served: Org) -> None:
    """Nothing but the canary was sent; where all is well again the rest is."""
    city = f"Canary {fate}"
    for n in range(EDITED):
        served.live.edit(f"prospect/contact{n}@small.example", city=city)
    served.live.admin("PUT", "rules", {k: [with_condition(each, city) for each in v] for k, v in rule.items()})
    since = last_asked(served.live.data)
    ended = served.run("apply", "--yes", "--canary", "1", "--format", "json")
    counts = {each: ended.json[each] for each in ("confirmed", "refused", "not_started")}
    assert (ended.code, counts) == (4, {"confirmed": 0, "refused": 0, "not_started": EDITED - 1} | {fate: 1})
    assert "the canary: " in ended.err and said in ended.err, ended.err
    assert len(writes_of(asked(served.live.data, since))) == 1
    served.live.admin("PUT", "rules", {})
    served.mend()


def with_condition(rule: Json, city: str) -> Json:
    """The rule with a condition that the canary meets once it is written."""
    return {key: value.replace("{}", f"MailingCity = '{city}'") for key, value in rule.items()}

"""`sending:` of an environment, judged by what the org was asked: how often, after what waits, how many at once, and
where a run gives up. Each test goes red where its setting is ignored."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from .busy import wait_until
from .driving import Json, Project
from .judging import last_asked, select
from .unhurried import Org, serving_org, writes_of

PROSPECT = {"system": "pardot", "method": "PATCH", "path": "objects/prospects/"}
HELD = 0.2
QUICK = "first_wait: 0.01, longest_wait: 0.02"


@pytest.fixture(scope="module")
def served(live_settled: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Org]:
    """One org for all tests."""
    with serving_org(live_settled, tmp_path_factory.mktemp("sending") / "small") as org:
        yield org


@pytest.fixture
def org(served: Org) -> Iterator[Org]:
    """It is at rest before and after."""
    yield served
    served.live.admin("DELETE", "faults")


def test_tries_and_waits(org: Org) -> None:
    """Three tries, the second after at least 0.3 s, the third after the longest wait and not after twice the first."""
    org.edit_titles(1, "Tries")
    org.settings("sending: {retries: 2, first_wait: 0.3, longest_wait: 0.4}")
    trouble(org, {"match": PROSPECT, "status": 503, "times": "always"})
    since = last_asked(org.live.data)
    org.run("apply", "--yes").expect(4)
    sent = flights(org, since)
    assert len(sent) == 3
    waits = [later[0] - earlier[1] for earlier, later in pairwise(sent)]
    assert 0.29 < waits[0] < 0.7
    assert 0.35 < waits[1] < 0.7
    rest(org)


def test_no_answer_in_time_is_no_answer(org: Org) -> None:
    org.edit_titles(1, "Late")
    org.settings(f"sending: {{retries: 0, timeout: 1, {QUICK}}}")
    trouble(org, {"match": PROSPECT, "delay": 2.5, "times": 1})
    said = org.run("apply", "--yes", "--format", "json").expect(4)
    assert said.json["unknown"] == 1
    time.sleep(2)
    rest(org)


@pytest.mark.parametrize("most", [5, 2])
def test_requests_at_once(most: int, org: Org) -> None:
    """Five is the vendor's own limit, and the default."""
    org.edit_titles(12, f"At once {most}")
    org.settings(concurrency=None if most == 5 else most)
    since = last_asked(org.live.data)
    trouble(org, {"match": PROSPECT, "delay": HELD, "times": "always"})
    org.run("apply", "--yes").expect(0)
    sent = flights(org, since)
    assert len(sent) == 12
    # Each was held for as long as that at least; when its answer had arrived nobody wrote down.
    assert max(sum(began <= other < began + HELD for other, _ in sent) for began, _ in sent) == most


def test_the_first_refusal_ends_a_run_that_does_not_skip(org: Org) -> None:
    org.edit_titles(9, "Skip")
    trouble(org, refusal(2))
    org.settings("sending: {skip_invalid: false}", concurrency=1)
    said, calls = org.apply("--format", "json")
    assert (said.code, said.json["refused"], said.json["confirmed"], said.json["not_started"]) == (4, 1, 2, 6)
    assert len(writes_of(calls)) == 3
    assert "skip_invalid is false" in said.err
    # By default the others go all the same.
    org.edit_titles(9, "Skip once more")
    trouble(org, refusal(2))
    org.settings(concurrency=1)
    org.run("plan", "--quiet")
    said, _ = org.apply("--format", "json")
    assert (said.code, said.json["refused"], said.json["confirmed"], said.json["not_started"]) == (4, 1, 8, 0)
    rest(org)


def test_refusals_in_a_row_end_a_run(org: Org) -> None:
    org.edit_titles(9, "Row")
    trouble(org, refusal(1, times="always"))
    org.settings("sending: {stop_after: 3}", concurrency=1)
    said, calls = org.apply("--format", "json")
    assert (said.code, said.json["refused"], said.json["confirmed"], said.json["not_started"]) == (4, 3, 1, 5)
    assert len(writes_of(calls)) == 4
    assert "3 changes were refused one after the other" in said.err
    # 0 is never: all that is left is tried.
    org.settings("sending: {stop_after: 0}", concurrency=1)
    said, calls = org.apply("--format", "json")
    # Told with the three of the run before: all that the plan could not do.
    assert (said.code, said.json["refused"], len(writes_of(calls))) == (4, 3 + 5, 5)
    rest(org)


def test_ctrl_c_while_a_canary_waits_for_the_cache(org: Org) -> None:
    """A read of Pardot may lag by a minute: that is not waited for, and nothing but the canary was sent."""
    org.edit_titles(6, "Canary")
    since = last_asked(org.live.data)
    with org.live.project.start("apply", "--env", "live", "--yes", "--quiet", "--canary", "2") as process:
        wait_until(lambda: len(writes_of(org.pardot_calls(since))) == 2, process)
        time.sleep(1)
        seen = org.live.project.run("state", "list", "--env", "live").expect(0)
        assert ("people" in seen.out, process.poll()) == (True, None), "who only looks does not wait for it"
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert time.monotonic() - began < 5
    assert (process.returncode, "Traceback" in err) == (130, False), out + err
    assert "Interrupted in good order" in out
    assert len(writes_of(org.pardot_calls(since))) == 2
    (run,) = select(org.live.project.ledger, "SELECT * FROM runs ORDER BY started_at DESC LIMIT 1")
    assert (run["status"], run["confirmed"], run["not_started"]) == ("interrupted", 2, 4)
    said, calls = org.apply("--format", "json")
    assert (said.code, said.json["before"], said.json["confirmed"], len(writes_of(calls))) == (0, 2, 4, 4)


def refusal(skip: int, times: object = 1) -> Json:
    """Pardot refuses a value of a prospect."""
    return {"match": PROSPECT, "status": 400, "code": 65, "message": "not a valid title", "skip": skip, "times": times}


def trouble(org: Org, *rules: Json) -> None:
    """What happens from now on."""
    org.live.admin("PUT", "faults", {"rules": list(rules)})


def flights(org: Org, since: int) -> list[tuple[float, float]]:
    """When each write to Pardot came and was answered, in seconds, in order."""
    query = "SELECT at, seconds FROM request_log WHERE n > ? AND system = 'pardot' AND method = 'PATCH' ORDER BY at"
    return sorted((row["at"], row["at"] + row["seconds"]) for row in select(org.live.data, query, since))


def rest(org: Org) -> None:
    """A minute passes in the org, and what a test left is sent."""
    org.live.admin("PUT", "clock", {"advance": 61})
    org.mend()

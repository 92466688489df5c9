"""`sending:` and `budget:` of an environment, and the values that hold where they say nothing."""

from pathlib import Path

import pytest

from pardotflow.config.connections import Budget, Sending
from pardotflow.config.schemas import load_schema
from pardotflow.connectors.http import Limits
from pardotflow.connectors.pardot.connector import MOST_AT_ONCE, PardotSettings
from pardotflow.connectors.salesforce.prices import BULK_ABOVE
from pardotflow.core.clock import SystemClock
from pardotflow.engine.again import SendRules
from pardotflow.engine.connect import endpoints_of, limits_of, open_connectors

from .folder import LIVE, codes, load, project

DEV = "type: emulator\nconnections:\n  warehouse: {type: files, path: warehouse}\n"


def read(root: Path, text: str) -> Sending:
    """What an environment with these lines says."""
    return project(root, {"environments/dev.yml": DEV + text}).environment.sending


def test_the_defaults_are_those_that_the_documents_fix(tmp_path: Path) -> None:
    """Treasure Data's Pardot destination: 5 retries, waits of 1 to 120 seconds, a time-out of 300, invalid records
    skipped, 5 parallel tasks; no payload limit, which belongs to older API versions. Salesforce: Bulk above 2,000."""
    usual = read(tmp_path, "")
    assert usual == Sending(
        retries=5, first_wait=1, longest_wait=120, timeout=300, skip_invalid=True, stop_after=500, budgets={}
    )
    assert limits_of(usual) == Limits(tries=6, first_wait=1, longest_wait=120, jitter=1, timeout=300)
    rules = SendRules()
    assert (rules.retries, rules.first_wait, rules.longest_wait) == (5, 1, 120)
    assert (rules.skip_invalid, rules.stop_after) == (True, 500)
    assert MOST_AT_ONCE == PardotSettings(business_unit_id="0Uv5g0000008OPxCAM").limits.concurrency == 5
    assert BULK_ABOVE == 2000


def test_the_schema_states_the_defaults_that_hold() -> None:
    usual = Sending()
    declared = load_schema("environment")["properties"]["sending"]["properties"]
    stated = {key: each["default"] for key, each in declared.items() if "default" in each}
    assert stated == {key: getattr(usual, key) for key in declared if key != "jobs_from"}


def test_every_setting_is_read(tmp_path: Path) -> None:
    said = read(
        tmp_path,
        "sending: {retries: 0, first_wait: 0, longest_wait: 0.5, timeout: 7, skip_invalid: false, stop_after: 0}\n"
        "budget: {pardot: {run: 5000, day: 20000}, salesforce: {day: 50000}}\n",
    )
    assert said == Sending(
        retries=0,
        first_wait=0,
        longest_wait=0.5,
        timeout=7,
        skip_invalid=False,
        stop_after=0,
        budgets={"pardot": Budget(run=5000, day=20000), "salesforce": Budget(day=50000)},
    )


@pytest.mark.parametrize(
    "line",
    [
        "sending: {retries: -1}",
        "sending: {retries: 21}",
        "sending: {first_wait: -1}",
        "sending: {timeout: 0}",
        "sending: {patience: 3}",
        "budget: {pardot: {run: 0}}",
        "budget: {pardot: {hour: 9}}",
        "budget: {warehouse: {day: 9}}",
    ],
)
def test_what_cannot_be_meant_is_an_error(line: str, tmp_path: Path) -> None:
    loaded = load(tmp_path, {"environments/dev.yml": f"{DEV}{line}\n"})
    assert loaded.project is None
    assert {d.span.file for d in loaded.diagnostics if d.span} == {"environments/dev.yml"}


def test_requests_at_once_are_as_many_as_the_connection_says(tmp_path: Path) -> None:
    found = []
    for number, own in enumerate(("", "concurrency: 2")):
        text = LIVE.replace("  pardot: {type: pardot,", f"  pardot: {{type: pardot, {own + ',' if own else ''}")
        text = text.replace("    type: salesforce\n", f"    type: salesforce\n    {own}\n")
        environment = project(tmp_path / str(number), {"environments/dev.yml": text}).environment
        opened = open_connectors(endpoints_of(environment), SystemClock(), environment.sending)
        found.append((opened["salesforce"].concurrency, opened["pardot"].concurrency))
        for connector in opened.values():
            connector.close()
    assert found == [(8, 5), (2, 2)]


def test_no_more_requests_at_once_than_the_vendor_takes(tmp_path: Path) -> None:
    text = LIVE.replace("  pardot: {type: pardot,", "  pardot: {type: pardot, concurrency: 6,")
    assert codes(load(tmp_path, {"environments/dev.yml": text})) == ["PF113"]

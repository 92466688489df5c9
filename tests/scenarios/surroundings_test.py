"""Bad surroundings: each gives one clear message on stderr, the right exit code, and no traceback.

A message may have a second line, the way out. Messages about the user's own files show the place too.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import duckdb
import pytest

from .driving import Project, Said, copy_project
from .judging import select
from .live import Live, living

NOWHERE = "http://127.0.0.1:1"


def only(said: Said, code: int, *fragments: str) -> None:
    """One message with these fragments and at most one way out, and nothing on stdout."""
    said.expect(code)
    shown = [line for line in said.err.splitlines() if line and not line.startswith("✓")]
    assert [line.startswith("error") for line in shown[:2]] in ([True], [True, False]), said.err
    assert len(shown) <= 2 or shown[0].startswith("error[PF"), said.err
    for fragment in fragments:
        assert fragment in said.err, said.err
    assert said.out == ""


# -- the command line


@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (["plan", "--format", "xml"], ["--format 'xml' does not exist", "Choose text or json."]),
        (["apply", "--yes", "--allow", "updates"], ["--allow 'updates' is not GUARD=N"]),
        (["apply", "--yes", "--allow", "updates=many"], ["--allow 'updates=many' is not GUARD=N"]),
        (["plan", "--var", "campaign"], ["--var 'campaign' is not NAME=VALUE"]),
        (["plan", "--env", "staging"], ['there is no environment "staging"', "emulator, live, production"]),
        (["plan", "-C", "/"], ["there is no pardotflow.yml in / or above it"]),
        (["emulator", "serve", "--data", "seed"], ["seed is a folder, and no data file of the emulator"]),
        (["apply", "0123abcd"], ["there is no plan '0123abcd'", "Run: pardotflow plan"]),
        (["emulator", "set", "Contact/003"], ["'Contact/003' is no assignment"]),
        (
            ["emulator", "set", "Contact/nobody@small.example#Phone=1"],
            ["there is no record Contact/nobody@small.example"],
        ),
        (["emulator", "seed", "seed"], ["exists", "Add --force"]),
        (["emulator", "seed", "nowhere", "--data", "new.db"], ["there is no folder nowhere"]),
    ],
)
def test_an_argument_that_cannot_be_used(arguments: list[str], fragments: list[str], small_planned: Project) -> None:
    only(small_planned.run(*arguments), 1, *fragments)


@pytest.mark.parametrize("arguments", [["plan", "--nope"], ["plann"], ["emulator", "serve", "--port", "99999"]])
def test_a_word_that_the_command_line_does_not_know(arguments: list[str], small_planned: Project) -> None:
    said = small_planned.run(*arguments).expect(1)
    assert said.err.startswith("Usage: pardotflow")
    assert said.err.count("Error: ") == 1


def test_columns_give_the_width_where_there_is_no_terminal(small_planned: Project) -> None:
    (found,) = select(small_planned.ledger, "SELECT id FROM plans")
    narrow = replace(small_planned, variables={"COLUMNS": "60"}).run("show", found["id"]).expect(0)
    wide = small_planned.run("show", found["id"]).expect(0)
    assert max(map(len, narrow.out.splitlines())) <= 60 < max(map(len, wide.out.splitlines())) <= 100


def test_nobody_is_there_to_agree(small_planned: Project) -> None:
    (found,) = select(small_planned.ledger, "SELECT id FROM plans")
    only(small_planned.run("apply", found["id"]), 1, "apply needs consent, and there is nobody to ask", "Add --yes.")


# -- environment and connections


@pytest.fixture(scope="module")
def org(live_settled: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A served org that every test leaves as it found it."""
    project = copy_project(live_settled, tmp_path_factory.mktemp("org") / "small")
    with living(project) as live:
        yield live


@contextmanager
def _web_page(status: int) -> Iterator[str]:
    """A web server that knows nothing of tokens."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"<html>Welcome</html>")

        def log_message(self, *arguments: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _plan(live: Live, **variables: str) -> Said:
    project = replace(live.project, variables={**live.project.variables, **variables})
    return project.run("plan", "--env", "live", "--quiet")


def test_a_missing_environment_variable(org: Live) -> None:
    kept = {k: v for k, v in org.project.variables.items() if k != "SF_CLIENT_ID"}
    said = replace(org.project, variables=kept).run("plan", "--env", "live")
    place = org.project.line_of("environments/live.yml", "client_id:")
    only(said, 1, "error[PF122] the environment variable SF_CLIENT_ID is not set", f"--> {place}:16")


def test_an_address_that_does_not_answer(org: Live) -> None:
    began = time.monotonic()
    only(_plan(org, SF_LOGIN_URL=NOWHERE), 1, "127.0.0.1:1", "does not answer", "check the address of the connection")
    assert time.monotonic() - began < 8, "a host that was never there is not worth a long wait"


@pytest.mark.parametrize("status", [200, 404, 501])
def test_an_address_of_somebody_else(status: int, org: Live) -> None:
    with _web_page(status) as url:
        said = _plan(org, SF_LOGIN_URL=url)
    only(said, 1, f"{url} is no Salesforce login address: it answered HTTP {status}", "https://login.salesforce.com")


@pytest.mark.parametrize("status", [400, 401])
def test_a_wrong_client_secret(status: int, org: Live) -> None:
    org.switch(status_for_client=status)
    said = _plan(org, SF_CLIENT_SECRET="not-the-secret")
    only(said, 1, "refused the login (invalid_client", "check the client secret")
    assert "not-the-secret" not in said.err


def test_a_wrong_business_unit(org: Live) -> None:
    """Whatever its status is, and whether it is told in JSON or in XML."""
    for status, form in ((400, "json"), (403, "xml")):
        org.switch(status_for_unit=status, auth_error_form=form)
        said = _plan(org, PARDOT_BUSINESS_UNIT_ID="0Uv5g0000000ZZZCA2")
        only(said, 1, "Business Unit specified in Pardot-Business-Unit-Id header not found", "check business_unit")
    org.switch(status_for_unit=400, auth_error_form="json")


@pytest.mark.parametrize(("system", "status"), [("salesforce", 429), ("pardot", 429), ("pardot", 403)])
def test_the_daily_allowance_is_used_up(system: str, status: int, org: Live) -> None:
    org.switch(**{f"{system}_daily_limit": 1, "status_for_daily_limit": status})
    try:
        only(_plan(org), 1, "the daily allowance of API calls is used up", "wait for the allowance to be renewed")
    finally:
        org.switch(**{f"{system}_daily_limit": 100_000, "status_for_daily_limit": 429})


def test_a_revoked_refresh_token(live_settled: Project, tmp_path: Path) -> None:
    with living(copy_project(live_settled, tmp_path / "small")) as live:
        live.admin("POST", "revoke", {})
        only(_plan(live), 1, "refused the login (invalid_grant", "get a new refresh token")


# -- files


def test_an_emulator_file_that_is_garbage(planned: Project) -> None:
    _spoil(planned.data)
    only(planned.run("plan", "--quiet"), 1, f"{planned.data} is no data file of the emulator")
    only(planned.run("emulator", "set", "Contact/x#Phone=1"), 1, "is no data file of the emulator")


def test_no_project_here(tmp_path: Path) -> None:
    only(Project(root=tmp_path).run("plan"), 1, "error[PF107] there is no pardotflow.yml in")


def _newer_ledger(file: Path) -> None:
    db = sqlite3.connect(file)
    db.execute("PRAGMA user_version = 99")
    db.close()


def _newer_memory(file: Path) -> None:
    con = duckdb.connect(str(file))
    con.execute("UPDATE about SET value = '99'")
    con.close()


@pytest.mark.parametrize(("name", "age"), [("ledger.sqlite", _newer_ledger), ("memory.duckdb", _newer_memory)])
def test_a_state_file_of_another_version(name: str, age: Callable[[Path], None], planned: Project) -> None:
    age(planned.state / name)
    only(planned.run("plan", "--quiet"), 1, f"{planned.state / name} was written by another version of pardotflow")


def test_a_state_folder_without_the_right_to_write(planned: Project) -> None:
    planned.state.chmod(0o500)
    if os.access(planned.state, os.W_OK):
        pytest.skip("this user may write everywhere")
    try:
        only(planned.run("plan", "--quiet"), 1, f"{planned.state} cannot be written: it is read-only", "work on a copy")
    finally:
        planned.state.chmod(0o700)


def test_a_plan_that_cannot_be_put_there(planned: Project) -> None:
    (planned.root / "file").write_text("in the way")
    before = sorted(planned.state.rglob("*"))
    only(planned.run("plan", "--quiet", "--out", "file/a.plan"), 1, "the plan cannot be saved as file/a.plan")
    assert sorted(planned.state.rglob("*")) == before


def _spoil(path: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        if file.is_file():
            file.unlink()
    path.write_bytes(b"this is not what it should be " * 400)

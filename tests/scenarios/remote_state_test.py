"""Two machines with one remote state: two clones of the project folder, each with its own local files.

What one does the other knows; they never apply at once; what a lost machine left undone another one ends.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql as names

from tests.postgres import serving_postgres

from .driving import Project, copy_project
from .judging import last_asked, people, select, writes
from .live import ORG, Live, living
from .privacy_test import written

STATE = """
state:
  type: postgres
  url: "{{ env_var('STATE_URL') }}"
  schema: small_live
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """A served org and two clones of the project that share its state."""

    live: Live
    a: Project
    b: Project
    url: str

    def counted(self, query: str) -> int:
        """One number from the remote state."""
        with psycopg.connect(self.url, autocommit=True) as db:
            db.execute("set search_path to small_live")
            row = db.execute(query.encode()).fetchone()
        return int(row[0]) if row else -1

    def let_a_minute_pass(self) -> None:
        """In the org: a lagging cache would show by then what was sent."""
        self.live.admin("PUT", "clock", {"advance": 61})


@pytest.fixture(scope="module")
def machines(live_settled: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Both machines at rest: the first one has linked everybody."""
    a = copy_project(live_settled, tmp_path_factory.mktemp("machines") / "a")
    shutil.rmtree(a.root / ".pardotflow")
    environment = a.root / "environments" / "live.yml"
    environment.write_text(environment.read_text() + STATE)
    b = copy_project(a, tmp_path_factory.mktemp("machines") / "b")
    (b.root / ORG).unlink()
    with serving_postgres() as url, living(a) as live:
        variables = {**live.project.variables, "STATE_URL": url}
        a, b = (replace(each, environment="live", variables=variables) for each in (a, b))
        a.run("apply", "--env", "live", "--yes").expect(0)
        yield Machines(live=live, a=a, b=b, url=url)


def _run(project: Project, *arguments: str, code: int = 0) -> str:
    said = project.run(
        *arguments, "--env", "live", *(() if arguments[0] in ("show", "state") else ("--quiet",))
    ).expect(code)
    return said.out + said.err


def test_what_one_machine_does_the_other_knows(machines: Machines) -> None:
    a, b, live = machines.a, machines.b, machines.live
    assert "No changes." in _run(a, "plan")
    assert not b.state.exists()
    assert "No changes." in _run(b, "plan"), "links and bases of the first machine are known to the second"

    live.edit("Contact/contact1@small.example", Phone="+1 555 0777")
    plan = a.run("plan", "--env", "live", "--quiet").expect(0)
    assert "Phone" in plan.out or "phone" in plan.out
    shown = _run(b, "show", plan.plan_id)
    assert "+1 555 0777" in shown, "a saved plan is known to both"
    _run(b, "apply", plan.plan_id, "--yes")
    assert "Applied already: run " in _run(a, "show", plan.plan_id)
    assert "was applied already, by run" in _run(a, "apply", plan.plan_id, "--yes", code=3)
    assert "No changes." in _run(a, "plan")
    assert people(live.data)["prospect", "1001"]["phone"] == "+1 555 0777"

    # The value of a person on the other side is seen as moved, which needs the base that b remembered.
    live.edit("prospect/contact1@small.example", phone="+1 555 0888")
    _run(a, "apply", "--yes")
    contacts = {row["Email"]: row["Phone"] for (kind, _), row in people(live.data).items() if kind == "Contact"}
    assert contacts["contact1@small.example"] == "+1 555 0888"
    assert machines.counted("select count(*) from runs where ended_at is not null") >= 3
    assert machines.counted("select count(*) from requests where status = 'answered'") >= 2
    assert (a.state / "plans").stat().st_mode & 0o077 == 0


def test_two_machines_apply_at_once_and_one_is_refused_or_waits(machines: Machines) -> None:
    a, b, live = machines.a, machines.b, machines.live
    for n in range(6):
        live.edit(f"Contact/contact{n}@small.example", Title=f"Head {n}")
    live.switch(latency=0.4)
    since = last_asked(live.data)
    with a.start("apply", "--env", "live", "--yes", "--quiet") as first:
        _until(lambda: machines.counted("select count(*) from holder") == 1)
        refused = b.run("apply", "--env", "live", "--yes", "--quiet").expect(1)
        assert "another pardotflow command is at work in the schema small_live" in refused.err
        assert ": apply by " in refused.err and "--wait SECONDS" in refused.err
        waited = b.run("apply", "--env", "live", "--yes", "--quiet", "--wait", "60").expect(0)
        _, err = first.communicate(timeout=60)
    live.switch(latency=0.0)
    assert (first.returncode, err) == (0, "")
    assert "Waiting up to 60 s for apply by" in waited.err
    assert len({w.path for w in writes(live.data, since)}) == len(writes(live.data, since)), "nothing was sent twice"
    prospects = {row["email"]: row["jobTitle"] for (kind, _), row in people(live.data).items() if kind == "prospect"}
    assert [prospects[f"contact{n}@small.example"] for n in range(6)] == [f"Head {n}" for n in range(6)]
    assert machines.counted("select count(*) from holder") == 0


def test_a_machine_that_is_lost_in_the_middle_of_an_apply(machines: Machines) -> None:
    a, b, live = machines.a, machines.b, machines.live
    for n in range(8):
        live.edit(f"Contact/contact{n}@small.example", Title=f"Lost {n}")
    live.create("Contact", LastName="Runner", Email="runner@small.example", MailingCountry="NO")
    live.switch(latency=0.5)
    since = last_asked(live.data)
    with a.start("apply", "--env", "live", "--yes", "--quiet") as process:
        _until(lambda: len(writes(live.data, since)) >= 1)
        process.kill()
        process.communicate()
    shutil.rmtree(a.root / ".pardotflow")
    live.switch(latency=0.0)
    time.sleep(1)
    machines.let_a_minute_pass()
    said = b.run("plan", "--env", "live", "--quiet").expect(0)
    assert "was cut short: " in said.err
    assert "The lock was taken over: its process is gone. It was apply by" in said.err
    _run(b, "apply", "--yes")
    assert "No changes." in _run(b, "plan")
    assert "No changes." in _run(a, "plan")
    found = people(live.data)
    prospects = [
        row for (kind, _), row in found.items() if kind == "prospect" and row["email"] == "runner@small.example"
    ]
    assert len(prospects) == 1
    titles = {row["email"]: row["jobTitle"] for (kind, _), row in found.items() if kind == "prospect"}
    assert [titles[f"contact{n}@small.example"] for n in range(8)] == [f"Lost {n}" for n in range(8)]
    assert machines.counted("select count(*) from runs where status = 'cut_short'") == 1


def _until(is_so: object, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_state_commands_see_the_remote_state(machines: Machines) -> None:
    a, b = machines.a, machines.b
    _run(a, "plan")
    file = b.root / "kept.backup"
    b.run("state", "backup", "--env", "live", "--out", str(file)).expect(0)
    number = machines.counted("select count(*) from requests")
    listed = a.run("state", "list", "--env", "live", "--full").expect(0).out
    b.run("state", "rm", "people#phone", "--yes", "--env", "live").expect(0)
    shown = a.run("state", "show", "prospect/1001", "--env", "live", "--format", "json").expect(0).json
    assert "phone" not in {base["field"] for base in shown["bases"]}
    said = a.run("state", "forget", "prospect/1002", "--yes", "--env", "live").expect(0)
    assert "bases: " in said.out
    b.run("state", "verify", "--env", "live").expect(0)

    b.run("state", "restore", str(file), "--yes", "--env", "live").expect(0)
    assert a.run("state", "list", "--env", "live", "--full").expect(0).out == listed
    assert machines.counted("select count(*) from requests") == number
    a.run("state", "verify", "--env", "live").expect(0)
    assert "No changes." in _run(a, "plan")


def test_a_local_state_is_taken_along(live_settled: Project, machines: Machines, tmp_path: Path) -> None:
    project = copy_project(live_settled, tmp_path / "c")
    local = replace(project, environment="live", variables=machines.a.variables)
    file = tmp_path / "local.backup"
    local.run("state", "backup", "--env", "live", "--out", str(file)).expect(0)
    environment = project.root / "environments" / "live.yml"
    environment.write_text(environment.read_text() + STATE.replace("small_live", "taken_along"))
    refused = local.run("state", "verify", "--env", "live").expect(1)
    assert "is empty, and " in refused.err and "pardotflow state restore FILE" in refused.err
    local.run("state", "restore", str(file), "--yes", "--env", "live").expect(0)
    shutil.rmtree(project.root / ".pardotflow")
    assert "people" in local.run("state", "list", "--env", "live").expect(0).out
    local.run("state", "verify", "--env", "live").expect(0)


def test_whose_lock_was_broken_sends_nothing_more(machines: Machines) -> None:
    a, b, live = machines.a, machines.b, machines.live
    _run(b, "apply", "--yes")
    for n in range(14):
        live.create("Contact", LastName=f"Late{n}", Email=f"late{n}@small.example", MailingCountry="NO")
    live.switch(latency=0.5)
    since = last_asked(live.data)
    with a.start("apply", "--env", "live", "--yes", "--quiet") as process:
        _until(lambda: len(writes(live.data, since)) >= 1)
        assert "Released: apply by" in b.run("state", "unlock", "--force", "--env", "live").expect(0).out
        _, err = process.communicate(timeout=60)
    live.switch(latency=0.0)
    assert process.returncode == 1 and "was lost: it expired, or somebody released it by force" in err
    made = len(_late(live))
    assert 0 < made < 14, "what was in flight arrived, and nothing was sent after it"
    machines.let_a_minute_pass()
    _run(b, "apply", "--yes")
    assert sorted(_late(live)) == sorted(f"late{n}@small.example" for n in range(14))
    assert "No changes." in _run(b, "plan")


def _late(live: Live) -> list[str]:
    rows = (row for (kind, _), row in people(live.data).items() if kind == "prospect")
    return [row["email"] for row in rows if row["email"].startswith("late")]


def test_no_secret_is_in_the_remote_state_or_beside_it(machines: Machines, tmp_path: Path) -> None:
    """Tokens, the client's secret, and the password of the database itself."""
    password = "a-password-of-the-state"
    url = machines.url.replace("postgres@", f"postgres:{password}@")
    b = replace(machines.b, variables={**machines.b.variables, "STATE_URL": url})
    said = [b.run("plan", "--env", "live"), b.run("state", "lock", "--reason", "x", "--env", "live")]
    said += [b.run("plan", "--env", "live").expect(1), b.run("state", "unlock", "--env", "live")]
    said.append(replace(b, variables={**b.variables, "STATE_URL": url + "%zz&"}).run("plan", "--env", "live").expect(1))
    secrets = {b.variables[name] for name in ("SF_CLIENT_SECRET", "SF_REFRESH_TOKEN", "SF_ACCESS_TOKEN")}
    secrets |= {row["token"] for row in select(machines.live.data, "SELECT token FROM token")} | {password}
    texts = {f"output {n}": (each.out + each.err).encode() for n, each in enumerate(said)}
    texts |= {str(path): path.read_bytes() for path in written(machines.a) + written(b)}
    with psycopg.connect(machines.url) as db:
        tables = db.execute("select tablename from pg_tables where schemaname = 'small_live'").fetchall()
        for (table,) in tables:
            query = names.SQL("select * from {}").format(names.Identifier("small_live", table))
            for number, row in enumerate(db.execute(query)):
                texts[f"{table} {number}"] = b" ".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
    assert len(tables) > 8
    assert [(place, secret[:6]) for place, text in texts.items() for secret in secrets if secret.encode() in text] == []
    local = [path for path in (b.root / ".pardotflow" / "live").rglob("*") if path.is_file()]
    assert {path.name for path in local if path.stat().st_mode & 0o777 != 0o600} == set()

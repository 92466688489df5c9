"""An org in which much goes on, while every apply is killed: who is killed where, what people do, what breaks.

A story is made from a number. Its emulator lives on through all kills, and its clock is moved by a minute after each,
so that a lagging cache has shown what was written.
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx

from tests.crashes.killer import STEPS
from tests.scenarios.driving import Json, Project, copy_project
from tests.scenarios.judging import People, people
from tests.scenarios.live import Live
from tests.scenarios.small import build_small

KILLER = Path(__file__).with_name("killer.py")
APPLY = ("apply", "--env", "live", "--yes", "--quiet")
CONTACTS, CONTACTS_OF_IMPORTS, CONTACTS_OF_BULK = 12, 40, 1_600
"""Linked contacts, where nothing goes by a job, where updates and creates of prospects go by import, and where so many
records change that Bulk jobs take fewer calls."""
LONGEST = 120
PATIENCE = "\nsending: {retries: 3, first_wait: 0.02, longest_wait: 0.1}\n"
RULES = "deletes: {{salesforce: archive, pardot: archive}}\nguards: {{updates: {updates}, deletes: 1000, emails: 1000}}"
TROUBLES: tuple[tuple[str, list[Json]], ...] = (
    ("nothing breaks", []),
    (
        "answers are lost",
        [
            {"match": {"method": "POST|PATCH|DELETE"}, "drop": "before", "probability": 0.12},
            {"match": {"method": "POST|PATCH|DELETE"}, "drop": "after", "probability": 0.12},
        ],
    ),
    (
        "the systems are busy, and sessions end",
        [
            {"match": {"system": "pardot"}, "trouble": "rate_limited", "probability": 0.08},
            {"match": {"system": "salesforce"}, "trouble": "server_error", "status": 503, "probability": 0.08},
            {"match": {"system": "pardot"}, "trouble": "server_error", "status": 503, "probability": 0.05},
            {"match": {"system": "salesforce"}, "trouble": "expired_token", "probability": 0.05},
        ],
    ),
    (
        "records are locked, and reads lag",
        [
            {"match": {"method": "PATCH", "path": "composite"}, "trouble": "row_lock", "share": 0.3, "times": 6},
            {"match": {"system": "pardot", "method": "GET"}, "trouble": "cache_lag", "seconds": 45, "times": 1},
            {"match": {"system": "pardot", "method": "POST"}, "drop": "after", "probability": 0.1},
        ],
    ),
)


def contacts_of(number: int) -> int:
    """How many linked contacts the org of a story has: every fourth one sends by import, every sixteenth by Bulk."""
    if number % 16 == 7:
        return CONTACTS_OF_BULK
    return CONTACTS_OF_IMPORTS if number % 4 == 3 else CONTACTS


def build_settled(root: Path, contacts: int) -> Project:
    """A small org in which deletes are carried over, with its first plan still to be applied."""
    project = build_small(root, contacts=contacts)
    updates = 5_000 if contacts == CONTACTS_OF_BULK else 1_000
    project.replace("syncs/people.yml", "guards: {updates: 60%}", RULES.format(updates=updates))
    file = root / "environments" / "live.yml"
    file.write_text(file.read_text("utf-8") + PATIENCE, "utf-8")
    return project


def copy_of(project: Project, root: Path) -> Project:
    """A copy, with its org."""
    return copy_project(project, root)


JOBS = "sending: {jobs_from: {salesforce: 1, pardot: 1}, "
"""Whatever takes fewer calls by a job goes by one: Bulk 2.0, imports, bulk actions."""


@dataclass(slots=True)
class Story:
    """One story at work. `edits` are the phone numbers that people have set last, by e-mail address."""

    live: Live
    number: int
    kills: int = 0
    rounds: int = 0
    killed_at: list[str] = field(default_factory=list)
    edits: dict[str, str] = field(default_factory=dict)
    random: Random = field(default_factory=Random)
    _token: str = ""

    def __post_init__(self) -> None:
        self.random.seed(self.number)
        if self.by_jobs:
            self.live.project.replace("environments/live.yml", "sending: {", JOBS)
            self.live.switch(import_delay=0.6, bulk_delay=0.6, bulk_action_delay=0.6)

    @property
    def by_jobs(self) -> bool:
        """True where there is so much to send that it goes by jobs."""
        return contacts_of(self.number) > CONTACTS

    def live_on(self, kills: int) -> None:
        """Work, killed over and over, until so many kills are done; at the end of each round all is at rest."""
        while self.kills < kills:
            self.rounds += 1
            self.make_work()
            self.break_things()
            for _ in range(6):
                if self.kills == kills or not self.apply_and_kill():
                    break
                self.go_on_in_the_org()
            self.mend_things()
            self.come_to_rest()

    # what people do

    def make_work(self) -> None:
        """New people on both sides, edits on both, and somebody leaves each side."""
        tag = f"{self.number}-{self.rounds}"
        most = 14 if self.by_jobs else 4
        for n in range(self.random.randint(most - 3, most)):
            self.create("Contact", FirstName="New", LastName="Contact", Email=f"new{n}-{tag}@crash.example", Phone="1")
        for n in range(self.random.randint(1, 3)):
            self.create("prospect", firstName="New", email=f"own{n}-{tag}@crash.example", userId=701, campaignId=1201)
        known = self.linked()
        for email in self.random.sample(known, len(known) * 9 // 10 if self.by_jobs else min(len(known), 8)):
            self.live.edit(f"Contact/{email}", Title=f"Title {tag}")
            self.live.edit(f"prospect/{email}", city=f"City {tag}")
        gone = self.random.sample(known, 2)
        self.delete("Contact", gone[0])
        self.delete("prospect", gone[1])
        for email in gone:
            self.edits.pop(email, None)

    def go_on_in_the_org(self) -> None:
        """A minute passes, and somebody edits a number that no rule of the round touches."""
        self.wait_for_the_org()
        self.live.admin("PUT", "clock", {"advance": 61})
        known = self.linked()
        email, number = self.random.choice(known), f"+1 555 {self.number:03d}{self.kills:04d}"
        side = self.random.choice(("Contact", "prospect"))
        self.live.edit(f"{side}/{email}", **{"Phone" if side == "Contact" else "phone": number})
        self.edits[email] = number
        self.live.admin("PUT", "clock", {"advance": 5})

    def linked(self) -> list[str]:
        """E-mail addresses of live contacts with a live prospect, in one order."""
        found = people(self.live.data)
        contacts = {r["Email"] for (kind, _), r in found.items() if kind == "Contact" and not r["IsDeleted"]}
        prospects = {r["email"] for (kind, _), r in found.items() if kind == "prospect" and not r["isDeleted"]}
        return sorted(contacts & prospects)

    # what breaks

    def break_things(self) -> None:
        """The troubles of this round."""
        _, rules = TROUBLES[(self.number + self.rounds - 1) % len(TROUBLES)]
        methods = ("POST", "PATCH", "DELETE")
        plan = [
            {**rule, "match": {**rule["match"], "method": method}}
            for rule in rules
            for method in (methods if "|" in rule["match"].get("method", "") else (rule["match"].get("method"),))
        ]
        for rule in plan:
            rule["match"] = {key: value for key, value in rule["match"].items() if value is not None}
        self.live.admin("PUT", "faults", {"seed": self.number * 100 + self.rounds, "rules": plan})
        self.live.switch(latency=self.random.choice((0.0, 0.01)))

    def mend_things(self) -> None:
        """Nothing breaks any more, and every read shows what is."""
        self.wait_for_the_org()
        self.live.admin("DELETE", "faults")
        self.live.switch(latency=0.0, cache_lag=0.0)

    # what is killed

    def apply_and_kill(self) -> bool:
        """Apply, and die on the way; False where it came to its end first."""
        if self.random.random() < 0.3:
            is_killed, where = self.at_random()
        else:
            step, when = self.random.choice(STEPS), self.random.choice(("before", "after"))
            most = 14 if step in ("plan_request", "mark_sent", "answer_request") else 1
            most = (
                4 if self.by_jobs and step in ("plan_request", "mark_sent", "answer_request", "note_handle") else most
            )
            is_killed, where = self.at_step(step, when, self.random.randint(1, most))
        self.kills += is_killed
        if is_killed:
            self.killed_at.append(where)
        return is_killed

    def at_step(self, step: str, when: str, number: int) -> tuple[bool, str]:
        """Die at a step of the journal."""
        with self.live.project.start(*APPLY, dies=(str(KILLER), "kill_at", step, when, number)) as process:
            _, err = process.communicate(LONGEST)
        self.check_words(err, process.returncode)
        return process.returncode == -signal.SIGKILL, f"{when} {step} {number}"

    def at_random(self) -> tuple[bool, str]:
        """Die at any instant."""
        after = self.random.uniform(0.02, 9 if self.by_jobs else 1.9)
        with self.live.project.start(*APPLY) as process:
            try:
                process.wait(after)
            except TimeoutError:
                process.kill()
            _, err = process.communicate(LONGEST)
        self.check_words(err, process.returncode)
        return process.returncode == -signal.SIGKILL, f"after {after:.2f} s"

    def check_words(self, err: str, code: int | None) -> None:
        """Whatever happens, no traceback and no fault of ours."""
        assert "Traceback" not in err and "a fault in pardotflow" not in err, err
        assert code in (0, 1, 3, 4, -signal.SIGKILL), f"exit {code}\n{err}"

    def come_to_rest(self) -> None:
        """Go on until the plan has nothing to send."""
        for _ in range(4):
            self.live.admin("PUT", "clock", {"advance": 70})
            said = self.live.project.run(*APPLY)
            assert said.code in (0, 4), f"exit {said.code}\n{said.out[-3000:]}\n{said.err}"
            self.live.admin("PUT", "clock", {"advance": 70})
            plan = self.live.project.run("plan", "--env", "live", "--quiet", "--detailed-exitcode", "--format", "json")
            if plan.code == 0:
                return
        raise AssertionError(f"story {self.number} does not come to rest: {plan.out[:3000]}")

    # the org

    def wait_for_the_org(self) -> None:
        """Whatever had reached the org comes to its end."""
        time.sleep(0.15)

    def create(self, kind: str, **fields: object) -> None:
        """A record that somebody makes in the org."""
        path = "/api/v5/objects/prospects?fields=id" if kind == "prospect" else f"/services/data/v60.0/sobjects/{kind}"
        self.ask("POST", path, fields)

    def delete(self, kind: str, email: str) -> None:
        """A record that somebody puts into the recycle bin."""
        found = people(self.live.data)
        name, gone = ("email", "isDeleted") if kind == "prospect" else ("Email", "IsDeleted")
        (key,) = [n for (k, n), row in found.items() if k == kind and row[name] == email and not row[gone]]
        path = (
            f"/api/v5/objects/prospects/{key}" if kind == "prospect" else f"/services/data/v60.0/sobjects/{kind}/{key}"
        )
        self.ask("DELETE", path)

    def ask(self, method: str, path: str, body: object = None) -> None:
        """A request of another client, who signs in when the session is over."""
        for _ in range(2):
            variables = self.live.project.variables
            headers = {"Authorization": f"Bearer {self._token or variables['SF_ACCESS_TOKEN']}"}
            if path.startswith("/api/"):
                headers["Pardot-Business-Unit-Id"] = variables["PARDOT_BUSINESS_UNIT_ID"]
            url = self.live.url + path
            answer = httpx.request(method, url, headers=headers, json=body, timeout=30, trust_env=False)
            if answer.is_success:
                return
            self._token = self.sign_in()
        raise AssertionError(answer.text)

    def sign_in(self) -> str:
        """A new session."""
        variables = self.live.project.variables
        form = {
            "grant_type": "refresh_token",
            "client_id": variables["SF_CLIENT_ID"],
            "client_secret": variables["SF_CLIENT_SECRET"],
            "refresh_token": variables["SF_REFRESH_TOKEN"],
        }
        answer = httpx.post(f"{variables['SF_LOGIN_URL']}/services/oauth2/token", data=form, trust_env=False)
        assert answer.is_success, answer.text
        return str(answer.json()["access_token"])


def rows_of(found: People, kind: str) -> list[dict[str, Any]]:
    """The live records of one object."""
    gone = "isDeleted" if kind == "prospect" else "IsDeleted"
    return [dict(row) for (each, _), row in found.items() if each == kind and not row[gone]]

"""The life of a large plan: linked, planned, applied with some rows refused, edited by people, taken back.

Who runs the commands is a parameter: a test forks them, a benchmark measures them. Each step is judged by the org's own
records.
"""

from __future__ import annotations

import time
from collections.abc import Set
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb

from .crowd import Crowd, contact_id, live_through, prospect_id
from .driving import Json, Project, Said
from .live import ORG, Live, living
from .reckoning import (
    Address,
    Cell,
    Planned,
    check_carried_out,
    check_nothing_else,
    check_taken_back,
    fates,
    org_at,
    read_planned,
)


class Runs(Protocol):
    """Runs one command in a project to its end; `step` says in a few words what it is for."""

    def __call__(self, live: Live, step: str, *arguments: str) -> Said: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What somebody did after the run: values by cell, and the new records that were touched."""

    cells: dict[Cell, object]
    new_records: Set[Address]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """What became of the plan and of its revert: the reports of both runs, the plan files, and what was edited."""

    applied: Json
    taken_back: Json
    plan: Path
    revert: Path
    edits: Edits


def live_large(project: Project, crowd: Crowd, run: Runs) -> Lived:
    """Run the whole story, and judge it. Raises AssertionError where anything is not as the org says that it is."""
    with living(project) as live:
        run(live, "link the pairs", "apply", "--yes", "--quiet").expect(0)
    live_through(project.root / ORG, crowd, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()))
    with living(project) as live:
        said = run(live, "plan", "plan", "--quiet", "--detailed-exitcode").expect(2)
        plan = _plan_file(live, said)
        planned = read_planned(plan)
        assert len(planned) == crowd.changes, (len(planned), crowd)
        overtake(live, crowd)
        before = _keep(live, "before")
        said = run(live, "apply", "apply", said.plan_id, "--yes", "--quiet", "--format", "json").expect(4)
        applied = said.json
        after = _keep(live, "after")
        found = fates(planned, before, after)
        check_carried_out(applied, planned, found, refused_by(crowd), moved=len(_overtaken(crowd)))
        check_nothing_else(before, after, planned, found)

        edits = edit_some(live, crowd, planned)
        said = run(live, "plan the revert", "revert", str(applied["run_id"]), "--quiet").expect(0)
        revert = _plan_file(live, said)
        assert _open_conflicts(revert) == len(edits.cells) + len(edits.new_records)
        said = run(live, "apply the revert", "apply", said.plan_id, "--yes", "--quiet", "--format", "json").expect(0)
        check_taken_back(before, _keep(live, "reverted"), edits.cells, edits.new_records)
        return Lived(applied=applied, taken_back=said.json, plan=plan, revert=revert, edits=edits)


def refused_by(crowd: Crowd) -> Set[Address]:
    """What the systems refuse, by object and the id of the record; of a new one of that which it is made from."""
    contacts = {("Contact", f"{contact_id(n)}") for n in crowd.story("scored") if crowd.is_refused(n)}
    prospects = {("prospect", str(prospect_id(n))) for n in crowd.story("promoted") if crowd.is_refused(n)}
    leads = {("Lead", str(prospect_id(n))) for n in crowd.lonely_prospects if crowd.is_refused(n)}
    return contacts | prospects | leads


def _overtaken(crowd: Crowd) -> list[int]:
    """The pairs whose contact somebody edits between plan and apply."""
    story = [n for n in crowd.story("promoted")[:: max(1, crowd.promoted // 20)] if not crowd.is_refused(n)]
    return story[: max(2, crowd.promoted // 1000)]


def overtake(live: Live, crowd: Crowd) -> None:
    """Edit a few contacts of the plan before it is applied."""
    for n in _overtaken(crowd):
        live.edit(f"Contact/{contact_id(n)}", Title="Overtaken")


def edit_some(live: Live, crowd: Crowd, planned: list[Planned]) -> Edits:
    """Edit, as people do, some of what the run wrote: on both sides, and one new record on each."""
    cells: dict[Cell, object] = {}
    few = max(3, crowd.changes // 1000)
    done = [n for n in crowd.story("scored") if not crowd.is_refused(n)]
    ids = {(each.object, each.id[:15]): each.id for each in planned}
    for n in done[:: len(done) // few][:few]:
        record = ids["Contact", contact_id(n)]
        live.edit(f"Contact/{record}", Phone="what somebody typed")
        cells["Contact", record, "Phone"] = "what somebody typed"
    done = [n for n in crowd.story("promoted") if not crowd.is_refused(n) and n not in _overtaken(crowd)]
    for n in done[:: len(done) // few][:few]:
        live.edit(f"prospect/{prospect_id(n)}", city="Somewhere")
        cells["prospect", str(prospect_id(n)), "city"] = "Somewhere"
    new_records = set[Address]()
    with org_at(live.data) as db:
        lead = db.execute("SELECT Id FROM sf_Lead ORDER BY Id LIMIT 1").fetchone()["Id"]
        prospect = db.execute("SELECT max(id) AS id FROM pd_prospects").fetchone()["id"]
    for item, record, field in (("Lead", lead, "Title"), ("prospect", prospect, "jobTitle")):
        live.edit(f"{item}/{record}", **{field: "what somebody typed"})
        new_records.add((item, str(record)))
    return Edits(cells=cells, new_records=new_records)


def _plan_file(live: Live, said: Said) -> Path:
    return live.project.state / "plans" / f"{said.plan_id}.plan"


def _open_conflicts(plan: Path) -> int:
    with closing(duckdb.connect(str(plan), read_only=True)) as con:
        row = con.execute("select count(*) from conflicts").fetchone()
    assert row is not None
    return int(row[0])


def _keep(live: Live, name: str) -> Path:
    """A copy of the org as it is now."""
    live.admin("POST", "snapshot", {"name": name})
    return live.data.with_name(f"{live.data.name}.snapshots") / f"{name}.db"

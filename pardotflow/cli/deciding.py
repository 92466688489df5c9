"""`conflicts`: list what waits for a decision, write it into a file, record what people decided, forget it again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pardotflow.cli.console import say, show, width, write
from pardotflow.cli.exits import Exit
from pardotflow.cli.plans import find_plan, newest_plan
from pardotflow.cli.state_home import read_ledger
from pardotflow.cli.workspace import Choice, load
from pardotflow.core.clock import SystemClock
from pardotflow.core.errors import InvalidProject, UsageError
from pardotflow.store.layout import write_private

if TYPE_CHECKING:
    from pardotflow.config.project import Project
    from pardotflow.engine.conflictfile.entry import Entry
    from pardotflow.engine.conflictfile.judging import Judged
    from pardotflow.plan.model import Conflict, ConflictReport
    from pardotflow.store.ledger import Ledger

LISTED = 20
"""Entries that are named when they are skipped; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictOptions:
    """The options of `conflicts`."""

    plan: str = ""
    out: Path | None = None
    decide: Path | None = None
    forget: str = ""
    full: bool = False


def conflicts(choice: Choice, options: ConflictOptions) -> Exit:
    """Do the one thing that was asked for; without any, list the open conflicts."""
    if sum(map(bool, (options.out, options.decide, options.forget))) > 1:
        raise UsageError("--out, --decide and --forget do not go together", hint="Run them one after another.")
    project, _ = load(choice)
    with read_ledger(project) as ledger:
        if options.forget:
            return _forget(ledger, project, options.forget)
        from pardotflow.plan.report import read_conflicts

        path = find_plan(ledger, options.plan) if options.plan else newest_plan(ledger)
        report = read_conflicts(path)
        if report.meta.environment != project.environment.name:
            raise UsageError(
                f"plan {report.meta.id} was made for {report.meta.environment}, not for {project.environment.name}",
                hint="Choose the environment with --env.",
            )
        if options.decide:
            return _decide(ledger, report, options.decide)
        decided = _recorded(ledger, report)
        if options.out:
            return _write_file(report, decided, options.out)
    from pardotflow.views.terminal.asked import render_conflicts

    show(render_conflicts(report, decided, width=width(), full=options.full))
    return Exit.FINE


def _recorded(ledger: Ledger | None, report: ConflictReport) -> dict[Conflict, str]:
    """The plan's conflicts that were decided since, each with the word."""
    from pardotflow.engine.conflictfile.judging import recorded_words

    return recorded_words(report.conflicts, ledger.decisions() if ledger else [])


def _write_file(report: ConflictReport, decided: dict[Conflict, str], out: Path) -> Exit:
    from pardotflow.engine.conflictfile.writing import MOST_IN_YAML, conflicts_to_csv, conflicts_to_yaml

    waiting = [c for c in report.conflicts if c.winner == "open" and c not in decided]
    if out.suffix not in (".yml", ".csv"):
        raise UsageError(f"--out {out} is neither .yml nor .csv", hint="YAML for a review, CSV for a spreadsheet.")
    if not waiting:
        say(f"Nothing written: plan {report.meta.id} has no open conflict.", "yellow")
        return Exit.FINE
    if out.suffix == ".yml" and len(waiting) > MOST_IN_YAML:
        hint = f"Name a file that ends in .csv; YAML takes {MOST_IN_YAML:,}."
        raise UsageError(f"{len(waiting):,} conflicts are too many for a YAML file", hint=hint)
    is_csv = out.suffix == ".csv"
    try:
        # A file that is there may be half filled in.
        write_private(
            out, conflicts_to_csv(report, waiting) if is_csv else conflicts_to_yaml(report, waiting, str(out))
        )
    except FileExistsError as there:
        raise UsageError(f"{out} is there already", hint="Name another file, or move it away.") from there
    write(f"{_counted(len(waiting), 'open conflict')} of plan {report.meta.id} written to {out}\n")
    say("It holds personal values in the clear, and only you may read it. Fill in the decisions, and run:", "yellow")
    say(f"  pardotflow conflicts --decide {out}")
    return Exit.FINE


def _decide(ledger: Ledger | None, report: ConflictReport, path: Path) -> Exit:
    """Record what a file decides of the plan's conflicts; nothing where the file has a mistake."""
    from pardotflow.engine.conflictfile.judging import judge_entries

    if ledger is None:
        raise UsageError("nothing is remembered in this environment", hint="Run: pardotflow plan")
    entries = _entries(path, report.meta.environment)
    judged = judge_entries(entries, report.conflicts, ledger.decisions(), path.name, SystemClock().now())
    ledger.save_decisions(judged.decisions)
    _tell(judged, path)
    return Exit.FINE


def _entries(path: Path, environment: str) -> list[Entry]:
    """The file's entries; raises InvalidProject with every mistake in it."""
    from pardotflow.config.files import read_text
    from pardotflow.config.findings import Findings
    from pardotflow.config.frames import with_frames
    from pardotflow.engine.conflictfile.reading import read_csv, read_yaml
    from pardotflow.engine.conflictfile.writing import CSV_MARK

    if path.suffix not in (".yml", ".csv"):
        raise UsageError(f"--decide {path} is neither .yml nor .csv", hint="Fill in what --out wrote.")
    if not path.is_file():
        raise UsageError(f"there is no file {path}", hint="Write it with: pardotflow conflicts --out FILE")
    findings = Findings()
    text = read_text(path, Path(), findings, marks=CSV_MARK)
    read = read_csv if path.suffix == ".csv" else read_yaml
    entries = [] if text is None else read(text, str(path), environment, findings)
    if findings.has_errors:
        raise InvalidProject(with_frames(findings.diagnostics, Path()))
    return entries


def _tell(judged: Judged, path: Path) -> None:
    words = sorted({d.decision for d in judged.decisions})
    counts = ", ".join(f"{sum(d.decision == word for d in judged.decisions):,} {word}" for word in words)
    told = f"{_counted(len(judged.decisions), 'decision')} recorded from {path}"
    write(f"{told}: {counts}\n" if counts else f"{told}\n")
    for old, word in judged.replaced[:LISTED]:
        say(f"  {old.a_object}/{old.a_id}#{old.mapping}: {word}, and no longer {old.decision}", "yellow")
    if len(judged.replaced) > LISTED:
        say(f"  … and {len(judged.replaced) - LISTED:,} more that were decided otherwise before", "yellow")
    if judged.skipped:
        say(f"{_counted(len(judged.skipped), 'decision')} expired and not recorded:", "yellow")
    for skipped in judged.skipped[:LISTED]:
        sync, field, record, _ = skipped.entry.key
        say(f"  {skipped.entry.span.short}  {sync}  {record}#{field}: {skipped.why}", "yellow")
    if len(judged.skipped) > LISTED:
        say(f"  … and {len(judged.skipped) - LISTED:,} more", "yellow")
    if judged.undecided:
        say(f"{_counted(judged.undecided, 'conflict')} in the file left undecided.")
    if judged.decisions:
        say("Next: pardotflow plan")


def _forget(ledger: Ledger | None, project: Project, address: str) -> Exit:
    from pardotflow.core.address import parse_address
    from pardotflow.engine.conflictfile.judging import decisions_about

    try:
        about = parse_address(address)
    except ValueError as wrong:
        raise UsageError(f"--forget: {wrong}") from wrong
    fields = {
        (sync.name, mapping.key): {n for ref in (mapping.a, mapping.b) if ref for n in ref.by_object.values()}
        for sync in project.syncs
        for mapping in sync.fields
    }
    found = decisions_about(about, ledger.decisions() if ledger else [], fields)
    if ledger is None or not found:
        raise UsageError(f"nothing was decided about {address}", hint="See what is: pardotflow conflicts --full")
    ledger.forget_decisions([(*d.about, d.decided_at) for d in found])
    write(f"{_counted(len(found), 'decision')} forgotten; the next plan asks again\n")
    return Exit.FINE


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"

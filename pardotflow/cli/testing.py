"""`test`: run the decision tests of a project, or write the truth table of a sync as tests."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pardotflow.cli.console import say, show, show_diagnostics, width, write
from pardotflow.cli.exits import Exit
from pardotflow.cli.inspecting import remembered
from pardotflow.cli.planning import check_format
from pardotflow.cli.watch import Watch
from pardotflow.cli.workspace import Choice, load, open_workspace
from pardotflow.config.files import find_root
from pardotflow.config.findings import Findings, suggest
from pardotflow.config.frames import with_frames
from pardotflow.config.meaning import unchecked_objects
from pardotflow.config.project import Project
from pardotflow.core.describe import Catalog
from pardotflow.core.diagnostic import has_errors
from pardotflow.core.errors import InvalidProject, UsageError
from pardotflow.engine.checks import check_all, whole_catalog
from pardotflow.plan.verdicts import CaseReport
from pardotflow.quality.generate import GENERATED, generate_tests
from pardotflow.quality.load import load_tests
from pardotflow.quality.run import run_tests
from pardotflow.views.verdicts import render_verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOptions:
    """The options of `test`."""

    files: Sequence[Path] = ()
    sync: str = ""
    format: str = "text"
    coverage: bool = False
    generate: str = ""
    out: Path | None = None


def test(choice: Choice, options: CaseOptions) -> Exit:
    """Run the cases, or write them."""
    check_format(options.format)
    project, warnings = load(choice)
    show_diagnostics(warnings)
    _check_names(project, options)
    catalog = whole_catalog(project, _catalog(choice, project))
    try:
        return _generate(project, catalog, options) if options.generate else _run(project, catalog, options)
    except InvalidProject as found:
        raise InvalidProject(with_frames(found.diagnostics, project.root)) from found


def _check_names(project: Project, options: CaseOptions) -> None:
    names = [sync.name for sync in project.syncs]
    wanted = options.sync or options.generate.partition("#")[0]
    if (wanted or options.generate) and wanted not in names:
        raise UsageError(f"there is no sync {wanted!r}", hint=suggest(wanted, names, "Syncs"))
    if options.out and not options.generate:
        raise UsageError("--out has a meaning only beside --generate", hint="Remove it, or name a sync to generate.")
    missing = next((file for file in options.files if not file.is_file()), None)
    if missing:
        raise UsageError(f"there is no file {missing}", hint="Decision tests are YAML files, usually in tests/.")


def _catalog(choice: Choice, project: Project) -> Catalog:
    """What the systems declare: as it is remembered, else from the emulator; raises UsageError or InvalidProject."""
    catalog = remembered(project)
    unknown = unchecked_objects(project, catalog)
    if not unknown:
        problems = check_all(project, catalog)
        if has_errors(problems):
            raise InvalidProject(problems)
        return catalog
    if project.environment.emulator is None:
        names = ", ".join(f"{connection} {item}" for connection, item in unknown)
        raise UsageError(
            f"the fields of {names} are not known yet, and a test asks no system",
            hint="Run once: pardotflow validate",
        )
    with Watch(quiet=True) as progress, open_workspace(choice, progress) as workspace:
        return workspace.catalog


def _run(project: Project, catalog: Catalog, options: CaseOptions) -> Exit:
    findings = Findings()
    files = load_tests(project.root, [_inside(file, project) for file in options.files], findings)
    report = run_tests(project, catalog, files, findings, options.sync)
    show_diagnostics(with_frames(findings.diagnostics, project.root))
    if not report.files and not findings.has_errors:
        say("There are no decision tests to run: write tests/NAME.yml, or begin with --generate SYNC.", "yellow")
        return Exit.FINE
    if options.format == "json":
        write(json.dumps(_json(report), indent=2, ensure_ascii=False) + "\n")
    elif report.files:
        show(render_verdicts(report, width=width(), coverage=options.coverage))
    return Exit.ERROR if report.failed or findings.has_errors else Exit.FINE


def _inside(file: Path, project: Project) -> Path:
    """The file by its whole path, so that places name it as they name other files of the project."""
    return file.absolute() if find_root(file.parent) == project.root else file


def _json(report: CaseReport) -> dict[str, object]:
    counts = {"passed": report.passed, "failed": report.failed, "covered": report.covered, "cells": report.cells}
    return counts | asdict(report)


def _generate(project: Project, catalog: Catalog, options: CaseOptions) -> Exit:
    sync, _, mapping = options.generate.partition("#")
    text = generate_tests(project, catalog, sync, mapping)
    if options.out is None:
        write(text)
        return Exit.FINE
    if options.out.exists() and GENERATED not in options.out.read_text("utf-8", errors="replace"):
        raise UsageError(f"{options.out} was written by hand", hint="Name another file with --out.")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text, "utf-8")
    say(f"Written: {options.out}. Read it: it says what is decided today, right or wrong.")
    return Exit.FINE

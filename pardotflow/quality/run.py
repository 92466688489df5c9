"""Decision tests, run: every case goes through the statements that a plan runs, and none knows of another.

There is no second decision here: a case is a record or two in a session of its own kind, and what comes out is read
back from the tables that a plan is made of.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pardotflow.config.findings import Findings, suggest
from pardotflow.config.project import Project, Sync
from pardotflow.core.describe import Catalog
from pardotflow.core.errors import InvalidProject
from pardotflow.core.values import System
from pardotflow.engine.compile import compile_sync
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.focus import Focus
from pardotflow.engine.steps import Extent
from pardotflow.engine.syncplan import decide_sync, settle_sync
from pardotflow.plan.verdicts import CaseReport, FileVerdicts, MappingCoverage, PolicyCell, Verdict
from pardotflow.quality.cases import CaseFile
from pardotflow.quality.groups import group_cases
from pardotflow.quality.judge import differences
from pardotflow.quality.outcome import Outcome, Reader, all_cells
from pardotflow.quality.resolve import BoundCase, bind_case
from pardotflow.quality.stage import Records, open_stage, records_of

Keys = Mapping[str, str]
"""By role: the column that identifies a row of a model."""


def run_tests(
    project: Project, catalog: Catalog, files: Sequence[CaseFile], findings: Findings, wanted: str = ""
) -> CaseReport:
    """Run the cases of all files, or of those of one sync; what cannot be understood is reported and left out."""
    known = {sync.name: sync for sync in project.syncs}
    found: dict[str, list[CaseFile]] = {}
    for file in files:
        if file.sync not in known:
            help = suggest(file.sync, known, "Syncs")
            findings.error("PF185", f'there is no sync "{file.sync}"', file.at("tests"), help)
        elif not wanted or file.sync == wanted:
            found.setdefault(file.sync, []).append(file)
    verdicts: dict[str, FileVerdicts] = {}
    coverage: list[MappingCoverage] = []
    for sync in (s for s in project.syncs if s.name in found):
        compiled, keys = compile_sync(sync, catalog), keys_of(sync)
        bound = _bind(found[sync.name], compiled, keys, findings)
        outcomes = decide_cases(project, compiled, [case for _, case in bound], keys)
        verdicts |= _verdicts(found[sync.name], compiled, bound, outcomes)
        coverage += _coverage(compiled, [case for _, case in bound], outcomes)
    ordered = tuple(verdicts[file.file] for file in files if file.file in verdicts)
    return CaseReport(files=ordered, coverage=tuple(coverage))


def keys_of(sync: Sync) -> Keys:
    """The column that identifies a row of the sync's model, by role."""
    return {role: side.key for role, side in zip("ab", sync.sides, strict=True) if side.system is System.WAREHOUSE}


_Bound = list[tuple[str, BoundCase]]


def _bind(files: Iterable[CaseFile], sync: CompiledSync, keys: Keys, findings: Findings) -> _Bound:
    """The cases with the names of their files."""
    pairs = ((file.file, bind_case(case, sync, keys, findings)) for file in files for case in file.cases)
    return [(file, case) for file, case in pairs if case is not None]


def decide_cases(project: Project, sync: CompiledSync, cases: Sequence[BoundCase], keys: Keys) -> list[Outcome]:
    """What is planned for each case, in their order; raises InvalidProject for an expression that fails on one."""
    records = {number: records_of(sync, case, keys) for number, case in enumerate(cases)}
    found: dict[int, Outcome] = {}
    for group in group_cases(sync, dict(enumerate(cases)), records, share=project.environment.ampsea):
        try:
            found |= _decide(project, sync, group, records)
        except InvalidProject:
            for number, case in group.items():
                found |= _decide_alone(project, sync, number, case, records)
    return [found[number] for number in range(len(cases))]


def _decide(
    project: Project, sync: CompiledSync, group: Mapping[int, BoundCase], records: Mapping[int, Records]
) -> dict[int, Outcome]:
    own = {number: records[number] for number in group}
    with open_stage(sync, group, own) as con:
        reader = Reader(con, sync, own)
        decide_sync(con, sync, Focus(), share=project.environment.ampsea, extent=Extent.EVERY_STEP)
        reader.read_cells()
        settle_sync(con, sync, Focus(), is_last=True)
        reader.read_plan()
    return reader.outcomes


def _decide_alone(
    project: Project, sync: CompiledSync, number: int, case: BoundCase, records: Mapping[int, Records]
) -> dict[int, Outcome]:
    """One case; where an expression fails on it, the message says on which."""
    try:
        return _decide(project, sync, {number: case}, records)
    except InvalidProject as trouble:
        where = f'It fails on the case "{case.case.name}" ({case.case.span.short}).'
        found = [replace(d, help=f"{where} {d.help}".strip()) for d in trouble.diagnostics]
        raise InvalidProject(found) from trouble


def _verdicts(
    files: Iterable[CaseFile], sync: CompiledSync, bound: _Bound, outcomes: Sequence[Outcome]
) -> dict[str, FileVerdicts]:
    judged: dict[str, list[Verdict]] = {file.file: [] for file in files}
    for (file, case), outcome in zip(bound, outcomes, strict=True):
        found = differences(sync, case, outcome)
        judged[file].append(Verdict(name=case.case.name, line=case.case.span.short, differences=found))
    return {file: FileVerdicts(file=file, sync=sync.name, verdicts=tuple(all)) for file, all in judged.items()}


def _coverage(sync: CompiledSync, cases: Sequence[BoundCase], outcomes: Sequence[Outcome]) -> Iterable[MappingCoverage]:
    reached: dict[int, set[PolicyCell]] = {m.number: set() for m in sync.mappings}
    for case, outcome in zip(cases, outcomes, strict=True):
        for number, cell in outcome.cells.items():
            if not case.only or number in case.only:
                reached[number].add(cell.place)
    for mapping in sync.mappings:
        cells = all_cells(sync, mapping)
        yield MappingCoverage(
            sync=sync.name,
            mapping=mapping.mapping.key,
            line=mapping.mapping.span.short,
            cells=len(cells),
            situations=len({cell.found for cell in cells}),
            missing=tuple(cell for cell in cells if cell not in reached[mapping.number]),
        )

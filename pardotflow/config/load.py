"""A folder of text into a frozen Project, or everything that is wrong with it.

User input never raises: every problem of every file is a diagnostic, and all of them come at once: what was read of a
project with errors is checked too. The files are read in a fixed order: the project's, the environments, sources,
models, syncs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pardotflow.config.environment import process_environment
from pardotflow.config.environments import (
    Choice,
    EnvironmentReader,
    check_other_environments,
    choose_environment,
    environment_files,
)
from pardotflow.config.files import PROJECT_FILE, find_root, list_files, read_document, relative
from pardotflow.config.findings import Findings, suggest
from pardotflow.config.former import check_former_names
from pardotflow.config.frames import with_frames
from pardotflow.config.meaning import check_parts
from pardotflow.config.models import load_model
from pardotflow.config.nodes import MapNode
from pardotflow.config.project import Model, Project, Source, Sync
from pardotflow.config.project_file import Defaults, ProjectFile, build_project_file
from pardotflow.config.schemas import is_valid
from pardotflow.config.sources import build_sources
from pardotflow.config.syncs import build_sync
from pardotflow.config.variables import Renderer, Variables
from pardotflow.core.diagnostic import Diagnostic
from pardotflow.core.span import Span

__all__ = ["LoadedProject", "find_root", "load_project"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedProject:
    """The project, or None where there are errors; warnings may stand beside a project."""

    project: Project | None
    diagnostics: tuple[Diagnostic, ...]


def load_project(
    root: Path,
    environment: str | None,
    variables: Mapping[str, str],
    *,
    environ: Mapping[str, str] | None = None,
) -> LoadedProject:
    """Read the project in `root` or the nearest folder above it.

    `environment` None means the project's default one. `variables` are those of `--var`. `environ` is what
    `env_var()` reads, by default the variables of the process. Never raises for what the files hold.
    """
    findings = Findings()
    base = find_root(root)
    if base is None:
        message = f"there is no {PROJECT_FILE} in {root.absolute()} or above it"
        is_misnamed = (root / PROJECT_FILE).with_suffix(".yaml").is_file()
        start = f"Go to the project's folder, or write a {PROJECT_FILE} with name: and version: 1."
        help = f"Rename the file that ends in .yaml to {PROJECT_FILE}." if is_misnamed else start
        findings.error("PF107", message, None, help)
        return LoadedProject(project=None, diagnostics=findings.diagnostics)
    given = environ if environ is not None else process_environment()
    project = _Reader(base, findings, variables, given).read(environment or "")
    return LoadedProject(project=project, diagnostics=with_frames(findings.diagnostics, base))


class _Reader:
    """One reading of one folder."""

    def __init__(self, root: Path, findings: Findings, given: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._root = root
        self._findings = findings
        self._given = given
        self._environ = environ
        self._used: set[str] = set()

    def read(self, wanted: str) -> Project | None:
        """The project, or None where anything is wrong."""
        tree = read_document(self._root / PROJECT_FILE, self._root, self._findings)
        own = {k.text: v.text for k, v in tree.mapping("vars").scalars()} if tree else {}
        file = self._project_file(tree)
        known = environment_files(self._root, self._findings)
        name = choose_environment(_choice(wanted, file, tree), known, self._findings)
        check_other_environments(self._root, name, known, self._findings)
        reader = EnvironmentReader(self._root, Variables(values=own), self._given, self._environ, self._findings)
        loaded = reader.read(name, known.get(name))
        environment, renderer = loaded.environment, Renderer(self._findings, loaded.variables)
        sources = self._sources(renderer)
        is_known = not self._findings.has_errors
        models = self._models(renderer)
        syncs = self._syncs(renderer, file.defaults if file else Defaults(), models)
        check_former_names(syncs, self._findings)
        self._used |= renderer.used | loaded.used
        if file is None or environment is None:
            return None
        self._check_given({*own, *environment.vars})
        project = Project(
            name=file.name,
            root=self._root,
            environment=environment,
            sources=sources,
            models=models,
            syncs=syncs,
            vars=loaded.variables.values,
            retention=file.retention,
        )
        if not self._findings.has_errors:
            return project
        if is_known:
            check_parts(project, self._findings)
        return None

    def _project_file(self, tree: MapNode | None) -> ProjectFile | None:
        if tree is None:
            return None
        renderer = Renderer(self._findings, Variables(values=self._given))
        rendered = renderer.render_map(tree)
        self._used |= renderer.used
        if not is_valid(rendered, "project", self._findings):
            return None
        return build_project_file(rendered)

    def _sources(self, renderer: Renderer) -> tuple[Source, ...]:
        trees = self._trees("sources", renderer)
        return tuple(s for _, tree in trees if is_valid(tree, "sources", self._findings) for s in build_sources(tree))

    def _models(self, renderer: Renderer) -> tuple[Model, ...]:
        for path in list_files(self._root, "models", ".yml", self._findings):
            span = Span(file=relative(path, self._root), line=1)
            help = "Remove the file: models run in the embedded engine, and on: is not built yet."
            self._findings.error("PF190", "settings of a model have no effect yet", span, help)
        paths = list_files(self._root, "models", ".sql", self._findings)
        return tuple(load_model(path, self._root, renderer, self._findings) for path in paths)

    def _syncs(self, renderer: Renderer, defaults: Defaults, models: tuple[Model, ...]) -> tuple[Sync, ...]:
        """The syncs that were understood whole."""
        found, by_name = [], {model.name: model for model in models}
        for path, tree in self._trees("syncs", renderer):
            own = Findings()
            if is_valid(tree, "sync", own):
                found.append((build_sync(tree, path, self._root, defaults, by_name, own), own.has_errors))
            for diagnostic in own.diagnostics:
                self._findings.add(diagnostic)
        return tuple(sync for sync, is_broken in found if not is_broken)

    def _trees(self, folder: str, renderer: Renderer) -> list[tuple[Path, MapNode]]:
        found = []
        for path in list_files(self._root, folder, ".yml", self._findings):
            tree = read_document(path, self._root, self._findings)
            if tree is not None:
                found.append((path, renderer.render_map(tree)))
        return found

    def _check_given(self, declared: set[str]) -> None:
        """A variable that is given and that nothing declares or reads is most likely misspelled."""
        known = declared | self._used
        for name in (n for n in self._given if n not in known):
            help = suggest(name, sorted(known), "Variables")
            self._findings.warning("PF125", f'nothing reads the variable "{name}" of --var', None, help)


def _choice(wanted: str, file: ProjectFile | None, tree: MapNode | None) -> Choice:
    written = tree.scalar("default_environment") if tree else None
    default = file.default_environment if file else written.text if written else ""
    span = written.span if written else None
    return Choice(wanted=wanted, default=default, default_span=span, is_known=tree is not None)

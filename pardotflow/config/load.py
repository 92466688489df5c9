"""A folder of text into a frozen Project, or everything that is wrong with it.

User input never raises: every problem of every file is a diagnostic, and all of them come at once. The files are read
in a fixed order: the project's, the environments, sources, models, syncs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pardotflow.config.environment import build_environment, process_environment, variables_from_environment
from pardotflow.config.files import PROJECT_FILE, find_root, list_files, read_document, relative
from pardotflow.config.findings import Findings, suggest
from pardotflow.config.frames import with_frames
from pardotflow.config.models import load_model
from pardotflow.config.nodes import MapNode
from pardotflow.config.project import Environment, Model, Project, Source, Sync
from pardotflow.config.project_file import ProjectFile, build_project_file
from pardotflow.config.schemas import is_valid
from pardotflow.config.sources import build_sources
from pardotflow.config.syncs import build_sync
from pardotflow.config.unbuilt import report_unbuilt_defaults
from pardotflow.config.variables import Renderer, Variables, defer_templates
from pardotflow.core.diagnostic import Diagnostic, Severity
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
        help = f"Go to the project's folder, or write a {PROJECT_FILE} with name: and version: 1."
        findings.error("PF107", message, None, help)
        return LoadedProject(project=None, diagnostics=findings.diagnostics)
    given = environ if environ is not None else process_environment()
    project = _Reader(base, findings, variables, given).read(environment)
    return LoadedProject(project=project, diagnostics=with_frames(findings.diagnostics, base))


class _Reader:
    """One reading of one folder."""

    def __init__(self, root: Path, findings: Findings, given: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._root = root
        self._findings = findings
        self._given = given
        self._environ = environ
        self._used: set[str] = set()

    def read(self, wanted: str | None) -> Project | None:
        """The project, or None where anything is wrong."""
        tree = read_document(self._root / PROJECT_FILE, self._root, self._findings)
        variables = Variables().over(self._variables_of(tree))
        file = self._project_file(tree, Variables().over(self._given))
        name = self._environment_name(wanted, file, tree)
        self._check_other_environments(name)
        environment, variables = self._environment(name, variables)
        renderer = Renderer(self._findings, variables)
        sources = self._sources(renderer)
        models = self._models(renderer)
        syncs = self._syncs(renderer, file)
        self._used |= renderer.used
        self._check_given(tree, environment)
        if file is None or environment is None or self._findings.has_errors:
            return None
        return Project(
            name=file.name,
            root=self._root,
            environment=environment,
            sources=sources,
            models=models,
            syncs=syncs,
            vars=variables.values,
        )

    def _variables_of(self, tree: MapNode | None) -> dict[str, str]:
        return {k.text: v.text for k, v in tree.mapping("vars").scalars()} if tree else {}

    def _project_file(self, tree: MapNode | None, variables: Variables) -> ProjectFile | None:
        if tree is None:
            return None
        renderer = Renderer(self._findings, variables)
        rendered = renderer.render_map(tree)
        self._used |= renderer.used
        if not is_valid(rendered, "project", self._findings):
            return None
        report_unbuilt_defaults(rendered, self._findings)
        return build_project_file(rendered)

    def _environment_files(self) -> dict[str, Path]:
        folder = self._root / "environments"
        return {p.stem: p for p in list_files(self._root, "environments", ".yml", Findings()) if p.parent == folder}

    def _environment_name(self, wanted: str | None, file: ProjectFile | None, tree: MapNode | None) -> str:
        """The chosen environment that has a file, or the empty text."""
        known = self._environment_files()
        list_files(self._root, "environments", ".yml", self._findings)
        default = file.default_environment if file else ""
        name = wanted or default or (next(iter(known)) if len(known) == 1 else "")
        if name in known or (file is None and not name):
            return name if name in known else ""
        span = tree.get("default_environment") if tree and not wanted else None
        if not name:
            help = f"Give --env NAME, or set default_environment in {PROJECT_FILE}."
            message = "no environment is chosen" if known else "the project has no file environments/NAME.yml"
            self._findings.error("PF130", message, None, f"{help} {suggest('', known, 'Environments')}".strip())
        else:
            help = suggest(name, known, "Environments")
            self._findings.error("PF130", f'there is no environment "{name}"', span.span if span else None, help)
        return ""

    def _check_other_environments(self, chosen: str) -> None:
        """Problems of environments that are not used are shown, and stop nothing."""
        for name, path in self._environment_files().items():
            if name != chosen:
                findings = Findings()
                tree = read_document(path, self._root, findings)
                if tree is not None:
                    is_valid(defer_templates(tree, findings), "environment", findings)
                for diagnostic in findings.diagnostics:
                    self._findings.add(replace(diagnostic, severity=Severity.WARNING))

    def _environment(self, name: str, variables: Variables) -> tuple[Environment | None, Variables]:
        """The environment and the variables that hold in it."""
        given = variables.over(self._given)
        path = self._environment_files().get(name)
        tree = read_document(path, self._root, self._findings) if path else None
        if tree is None:
            return None, replace(given, complete=False)
        renderer = Renderer(self._findings, given, self._environ)
        rendered = renderer.render_map(tree)
        self._used |= renderer.used
        own = {k.text: v.text for k, v in rendered.mapping("vars").scalars() if not v.deferred}
        merged = variables.over(own, variables_from_environment(rendered)).over(self._given)
        if not is_valid(rendered, "environment", self._findings):
            return None, replace(merged, complete=False)
        return build_environment(name, rendered, self._root, self._findings), merged

    def _sources(self, renderer: Renderer) -> tuple[Source, ...]:
        trees = self._trees("sources", renderer)
        return tuple(s for _, tree in trees if is_valid(tree, "sources", self._findings) for s in build_sources(tree))

    def _models(self, renderer: Renderer) -> tuple[Model, ...]:
        for path in list_files(self._root, "models", ".yml", self._findings):
            span = Span(file=relative(path, self._root), line=1)
            help = "Remove the file: models run in the embedded engine, and on: is not built yet."
            self._findings.error("PF190", "settings of a model have no effect yet", span, help)
        paths = list_files(self._root, "models", ".sql", Findings())
        models = (load_model(path, self._root, renderer, self._findings) for path in paths)
        return tuple(m for m in models if m is not None)

    def _syncs(self, renderer: Renderer, file: ProjectFile | None) -> tuple[Sync, ...]:
        defaults = file.defaults if file else ProjectFile(name="").defaults
        return tuple(
            build_sync(tree, path, self._root, defaults, self._findings)
            for path, tree in self._trees("syncs", renderer)
            if is_valid(tree, "sync", self._findings)
        )

    def _trees(self, folder: str, renderer: Renderer) -> list[tuple[Path, MapNode]]:
        found = []
        for path in list_files(self._root, folder, ".yml", self._findings):
            tree = read_document(path, self._root, self._findings)
            if tree is not None:
                found.append((path, renderer.render_map(tree)))
        return found

    def _check_given(self, tree: MapNode | None, environment: Environment | None) -> None:
        """A variable that is given and that nothing reads is most likely misspelled."""
        declared = {*self._variables_of(tree), *(environment.vars if environment else {})}
        for name in self._given:
            if environment and name not in declared and name not in self._used:
                help = suggest(name, declared | self._used, "Variables")
                self._findings.warning("PF125", f'nothing reads the variable "{name}" of --var', None, help)

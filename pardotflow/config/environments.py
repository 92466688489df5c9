"""Which environment of a project is chosen, and what it and its variables are.

Only the chosen file is rendered: the others may need environment variables that this machine does not have. They are
still checked, and what is wrong with them is a warning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pardotflow.config.connections import Environment
from pardotflow.config.environment import build_environment, variables_from_environment
from pardotflow.config.files import PROJECT_FILE, list_files, read_document, relative
from pardotflow.config.findings import Findings, suggest
from pardotflow.config.nodes import Entry, MapNode
from pardotflow.config.schemas import is_valid
from pardotflow.config.variables import Renderer, Variables, defer_templates
from pardotflow.core.diagnostic import Severity
from pardotflow.core.span import Span

FOLDER = "environments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was asked for by `--env`, and what `default_environment:` says, with its place."""

    wanted: str = ""
    default: str = ""
    default_span: Span | None = None
    is_known: bool = True
    """False where `pardotflow.yml` could not be read: then it is no news that nothing is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedEnvironment:
    """The environment, or None where it cannot be used; the variables that hold; and those that its file reads."""

    environment: Environment | None
    variables: Variables
    used: frozenset[str] = field(default_factory=frozenset)


def environment_files(root: Path, findings: Findings) -> dict[str, Path]:
    """The environments' files by name. Files in folders below are not environments, which is said."""
    files = list_files(root, FOLDER, ".yml", findings)
    for path in (p for p in files if p.parent != root / FOLDER):
        help = f"Move it to {FOLDER}/{path.name}."
        findings.warning("PF108", f"{relative(path, root)} is not read: it stands in a folder below", None, help)
    return {p.stem: p for p in files if p.parent == root / FOLDER}


def choose_environment(choice: Choice, known: Mapping[str, Path], findings: Findings) -> str:
    """The name of the environment to use: the wanted one, the default, or the only one. The empty text where there is
    none, which has been reported."""
    only = next(iter(known)) if len(known) == 1 else ""
    name = choice.wanted or choice.default or only
    if name in known:
        return name
    if name:
        span = None if choice.wanted else choice.default_span
        findings.error("PF130", f'there is no environment "{name}"', span, suggest(name, known, "Environments"))
    elif choice.is_known:
        message = "no environment is chosen" if known else f"the project has no file {FOLDER}/NAME.yml"
        help = f"Give --env NAME, or set default_environment in {PROJECT_FILE}."
        findings.error("PF130", message, None, f"{help} {suggest('', known, 'Environments')}")
    return ""


def check_other_environments(root: Path, chosen: str, known: Mapping[str, Path], findings: Findings) -> None:
    """Report what is wrong with environments that are not used; it stops nothing."""
    for name, path in known.items():
        own = Findings()
        tree = read_document(path, root, own) if name != chosen else None
        if tree is not None:
            is_valid(defer_templates(tree, own), "environment", own)
        for diagnostic in own.diagnostics:
            findings.add(replace(diagnostic, severity=Severity.WARNING))


class EnvironmentReader:
    """Reads the chosen environment. `project` are the variables of the project, `given` those of `--var`."""

    def __init__(
        self, root: Path, project: Variables, given: Mapping[str, str], environ: Mapping[str, str], findings: Findings
    ) -> None:
        self._root = root
        self._project = project
        self._given = given
        self._environ = environ
        self._findings = findings

    def read(self, name: str, path: Path | None) -> LoadedEnvironment:
        """The environment of a file; without a file, or where it cannot be used, the variables are incomplete."""
        outside = self._project.over(self._given)
        tree = read_document(path, self._root, self._findings) if path else None
        if tree is None:
            return LoadedEnvironment(environment=None, variables=replace(outside, complete=False))
        # Its own variables come first, so that the rest of the file can use them.
        first = Renderer(self._findings, outside, self._environ)
        own = first.render_map(tree.only("vars"))
        variables = self._with_own(own)
        second = Renderer(self._findings, variables, self._environ)
        rest = second.render_map(tree.without("vars"))
        rendered = MapNode(entries=_in_order(tree, (*own.entries, *rest.entries)), span=tree.span)
        used = frozenset(first.used | second.used)
        if not is_valid(rendered, "environment", self._findings):
            return LoadedEnvironment(environment=None, variables=replace(variables, complete=False), used=used)
        environment = build_environment(name, rendered, self._root, self._findings)
        return LoadedEnvironment(environment=environment, variables=variables, used=used)

    def _with_own(self, own: MapNode) -> Variables:
        values = {k.text: v.text for k, v in own.mapping("vars").scalars() if not v.deferred}
        return self._project.over(values, variables_from_environment(own)).over(self._given)


def _in_order(tree: MapNode, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    by_key = {e.key.text: e for e in entries}
    return tuple(by_key[key] for key in tree.keys)

"""Names between files: each means one thing, and each that is used exists."""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from pardotflow.config.findings import suggest
from pardotflow.config.meaning.scope import Scope
from pardotflow.config.project import Model, Side
from pardotflow.core.span import Span
from pardotflow.core.values import System


def check_names(scope: Scope) -> None:
    """Names that stand twice, names that nothing has, and models that depend on themselves."""
    project = scope.project
    _check_unique(scope, "source", [(s.name, s.at("source")) for s in project.sources])
    _check_unique(scope, "model", [(m.name, m.span) for m in project.models])
    _check_unique(scope, "sync", [(s.name, s.span) for s in project.syncs])
    for model in project.models:
        _check_model(scope, model)
    _check_cycles(scope)
    for sync in project.syncs:
        for side in sync.sides:
            _check_side(scope, side)


def _check_unique(scope: Scope, what: str, named: Iterable[tuple[str, Span]]) -> None:
    """Relations in the engine have no case, so names that differ by case only are the same."""
    first: dict[str, Span] = {}
    for name, span in named:
        earlier = first.setdefault(name.lower(), span)
        if earlier != span:
            message = f'another {what} is called "{name}" too'
            scope.findings.error("PF144", message, span, f"It stands at {earlier}; rename one of them.")


def _check_model(scope: Scope, model: Model) -> None:
    sources = [s.name for s in scope.project.sources]
    models = [m.name for m in scope.project.models]
    for name in model.sources:
        _check_known(scope, "PF140", "source", name, sources, model.at(f"source:{name}"))
    for name in model.refs:
        _check_known(scope, "PF141", "model", name, models, model.at(f"ref:{name}"))


def _check_known(scope: Scope, code: str, what: str, name: str, known: list[str], span: Span) -> None:
    if name not in known:
        help = suggest(name, known, f"{what.capitalize()}s")
        scope.findings.error(code, f'there is no {what} "{name}"', span, help)


def _check_cycles(scope: Scope) -> None:
    models = {m.name: m for m in scope.project.models}
    try:
        TopologicalSorter({m.name: m.refs for m in models.values()}).prepare()
    except CycleError as e:
        circle: list[str] = list(reversed(e.args[1]))
        start = circle.index(min(circle[:-1]))
        names = [*circle[start:-1], *circle[:start], circle[start]]
        span = models[names[0]].at(f"ref:{names[1]}")
        help = "Take what both need into a model of its own."
        scope.findings.error("PF143", f"models depend on each other in a circle: {' -> '.join(names)}", span, help)


def _check_side(scope: Scope, side: Side) -> None:
    if side.system is System.WAREHOUSE:
        _check_known(scope, "PF141", "model", side.model, [m.name for m in scope.project.models], side.at("model"))
        return
    if side.model:
        _check_known(scope, "PF141", "model", side.model, [m.name for m in scope.project.models], side.at("model"))
    environment = scope.project.environment
    if environment.connection(side.system) is None:
        known = [c.name for c in environment.connections]
        help = f"A side uses the connection of its own name. {suggest(side.system, known, 'Connections')}"
        message = f'the environment {environment.name} has no connection "{side.system}"'
        scope.findings.error("PF131", message, side.span, help)

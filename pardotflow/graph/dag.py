"""The steps of a project in the order in which they run.

The order is the same for equal projects: a step comes after all that it needs, and of steps that are ready the one
that was declared first.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from graphlib import TopologicalSorter

from pardotflow.config.project import Model, Project, Side, Sync
from pardotflow.core.values import System


class StepKind(StrEnum):
    """What a step does: read, compute, or reconcile."""

    SOURCE = "source"
    MODEL = "model"
    SYNC = "sync"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One node of the graph. `needs` names the steps that must have run before."""

    kind: StepKind
    name: str
    needs: tuple[str, ...] = ()

    def __str__(self) -> str:
        return step_name(self.kind, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """All steps, each after those that it needs."""

    steps: tuple[Step, ...]

    def step(self, name: str) -> Step:
        """The step called `source:NAME`, `model:NAME` or `sync:NAME`; raises KeyError for any other."""
        found = next((s for s in self.steps if str(s) == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def upstream(self, names: Iterable[str]) -> "Graph":
        """The part of the graph that these steps need, they themselves included; raises KeyError as `step`."""
        kept: set[str] = set()
        waiting = [str(self.step(n)) for n in names]
        while waiting:
            name = waiting.pop()
            if name not in kept:
                kept.add(name)
                waiting.extend(self.step(name).needs)
        return Graph(steps=tuple(s for s in self.steps if str(s) in kept))


def step_name(kind: StepKind, name: str) -> str:
    """How a step is written in selections and messages."""
    return f"{kind}:{name}"


def build_graph(project: Project) -> Graph:
    """The graph of a checked project. Raises graphlib.CycleError where models depend on each other in a circle."""
    declared = (*_sources(project), *_models(project), *(_sync(s, project) for s in project.syncs))
    by_name = {str(step): step for step in declared}
    rank = {name: number for number, name in enumerate(by_name)}
    sorter = TopologicalSorter({n: [need for need in s.needs if need in by_name] for n, s in by_name.items()})
    sorter.prepare()
    ordered: list[Step] = []
    ready = sorted(sorter.get_ready(), key=rank.__getitem__)
    while ready:
        name = ready.pop(0)
        ordered.append(by_name[name])
        sorter.done(name)
        ready = sorted((*ready, *sorter.get_ready()), key=rank.__getitem__)
    return Graph(steps=tuple(ordered))


def _sources(project: Project) -> Iterable[Step]:
    return (Step(kind=StepKind.SOURCE, name=s.name) for s in project.sources)


def _models(project: Project) -> Iterable[Step]:
    for model in project.models:
        sources = (step_name(StepKind.SOURCE, n) for n in model.sources)
        refs = (step_name(StepKind.MODEL, n) for n in model.refs)
        yield Step(kind=StepKind.MODEL, name=model.name, needs=(*sources, *refs))


def _sync(sync: Sync, project: Project) -> Step:
    needs = dict.fromkeys(need for side in sync.sides for need in _needs_of(side, project))
    return Step(kind=StepKind.SYNC, name=sync.name, needs=tuple(needs))


def _needs_of(side: Side, project: Project) -> Iterable[str]:
    if side.system is System.WAREHOUSE:
        return [step_name(StepKind.MODEL, side.model)]
    sources = (project.source_of(side.system, name) for name in side.objects)
    models = [step_name(StepKind.MODEL, side.model)] if side.model else []
    return [*(step_name(StepKind.SOURCE, s.name) for s in sources if s is not None), *models]


def models_in_order(project: Project) -> tuple[Model, ...]:
    """Every model after those that it refers to."""
    by_name = {m.name: m for m in project.models}
    steps = build_graph(project).steps
    return tuple(by_name[s.name] for s in steps if s.kind is StepKind.MODEL)


def sources_of_models(project: Project) -> Mapping[str, Set[tuple[str, str]]]:
    """By model the connection and object of every source that it comes from, over other models too."""
    graph = build_graph(project)
    sources = {s.name: (s.connection, s.object) for s in project.sources}
    return {
        model.name: {
            sources[step.name]
            for step in graph.upstream([step_name(StepKind.MODEL, model.name)]).steps
            if step.kind is StepKind.SOURCE
        }
        for model in project.models
    }

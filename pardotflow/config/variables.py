"""`var()` and `env_var()`: what templates in YAML may call, and the rendering of whole trees.

A value of an environment variable stays marked wherever it goes, through `var()` too, so that it can become a secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pardotflow.config.credentials import is_like_secret
from pardotflow.config.findings import Findings, suggest
from pardotflow.config.nodes import Entry, ListNode, MapNode, Node, Scalar
from pardotflow.config.project import TextPlace
from pardotflow.config.templates import Names, TemplateProblem, check_template, is_template, render_template


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """Variables by name. `complete` is False where some could not be read: then an unknown one is no news."""

    values: Mapping[str, str] = field(default_factory=dict)
    from_environment: frozenset[str] = frozenset()
    complete: bool = True

    def over(self, values: Mapping[str, str], from_environment: frozenset[str] = frozenset()) -> "Variables":
        """These with others on top."""
        kept = self.from_environment - set(values)
        return replace(self, values={**self.values, **values}, from_environment=kept | from_environment)


class Renderer:
    """Renders trees. `environ` is None where environment variables may not be read."""

    def __init__(self, findings: Findings, variables: Variables, environ: Mapping[str, str] | None = None) -> None:
        self._findings = findings
        self._variables = variables
        self._environ = environ
        self._reads_environment = False
        self._is_secret = False
        self.used: set[str] = set()
        """Names that were asked for by `var()`."""

    @property
    def names(self) -> Names:
        """The functions that every template may call."""
        return {"var": self._var, "env_var": self._env_var}

    def render(self, node: Node, *, secret: bool = False) -> Node:
        """The tree with every template rendered; one that cannot be is reported and counts as anything from then on.
        `secret` says that the node stands under a key for a secret: then no clear value is proposed."""
        if isinstance(node, Scalar):
            return self._scalar(node, secret=secret)
        if isinstance(node, ListNode):
            return replace(node, items=tuple(self.render(i, secret=secret) for i in node.items))
        return self.render_map(node)

    def render_map(self, node: MapNode) -> MapNode:
        """As `render`, for a mapping."""
        entries = tuple(
            Entry(key=e.key, value=self.render(e.value, secret=is_like_secret(e.key.text))) for e in node.entries
        )
        return MapNode(entries=entries, span=node.span)

    def _scalar(self, scalar: Scalar, *, secret: bool) -> Scalar:
        if not is_template(scalar.text):
            return scalar
        self._reads_environment, self._is_secret = False, secret
        try:
            text = render_template(scalar.text, self.names)
        except TemplateProblem as e:
            if e.code:
                self._findings.error(e.code, e.message, scalar.span, e.help)
            return replace(scalar, deferred=True)
        place = TextPlace(span=scalar.span, exact=False)
        return replace(scalar, text=text, templated=True, from_environment=self._reads_environment, place=place)

    def _var(self, name: str, *more: object) -> str:
        if more:
            raise TemplateProblem("PF124", f"var('{name}') takes a name only", "Set the value under vars:.")
        self.used.add(name)
        values = self._variables.values
        if name in values:
            self._reads_environment |= name in self._variables.from_environment
            return values[name]
        if not self._variables.complete:
            raise TemplateProblem("", "")
        way_out = "Set it under vars: in pardotflow.yml or in the environment's file, or pass --var NAME=VALUE."
        raise TemplateProblem(
            "PF121", f'the variable "{name}" has no value', f"{suggest(name, values)} {way_out}".strip()
        )

    def _env_var(self, name: str, default: object = None) -> str:
        if self._environ is None:
            way_out = "Read it into a variable there, under vars:, and write var('NAME') here."
            raise TemplateProblem("PF123", "env_var() may stand in environments/*.yml only", way_out)
        # A default is a text of the file: a secret that has one stands there in clear text, used or not.
        self._reads_environment |= not default
        value = self._environ.get(name, "")
        if value:
            return value
        if default is not None:
            return str(default)
        what = "is empty" if name in self._environ else "is not set"
        way_out = f"Export {name}." if self._is_secret else f"Export {name}, or write env_var('{name}', 'value')."
        raise TemplateProblem("PF122", f"the environment variable {name} {what}", way_out)


def defer_templates(node: MapNode, findings: Findings) -> MapNode:
    """The tree of an environment that was not chosen: templates are parsed, not rendered, and count as anything."""
    names = Renderer(findings, Variables()).names

    def walk(item: Node) -> Node:
        if isinstance(item, Scalar):
            return _deferred(item, names, findings)
        if isinstance(item, ListNode):
            return replace(item, items=tuple(walk(i) for i in item.items))
        return MapNode(entries=tuple(Entry(key=e.key, value=walk(e.value)) for e in item.entries), span=item.span)

    return MapNode(entries=tuple(Entry(key=e.key, value=walk(e.value)) for e in node.entries), span=node.span)


def _deferred(scalar: Scalar, names: Names, findings: Findings) -> Scalar:
    if not is_template(scalar.text):
        return scalar
    try:
        check_template(scalar.text, names)
    except TemplateProblem as e:
        findings.error(e.code, e.message, scalar.span, e.help)
    return replace(scalar, deferred=True)

"""Templates in YAML: rendered after the parse, in a sandbox, with every problem at its own place."""

from collections.abc import Mapping

import pytest

from pardotflow.config.document import parse_document
from pardotflow.config.findings import Findings
from pardotflow.config.nodes import MapNode, Scalar
from pardotflow.config.variables import Renderer, Variables, defer_templates
from pardotflow.core.diagnostic import Diagnostic


def tree(text: str) -> MapNode:
    node = parse_document(text, "a.yml", Findings())
    assert node is not None
    return node


def render(
    value: str, values: Mapping[str, str] | None = None, environ: Mapping[str, str] | None = None
) -> tuple[Scalar, tuple[Diagnostic, ...]]:
    findings = Findings()
    renderer = Renderer(findings, Variables(values=values or {}), environ)
    scalar = renderer.render_map(tree(f"a: {value}")).scalar("a")
    assert scalar is not None
    return scalar, findings.diagnostics


def test_a_variable() -> None:
    scalar, found = render("\"x-{{ var('region') | lower }}\"", {"region": "EU"})
    assert (scalar.text, found) == ("x-eu", ())


def test_a_rendered_text_counts_as_what_it_looks_like() -> None:
    scalar, _ = render("\"{{ var('flag') }}\"", {"flag": "true"})
    assert scalar.is_boolean and scalar.is_text
    scalar, _ = render("\"{{ var('count') }}\"", {"count": "5"})
    assert scalar.is_integer and scalar.is_text
    scalar, _ = render("\"{{ var('nothing') }}\"", {"nothing": ""})
    assert not scalar.is_null


def test_an_environment_variable_is_remembered() -> None:
    scalar, _ = render("\"{{ env_var('TOKEN') }}\"", environ={"TOKEN": "t"})
    assert (scalar.text, scalar.from_environment) == ("t", True)
    scalar, _ = render("\"{{ env_var('TOKEN', 'other') }}\"", environ={"TOKEN": ""})
    assert scalar.text == "other"


@pytest.mark.parametrize("environ", [{"TOKEN": "t"}, {}])
def test_a_default_is_a_text_of_the_file_used_or_not(environ: Mapping[str, str]) -> None:
    scalar, _ = render("\"{{ env_var('TOKEN', 'hunter2') }}\"", environ=environ)
    assert not scalar.from_environment
    scalar, _ = render("\"{{ env_var('TOKEN', '') }}\"", environ=environ)
    assert scalar.from_environment


def test_no_default_is_proposed_for_a_secret() -> None:
    findings = Findings()
    renderer = Renderer(findings, Variables(), {})
    renderer.render_map(tree("client_secret: \"{{ env_var('ONE') }}\"\nlogin_url: \"{{ env_var('TWO') }}\""))
    assert [d.help for d in findings.diagnostics] == ["Export ONE.", "Export TWO, or write env_var('TWO', 'value')."]


def test_a_variable_that_came_from_the_environment_stays_marked() -> None:
    variables = Variables(values={"token": "t"}, from_environment=frozenset({"token"}))
    scalar = Renderer(Findings(), variables).render(tree("a: \"{{ var('token') }}\"").entries[0].value)
    assert isinstance(scalar, Scalar) and scalar.from_environment
    assert variables.over({"token": "u"}).from_environment == frozenset()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("\"{{ var('x' }}\"", "PF120"),
        ('"{% if %}"', "PF120"),
        ("\"{{ var('nope') }}\"", "PF121"),
        ('"{{ nope }}"', "PF121"),
        ('"{{ range(3) }}"', "PF121"),
        ("\"{{ var('x').nope }}\"", "PF121"),
        ("\"{{ env_var('NOPE') }}\"", "PF122"),
        ("\"{{ env_var('EMPTY') }}\"", "PF122"),
        ('"{{ 1 / 0 }}"', "PF124"),
        ('"{{ var() }}"', "PF124"),
        ("\"{{ var('x', 'default') }}\"", "PF124"),
        ("\"{{ var('x') + 1 }}\"", "PF124"),
        ('"{{ var.__globals__ }}"', "PF124"),
    ],
)
def test_what_cannot_be_rendered(value: str, code: str) -> None:
    scalar, found = render(value, {"x": "1"}, {"EMPTY": ""})
    assert [d.code for d in found] == [code]
    assert [str(d.span) for d in found] == ["a.yml:1:4"]
    assert scalar.deferred


def test_the_missing_variable_message_names_it_and_both_ways_out() -> None:
    _, (found,) = render("\"{{ env_var('SF_TOKEN') }}\"", environ={})
    assert "SF_TOKEN is not set" in found.message
    assert "Export SF_TOKEN" in found.help and "env_var('SF_TOKEN', 'value')" in found.help


def test_env_var_is_for_environments_only() -> None:
    _, (found,) = render("\"{{ env_var('X') }}\"", environ=None)
    assert found.code == "PF123"


def test_an_unknown_variable_is_no_news_where_some_could_not_be_read() -> None:
    findings = Findings()
    renderer = Renderer(findings, Variables(complete=False))
    scalar = renderer.render_map(tree("a: \"{{ var('x') }}\"")).scalar("a")
    assert scalar is not None and scalar.deferred and not findings.diagnostics


def test_templates_of_another_environment_are_parsed_only() -> None:
    findings = Findings()
    node = defer_templates(tree('a: "{{ env_var(\'NOPE\') }}"\nb: "{{ nope }}"\nc: ["{{ var(\'x\' }}"]\n'), findings)
    assert [d.code for d in findings.diagnostics] == ["PF121", "PF120"]
    scalar = node.scalar("a")
    assert scalar is not None and scalar.deferred


def test_later_variables_win() -> None:
    variables = Variables(values={"a": "project", "b": "project"}).over({"a": "environment"}).over({"a": "given"})
    assert variables.values == {"a": "given", "b": "project"}

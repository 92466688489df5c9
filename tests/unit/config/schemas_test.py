"""The published grammar: itself correct, strict everywhere, and its errors in plain words."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pardotflow.config.document import parse_document
from pardotflow.config.findings import Findings
from pardotflow.config.schemas import is_valid, load_schema
from pardotflow.config.variables import defer_templates

NAMES = ("project", "environment", "sources", "sync", "test")


def parts(schema: object, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield path, schema
        for key, value in schema.items():
            yield from parts(value, f"{path}/{key}")
    elif isinstance(schema, list):
        for number, value in enumerate(schema):
            yield from parts(value, f"{path}/{number}")


def said(schema: str, text: str) -> list[str]:
    findings = Findings()
    node = parse_document(text, "a.yml", findings)
    assert node is not None
    assert is_valid(node, schema, findings) is not findings.has_errors
    return [f"{d.code} {d.span.line if d.span else 0} {d.message}" for d in findings.diagnostics]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema(name: str) -> None:
    schema = load_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"{name}.schema.json"


@pytest.mark.parametrize("name", NAMES)
def test_every_object_is_closed_and_every_key_is_described(name: str) -> None:
    for path, part in parts(load_schema(name)):
        if part.get("type") == "object" and not path.endswith("/properties"):
            assert "additionalProperties" in part, path
        if path.endswith("/properties"):
            undescribed = [k for k, v in part.items() if "description" not in v and "$ref" not in v]
            assert not undescribed, (path, undescribed)


def test_an_unknown_schema_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        load_schema("nothing")


def test_several_errors_at_once_and_each_once() -> None:
    sides = "sides:\n  salesforce: {objects: []}\n  pardot: {object: prospect}\n"
    text = f"sync: people\nstrenght: apply\n{sides}match: [mail]\n"
    assert said("sync", text) == [
        'PF111 1 the file needs the key "fields"',
        'PF110 2 unknown key "strenght"',
        'PF113 4 "objects" takes a list of object names; it has 0',
        'PF112 6 item 1 of "match" cannot be "mail"',
    ]


def test_of_alternatives_the_one_of_the_written_kind_speaks() -> None:
    text = "sources:\n  - {source: a, connection: c, object: O, fields: x}\n  - a\n"
    assert said("sources", text) == [
        'PF113 2 "fields" takes a list of field names, not "x"',
        'PF113 3 item 2 of "sources" takes keys and values, not "a"',
    ]


def test_a_connection_is_told_by_its_type() -> None:
    text = "connections:\n  a: {type: duckdb, file: x}\n  b: {type: excel}\n  c: {path: x}\n  d: files\n"
    assert said("environment", text) == [
        'PF111 2 "a" needs the key "path"',
        'PF110 2 unknown key "file" in "a"',
        'PF112 3 "type" cannot be "excel"',
        'PF111 4 "c" needs the key "type"',
        'PF113 5 "d" takes a connection, not "files"',
    ]


def test_a_secret_is_never_repeated() -> None:
    text = 'connections:\n  salesforce: {type: salesforce, client_secret: [hunter2], refresh_token: ""}\n'
    (text_of_all,) = ["\n".join(said("environment", text))]
    assert "hunter2" not in text_of_all
    assert '"refresh_token" takes a text that is not empty, not this value' in text_of_all


def test_numbers_are_compared() -> None:
    connection = "{{type: pardot, url: https://p, business_unit: 0Uv5g0000008OPxCAM, auth: s, concurrency: {}}}"
    assert said("environment", f"connections:\n  p: {connection.format(5)}\n") == []
    for wrong in ("0", "6", "many", '"5"', "2.5"):
        found = said("environment", f"connections:\n  p: {connection.format(wrong)}\n")
        assert found and "takes a number from 1 to 5" in found[0], wrong


def test_a_template_that_is_still_open_may_be_anything() -> None:
    findings = Findings()
    text = "type: emulator\nproduction: \"{{ var('x') }}\"\nconnector: \"{{ var('x') }}\"\n"
    node = parse_document(text, "a.yml", findings)
    assert node is not None
    assert not is_valid(defer_templates(node, findings), "environment", findings)
    assert not findings.diagnostics


def test_the_version_of_the_grammar() -> None:
    assert said("project", "name: x\nversion: 1\n") == []
    assert said("project", "name: x\nversion: 2\n") == ['PF112 2 "version" cannot be "2"']
    assert said("project", "name: x\nversion: 1.0\n") == ['PF113 2 "version" takes 1, not "1.0"']

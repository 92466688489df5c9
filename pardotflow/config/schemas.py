"""The published grammar, and files checked against it.

The same JSON schemas that editors complete from decide here what a file may say; only what counts as a text, a number
or a truth value is ours, since values keep the text that was written.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from jsonschema import Draft202012Validator, ValidationError, validators

from pardotflow.config.findings import Findings
from pardotflow.config.nodes import ListNode, MapNode, Node, Scalar
from pardotflow.config.schema_error import schema_error
from pardotflow.config.schema_errors import report_errors

Schema = dict[str, Any]
Keyword = Callable[..., Iterable[ValidationError] | None]


class Validator(Protocol):
    """What is used of a compiled schema."""

    def iter_errors(self, instance: object) -> Iterable[ValidationError]:
        """Every error of an instance made of dicts, lists, `Text` and None."""


class Text(str):
    """The text of a scalar that remembers the scalar, for the type checks."""

    scalar: Scalar

    @staticmethod
    def of(scalar: Scalar) -> "Text":
        """The text with its scalar."""
        text = Text(scalar.text)
        text.scalar = scalar
        return text


@cache
def load_schema(name: str) -> Schema:
    """The schema of that name: `project`, `environment`, `sources`, `sync`, `test` or `plan`.

    It comes from the installed package, or in a checkout from the folder beside it. Raises FileNotFoundError.
    """
    file = f"{name}.schema.json"
    packaged = files("pardotflow") / "schemas" / file
    beside = Path(__file__).parents[2] / "schemas" / file
    text = packaged.read_text("utf-8") if packaged.is_file() else beside.read_text("utf-8")
    schema: Schema = json.loads(text)
    return schema


def is_valid(node: MapNode, schema: str, findings: Findings) -> bool:
    """True where the tree follows the schema of that name and nothing in it is left open; every error is reported
    once, at its own place. A template that could not be rendered was reported before and leaves its value open."""
    errors = [schema_error(e) for e in _validator(schema).iter_errors(_instance(node))]
    report_errors(errors, node, findings)
    return not errors and not _is_open(node)


@cache
def _validator(name: str) -> Validator:
    checker = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "string": lambda _, value: isinstance(value, Text) and value.scalar.is_text,
            "boolean": lambda _, value: isinstance(value, Text) and value.scalar.is_boolean,
            "integer": lambda _, value: isinstance(value, Text) and value.scalar.is_integer,
            "number": lambda _, value: isinstance(value, Text) and value.scalar.is_number,
        }
    )
    known = Draft202012Validator.VALIDATORS
    keywords = {k: _unless_deferred(known[k]) for k in ("pattern", "enum", "minLength")}
    keywords |= {"const": _unless_deferred(_const), "minimum": _minimum, "maximum": _maximum}
    extend: Callable[..., Callable[[Schema], Validator]] = validators.extend
    return extend(Draft202012Validator, keywords, type_checker=checker)(load_schema(name))


def _unless_deferred(keyword: Keyword) -> Keyword:
    """A template that was not rendered may turn out to be anything."""

    def check(validator: object, wanted: object, instance: object, schema: object) -> Iterable[ValidationError]:
        if not (isinstance(instance, Text) and instance.scalar.deferred):
            yield from keyword(validator, wanted, instance, schema) or ()

    return check


def _const(validator: object, wanted: object, instance: object, schema: object) -> Iterator[ValidationError]:
    if instance != str(wanted):
        yield ValidationError(f"{wanted} was expected")


def _minimum(validator: object, wanted: float, instance: object, schema: object) -> Iterator[ValidationError]:
    if _is_number(instance) and float(str(instance)) < wanted:
        yield ValidationError(f"less than {wanted}")


def _maximum(validator: object, wanted: float, instance: object, schema: object) -> Iterator[ValidationError]:
    if _is_number(instance) and float(str(instance)) > wanted:
        yield ValidationError(f"more than {wanted}")


def _is_number(instance: object) -> bool:
    return isinstance(instance, Text) and instance.scalar.is_number and not instance.scalar.deferred


def _is_open(node: Node) -> bool:
    if isinstance(node, MapNode):
        return any(_is_open(e.value) for e in node.entries)
    return any(_is_open(i) for i in node.items) if isinstance(node, ListNode) else node.deferred


def _instance(node: Node) -> object:
    if isinstance(node, MapNode):
        return {Text.of(e.key): _instance(e.value) for e in node.entries}
    if isinstance(node, ListNode):
        return [_instance(i) for i in node.items]
    return None if node.is_null else Text.of(node)

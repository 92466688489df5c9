"""Digests of configuration: equal exactly where the same plan would come out.

A digest is sha256 over canonical JSON. Places, descriptions and secrets never take part; a connection counts by its
type and host only, so that a new token is not a new configuration.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import PurePath
from typing import TypeAlias
from urllib.parse import urlsplit

from pardotflow.config.connections import Connection, Environment
from pardotflow.config.project import FieldMapping, FieldRef, Project, Sync, ValueMap

Json: TypeAlias = "str | float | bool | list[Json] | dict[str, Json] | None"

# Names of fields that say where something stands or what it is for, not what it does.
_SILENT = frozenset({"span", "spans", "set_spans", "place", "places", "description"})
_HOSTS = ("login_url", "instance_url", "url")


def config_digest(project: Project) -> str:
    """Of everything that can change a plan."""
    return _digest(
        {
            "project": project.name,
            "environment": _environment(project.environment),
            "sources": _json(sorted(project.sources, key=lambda s: s.name)),
            "models": _json(sorted(project.models, key=lambda m: m.name)),
            "syncs": _json(sorted(project.syncs, key=lambda s: s.name)),
        }
    )


def mapping_digest(sync: Sync, mapping: FieldMapping) -> str:
    """Of what computes the mapping's value: systems, fields by object, direction, SQL, the pairs of the value map, and
    how users are translated (not who they are).

    Policies, guards and descriptions are left out: changing one of them does not make a remembered base worthless.
    """
    parts: dict[str, Json] = {
        "systems": [str(s.system) for s in sync.sides],
        "a": _ref(mapping.a),
        "b": _ref(mapping.b),
        "direction": str(mapping.direction),
        "sql": mapping.sql,
        "values": _pairs(mapping.values),
    }
    # A part that is not used is left out: the digests of before it was there stay what they are.
    return _digest(parts | ({"users": _json(mapping.users)} if mapping.users else {}))


def _digest(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _environment(environment: Environment) -> Json:
    return {
        "name": environment.name,
        "production": environment.production,
        "ampsea": environment.ampsea,
        "connector": str(environment.connector),
        "connections": {c.name: [c.type, _host(c)] for c in environment.connections},
    }


def _host(connection: Connection) -> str:
    address = next((connection.settings[k] for k in _HOSTS if k in connection.settings), "")
    return urlsplit(address).netloc.lower() if isinstance(address, str) else ""


def _ref(ref: FieldRef | None) -> Json:
    return None if ref is None else _json(ref.by_object)


def _pairs(values: ValueMap | None) -> Json:
    """The order of a value map decides nothing: each value stands in it once."""
    return None if values is None else [list(pair) for pair in sorted(values.pairs)]


def _json(value: object) -> Json:
    """Any part of a project as JSON, without the silent fields."""
    if isinstance(value, ValueMap):
        return _pairs(value)
    if is_dataclass(value):
        parts = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in _SILENT}
        # A part that is not used is left out, as above.
        return {name: _json(part) for name, part in parts.items() if name != "renamed_from" or part}
    if isinstance(value, Mapping):
        return {str(k): _json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_json(v) for v in value]
    if isinstance(value, Enum | PurePath):
        return str(value)
    if value is None or isinstance(value, str | float | int):
        return value
    raise TypeError(f"{type(value).__name__} has no place in a digest")

"""`environments/NAME.yml`: connections and variables of one environment.

Here and nowhere else the process's environment variables are read. A setting that is a secret by its name becomes a
`Secret` however it was written; in clear text it is a warning.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pardotflow.config.connections import Connection, ConnectorState, EmulatorSettings, Environment, StateSettings
from pardotflow.config.credentials import SECRET_SETTINGS
from pardotflow.config.findings import Findings
from pardotflow.config.nodes import Entry, MapNode, Scalar
from pardotflow.config.sending import build_sending
from pardotflow.config.unbuilt import report_unbuilt_connection
from pardotflow.core.secret import Secret
from pardotflow.core.span import Span
from pardotflow.core.values import System

VENDORS = (System.SALESFORCE, System.PARDOT)
DATA_FILE = "emulator.db"
LOCK_EXPIRES = 60
_PASSWORD = re.compile(r"://[^/@:]*:[^/@]+@|password=", re.IGNORECASE)
# A connection that a side of a sync uses has the side's name; these are the types that the name allows.
TYPES_BY_NAME = {"salesforce": ("salesforce",), "pardot": ("pardot",), "warehouse": ("files", "duckdb")}


def process_environment() -> Mapping[str, str]:
    """The variables of the process."""
    return os.environ


def build_environment(name: str, node: MapNode, root: Path, findings: Findings) -> Environment:
    """The values of a rendered tree that follows the environment schema."""
    is_emulator = node.get("type") is not None
    start = Span(file=node.span.file, line=1)
    span = node.span if node.entries else start
    emulator = _emulator(name, node, root, findings) if is_emulator else None
    built_in = tuple(Connection(name=v, type=v, span=span) for v in VENDORS) if is_emulator else ()
    declared = tuple(_connection(e, findings) for e in node.mapping("connections").entries)
    _check_names(node.mapping("connections"), is_emulator, findings)
    environment = Environment(
        name=name,
        production=node.flag("production", default=False),
        ampsea=node.flag("ampsea", default=True),
        connector=ConnectorState(node.text("connector", "absent" if is_emulator else "active")),
        connections=built_in + tuple(c for c in declared if not (is_emulator and c.name in VENDORS)),
        emulator=emulator,
        vars={k.text: v.text for k, v in node.mapping("vars").scalars()},
        span=span,
        state=_state(node, findings),
        sending=build_sending(node),
        memory_limit=int(node.text("memory_limit", "0")),
    )
    if is_emulator and environment.production:
        entry = node.entry("production")
        help = "Remove the line: nothing in an emulator needs protection."
        message = "an emulator environment cannot be production"
        findings.error("PF134", message, entry.key.span if entry else span, help)
    _check_references(environment, node.mapping("connections"), findings)
    return environment


def variables_from_environment(node: MapNode) -> frozenset[str]:
    """The names under `vars:` whose values came from environment variables."""
    return frozenset(k.text for k, v in node.mapping("vars").scalars() if v.from_environment)


def _emulator(name: str, node: MapNode, root: Path, findings: Findings) -> EmulatorSettings:
    seed = node.scalar("seed")
    folder = root / seed.text if seed else None
    if seed and folder and not folder.is_dir():
        help = "Give a folder of CSV files, relative to the folder of pardotflow.yml."
        findings.error("PF136", f'the seed folder "{seed.text}" does not exist', seed.span, help)
    data = node.text("data")
    path = root / data if data else root / ".pardotflow" / name / DATA_FILE
    return EmulatorSettings(data=path, seed=folder)


def _state(node: MapNode, findings: Findings) -> StateSettings | None:
    entry, own = node.entry("state"), node.mapping("state")
    url = own.scalar("url")
    if entry is None or url is None:
        return None
    if not url.from_environment and _PASSWORD.search(url.text):
        help = "Write url: \"{{ env_var('NAME') }}\" and change the password, since it may be in git."
        # Without the lines: they show it.
        findings.warning("PF132", f'the url under "state" in {entry.key.span.short} holds a password', None, help)
    return StateSettings(
        url=Secret(url.text),
        schema=own.text("schema"),
        lock_expires=float(own.text("lock_expires") or LOCK_EXPIRES),
    )


def _connection(entry: Entry, findings: Findings) -> Connection:
    node = entry.value if isinstance(entry.value, MapNode) else MapNode(entries=(), span=entry.value.span)
    report_unbuilt_connection(node, findings)
    settings = {k.text: _setting(k, v, findings) for k, v in node.scalars() if k.text != "type"}
    return Connection(
        name=entry.key.text, type=node.text("type"), settings=settings, span=entry.key.span, spans=node.spans()
    )


def _setting(key: Scalar, value: Scalar, findings: Findings) -> str | Secret:
    if key.text not in SECRET_SETTINGS:
        return value.text
    if not value.from_environment:
        template = f"Write {key.text}: \"{{{{ env_var('NAME') }}}}\""
        without = " without a default" if value.templated else ""
        way_out = f"{template}{without} and change the secret, since it may be in git."
        findings.warning("PF132", f'"{key.text}" is a secret in clear text', key.span, way_out)
    return Secret(value.text)


def _check_names(connections: MapNode, is_emulator: bool, findings: Findings) -> None:
    for entry in connections.entries:
        name, types = entry.key.text, TYPES_BY_NAME.get(entry.key.text, ())
        kind = entry.value.text("type") if isinstance(entry.value, MapNode) else ""
        if is_emulator and name in VENDORS:
            message = f'the connection "{name}" comes from the emulator'
            findings.error("PF135", message, entry.key.span, "Remove it, or remove type: emulator.")
        elif types and kind not in types:
            message = f'the connection "{name}" must be of type {" or ".join(types)}, not {kind}'
            findings.error("PF133", message, entry.key.span, "Another name is free for any type.")


def _check_references(environment: Environment, connections: MapNode, findings: Findings) -> None:
    """The login that a Pardot connection shares must be that of a Salesforce connection."""
    for connection in environment.connections:
        auth = connection.settings.get("auth")
        other = environment.connection(auth) if isinstance(auth, str) else None
        if isinstance(auth, str) and (other is None or other.type != System.SALESFORCE):
            known = [c.name for c in environment.connections if c.type == System.SALESFORCE]
            help = f"Salesforce connections: {', '.join(known) or 'none'}."
            findings.error("PF131", f'"{auth}" is not a Salesforce connection', connection.at("auth"), help)

"""A small project on disk, and what is said about it.

`PROJECT` is correct; a test replaces or adds the files that it is about.
"""

from collections.abc import Mapping
from pathlib import Path

from pardotflow.config.load import LoadedProject, load_project
from pardotflow.config.project import Project

SYNC_HEAD = """\
sync: people
sides:
  salesforce: {objects: [Contact, Lead]}
  pardot: {object: prospect}
match: [salesforce_id, email]
"""
SYNC = SYNC_HEAD + "fields:\n  - {salesforce: FirstName, pardot: firstName}\n"
USAGE_HEAD = """\
sync: usage
sides:
  warehouse: {model: usage, key: email}
  pardot: {object: prospect}
match: [email]
"""
USAGE = USAGE_HEAD + "fields:\n  - {warehouse: plan, pardot: product_plan__c}\n"
SOURCES = """\
sources:
  - {source: contacts, connection: salesforce, object: Contact}
  - {source: leads, connection: salesforce, object: Lead}
  - {source: prospects, connection: pardot, object: prospect}
  - {source: usage, connection: warehouse, file: usage.csv, types: {seats: integer}}
"""
LIVE = """\
connector: paused
connections:
  salesforce:
    type: salesforce
    login_url: https://login.salesforce.com
    client_id: 3MVG9
    client_secret: "{{ env_var('SF_CLIENT_SECRET') }}"
    refresh_token: "{{ env_var('SF_REFRESH_TOKEN') }}"
  pardot: {type: pardot, url: "https://pi.pardot.com", business_unit: 0Uv5g0000008OPxCAM, auth: salesforce}
  warehouse: {type: files, path: warehouse}
"""
SECRETS = {"SF_CLIENT_SECRET": "s-3-c", "SF_REFRESH_TOKEN": "r-3-f"}
PROJECT = {
    "pardotflow.yml": "name: acme\nversion: 1\ndefault_environment: dev\n",
    "environments/dev.yml": "type: emulator\nconnections:\n  warehouse: {type: files, path: warehouse}\n",
    "sources/all.yml": SOURCES,
    "models/usage.sql": "select email, plan, seats from {{ source('usage') }}\n",
    "syncs/people.yml": SYNC,
    "syncs/usage.yml": USAGE,
    "warehouse/usage.csv": "email,plan,seats\na@example.com,Pro,3\n",
}


def write(root: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write the correct project with these files in place; None removes one."""
    for name, content in {**PROJECT, **files}.items():
        if content is not None:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def load(root: Path, files: Mapping[str, str | bytes | None] | None = None, **variables: str) -> LoadedProject:
    """The project with these files in place, read for its default environment."""
    return load_project(write(root, files or {}), None, variables, environ=SECRETS)


def project(root: Path, files: Mapping[str, str | bytes | None] | None = None, **variables: str) -> Project:
    """As `load`, for a project without errors."""
    loaded = load(root, files, **variables)
    assert loaded.project is not None, [(d.code, d.message, str(d.span)) for d in loaded.diagnostics]
    return loaded.project


def codes(loaded: LoadedProject) -> list[str]:
    """The codes of everything that was said."""
    return [d.code for d in loaded.diagnostics]

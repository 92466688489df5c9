"""Digests change exactly with what they cover."""

from pathlib import Path

import pytest

from pardotflow.config.load import load_project
from pardotflow.config.project import Project
from pardotflow.graph.digest import config_digest, mapping_digest

ENVIRONMENT = """connector: paused
connections:
  salesforce:
    type: salesforce
    login_url: https://acme.my.salesforce.com
    client_id: one
    client_secret: "{{ env_var('S') }}"
    refresh_token: "{{ env_var('R') }}"
  pardot: {type: pardot, url: "https://pi.pardot.com", business_unit: 0Uv5g0000008OPxCAM, auth: salesforce}
"""
SOURCES = """sources:
  - {source: leads, connection: salesforce, object: Lead}
  - {source: prospects, connection: pardot, object: prospect}
"""
SYNC = """sync: people
description: one
sides: {salesforce: {object: Lead}, pardot: {object: prospect}}
match: [salesforce_id, email]
create: {pardot: {when: "Email is not null", set: {campaignId: 1}}}
fields:
  - {salesforce: LeadSource, pardot: source, direction: to_pardot, values: map.csv, into: blank}
  - {salesforce: Phone, pardot: phone, policy: salesforce, on_blank: hold, pii: phone}
  - {pardot: country, sql: "upper(Country)"}
  - {salesforce: OwnerId, pardot: userId, users: {map: users.csv, fallback: 7}}
guards: {updates: 10%}
"""
FILES = {
    "pardotflow.yml": "name: acme\nversion: 1\n",
    "environments/dev.yml": ENVIRONMENT,
    "sources/all.yml": SOURCES,
    "models/m.sql": "select email from {{ source('leads') }}\n",
    "syncs/people.yml": SYNC,
    "syncs/users.csv": "salesforce,pardot\nana@acme.example,42\n",
    "syncs/map.csv": "salesforce,pardot\nWeb,Website\nFair,Event\n",
}


def read(root: Path, file: str = "", old: str = "", new: str = "", secret: str = "x") -> Project:
    for name, text in FILES.items():
        assert name != file or old in text
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text.replace(old, new) if name == file else text)
    loaded = load_project(root, None, {}, environ={"S": secret, "R": secret})
    assert loaded.project is not None, loaded.diagnostics
    return loaded.project


def mappings(project: Project) -> list[str]:
    sync = project.syncs[0]
    return [mapping_digest(sync, m) for m in sync.fields]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("syncs/people.yml", "description: one", "description: two"),
        ("syncs/people.yml", "sync: people\n", "# a comment moves every line\n\nsync: people\n"),
        ("syncs/map.csv", "Web,Website\nFair,Event\n", "Fair,Event\nWeb,Website\n"),
        ("environments/dev.yml", "client_id: one", "client_id: two"),
        ("sources/all.yml", SOURCES, "sources:\n" + "\n".join(reversed(SOURCES.splitlines()[1:])) + "\n"),
    ],
)
def test_what_cannot_change_a_plan_leaves_the_digest(tmp_path: Path, file: str, old: str, new: str) -> None:
    assert config_digest(read(tmp_path)) == config_digest(read(tmp_path, file, old, new))


def test_secrets_never_take_part(tmp_path: Path) -> None:
    assert config_digest(read(tmp_path)) == config_digest(read(tmp_path, secret="other"))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("pardotflow.yml", "acme", "other"),
        ("environments/dev.yml", "acme.my", "other.my"),
        ("environments/dev.yml", "connector: paused", "connector: absent"),
        ("environments/dev.yml", "connector: paused", "connector: paused\nampsea: false"),
        ("sources/all.yml", "object: Lead}", 'object: Lead, where: "City != null"}'),
        ("models/m.sql", "select email", "select lower(email) as email"),
        ("syncs/people.yml", "Email is not null", "Email is null"),
        ("syncs/people.yml", "campaignId: 1", "campaignId: 2"),
        ("syncs/people.yml", "[salesforce_id, email]", "[email, salesforce_id]"),
        ("syncs/people.yml", "policy: salesforce", "policy: pardot"),
        ("syncs/people.yml", "pii: phone", "pii: other"),
        ("syncs/people.yml", "10%", "11%"),
        ("syncs/people.yml", "guards:", "strength: observe\nguards:"),
        ("syncs/people.yml", "guards:", "deletes: {salesforce: unlink}\nguards:"),
        ("syncs/map.csv", "Event", "Trade show"),
    ],
)
def test_what_can_change_a_plan_changes_the_digest(tmp_path: Path, file: str, old: str, new: str) -> None:
    assert config_digest(read(tmp_path)) != config_digest(read(tmp_path, file, old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("policy: salesforce", "policy: ask"),
        ("on_blank: hold", "on_blank: clear"),
        ("into: blank", "into: any"),
        ("10%", "20%"),
        ("pii: phone", "pii: other"),
    ],
)
def test_a_mappings_digest_leaves_policies_out(tmp_path: Path, old: str, new: str) -> None:
    assert mappings(read(tmp_path)) == mappings(read(tmp_path, "syncs/people.yml", old, new))


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("syncs/people.yml", "salesforce: LeadSource", "salesforce: {Lead: Industry}", [True, False, False, False]),
        ("syncs/people.yml", "direction: to_pardot", "direction: to_salesforce", [True, False, False, False]),
        ("syncs/people.yml", "pardot: phone, policy", "pardot: fax, policy", [False, True, False, False]),
        ("syncs/people.yml", "salesforce: Phone, pardot", 'sql: "upper(Phone)", pardot', [False, True, False, False]),
        ("syncs/people.yml", "upper(Country)", "lower(Country)", [False, False, True, False]),
        ("syncs/map.csv", "Event", "Trade show", [True, False, False, False]),
        ("syncs/users.csv", "42", "43", [False, False, False, True]),
        ("syncs/people.yml", "fallback: 7", "fallback: 8", [False, False, False, True]),
        ("syncs/people.yml", "fallback: 7", "queues: skip", [False, False, False, True]),
        ("syncs/people.yml", "fallback: 7", "match: email", [False, False, False, True]),
    ],
)
def test_a_mappings_digest_covers_what_computes_the_value(
    tmp_path: Path, file: str, old: str, new: str, changed: list[bool]
) -> None:
    before, after = mappings(read(tmp_path)), mappings(read(tmp_path, file, old, new))
    assert [a != b for a, b in zip(before, after, strict=True)] == changed


def test_a_digest_is_sha256_and_stable(tmp_path: Path) -> None:
    digest = config_digest(read(tmp_path))
    assert len(digest) == 64 and digest == config_digest(read(tmp_path))

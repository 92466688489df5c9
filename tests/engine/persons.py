"""Worlds with person accounts: an account that is a person, under its own id and that of its contact."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from pardotflow.core.describe import FieldInfo
from pardotflow.core.values import FieldType
from tests.engine.harness import World, Yaml, new_world, people

IS_PERSON = FieldInfo(
    name="IsPersonAccount",
    type=FieldType.BOOLEAN,
    nillable=False,
    default="false",
    createable=False,
    updateable=False,
)
ACCOUNTS: Yaml = {"sources": [{"source": "accounts", "connection": "salesforce", "object": "Account"}]}
TITLES = {"Contact": "Title", "Lead": "Title", "Account": "PersonTitle"}
EVERYBODY = ("Contact", "Lead", "Account")
ANA: Yaml = {"LastName": "Alba", "FirstName": "Ana"}


@contextmanager
def new_org(root: Path) -> Iterator[World]:
    """A world with person accounts."""
    with new_world(root, own={"Contact": [IS_PERSON], "Account": [IS_PERSON]}) as made:
        (root / "sources/accounts.yml").write_text(yaml.safe_dump(dict(ACCOUNTS)), "utf-8")
        yield made


def configure(org: World, *objects: str, **more: object) -> None:
    """Names and titles both ways between these objects, everybody by default, and prospects."""
    listed = objects or EVERYBODY
    titles: Yaml = {"salesforce": {o: TITLES[o] for o in listed}, "pardot": "jobTitle"}
    sides = {"salesforce": {"objects": list(listed)}, "pardot": {"object": "prospect"}}
    named: Yaml = {"match": ["salesforce_id", {"salesforce": "Prospect_Id__c", "pardot": "id"}, "email"], **more}
    names: Yaml = {"salesforce": "FirstName", "pardot": "firstName"}
    org.configure({**people([names, titles], sides=sides), **named})


def person(org: World, **account: object) -> tuple[str, str]:
    """A person account: the ids of the account and of its contact."""
    address = {"Email": account["PersonEmail"]} if "PersonEmail" in account else {}
    contact = org.crm.add("Contact", {**ANA, **address, "IsPersonAccount": True})
    known = {**ANA, "Name": "Ana Alba", "IsPersonAccount": True, "PersonContactId": contact}
    return org.crm.add("Account", {**known, **account}), contact

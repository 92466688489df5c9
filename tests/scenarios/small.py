"""A project of some tens of people, for tests that start many commands.

Every kind of change is in it: creates and updates on both sides, two-way fields of several policies, and fields that
one side owns. The first apply settles it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from .driving import Project

CONTACTS = 24
LEADS = 6
NEW_PROSPECTS = 12
NEW_LEADS = 10

SCHEMA = """
salesforce:
  Contact:
    - {name: Pardot_Prospect_Id__c, type: string, length: 18, externalId: true, unique: true}
    - {name: Prospect_Score__c, type: double, precision: 18, scale: 0}
  Lead:
    - {name: Pardot_Prospect_Id__c, type: string, length: 18, externalId: true, unique: true}
    - {name: Prospect_Score__c, type: double, precision: 18, scale: 0}
org:
  org_id: 00D5g0000008avYEAQ
  business_unit_id: 0Uv5g0000000LJJCA2
  user: {id: 0055g0000004PcuAAE, name: Sync Robot, username: sync.robot@small.example, pardot_id: 712}
"""

PROJECT = "name: small\nversion: 1\ndefault_environment: emulator\n"

EMULATOR = "type: emulator\nseed: seed\n"

LIVE = """
production: false
connector: absent
connections:
  salesforce:
    type: salesforce
    login_url: "{{ env_var('SF_LOGIN_URL') }}"
    client_id: "{{ env_var('SF_CLIENT_ID') }}"
    client_secret: "{{ env_var('SF_CLIENT_SECRET') }}"
    refresh_token: "{{ env_var('SF_REFRESH_TOKEN') }}"
  pardot:
    type: pardot
    url: "{{ env_var('PARDOT_URL') }}"
    business_unit: "{{ env_var('PARDOT_BUSINESS_UNIT_ID') }}"
    auth: salesforce
"""

SOURCES = """
sources:
  - {source: contacts, connection: salesforce, object: Contact}
  - {source: leads, connection: salesforce, object: Lead}
  - {source: prospects, connection: pardot, object: prospect}
"""

SYNC = """
sync: people
strength: apply
sides:
  salesforce: {objects: [Contact, Lead]}
  pardot: {object: prospect}
match:
  - salesforce_id
  - {salesforce: Pardot_Prospect_Id__c, pardot: id}
  - email
create:
  pardot:
    when: "Email is not null"
    set: {campaignId: 1201}
  salesforce:
    object: Lead
    when: "pardot.userId is not null"
    set:
      Company: "coalesce(pardot.company, 'Unknown')"
      LastName: "coalesce(pardot.lastName, 'Unknown')"
    key: Pardot_Prospect_Id__c
fields:
  - {salesforce: FirstName, pardot: firstName, pii: name}
  - {salesforce: LastName, pardot: lastName, pii: name}
  - {salesforce: Email, pardot: email, pii: email}
  - {salesforce: Title, pardot: jobTitle, on_link: salesforce}
  - {salesforce: Phone, pardot: phone, policy: most_recent, pii: phone}
  - {salesforce: {Contact: MailingCity, Lead: City}, pardot: city}
  - {pardot: country, direction: to_pardot, sql: "upper(coalesce(salesforce.MailingCountry, salesforce.Country))"}
  - {salesforce: Prospect_Score__c, pardot: score, direction: to_salesforce}
  - {salesforce: HasOptedOutOfEmail, pardot: optedOut, policy: consent}
guards: {updates: 60%}
"""

_STAMP = "2026-01-10 08:00:00"


def build_small(root: Path, contacts: int = CONTACTS) -> Project:
    """Write the project and its seed, with so many linked contacts, into a new folder; nothing is planned yet."""
    files = {
        "pardotflow.yml": PROJECT,
        "environments/emulator.yml": EMULATOR,
        "environments/live.yml": LIVE,
        "environments/production.yml": LIVE.replace("production: false", "production: true"),
        "sources/systems.yml": SOURCES,
        "syncs/people.yml": SYNC,
        "seed/schema.yml": SCHEMA,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), "utf-8")
    _write_people(root / "seed", contacts)
    return Project(root=root)


def _write_people(seed: Path, linked_contacts: int) -> None:
    contacts = [_contact(n) for n in range(linked_contacts + NEW_PROSPECTS)]
    leads = [_lead(n) for n in range(LEADS)]
    linked = [_linked_prospect(n, row) for n, row in enumerate([*contacts[:linked_contacts], *leads])]
    first = max(500, len(linked))
    lonely = [_lonely_prospect(n, first + n) for n in range(NEW_LEADS)]
    _write(seed / "Contact.csv", contacts)
    _write(seed / "Lead.csv", leads)
    _write(seed / "prospects.csv", [*linked, *lonely])
    _write(seed / "pardot_campaigns.csv", [{"id": "1201", "name": "Website"}])
    _write(seed / "pardot_users.csv", [{"id": "701", "email": "greta@small.example", "firstName": "Greta"}])


def _contact(n: int) -> dict[str, str]:
    return {
        "Id": f"003S0000000{n:04d}",
        "FirstName": f"Con{n}",
        "LastName": "Tact",
        "Email": f"contact{n}@small.example",
        "Title": "Engineer",
        "Phone": f"+1 555 0100{n:02d}",
        "MailingCity": "Oslo" if n % 3 else "",
        "MailingCountry": "no",
        "HasOptedOutOfEmail": "false",
        "Pardot_Prospect_Id__c": "",
        "Prospect_Score__c": "",
        "SystemModstamp": _STAMP,
        "IsDeleted": "false",
    }


def _lead(n: int) -> dict[str, str]:
    return {
        "Id": f"00QS0000000{n:04d}",
        "FirstName": f"Le{n}",
        "LastName": "Ad",
        "Company": "Lead AG",
        "Email": f"lead{n}@small.example",
        "Title": "Buyer",
        "Phone": f"+1 555 0101{n:02d}",
        "City": "Bergen",
        "Country": "NO",
        "HasOptedOutOfEmail": "false",
        "Pardot_Prospect_Id__c": "",
        "Prospect_Score__c": "",
        "SystemModstamp": _STAMP,
        "IsDeleted": "false",
        "IsConverted": "false",
    }


def _linked_prospect(n: int, record: dict[str, str]) -> dict[str, str]:
    return {
        "id": str(1000 + n),
        "email": record["Email"],
        "firstName": record["FirstName"],
        "lastName": record["LastName"],
        "company": "",
        "jobTitle": "Engr." if n % 2 else record["Title"],
        "phone": record["Phone"],
        "city": record.get("MailingCity", record.get("City", "")) or "Tromsø",
        "country": "NO" if n % 4 else "Norway",
        "score": str(10 * n),
        "optedOut": "false",
        "userId": "701",
        "campaignId": "1201",
        "salesforceId": record["Id"],
        "updatedAt": _STAMP,
        "isDeleted": "false",
    }


def _lonely_prospect(n: int, number: int) -> dict[str, str]:
    return {
        **_linked_prospect(number, _lead(50 + n)),
        "email": f"prospect{n}@small.example",
        "firstName": f"Pros{n}",
        "company": "Prospect AS",
        "salesforceId": "",
    }


def _write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)

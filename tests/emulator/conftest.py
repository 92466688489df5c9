"""Fixtures: a seeded data file, made once, and an emulator over a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pardotflow.emulator.seeding import seed

from .running import Emulator, running

SCHEMA = """
salesforce:
  Lead:
    - {name: Prospect_Score__c, type: double, precision: 18, scale: 0}
    - {name: Pardot_Prospect_Id__c, type: string, length: 40, externalId: true, unique: true}
    - {name: Region__c, picklist: [North, South], restricted: true}
  Contact:
    - {name: Pardot_Prospect_Id__c, type: string, length: 40, externalId: true, unique: true}
    - {name: Shared_Key__c, type: string, length: 40, externalId: true}
    - {name: Topics__c, type: multipicklist, picklist: [a, b, c]}
    - {name: Partner__c, type: reference, referenceTo: [Account]}
pardot:
  custom_fields:
    - {id: 247666, name: Biography, fieldId: biography, type: Text}
    - {id: 247672, name: Hobby, fieldId: hobby, type: Radio Button}
    - {id: 247674, name: Language, fieldId: language, type: Multi-Select}
    - {id: 247704, name: Age, fieldId: age, type: Number}
"""
ACCOUNTS = """Id,Name,Industry
0015e000001acme,Acme,Banking
0015e000001beta,Beta Ltd,
"""
CONTACTS = """Id,FirstName,LastName,Email,Phone,AccountId,Birthdate,Description,Topics__c,SystemModstamp,IsDeleted,MailingCity
0035e000000con1,Ann,Alpha,ann@x.test,+1 1,0015e000001acme,1980-02-03,long,a;b,2021-12-02T18:23:39.000Z,false,Oslo
0035e000000con2,Bob,Beta,Bob@x.test,,0015e000001beta,,,b,2021-12-03T00:00:00.000+0000,false,
0035e000000con3,,O'Neil,,,,,,,2021-12-04 00:00:00,false,
0035e000000con4,Del,Eted,del@x.test,,,,,,2021-12-05T00:00:00Z,true,
"""
LEADS = """Id,LastName,Company,Email,IsConverted,ConvertedContactId,Status,SystemModstamp
00Q5e000000led1,Lima,Lima AG,lima@x.test,false,,,2022-01-01T00:00:00Z
00Q5e000000led2,Mike,Mike AG,mike@x.test,true,0035e000000con1,Closed - Converted,2022-01-02T00:00:00Z
"""
PROSPECTS = """id,email,firstName,lastName,phone,score,optedOut,salesforceId,hobby__c,age__c,lastActivityAt,updatedAt,isDeleted
1,ann@x.test,Ann,Alpha,,10,false,0035e000000con1,swimming,41,2023-01-01T00:00:00Z,2023-02-01T08:00:00Z,false
2,bob@x.test,Bob,Beta,55,20,true,,,,,2023-02-02T08:00:00Z,false
3,bob@x.test,Bobby,Beta,,30,false,,,,2023-03-01T00:00:00Z,2023-02-02T08:00:00Z,false
4,gone@x.test,Gone,Away,,0,false,,,,,2023-02-03T08:00:00Z,true
5,eve@x.test,Eve,Echo,,5,false,,,,,2023-02-04T08:00:00Z,false
"""
LISTS = "id,name,title,isDynamic\n11,News,Newsletter,false\n12,Segment,,true\n13,Offers,,false\n"
MEMBERSHIPS = "id,listId,prospectId,optedOut\n101,11,1,false\n"
CAMPAIGNS = (
    "id,name,createdAt,updatedAt\n1201,Webinar,2020-01-01T00:00:00Z,2020-01-01T00:00:00Z\n"
    "1202,Fair,2021-01-01T00:00:00Z,2021-01-01T00:00:00Z\n"
)


def write_folder(folder: Path) -> Path:
    """The seed folder of these tests."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "schema.yml": SCHEMA,
        "Account.csv": ACCOUNTS,
        "Contact.csv": CONTACTS,
        "Lead.csv": LEADS,
        "prospects.csv": PROSPECTS,
        "lists.csv": LISTS,
        "list_memberships.csv": MEMBERSHIPS,
        "pardot_campaigns.csv": CAMPAIGNS,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data file that is only copied, never served."""
    base = tmp_path_factory.mktemp("seed")
    report = seed(base / "template.db", write_folder(base / "folder"))
    assert not report.problems and not report.unknown_columns and not report.unknown_files
    return base / "template.db"


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    """A data file of one test."""
    return Path(shutil.copy(template, tmp_path / "emulator.db"))


@pytest.fixture
def emulator(data: Path) -> Iterator[Emulator]:
    """A running emulator of one test."""
    with running(data) as made:
        yield made


@pytest.fixture(scope="module")
def shared(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A running emulator for tests that only read."""
    data = Path(shutil.copy(template, tmp_path_factory.mktemp("shared") / "emulator.db"))
    with running(data) as made:
        yield made

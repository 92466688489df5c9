"""Reads the example project's files the way a stranger would: as CSV, knowing nothing of the script that wrote them.

A prospect is paired with the live, unconverted contact or lead that its `salesforceId` names, and with nothing else.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "projects" / "example"
Row = dict[str, str]

# Prospect field: contact field, lead field.
PEOPLE_FIELDS = {
    "firstName": ("FirstName", "FirstName"),
    "lastName": ("LastName", "LastName"),
    "email": ("Email", "Email"),
    "jobTitle": ("Title", "Title"),
    "phone": ("Phone", "Phone"),
    "company": (None, "Company"),
    "website": (None, "Website"),
    "industry": (None, "Industry"),
    "department": ("Department", None),
    "addressOne": ("MailingStreet", "Street"),
    "city": ("MailingCity", "City"),
    "state": ("MailingState", "State"),
    "zip": ("MailingPostalCode", "PostalCode"),
    "country": ("MailingCountry", "Country"),
    "source": ("LeadSource", "LeadSource"),
    "score": ("Prospect_Score__c", "Prospect_Score__c"),
    "optedOut": ("HasOptedOutOfEmail", "HasOptedOutOfEmail"),
    "isDoNotCall": ("DoNotCall", "DoNotCall"),
    "preferred_language__c": ("Preferred_Language__c", "Preferred_Language__c"),
    "customer_number__c": ("Customer_Number__c", "Customer_Number__c"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """One prospect and the record that it points at."""

    object: str
    record: Row
    prospect: Row

    def values(self, field: str) -> tuple[str, str]:
        """What Salesforce and Pardot hold; a field that the object does not have counts as equal."""
        name = PEOPLE_FIELDS[field][0 if self.object == "Contact" else 1]
        held = self.prospect[field]
        return (held if name is None else self.record[name], held)


@cache
def rows(name: str) -> tuple[Row, ...]:
    """All rows of one seed file."""
    return read(PROJECT / "seed" / name)


def read(file: Path) -> tuple[Row, ...]:
    """All rows of a CSV file with a header line."""
    with file.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream, strict=True))


@cache
def records() -> dict[str, Row]:
    """Every contact and lead, deleted or not, by 18-character id."""
    return {row["Id"]: row for name in ("Contact.csv", "Lead.csv") for row in rows(name)}


@cache
def full_ids() -> dict[str, str]:
    """18-character ids by their 15-character form, which is case-sensitive."""
    return {record_id[:15]: record_id for record_id in records()}


def is_live(record: Row) -> bool:
    """True for a record that can be written: neither deleted nor a converted lead."""
    return record["IsDeleted"] == "false" and record.get("IsConverted", "false") == "false"


@cache
def live_prospects() -> tuple[Row, ...]:
    """Every prospect that is not in the recycle bin."""
    return tuple(row for row in rows("prospects.csv") if row["isDeleted"] == "false")


@cache
def linked() -> tuple[Linked, ...]:
    """Every pair that the prospect's `salesforceId` makes."""
    pairs = []
    for prospect in live_prospects():
        record = records().get(full_ids().get(prospect["salesforceId"][:15], ""))
        if record and is_live(record):
            kind = "Lead" if record["Id"].startswith("00Q") else "Contact"
            pairs.append(Linked(object=kind, record=record, prospect=prospect))
    return tuple(pairs)


def count(test: Callable[[str, str], bool], field: str) -> int:
    """How many linked pairs pass a test of their (Salesforce, Pardot) values.

    A record with two prospects is an ambiguity, not a pair.
    """
    prospects = Counter(pair.record["Id"] for pair in linked())
    return sum(1 for pair in linked() if prospects[pair.record["Id"]] == 1 and test(*pair.values(field)))


def plain(address: str) -> str:
    """An e-mail address without the differences that do not count."""
    return address.strip().lower()


def addresses(found: Iterable[Row], field: str) -> Counter[str]:
    """How often each address stands in these rows."""
    return Counter(plain(row[field]) for row in found if row[field])

"""An org of any size in which a given number of records has something to be sent, and one in a hundred is refused.

Everybody has a story: what happens to them on one side, and by that what a plan does on the other. The seed holds the
two sides in agreement; `live_through` lets the stories happen, by writing what people did straight into the org.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from .driving import Project
from .small import LIVE, PROJECT, SCHEMA, SOURCES

FIRST_PROSPECT = 1_000
OWNER = 701
FORBIDDEN_SCORE = 999_999
"""The org's validation rules refuse records with this score."""

RULES = """
rules:
  validation:
    - {object: Contact, when: "Prospect_Score__c = 999999", message: Out of range, field: Prospect_Score__c}
    - {object: Lead, when: "Prospect_Score__c = 999999", message: Out of range, field: Prospect_Score__c}
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
  pardot: {when: "Email is not null", set: {campaignId: 1201}}
  salesforce:
    object: Lead
    when: "pardot.userId is not null"
    set: {Company: "coalesce(pardot.company, 'Unknown')", LastName: "coalesce(pardot.lastName, 'Unknown')"}
    key: Pardot_Prospect_Id__c
fields:
  - {salesforce: FirstName, pardot: firstName, pii: name}
  - {salesforce: LastName, pardot: lastName, pii: name}
  - {salesforce: Email, pardot: email, pii: email}
  - {salesforce: Title, pardot: jobTitle}
  - {salesforce: Phone, pardot: phone, pii: phone, on_blank: clear}
  - {salesforce: {Contact: MailingCity, Lead: City}, pardot: city}
  - {salesforce: Prospect_Score__c, pardot: score, direction: to_salesforce}
  - {salesforce: HasOptedOutOfEmail, pardot: optedOut, policy: consent}
deletes: {salesforce: archive}
guards: {updates: 100%, deletes: 50%, emails: 100%, clears: {phone: 100%}}
"""

_STAMP = "2026-01-10 08:00:00"
_PHONE = "+1 555 {n:07d}"
_TOUCH_CONTACT = "SystemModstamp = :now_sf, LastModifiedDate = :now_sf, LastModifiedById = :admin_sf"
_TOUCH_PROSPECT = "updatedAt = :now_pd, updatedById = :admin_pd"
_COLUMNS = {
    "Contact": "Id FirstName LastName Email Title Phone MailingCity HasOptedOutOfEmail Pardot_Prospect_Id__c"
    " Prospect_Score__c SystemModstamp IsDeleted",
    "prospects": "id email firstName lastName company jobTitle phone city score userId campaignId salesforceId"
    " updatedAt isDeleted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How many people have which story. Pairs are numbered in the order of the fields, from 0."""

    scored: int
    """The prospect gets another score and phone: the contact is updated."""
    promoted: int
    """The contact gets another title and city: the prospect is updated."""
    silenced: int
    """The contact loses the phone: so does the prospect, by a request of its own."""
    left: int
    """The contact is deleted: the prospect is archived."""
    still: int
    """A pair to which nothing happens."""
    leads: int
    """A prospect without a counterpart: a lead is made, and its id written into the prospect."""
    contacts: int
    """A contact without a counterpart: a prospect is made, and its id written into the contact."""

    @classmethod
    def of(cls, changes: int) -> Crowd:
        """The crowd whose plan has so many changes; 200 or more."""
        leads, contacts = changes // 25, changes // 100
        silenced, left = changes // 200, changes // 25
        rest = changes - 2 * leads - 2 * contacts - silenced - left
        return cls(
            scored=rest // 2,
            promoted=rest - rest // 2,
            silenced=silenced,
            left=left,
            still=changes // 10,
            leads=leads,
            contacts=contacts,
        )

    @property
    def changes(self) -> int:
        """How many records a plan changes, makes and archives."""
        return self.scored + self.promoted + self.silenced + self.left + 2 * (self.leads + self.contacts)

    @property
    def pairs(self) -> int:
        """How many prospects have a contact in the seed."""
        return self.scored + self.promoted + self.silenced + self.left + self.still

    def story(self, name: str) -> range:
        """The numbers of the pairs with that story."""
        first = 0
        for each in ("scored", "promoted", "silenced", "left"):
            if each == name:
                return range(first, first + int(getattr(self, each)))
            first += int(getattr(self, each))
        raise LookupError(name)

    @property
    def refused(self) -> int:
        """How many changes the systems refuse: one in a hundred of the changes."""
        return self.changes // 100

    @property
    def lonely_prospects(self) -> range:
        """The numbers of the prospects for which leads are made."""
        return range(self.pairs, self.pairs + self.leads)

    @property
    def lonely_contacts(self) -> range:
        """The numbers of the contacts for which prospects are made."""
        return range(self.pairs + self.leads, self.pairs + self.leads + self.contacts)

    def is_refused(self, number: int) -> bool:
        """Whether what somebody's story leads to is refused; those are spread evenly over three stories."""
        leads = max(1, self.refused // 10)
        scored = (self.refused - leads) // 2
        for story, count in (
            (self.lonely_prospects, leads),
            (self.story("scored"), scored),
            (self.story("promoted"), self.refused - leads - scored),
        ):
            if number in story:
                step = len(story) // count
                return (number - story.start) % step == 0 and (number - story.start) // step < count
        return False


def contact_id(number: int) -> str:
    """The id of a contact in its short form."""
    return f"003S0000{number:07d}"


def prospect_id(number: int) -> int:
    """The id of the prospect with that number; those without a counterpart come after the pairs."""
    return FIRST_PROSPECT + number


def build_crowd(root: Path, crowd: Crowd, memory_limit: int = 512) -> Project:
    """Write the project and its seed into a new folder; nothing is planned yet. Commands may take so many MB."""
    files = {
        "pardotflow.yml": PROJECT.replace("small", "crowd").replace("emulator", "live"),
        "environments/emulator.yml": "type: emulator\nseed: seed\n",
        "environments/live.yml": f"{LIVE}memory_limit: {memory_limit}\n",
        "sources/systems.yml": SOURCES,
        "syncs/people.yml": SYNC,
        "seed/schema.yml": SCHEMA + RULES,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip(), "utf-8")
    seed = root / "seed"
    contacts = chain(map(_contact, range(crowd.pairs)), map(_lonely_contact, crowd.lonely_contacts))
    prospects = chain(map(_prospect, range(crowd.pairs)), map(_lonely_prospect, crowd.lonely_prospects))
    _write(seed / "Contact.csv", _COLUMNS["Contact"], contacts)
    _write(seed / "prospects.csv", _COLUMNS["prospects"], prospects)
    _write(seed / "pardot_campaigns.csv", "id name", [["1201", "Website"]])
    _write(seed / "pardot_users.csv", "id email firstName", [[str(OWNER), "greta@crowd.example", "Greta"]])
    return Project(root=root)


def _contact(n: int) -> list[str]:
    score, phone = str(n % 500), _PHONE.format(n=n)
    whom = [contact_id(n), f"First{n}", f"Last{n}", f"person{n}@crowd.example"]
    return [*whom, "Engineer", phone, "Oslo", "false", str(prospect_id(n)), score, _STAMP, "false"]


def _prospect(n: int) -> list[str]:
    whom = [str(prospect_id(n)), f"person{n}@crowd.example", f"First{n}", f"Last{n}", "Crowd AS"]
    what = ["Engineer", _PHONE.format(n=n), "Oslo", str(n % 500)]
    return [*whom, *what, str(OWNER), "1201", contact_id(n), _STAMP, "false"]


def _lonely_contact(n: int) -> list[str]:
    """Without an address there is nothing to make a prospect of."""
    line = _contact(n)
    return [*line[:3], "", *line[4:8], "", "0", _STAMP, "false"]


def _lonely_prospect(n: int) -> list[str]:
    """Without an owner no lead is made of it."""
    line = _prospect(n)
    return [*line[:9], "", "1201", "", _STAMP, "false"]


def _write(path: Path, columns: str, lines: Iterable[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns.split())
        writer.writerows(lines)


def live_through(data: Path, crowd: Crowd, now: str) -> None:
    """Let every story happen, at a moment (`2026-01-31T12:00:00`) that no read has seen yet. The org must not be served
    meanwhile."""
    with closing(sqlite3.connect(data)) as db, db:
        identity = db.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()[0]
        signed = dict(
            db.execute(
                "SELECT 'admin_sf', json_extract(?1, '$.admin.salesforce_id')"
                " UNION ALL SELECT 'admin_pd', json_extract(?1, '$.admin.pardot_id')",
                (identity,),
            ).fetchall()
        )
        stamps = {"now_sf": f"{now}.000+0000", "now_pd": f"{now}Z", **signed}
        for statement, values in _happenings(crowd):
            db.executemany(statement, ({**stamps, **each} for each in values))


def _happenings(crowd: Crowd) -> Iterator[tuple[str, Iterator[dict[str, object]]]]:
    """Statements, and the values that each is run with."""

    def each(numbers: range, what: Callable[[int], dict[str, object]]) -> Iterator[dict[str, object]]:
        return ({"id": prospect_id(n), "short": contact_id(n), "n": n, **what(n)} for n in numbers)

    yield (
        f"UPDATE pd_prospects SET score = :score, phone = '+47 ' || :n, {_TOUCH_PROSPECT} WHERE id = :id",
        each(crowd.story("scored"), lambda n: {"score": FORBIDDEN_SCORE if crowd.is_refused(n) else 1000 + n % 700}),
    )
    contact = f"UPDATE sf_Contact SET {{}}, {_TOUCH_CONTACT} WHERE Id BETWEEN :short AND :short || 'ZZZ'"
    title = "Title = 'Director ' || :n, MailingCity = 'Bergen', Email = :email"
    yield (
        contact.format(title),
        # A colleague's remark in the address: one system takes it, the other does not.
        each(
            crowd.story("promoted"),
            lambda n: {"email": f"person{n}{'(old)' if crowd.is_refused(n) else ''}@crowd.example"},
        ),
    )
    yield contact.format("Phone = NULL"), each(crowd.story("silenced"), lambda n: {})
    yield contact.format("IsDeleted = 1"), each(crowd.story("left"), lambda n: {})
    yield (
        "INSERT INTO recycle_bin SELECT Id, 'Contact', Id, :now_sf FROM sf_Contact"
        " WHERE Id BETWEEN :short AND :short || 'ZZZ'",
        each(crowd.story("left"), lambda n: {}),
    )
    yield (
        f"UPDATE pd_prospects SET userId = {OWNER}, assignedToId = {OWNER}, score = :score, {_TOUCH_PROSPECT}"
        " WHERE id = :id",
        each(crowd.lonely_prospects, lambda n: {"score": FORBIDDEN_SCORE if crowd.is_refused(n) else 1000 + n % 700}),
    )
    yield contact.format("Email = :email"), each(crowd.lonely_contacts, lambda n: {"email": f"new{n}@crowd.example"})

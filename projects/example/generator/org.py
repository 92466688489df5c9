"""The org before anything goes wrong in it: people, their records, and prospects that agree with them.

Rows are only ever added here; what disagrees, dangles or doubles is the work of the kinds of dirt, one function each.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from generator.countries import GERMANY
from generator.fixed import OWNERS
from generator.ids import pardot_ids, salesforce_ids
from generator.people import Census, Company, Person, census
from generator.rows import Pair, Row, Test, contact_row, lead_row, prospect_row

NOW = datetime(2026, 11, 19, 18, 0)
LINKED_CONTACTS, LINKED_LEADS = 2_499, 1_570
ACCOUNTS, LEAD_COMPANIES = 900, 660


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """Where new ids come from."""

    account: Iterator[str]
    contact: Iterator[str]
    lead: Iterator[str]
    prospect: Iterator[str]
    customer: Iterator[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Org:
    """Every row of both systems, and the pairs that are linked and may still get dirty."""

    rng: Random
    ids: Ids
    census: Census
    accounts: list[tuple[str, Company]]
    lead_companies: list[Company]
    contacts: list[Row]
    leads: list[Row]
    prospects: list[Row]
    pairs: list[Pair]

    def person(self, kind: str) -> tuple[Person, str]:
        """A new person with the id of the account; a lead's company has none."""
        if kind == "Lead":
            return self.census.person(self.rng.choice(self.lead_companies)), ""
        account, company = self.rng.choice(self.accounts)
        return self.census.person(company), account

    def record(self, kind: str, person: Person, account: str) -> Row:
        """A new contact or lead, filed in its list."""
        if kind == "Lead":
            row = lead_row(person, next(self.ids.lead))
            self.leads.append(row)
        else:
            row = contact_row(person, next(self.ids.contact), account)
            self.contacts.append(row)
        row["OwnerId"] = self.rng.choice(OWNERS)[0]
        row["CreatedDate"], row["SystemModstamp"] = stamps(self.rng)
        return row

    def prospect(self, person: Person, owner: str = "") -> Row:
        """A new prospect with a score and a campaign; `owner` is the Salesforce user that it is assigned to."""
        row = prospect_row(person, next(self.ids.prospect))
        row["userId"] = dict(OWNERS).get(owner, "")
        row["score"] = str(self.rng.randrange(0, 1_200))
        row["grade"] = self.rng.choice(("A", "B+", "B", "C+", "C", "D"))
        row["campaignId"] = str(self.rng.randrange(1201, 1210))
        row["createdAt"], row["updatedAt"] = stamps(self.rng)
        self.prospects.append(row)
        return row

    def unlinked(self, kind: str) -> Pair:
        """A new person in both systems, where neither side knows the other's id."""
        person, account = self.person(kind)
        record = self.record(kind, person, account)
        return Pair(object=kind, record=record, prospect=self.prospect(person, record["OwnerId"]))

    def linked(self, kind: str) -> Pair:
        """A new person in both systems, linked in both directions, with equal values everywhere."""
        pair = self.unlinked(kind)
        link(pair)
        pair.set_theirs("score", pair.prospect["score"])
        return pair

    def choose(self, count: int, *tests: Test) -> list[Pair]:
        """That many linked pairs for which all tests hold."""
        return self.rng.sample([pair for pair in self.pairs if all(test(pair) for test in tests)], count)

    def retire(self, pairs: list[Pair]) -> None:
        """Take pairs out of reach of later kinds of dirt."""
        gone = {id(pair.record) for pair in pairs}
        self.pairs[:] = [pair for pair in self.pairs if id(pair.record) not in gone]


def clean_org(rng: Random) -> Org:
    """An org where all linked pairs agree; the first of them, Mira Lindqvist, is never made dirty."""
    org = _empty_org(rng)
    _guide(org)
    org.pairs.extend(org.linked("Contact") for _ in range(LINKED_CONTACTS))
    org.pairs.extend(org.linked("Lead") for _ in range(LINKED_LEADS))
    _number_customers(org, 1_240)
    _agree_on_consent(org)
    return org


def link(pair: Pair) -> None:
    """Write each side's id into the other."""
    pair.prospect["salesforceId"] = pair.record["Id"]
    pair.record["Pardot_Prospect_Id__c"] = pair.prospect["id"]


def stamps(rng: Random, *, days: int = 900) -> tuple[str, str]:
    """When a record was made and last changed, within that many days before `NOW`."""
    age = rng.randrange(300, days * 86_400)
    return _time(age), _time(rng.randrange(300, age + 1))


def _time(seconds_ago: int) -> str:
    return f"{NOW - timedelta(seconds=seconds_ago):%Y-%m-%d %H:%M:%S}"


def _empty_org(rng: Random) -> Org:
    people = census(rng)
    ids = Ids(
        account=salesforce_ids("001", rng),
        contact=salesforce_ids("003", rng),
        lead=salesforce_ids("00Q", rng),
        prospect=pardot_ids(100_400, rng),
        customer=(f"NR-{number}" for number in pardot_ids(20_000, rng)),
    )
    return Org(
        rng=rng,
        ids=ids,
        census=people,
        accounts=[(next(ids.account), next(people.companies)) for _ in range(ACCOUNTS)],
        lead_companies=[next(people.companies) for _ in range(LEAD_COMPANIES)],
        contacts=[],
        leads=[],
        prospects=[],
        pairs=[],
    )


def _guide(org: Org) -> None:
    account, company = next((a, c) for a, c in org.accounts if c.country is GERMANY)
    person = replace(
        org.census.person(company),
        first="Mira",
        last="Lindqvist",
        email="mira.lindqvist@example.com",
        title="Plant Manager",
        department="Operations",
        phone="+49 30 23125101",
        language="German",
        source="Webinar",
    )
    record = org.record("Contact", person, account)
    pair = Pair(object="Contact", record=record, prospect=org.prospect(person, record["OwnerId"]))
    link(pair)
    pair.set_theirs("score", pair.prospect["score"])


def _number_customers(org: Org, count: int) -> None:
    for pair in org.choose(count, lambda pair: pair.object == "Contact"):
        number = next(org.ids.customer)
        pair.prospect["customer_number__c"] = number
        pair.set_theirs("customer_number__c", number)


def _agree_on_consent(org: Org) -> None:
    for field, count in (("optedOut", 170), ("isDoNotCall", 60)):
        for pair in org.choose(count):
            pair.prospect[field] = "true"
            pair.set_theirs(field, "true")

"""Turns a person into the rows that Salesforce and Pardot store, and says which field stands for which.

A fresh contact or lead and the prospect of the same person agree on every field in `FIELDS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from generator.countries import words
from generator.people import Person

Row = dict[str, str]

CONTACT = words(
    "Id AccountId FirstName LastName Email Title Phone Department MailingStreet MailingCity MailingState "
    "MailingPostalCode MailingCountry LeadSource OwnerId HasOptedOutOfEmail DoNotCall Pardot_Prospect_Id__c "
    "Prospect_Score__c Preferred_Language__c Customer_Number__c CreatedDate SystemModstamp IsDeleted MasterRecordId"
)
LEAD = words(
    "Id FirstName LastName Company Email Title Phone Website Industry Street City State PostalCode Country LeadSource "
    "Status OwnerId HasOptedOutOfEmail DoNotCall Pardot_Prospect_Id__c Prospect_Score__c Preferred_Language__c "
    "Customer_Number__c CreatedDate SystemModstamp IsDeleted IsConverted ConvertedDate ConvertedContactId "
    "ConvertedAccountId"
)
PROSPECT = words(
    "id email firstName lastName company jobTitle department website phone addressOne city state zip country industry "
    "source score grade campaignId userId salesforceId isDoNotCall optedOut isDeleted createdAt updatedAt "
    "customer_number__c preferred_language__c product_plan__c product_seats__c product_last_seen__c product_health__c"
)

# Prospect field: the contact's field, the lead's field. An empty name: that object does not have it.
FIELDS: dict[str, tuple[str, str]] = {
    "firstName": ("FirstName", "FirstName"),
    "lastName": ("LastName", "LastName"),
    "email": ("Email", "Email"),
    "company": ("", "Company"),
    "jobTitle": ("Title", "Title"),
    "department": ("Department", ""),
    "phone": ("Phone", "Phone"),
    "website": ("", "Website"),
    "addressOne": ("MailingStreet", "Street"),
    "city": ("MailingCity", "City"),
    "state": ("MailingState", "State"),
    "zip": ("MailingPostalCode", "PostalCode"),
    "country": ("MailingCountry", "Country"),
    "industry": ("", "Industry"),
    "score": ("Prospect_Score__c", "Prospect_Score__c"),
    "optedOut": ("HasOptedOutOfEmail", "HasOptedOutOfEmail"),
    "isDoNotCall": ("DoNotCall", "DoNotCall"),
    "customer_number__c": ("Customer_Number__c", "Customer_Number__c"),
    "preferred_language__c": ("Preferred_Language__c", "Preferred_Language__c"),
}

# What Pardot calls each LeadSource; the project's syncs/lead_sources.csv says the same.
SOURCES = {
    "Web": "Website",
    "Trade Show": "Trade show",
    "Partner Referral": "Partner",
    "Webinar": "Webinar",
    "Phone Inquiry": "Phone",
    "Purchased List": "List import",
    "Other": "Other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A contact or lead and the prospect of the same person. The rows may be edited; the pairing may not."""

    object: str
    record: Row
    prospect: Row

    def name(self, field: str) -> str:
        """What Salesforce calls a prospect's field, or the empty text."""
        contact, lead = FIELDS[field]
        return contact if self.object == "Contact" else lead

    def theirs(self, field: str) -> str:
        """What Salesforce holds for a prospect's field."""
        return self.record.get(self.name(field), "")

    def set_theirs(self, field: str, value: str) -> None:
        """Edit the Salesforce side, by the prospect's name of the field."""
        self.record[self.name(field)] = value


Test = Callable[[Pair], bool]


def agrees(field: str) -> Test:
    """Pairs that hold the same value on both sides; both blank does not count."""
    return lambda pair: bool(pair.prospect[field]) and pair.theirs(field) == pair.prospect[field]


def holds(field: str, value: str) -> Test:
    """Pairs whose prospect holds exactly that value."""
    return lambda pair: pair.prospect[field] == value


def contact_row(person: Person, record_id: str, account_id: str) -> Row:
    """A new contact of an account."""
    row = dict.fromkeys(CONTACT, "")
    row.update(_record(person), Id=record_id, AccountId=account_id, Department=person.department)
    for part in ("Street", "City", "State", "PostalCode", "Country"):
        row[f"Mailing{part}"] = _address(person)[part]
    return row


def lead_row(person: Person, record_id: str) -> Row:
    """A new lead of a company that has no account."""
    row = dict.fromkeys(LEAD, "")
    row.update(_record(person), Id=record_id, Status="Open - Not Contacted", IsConverted="false")
    row.update(
        _address(person), Company=person.company.name, Industry=person.company.industry, Website=_website(person)
    )
    return row


def prospect_row(person: Person, prospect_id: str) -> Row:
    """A new prospect that nobody owns and that no record points at."""
    row = dict.fromkeys(PROSPECT, "")
    row.update(id=prospect_id, email=person.email, firstName=person.first, lastName=person.last)
    row.update(company=person.company.name, industry=person.company.industry, website=_website(person))
    row.update(jobTitle=person.title, department=person.department, phone=person.phone)
    row.update(addressOne=person.street, city=person.city, state=person.state, zip=person.postal_code)
    row.update(country=person.company.country.code, preferred_language__c=person.language)
    row["source"] = SOURCES[person.source]
    row.update(optedOut="false", isDoNotCall="false", isDeleted="false")
    return row


def _record(person: Person) -> Row:
    return {
        "FirstName": person.first,
        "LastName": person.last,
        "Email": person.email,
        "Title": person.title,
        "Phone": person.phone,
        "LeadSource": person.source,
        "Preferred_Language__c": person.language,
        "HasOptedOutOfEmail": "false",
        "DoNotCall": "false",
        "IsDeleted": "false",
    }


def _address(person: Person) -> Row:
    return {
        "Street": person.street,
        "City": person.city,
        "State": person.state,
        "PostalCode": person.postal_code,
        "Country": person.company.country.code,
    }


def _website(person: Person) -> str:
    return f"https://{person.company.domain}"

"""Kinds of dirt in values: places where two linked records no longer say the same.

Each function takes pairs that still agree on its field, so the counts in the docstrings hold whatever the order.
"""

from generator.org import Org
from generator.people import phone_number
from generator.rows import Pair, agrees, holds

CLEANED_TITLES = (
    ("VP Operations", "VP Ops", 90),
    ("Head of Maintenance", "Head of Maint.", 80),
    ("Senior Engineer", "Sr. Engineer", 70),
    ("Chief Technology Officer", "CTO", 45),
)
EMPTY_IN_SALESFORCE = (("jobTitle", 30), ("phone", 45), ("city", 25), ("department", 30), ("website", 35))
EMPTY_IN_PARDOT = (("jobTitle", 28), ("phone", 40), ("addressOne", 30), ("department", 32), ("zip", 22))


def country_spelled_out(org: Org) -> None:
    """412 prospects in Germany hold 'Germany' and 58 in Britain 'UK', where Salesforce holds the ISO code."""
    for code, name, count in (("DE", "Germany", 412), ("GB", "UK", 58)):
        for pair in org.choose(count, agrees("country"), holds("country", code)):
            pair.prospect["country"] = name


def country_in_small_letters(org: Org) -> None:
    """45 records hold the ISO code in small letters: for a reader the same country, for a program not."""
    for pair in org.choose(45, agrees("country")):
        pair.set_theirs("country", pair.theirs("country").lower())


def country_only_in_pardot(org: Org) -> None:
    """35 records have no country, their prospects have."""
    for pair in org.choose(35, agrees("country")):
        pair.set_theirs("country", "")


def titles_cleaned_up(org: Org) -> None:
    """285 prospects hold the job title as it was before Salesforce was cleaned up."""
    for new, old, count in CLEANED_TITLES:
        for pair in org.choose(count, agrees("jobTitle"), holds("jobTitle", new)):
            pair.prospect["jobTitle"] = old


def industry_renamed(org: Org) -> None:
    """260 prospects of leads hold the industry 'Tech', 75 'Mfg'; Salesforce has had the long words for a year."""
    for new, old, count in (("Technology", "Tech", 260), ("Manufacturing", "Mfg", 75)):
        for pair in org.choose(count, agrees("industry"), holds("industry", new)):
            pair.prospect["industry"] = old


def source_not_recorded(org: Org) -> None:
    """340 prospects came through a form that did not record the source."""
    for pair in org.choose(340, lambda pair: bool(pair.record["LeadSource"])):
        pair.prospect["source"] = ""


def source_without_a_word(org: Org) -> None:
    """14 records have the source 'Employee Referral', which the value map does not know, and no source in Pardot."""
    for pair in org.choose(14, lambda pair: bool(pair.prospect["source"])):
        pair.record["LeadSource"], pair.prospect["source"] = "Employee Referral", ""


def source_known_better(org: Org) -> None:
    """95 prospects hold a source that says more than Salesforce's."""
    for pair in org.choose(95, lambda pair: bool(pair.prospect["source"])):
        pair.prospect["source"] = "Search: vibration sensor"


def score_unknown(org: Org) -> None:
    """400 records have no score yet: the field is new and was filled for the others by hand."""
    for pair in org.choose(400, agrees("score")):
        pair.set_theirs("score", "")


def score_old(org: Org) -> None:
    """150 records hold the score of some weeks ago."""
    for pair in org.choose(150, agrees("score")):
        pair.set_theirs("score", str(int(pair.prospect["score"]) + org.rng.randrange(1, 30)))


def phone_differs(org: Org) -> None:
    """25 pairs hold two different phone numbers, and nobody can tell which is right."""
    for pair in org.choose(25, agrees("phone")):
        held = pair.theirs("phone")
        while pair.prospect["phone"] == held:
            pair.prospect["phone"] = phone_number(org.rng.choice(org.accounts)[1].country, org.rng)


def name_changed(org: Org) -> None:
    """12 people have another last name in one of the systems: they married."""
    for pair in org.choose(12, agrees("lastName"), lambda pair: pair.prospect["lastName"].isascii()):
        pair.prospect["lastName"] += "-" + org.rng.choice(("Arnold", "Brooks", "Castro", "Moreau"))


def company_differs(org: Org) -> None:
    """10 prospects of leads name the parent company."""
    for pair in org.choose(10, agrees("company")):
        pair.prospect["company"] = pair.prospect["company"].rpartition(" ")[0] + " Group"


def email_changed(org: Org) -> None:
    """8 people have a new address that only Pardot knows."""
    for pair in org.choose(8, agrees("email")):
        pair.prospect["email"] = pair.prospect["email"].partition("@")[0] + ".new@example.net"


def empty_in_salesforce(org: Org) -> None:
    """165 values of five fields are in Pardot only."""
    for field, count in EMPTY_IN_SALESFORCE:
        for pair in org.choose(count, agrees(field)):
            pair.set_theirs(field, "")


def empty_in_pardot(org: Org) -> None:
    """152 values of five fields are in Salesforce only."""
    for field, count in EMPTY_IN_PARDOT:
        for pair in org.choose(count, agrees(field)):
            pair.prospect[field] = ""


def customer_number_unknown(org: Org) -> None:
    """55 customers have no number in Pardot."""
    for pair in org.choose(55, agrees("customer_number__c")):
        pair.prospect["customer_number__c"] = ""


def opted_out_on_one_side(org: Org) -> None:
    """62 people opted out in Pardot only and 45 in Salesforce only."""
    _consent(org, "optedOut", in_pardot=62, in_salesforce=45)


def do_not_call_on_one_side(org: Org) -> None:
    """11 people are not to be called in Pardot only and 15 in Salesforce only."""
    _consent(org, "isDoNotCall", in_pardot=11, in_salesforce=15)


def language_unknown(org: Org) -> None:
    """90 languages are in Pardot only and 60 in Salesforce only."""
    for pair in org.choose(90, agrees("preferred_language__c")):
        pair.set_theirs("preferred_language__c", "")
    for pair in org.choose(60, agrees("preferred_language__c")):
        pair.prospect["preferred_language__c"] = ""


def language_not_in_picklist(org: Org) -> None:
    """24 prospects prefer a language that Salesforce's restricted picklist does not have; the record is blank."""
    for place, pair in enumerate(org.choose(24, _no_language)):
        pair.prospect["preferred_language__c"] = ("Italian", "Dutch", "Polish")[place % 3]


def _consent(org: Org, field: str, *, in_pardot: int, in_salesforce: int) -> None:
    for pair in org.choose(in_pardot, agrees(field), holds(field, "false")):
        pair.prospect[field] = "true"
    for pair in org.choose(in_salesforce, agrees(field), holds(field, "false")):
        pair.set_theirs(field, "true")


def _no_language(pair: Pair) -> bool:
    return not pair.prospect["preferred_language__c"] and not pair.theirs("preferred_language__c")

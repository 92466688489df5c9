"""Kinds of dirt in how a text is written: scripts, accents, spaces, emoji and length.

Where a docstring says that both sides agree, they do so for a reader; the bytes may differ.
"""

import unicodedata

from generator.org import Org
from generator.rows import Pair, agrees

EMOJI = ("Plant Manager 🏭", "Growth 🚀 Engineer", "Head of Robots 🤖", "Chief ☕ Officer", "Maintenance 👩🏽‍🔧")
LONG_NAME = "Maximiliana Josephine Henriette Adelheid von der"
LONG_TITLE = (
    "Senior Vice President of Global Manufacturing Operations, Continuous Improvement, Predictive Maintenance, "
    "Plant Automation and Industrial Data Strategy"
)
LONG_PHONE = "+49 30 23125142 (reception), ask for the control room"


def emoji(org: Org) -> None:
    """15 job titles hold an emoji; both sides agree."""
    for place, pair in enumerate(org.choose(15, agrees("jobTitle"))):
        pair.prospect["jobTitle"] = EMOJI[place % len(EMOJI)]
        pair.set_theirs("jobTitle", pair.prospect["jobTitle"])


def combining_accents(org: Org) -> None:
    """40 prospects hold the last name with combining accents (NFD), Salesforce with whole letters (NFC)."""
    for pair in org.choose(40, agrees("lastName"), _has_accent):
        pair.prospect["lastName"] = unicodedata.normalize("NFD", pair.prospect["lastName"])


def trailing_spaces(org: Org) -> None:
    """40 prospects hold a city (25) or first name (15) with a space behind it."""
    for field, count in (("city", 25), ("firstName", 15)):
        for pair in org.choose(count, agrees(field)):
            pair.prospect[field] += " "


def address_in_capitals(org: Org) -> None:
    """25 prospects hold the e-mail address with capital letters; both sides agree."""
    for pair in org.choose(25, agrees("email")):
        pair.prospect["email"] = pair.prospect["email"].title()


def too_long(org: Org) -> None:
    """20 prospects hold a first name (6), job title (8) or phone (6) too long for Salesforce, which is blank there."""
    for field, text, count in (("firstName", LONG_NAME, 6), ("jobTitle", LONG_TITLE, 8), ("phone", LONG_PHONE, 6)):
        for pair in org.choose(count, agrees(field)):
            pair.prospect[field] = text
            pair.set_theirs(field, "")


def _has_accent(pair: Pair) -> bool:
    name = pair.prospect["lastName"]
    return unicodedata.normalize("NFD", name) != name and unicodedata.normalize("NFC", name) == name

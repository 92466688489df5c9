"""Draws companies and people: who they are before any system has stored them.

No two companies share a web domain and no two people share an e-mail address; all domains are reserved ones.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from generator.countries import COUNTRIES, Country, words

INDUSTRIES = words(
    "Technology Technology Technology Manufacturing Manufacturing Automotive Energy Chemicals Electronics "
    "Engineering Healthcare Transportation Utilities"
)
STEMS = words(
    "Kessler Halvorsen Brightwater Ardent Montclair Nordhafen Silverline Castell Ostwind Redstone Falkner Evergreen "
    "Tamarack Vireo Lumen Helvig Bluefin Corvus Dunmore Eastgate Fairmont Granit Hollis Isarwerk Juniper Kestrel "
    "Larkspur Meridian Novara Ockham Pellham Quarrel Rivage Solano Trident Umbra Valdor Westbrook Ysander Zephyr"
)
TRADES = words(
    "Automation Bearings Castings Ceramics Coatings Controls Conveyors Dairy Drives Filters Foods Foundry Gears Glass "
    "Hydraulics Logistics Machines Marine Metals Motors Optics Packaging Paper Pharma Plastics Power Presses Pumps "
    "Rail Robotics Sensors Ships Steel Systems Textiles Tools Turbines Valves Water Wind"
)
TITLES = words(
    "VP Operations|Head of Maintenance|Senior Engineer|Plant Manager|Maintenance Engineer|Quality Manager|"
    "Automation Engineer|Purchasing Manager|Production Manager|Chief Technology Officer|Process Engineer|"
    "Managing Director|Controls Engineer|Supply Chain Manager|Data Engineer|Reliability Engineer",
    "|",
)
DEPARTMENTS = words("Operations|Maintenance|Engineering|Purchasing|Quality|IT|Research|Logistics", "|")
LEAD_SOURCES = words(
    "Web|Web|Web|Web|Trade Show|Trade Show|Trade Show|Partner Referral|Partner Referral|Webinar|Webinar|"
    "Phone Inquiry|Purchased List|Other",
    "|",
)
PRIVATE_DOMAINS = ("example.com", "example.org", "example.net")
AREA_CODES = ("216", "512", "503", "616", "412", "408", "919", "414", "617")
LATIN = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "'": "", ".": ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A business that somebody works for."""

    name: str
    domain: str
    industry: str
    country: Country


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What everybody would write down of one person. An empty text is something that nobody knows."""

    first: str
    last: str
    email: str
    title: str
    department: str
    phone: str
    street: str
    city: str
    state: str
    postal_code: str
    language: str
    source: str
    company: Company


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Draws companies and people without ever repeating a domain or an address."""

    rng: Random
    companies: Iterator[Company]
    taken: dict[str, int]

    def person(self, company: Company) -> Person:
        """A new person who works for that company."""
        rng, country = self.rng, company.country
        first, last = rng.choice(country.first), rng.choice(country.last)
        city, state, code = rng.choice(country.cities) if rng.random() < 0.9 else ("", "", "")
        return Person(
            first=native(first),
            last=native(last),
            email=self._email(first, last, company),
            title=self._known(TITLES, 0.94),
            department=self._known(DEPARTMENTS, 0.8),
            phone=phone_number(country, rng) if rng.random() < 0.9 else "",
            street=_street(country, rng) if city else "",
            city=city,
            state=state,
            postal_code=code,
            language=country.language if rng.random() < 0.7 else "",
            source=rng.choice(LEAD_SOURCES),
            company=company,
        )

    def _known(self, choices: tuple[str, ...], share: float) -> str:
        return self.rng.choice(choices) if self.rng.random() < share else ""

    def _email(self, first: str, last: str, company: Company) -> str:
        domain = self.rng.choice(PRIVATE_DOMAINS) if self.rng.random() < 0.06 else company.domain
        name = f"{latin(first)}.{latin(last)}"
        count = self.taken[f"{name}@{domain}"] = self.taken.get(f"{name}@{domain}", 0) + 1
        return f"{name}{count if count > 1 else ''}@{domain}"


def census(rng: Random) -> Census:
    """A census that has met nobody yet."""
    return Census(rng=rng, companies=_companies(rng), taken={})


def native(name: str) -> str:
    """The name as its owner writes it."""
    return name.partition("|")[0]


def latin(name: str) -> str:
    """The name in the letters of an e-mail address."""
    text = name.partition("|")[2] or name
    plain = unicodedata.normalize("NFKD", text.translate(LATIN))
    return "".join(letter for letter in plain if letter.isascii()).lower().replace(" ", "-")


def phone_number(country: Country, rng: Random) -> str:
    """A number in the country's fictional range."""
    pattern = country.phone.replace("{area}", rng.choice(AREA_CODES))
    return "".join(str(rng.randrange(10)) if letter == "#" else letter for letter in pattern)


def _street(country: Country, rng: Random) -> str:
    name, number = rng.choice(country.streets).replace("_", " "), str(rng.randrange(1, 180))
    return country.street.replace("%s", name).replace("%d", number)


def _companies(rng: Random) -> Iterator[Company]:
    names = [(stem, trade) for stem in STEMS for trade in TRADES]
    rng.shuffle(names)
    weights = [country.weight for country in COUNTRIES]
    for stem, trade in names:
        country = rng.choices(COUNTRIES, weights)[0]
        yield Company(
            name=f"{stem} {trade} {rng.choice(country.forms)}",
            domain=f"{stem}-{trade}.example".lower(),
            industry=rng.choice(INDUSTRIES),
            country=country,
        )

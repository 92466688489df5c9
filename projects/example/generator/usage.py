"""Makes the warehouse file of product usage, and what the last push of it left in Pardot.

The rules of `summary` are those of the project's SQL models: both must say the same of the same rows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from generator.org import Org
from generator.rows import Pair, Row

WEEKS = 52
LAST_WEEK = date(2026, 11, 16)
STRANGERS = 30
PLANS = ("solo", "team", "growth", "scale")
SEATS = {"solo": (1, 4), "team": (5, 26), "growth": (20, 121), "scale": (80, 601)}


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """One person's week: how often they opened the product, on which plan and with how many seats."""

    email: str
    week: date
    plan: str
    seats: int
    sessions: int


# How often somebody shows up, week by week (0 is the oldest): the chance of a row.
Habit = Callable[[int], float]
HABITS: tuple[Habit, ...] = (
    lambda week: 0.96,
    lambda week: 0.96,
    lambda week: 0.96,
    lambda week: 0.55,
    lambda week: 0.9 if week < 47 else 0.25,
    lambda week: 0.8 if week < 30 else 0.0,
    lambda week: 0.95 if week > 38 else 0.0,
)


def product_usage(org: Org, people: int) -> list[UsageRow]:
    """A year of usage for that many customers and 30 addresses that Pardot does not know; customers get their fields.

    A push that stopped half-way left two thirds of the prospects with this week's values, a quarter with last week's
    and the rest with nothing; 12 seats were edited by hand afterwards.
    """
    customers = org.choose(people, lambda pair: bool(pair.theirs("customer_number__c")))
    rows: list[UsageRow] = []
    for place, pair in enumerate(customers):
        own = _year(org.rng, pair.prospect["email"].strip().lower())
        rows.extend(own)
        _push(pair, own, place)
    for place in range(STRANGERS):
        rows.extend(_year(org.rng, f"trial{place + 1}@example.com"))
    _edit_seats(org, customers)
    return sorted(rows, key=lambda row: (row.week, row.email))


def summary(rows: Iterable[UsageRow], week: date) -> Row:
    """The four prospect fields as of a week, from one person's rows; empty where there is none yet."""
    known = [row for row in rows if row.week <= week]
    if not known:
        return {}
    latest = max(known, key=lambda row: row.week)
    recent = sum(1 for row in known if row.week > week - timedelta(weeks=8))
    return {
        "product_plan__c": latest.plan,
        "product_seats__c": str(latest.seats),
        "product_last_seen__c": latest.week.isoformat(),
        "product_health__c": health(recent),
    }


def health(active_weeks: int) -> str:
    """The health of somebody who was active in that many of the last eight weeks."""
    if active_weeks >= 6:
        return "healthy"
    if active_weeks >= 3:
        return "slowing"
    return "at risk" if active_weeks else "silent"


def _year(rng: Random, email: str) -> list[UsageRow]:
    habit = rng.choice(HABITS)
    level = rng.randrange(len(PLANS))
    plan, seats = PLANS[level], rng.randrange(*SEATS[PLANS[level]])
    upgrade = WEEKS - 1 if rng.random() < 0.12 else rng.randrange(2 * WEEKS)
    rows = []
    for week in range(WEEKS):
        if week == upgrade and level < len(PLANS) - 1:
            plan = PLANS[level + 1]
            seats = rng.randrange(*SEATS[plan])
        if rng.random() < habit(week) or week == 40:
            day = LAST_WEEK - timedelta(weeks=WEEKS - 1 - week)
            rows.append(UsageRow(email=email, week=day, plan=plan, seats=seats, sessions=rng.randrange(1, 15)))
    return rows


def _push(pair: Pair, rows: list[UsageRow], place: int) -> None:
    if place % 12 < 8:
        pair.prospect.update(summary(rows, LAST_WEEK))
    elif place % 12 < 11:
        pair.prospect.update(summary(rows, LAST_WEEK - timedelta(weeks=1)))


def _edit_seats(org: Org, customers: list[Pair]) -> None:
    filled = [pair for pair in customers if pair.prospect["product_seats__c"]]
    for pair in org.rng.sample(filled, 12):
        pair.prospect["product_seats__c"] = str(int(pair.prospect["product_seats__c"]) + 5)

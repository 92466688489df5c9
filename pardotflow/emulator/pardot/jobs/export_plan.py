"""What an export will read: its object, its fields and the procedure with its arguments, checked when it is made.

Objects are those of facts pardot_api section 5.3 and of its addendum 2a. Names of objects, procedures and arguments
are taken in any casing, because that of version 5 is not confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pardotflow.emulator.clock import pardot_stamp, parse_instant, read_zone
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.schema.objects import Collection

_OBJECTS = {
    "campaign": "campaigns",
    "dynamiccontent": "dynamic-contents",
    "emailtemplate": "email-templates",
    "landingpage": "landing-pages",
    "lifecyclehistory": "lifecycle-histories",
    "lifecyclestage": "lifecycle-stages",
    "list": "lists",
    "listemail": "list-emails",
    "listmembership": "list-memberships",
    "opportunity": "opportunities",
    "prospect": "prospects",
    "prospectaccount": "prospect-accounts",
    "user": "users",
    "visitor": "visitors",
    "visitoractivity": "visitor-activities",
}
# Procedure: the prefix of its arguments, the column that it tests, whether that column is the prospect's.
_PROCEDURES = {
    "filterbycreatedat": ("created", "createdAt", False),
    "filterbyupdatedat": ("updated", "updatedAt", False),
    "filterbyprospectupdatedat": ("prospectUpdated", "updatedAt", True),
}
# How a record leads to its prospect, for the third procedure.
_OF_PROSPECT = {
    "prospect-accounts": 't."id" IN (SELECT p."prospectAccountId" FROM {table} p WHERE {condition})',
    "visitors": 't."prospectId" IN (SELECT p."id" FROM {table} p WHERE {condition})',
}
_YEAR = timedelta(days=366)
_STATES = {"true": 1, "false": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A checked export: the collection, a condition on its alias `t`, and the bound values."""

    collection: Collection
    condition: str
    values: tuple[object, ...]


def plain(name: str) -> str:
    """A name without its casing and separators."""
    return re.sub(r"[^a-z]", "", name.lower())


def exported_collection(context: Context, name: object) -> Collection:
    """The collection of an object name; raises 154."""
    path = _OBJECTS.get(plain(name)) if isinstance(name, str) else None
    if path is None:
        raise PardotError(154, "object")
    return context.collections[path]


def plan_export(context: Context, collection: Collection, procedure: object, made_at: datetime) -> Plan:
    """Check a procedure for an export made at a time; raises 8 and 174 to 177."""
    given = procedure if isinstance(procedure, dict) else {}
    name = given.get("name")
    known = _PROCEDURES.get(plain(name)) if isinstance(name, str) else None
    if known is None or not _has_procedure(collection, column=known[1], of_prospect=known[2]):
        raise PardotError(174, str(name or ""))
    prefix, column, of_prospect = known
    arguments = _read_arguments(given.get("arguments"))
    allowed = _allowed(collection, prefix, of_prospect=of_prospect)
    unknown = sorted(set(arguments) - set(allowed))
    if unknown:
        raise PardotError(175, ", ".join(unknown))
    start, end = _read_range(context, arguments, prefix, made_at)
    limited = not (collection.path == "visitor-activities" and prefix == "created")
    if start > (end or made_at) or (limited and (end or made_at) - start > _YEAR):
        raise PardotError(8)
    alias = "p" if of_prospect else "t"
    tests = [f'{alias}."{column}" > ?', f'{alias}."{column}" {"<" if end else "<="} ?']
    values: list[object] = [pardot_stamp(start), pardot_stamp(end or made_at)]
    deleted = str(arguments.get("prospectDeleted" if of_prospect else "deleted", "false")).lower()
    if deleted not in {*_STATES, "all"}:
        raise PardotError(177, "deleted")
    if deleted != "all" and (of_prospect or collection.has_bin):
        tests.append(f'coalesce({alias}."isDeleted", 0) = {_STATES[deleted]}')
    _add_activity_tests(arguments, tests, values)
    condition = " AND ".join(tests)
    if of_prospect:
        condition = _OF_PROSPECT[collection.path].format(table=context.table("prospects"), condition=condition)
    return Plan(collection=collection, condition=condition, values=tuple(values))


def _has_procedure(collection: Collection, *, column: str, of_prospect: bool) -> bool:
    return collection.path in _OF_PROSPECT if of_prospect else column in collection.attributes


def _allowed(collection: Collection, prefix: str, *, of_prospect: bool) -> list[str]:
    names = [f"{prefix}After", f"{prefix}Before"]
    if of_prospect:
        return [*names, "prospectDeleted"]
    if collection.has_bin:
        names.append("deleted")
    return [*names, "type", "prospectOnly"] if collection.path == "visitor-activities" else names


def _read_arguments(raw: object) -> Mapping[str, Any]:
    """The arguments with camel case names."""
    if raw is not None and not isinstance(raw, dict):
        raise PardotError(177, "arguments")
    return {re.sub(r"_([a-z])", lambda found: found[1].upper(), name): value for name, value in (raw or {}).items()}


def _read_range(
    context: Context, arguments: Mapping[str, Any], prefix: str, now: datetime
) -> tuple[datetime, datetime | None]:
    if arguments.get(f"{prefix}After") is None:
        raise PardotError(176, f"{prefix}After")
    start = _read_time(context, f"{prefix}After", arguments[f"{prefix}After"], now)
    end = arguments.get(f"{prefix}Before")
    return start, None if end is None else _read_time(context, f"{prefix}Before", end, now)


def _read_time(context: Context, name: str, raw: object, now: datetime) -> datetime:
    """A date-time, in the user's zone where it has no offset, or one of the documented words."""
    zone = read_zone(context.state.switches.pardot_time_zone)
    text = raw.strip() if isinstance(raw, str) else ""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    month = today.replace(day=1)
    words = {
        "today": today,
        "yesterday": today - timedelta(days=1),
        "last_7_days": today - timedelta(days=7),
        "this_month": month,
        "last_month": (month - timedelta(days=1)).replace(day=1),
    }
    if text.lower() in words:
        return words[text.lower()]
    moment = parse_instant(text, zone)
    if moment is None:
        raise PardotError(177, name)
    return moment


def _add_activity_tests(arguments: Mapping[str, Any], tests: list[str], values: list[object]) -> None:
    """The two tests that only visitor activities have."""
    if "type" in arguments:
        raw = arguments["type"]
        codes = raw if isinstance(raw, list) else str(raw).split(",")
        if not codes or not all(re.fullmatch(r"\s*\d{1,3}\s*", str(code)) for code in codes):
            raise PardotError(177, "type")
        tests.append(f't."type" IN ({",".join("?" * len(codes))})')
        values.extend(int(code) for code in codes)
    if "prospectOnly" in arguments:
        word = str(arguments["prospectOnly"]).lower()
        if word not in _STATES:
            raise PardotError(177, "prospectOnly")
        if word == "true":
            tests.append('t."prospectId" IS NOT NULL')

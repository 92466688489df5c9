"""Duplicate rules: a save that meets one is refused with the records that are there already.

Facts: salesforce_api.md §4.2 (the header) and §10.4 (the answer). Values are compared as they are stored, text without
case; the engine of the platform is fuzzy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import Problem, SalesforceError
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.org_rules import DuplicateRule
from pardotflow.emulator.salesforce.records.row_store import Values, rows_of

_QUESTION = "Use one of these records?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """What one rule found, by object."""

    rule: DuplicateRule
    may_save: bool
    found: Mapping[str, list[Values]]


def check_duplicates(context: Context, info: ObjectInfo, row: Values | None, values: Values) -> None:
    """Raise DUPLICATES_DETECTED where a record that is made (`row` is None) or changed has duplicates."""
    for hit in find_duplicates(context, info, row, values):
        if hit.may_save and context.options.allow_save:
            continue
        detail = {
            "allowSave": hit.may_save,
            "duplicateRule": hit.rule.name,
            "duplicateRuleEntityType": info.name,
            "errorMessage": _QUESTION,
            "matchResults": [_match_result(context, hit.rule, name, rows) for name, rows in hit.found.items()],
        }
        key = context.state.switches.duplicate_result_key
        raise SalesforceError(
            400,
            Problem(
                code="DUPLICATES_DETECTED",
                message=_QUESTION,
                fields=(),
                detail={} if key == "none" else {key: detail},
            ),
        )


def find_duplicates(context: Context, info: ObjectInfo, row: Values | None, values: Values) -> Iterator[Duplicates]:
    """What the rules that alert or block find, for a record that is made (`row` is None) or changed."""
    for rule in info.rules.duplicate:
        action = rule.on_create if row is None else rule.on_update
        concerned = row is None or any(name in values for name in rule.match)
        wanted = {name: values.get(name, (row or {}).get(name)) for name in rule.match}
        if action == "allow" or not concerned or any(value is None for value in wanted.values()):
            continue
        found = {name: rows for name in rule.against if (rows := _find(context, name, wanted, row))}
        if found:
            yield Duplicates(rule=rule, may_save=action == "alert", found=found)


def _find(context: Context, name: str, wanted: Mapping[str, object], row: Values | None) -> list[Values]:
    info = context.require(name)
    tests = " AND ".join(f'"{field}" = ?' for field in wanted)
    cursor = context.db.execute(
        f'SELECT * FROM {info.table} WHERE "IsDeleted" = 0 AND "Id" <> ? AND {tests} LIMIT 100',
        (row["Id"] if row else "", *wanted.values()),
    )
    return rows_of(cursor)


def _match_result(context: Context, rule: DuplicateRule, name: str, rows: list[Values]) -> dict[str, Any]:
    records = [
        {
            "additionalInformation": [],
            "fieldDiffs": [{"difference": "SAME", "name": field} for field in rule.match],
            "matchConfidence": 100.0,
            "record": _show(context, name, row),
        }
        for row in rows
    ]
    return {
        "entityType": name,
        "errors": [],
        "matchEngine": "FuzzyMatchEngine",
        "matchRecords": records,
        "rule": rule.name,
        "size": len(records),
        "success": True,
    }


def _show(context: Context, name: str, row: Values) -> dict[str, Any]:
    """The id, and with `includeRecordDetails` what else the caller may see."""
    info = context.require(name)
    url = context.path(f"sobjects/{info.name}/{row['Id']}")
    shown: dict[str, Any] = {"attributes": {"type": info.name, "url": url}, "Id": row["Id"]}
    if context.options.include_record_details:
        for field in info.fields.values():
            if field.stored and row[field.name] is not None:
                shown[field.name] = bool(row[field.name]) if field.type == "boolean" else row[field.name]
    return shown

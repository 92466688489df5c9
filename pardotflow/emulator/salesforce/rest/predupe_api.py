"""`/ui-api/predupe`: what the duplicate rules of an object find for some values; nothing is saved.

Fact: User Interface API Developer Guide, "Check for Duplicate Records" and "Duplicates". The texts of refusals are
assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.exchange import Call, Reply
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import json_reply, refuse
from pardotflow.emulator.salesforce.records.duplicates import Duplicates, find_duplicates
from pardotflow.emulator.salesforce.records.payloads import read_payload
from pardotflow.emulator.salesforce.rest.row_api import read_object


def check_values(context: Context, call: Call, match: Mapping[str, str]) -> Reply:
    """`POST /ui-api/predupe` with `apiName` and `fields`."""
    body = read_object(call)
    name, fields = body.get("apiName"), body.get("fields")
    if not isinstance(name, str) or not isinstance(fields, dict):
        raise refuse(400, "JSON_PARSER_ERROR", "apiName and fields are required")
    info = context.require(name)
    values = read_payload(context, info, fields, creating=True)
    hits = list(find_duplicates(context, info, None, values))
    return json_reply(
        {
            "allowSave": all(hit.may_save for hit in hits),
            "duplicateError": bool(hits),
            "duplicateRules": [hit.rule.name for hit in hits],
            "matches": [_show(other, hits) for other in dict.fromkeys(name for hit in hits for name in hit.found)],
        }
    )


def _show(name: str, hits: list[Duplicates]) -> dict[str, Any]:
    """The records of one object, and by which rules they were found."""
    ids = {hit.rule.name: [row["Id"] for row in hit.found[name]] for hit in hits if name in hit.found}
    may_save = {hit.rule.name: hit.may_save for hit in hits}
    return {
        "objectApiName": name,
        "recordIds": list(dict.fromkeys(id for found in ids.values() for id in found)),
        "duplicateResultInfos": {
            rule: {
                "allowSave": may_save[rule],
                "rule": rule,
                "matchResultInfo": {"recordIds": found, "rule": rule},
            }
            for rule, found in ids.items()
        },
    }

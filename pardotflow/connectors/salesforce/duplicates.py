"""Which records a duplicate rule found, for a row that it refused.

Source: User Interface API Developer Guide, "Check for Duplicate Records" (from version 50 on). It runs the rules of the
org on values and saves nothing. Answers to writes may carry the matches too, under either of two spellings.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pardotflow.connectors.http import Json, Reply
from pardotflow.connectors.protocol import Operation, PreparedRequest, RowResult
from pardotflow.connectors.session import Call, Session
from pardotflow.core.errors import ConnectionTrouble

REFUSED = "DUPLICATES_DETECTED"
MOST_ASKED = 5
"""Refused rows of one request for which the matches are asked: each costs a call."""
_MOST_NAMED = 5
_MADE = (Operation.CREATE, Operation.UPSERT)


def tell_error(error: Mapping[str, Any]) -> str:
    """The message of a refusal, with the records that a duplicate rule found, if the answer has them."""
    result = error.get("duplicateResult") or error.get("duplicateResut") or {}
    records = (r.get("record", {}) for m in result.get("matchResults") or () for r in m.get("matchRecords") or ())
    found = [f"{r.get('attributes', {}).get('type', '')}/{r['Id']}" for r in records if r.get("Id")]
    return _tell(str(error.get("message", "")), str(result.get("duplicateRule") or "a duplicate rule"), found)


def ask_matches(
    session: Session, prepared: PreparedRequest, silent: Iterable[int], results: Sequence[RowResult], *, version: str
) -> tuple[tuple[RowResult, ...], int]:
    """The results with the matches of new records whose refusal (`silent`, by place) names none, and the calls of the
    answers to that: other requests may be under way at the same time.

    The write was answered before: trouble ends the asking, and changes nothing that is known of it.
    """
    told, calls = list(results), 0
    if prepared.kind in _MADE:
        records = json.loads(prepared.body)["records"]
        for at in list(silent)[:MOST_ASKED]:
            try:
                reply, body = _ask(session, prepared.object, records[at], version)
            except ConnectionTrouble:
                break
            calls += reply.calls
            told[at] = replace(told[at], error_message=_tell(told[at].error_message, *_read_matches(body)))
    return tuple(told), calls


def _ask(session: Session, object_name: str, record: Mapping[str, Any], version: str) -> tuple[Reply, Json]:
    fields = {name: value for name, value in record.items() if name != "attributes" and value is not None}
    content = json.dumps({"apiName": object_name, "fields": fields}, ensure_ascii=False).encode()
    path = f"/services/data/v{version}/ui-api/predupe"
    headers = {"Content-Type": "application/json"}
    return session.fetch_json(Call(path=path, method="POST", headers=headers, content=content))


def _read_matches(body: Json) -> tuple[str, list[str]]:
    """The rules that found somebody, and whom."""
    answer = body if isinstance(body, dict) else {}
    rules = ", ".join(map(str, _listed(answer.get("duplicateRules")))) or "a duplicate rule"
    matches = [m for m in _listed(answer.get("matches")) if isinstance(m, dict)]
    return rules, [f"{m.get('objectApiName', '')}/{id}" for m in matches for id in _listed(m.get("recordIds"))]


def _listed(value: object) -> list[Any]:
    """Whatever stands there: an answer that is not as documented names nothing, and hides no result."""
    return value if isinstance(value, list) else []


def _tell(message: str, rule: str, found: Iterable[str]) -> str:
    named = list(dict.fromkeys(found))
    if not named:
        return message
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return f"{message} {rule} finds {', '.join(named[:_MOST_NAMED])}{more}"

"""Salesforce errors as the REST API writes them.

Clients branch on the code; the texts follow recorded answers where there are any.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pardotflow.emulator.exchange import Reply, to_json

JSON_MEDIA = "application/json;charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One error element. `fields` is None where the platform sends no such key; `detail` are further keys of it."""

    code: str
    message: str
    fields: tuple[str, ...] | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_row(self, *, with_detail: bool = False) -> dict[str, Any]:
        """The form inside per-record results; `detail` is documented for whole answers only."""
        row = {"statusCode": self.code, "message": self.message, "fields": list(self.fields or ())}
        return row | dict(self.detail) if with_detail else row

    def to_element(self) -> dict[str, Any]:
        """The form inside the error array of a whole answer."""
        element: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            element["fields"] = list(self.fields)
        return element | dict(self.detail)


class SalesforceError(Exception):
    """A refused request or record; becomes an error array, or the errors of one record's result."""

    def __init__(self, status: int, *problems: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problems[0].message if problems else str(status))
        self.status = status
        self.problems: Sequence[Problem] = problems
        self.headers = headers or {}

    def to_reply(self) -> Reply:
        """The whole answer."""
        body = to_json([p.to_element() for p in self.problems])
        return Reply(status=self.status, body=body, media=JSON_MEDIA, headers=self.headers)


def refuse(status: int, code: str, message: str, fields: Sequence[str] | None = None) -> SalesforceError:
    """An error with a single element."""
    return SalesforceError(
        status, Problem(code=code, message=message, fields=None if fields is None else tuple(fields))
    )


def not_found() -> SalesforceError:
    """The answer for whatever does not exist."""
    return refuse(404, "NOT_FOUND", "The requested resource does not exist")


def session_gone() -> SalesforceError:
    """The recorded answer for a missing, expired or revoked token."""
    return refuse(401, "INVALID_SESSION_ID", "Session expired or invalid")


def json_reply(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """An ordinary answer."""
    return Reply(status=status, body=to_json(value), media=JSON_MEDIA, headers=headers or {})


def spread_json(reply: Reply) -> Reply:
    """The same answer with white space for people, as `X-PrettyPrint: 1` asks; what is no JSON stays."""
    if reply.media != JSON_MEDIA or not reply.body:
        return reply
    return replace(reply, body=json.dumps(json.loads(reply.body), ensure_ascii=False, indent=2).encode())

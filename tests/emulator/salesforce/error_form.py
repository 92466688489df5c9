"""How a refused request of Salesforce is written down in the tables of cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ANN = "0035e000000con1AAA"
GONE = "0035e000000con4AAA"
NEVER = "0035e000000zzzzAAA"
CONVERTED = "00Q5e000000led2"
KEY = "Pardot_Prospect_Id__c"
ROW = f"/sobjects/Contact/{ANN}"
MANY = "/composite/sobjects"
ROOT = "/services/data/v60.0"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One refused request: status, code, the start of the message, and the fields that the error names.

    `fields` is None where the error has no such key; errors of single records in a collection always have it. In
    `path` and `body` the name of something prepared stands as `$name`.
    """

    code: str
    status: int
    text: str
    path: str
    method: str = "GET"
    body: Any = None
    params: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    fields: list[str] | None = None


def query(code: str, text: str, statement: str) -> Case:
    return Case(code=code, status=400, text=text, path="/query", params={"q": statement})


def post(code: str, text: str, body: object, fields: list[str], kind: str = "Contact") -> Case:
    return Case(code=code, status=400, text=text, method="POST", path=f"/sobjects/{kind}", body=body, fields=fields)


def many(
    code: str,
    text: str,
    *records: dict[str, Any],
    all_or_none: bool = False,
    method: str = "POST",
    fields: list[str] | None = None,
) -> Case:
    """Records of a collection, whose answer is 200 with an error for each record."""
    marked = [{"attributes": {"type": "Contact"}, **record} for record in records]
    body = {"allOrNone": all_or_none, "records": marked}
    return Case(code=code, status=200, text=text, method=method, path=MANY, body=body, fields=fields or [])


def composite(code: str, text: str, *wanted: dict[str, Any], all_or_none: bool = False, status: int = 200) -> Case:
    """Parts of a composite; their answers stand in an answer of status 200."""
    parts = [{"method": "GET", "referenceId": f"r{number}", **part} for number, part in enumerate(wanted)]
    body = {"allOrNone": all_or_none, "compositeRequest": parts}
    return Case(code=code, status=status, text=text, method="POST", path="/composite", body=body)

"""Where a request names records, and what is answered to a text that is no id there.

The place decides (facts: salesforce_api.md §4 and §5.1). Behind an object's path a text that is no id, a wrong checksum
too, stands for the name of an external id field, which is not found. Everywhere else it is MALFORMED_ID: a malformed
id where only ids are given, and an id of incorrect type where the object is known, as an id of another object is.
"""

from __future__ import annotations

from pardotflow.emulator.ids import to_18
from pardotflow.emulator.salesforce.errors import Problem, SalesforceError, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo


def path_id(segment: str) -> str:
    """The id of a path like `/sobjects/Contact/003…`."""
    known = to_18(segment)
    if known is None:
        raise no_key(segment)
    return known


def no_key(name: str) -> SalesforceError:
    """The answer to what is no field that records are found by."""
    return refuse(404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")


def some_id(value: object) -> str:
    """The id of a record of any object."""
    known = to_18(value) if isinstance(value, str) else None
    if known is None:
        raise refuse(400, "MALFORMED_ID", f"malformed id {value}", ())
    return known


def id_of(info: ObjectInfo, value: object) -> str:
    """The id of a record of this object."""
    known = to_18(value) if isinstance(value, str) else None
    if known is None or not known.startswith(info.prefix):
        raise SalesforceError(400, wrong_id(f"{info.label} ID", value, "Id"))
    return known


def wrong_id(label: str, value: object, field: str) -> Problem:
    """The error of a field whose value is no id, or the id of an object that it cannot lead to."""
    return Problem(code="MALFORMED_ID", message=f"{label}: id value of incorrect type: {value}", fields=(field,))

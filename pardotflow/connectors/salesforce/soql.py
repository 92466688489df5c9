"""Builds SOQL and the addresses that carry it.

Pure. Names and ids are checked before they become part of a query, values are escaped; only a source's own `where` goes
in as it was written, in parentheses. No address is longer than what the edge servers of an org take.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from pardotflow.connectors.protocol import ReadRequest
from pardotflow.connectors.salesforce.ids import is_id
from pardotflow.core.errors import UsageError

LONGEST_URI = 8000
"""Ids are added to a query up to here."""
REFUSED_URI = 16_000
"""Salesforce refuses addresses over 16,384 bytes with 414 (REST API Developer Guide, status codes)."""
STAMP = "SystemModstamp"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*")
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"})


def build_query(request: ReadRequest, id_literals: Sequence[str] = (), *, ordered: bool = True) -> str:
    """The SOQL of a read, of these ids only where given. `Id` is always selected."""
    conditions = []
    stamp = check_name(request.stamp or STAMP)
    if request.since is not None:
        conditions.append(f"{stamp} >= {datetime_literal(request.since)}")
    if request.where:
        conditions.append(f"({request.where})")
    if id_literals:
        conditions.append(f"Id IN ({','.join(id_literals)})")
    order = f"{stamp}, Id" if request.since is not None else "Id"
    return build_select(request.object, request.fields, conditions, order=order if ordered else "")


def build_select(object_name: str, fields: Sequence[str], conditions: Sequence[str], *, order: str) -> str:
    """A SELECT over checked names."""
    columns = dict.fromkeys(["Id", *(check_name(f) for f in fields if f.lower() != "id")])
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    sorting = f" ORDER BY {order}" if order else ""
    return f"SELECT {', '.join(columns)} FROM {check_name(object_name)}{where}{sorting}"


def query_path(version: str, soql: str, *, include_deleted: bool) -> str:
    """The address of a query; raises UsageError where it is too long for Salesforce."""
    resource = "queryAll" if include_deleted else "query"
    path = f"/services/data/v{version}/{resource}?q={quote(soql, safe='')}"
    if len(path) > REFUSED_URI:
        raise UsageError(
            f"the query is {len(path)} bytes long and Salesforce takes {REFUSED_URI}: read fewer fields of this object"
        )
    return path


def split_literals(literals: Sequence[str], base_length: int) -> Iterator[tuple[str, ...]]:
    """Cut literals into groups whose address stays short, at least one in each.

    `base_length` is the length of the address without them.
    """
    limit = LONGEST_URI if base_length < LONGEST_URI // 2 else REFUSED_URI
    group: list[str] = []
    length = base_length
    for literal in literals:
        width = len(quote(literal + ",", safe=""))
        if group and length + width > limit:
            yield tuple(group)
            group, length = [], base_length
        group.append(literal)
        length += width
    if group:
        yield tuple(group)


def datetime_literal(moment: datetime) -> str:
    """A moment in UTC, cut to the second, unquoted as SOQL wants it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def text_literal(text: str) -> str:
    """A quoted text."""
    return f"'{text.translate(_ESCAPES)}'"


def id_literal(record_id: str) -> str:
    """A quoted record id; raises UsageError for anything else."""
    if not is_id(record_id):
        raise UsageError(f"{record_id!r} is not a Salesforce id: it has 15 or 18 letters and digits")
    return f"'{record_id}'"


def check_name(name: str) -> str:
    """A field, a path through parents, or an object; raises UsageError for anything else."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not a Salesforce name")
    return name

"""Builds the addresses of Account Engagement queries.

Pure. Source: Account Engagement API v5, "Query": `fields` is required; beside a page token nothing but `fields` may
stand; times carry a numeric offset. Addresses stay under 4 KB, since the vendor documents no maximum.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qsl

from pardotflow.connectors.pardot.objects import PardotObject
from pardotflow.connectors.protocol import ReadRequest
from pardotflow.connectors.session import encode_query
from pardotflow.connectors.times import format_offset_time
from pardotflow.core.errors import UsageError

LONGEST_URI = 4000
LONGEST_FIELDS = 2800
"""Characters of `fields`; the rest of an address is for filters or a page token."""
PAGE_ROWS = 1000
IDS_A_CALL = 100

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*){0,3}")


def split_fields(fields: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Cut fields into passes that fit an address; each pass begins with `id`, so that passes can be joined."""
    group, length = ["id"], len("id")
    for name in dict.fromkeys(f for f in fields if f != "id"):
        width = len(check_name(name)) + 1
        if length + width > LONGEST_FIELDS:
            yield tuple(group)
            group, length = ["id"], len("id")
        group.append(name)
        length += width
    yield tuple(group)


def split_ids(ids: Sequence[str], fields: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Cut ids into lists that fit an address beside these fields, at most a hundred in each."""
    room = LONGEST_URI - len(",".join(fields)) - 200
    group: list[str] = []
    for record_id in dict.fromkeys(ids):
        if not record_id.isdecimal():
            raise UsageError(f"{record_id!r} is not a Pardot id: it is a number")
        if group and (len(group) == IDS_A_CALL or len(",".join([*group, record_id])) > room):
            yield tuple(group)
            group = []
        group.append(record_id)
    if group:
        yield tuple(group)


def build_query(
    known: PardotObject, request: ReadRequest, fields: Sequence[str], *, ids: Sequence[str] = (), after_id: str = ""
) -> str:
    """The first page of a read, or of its continuation behind the record `after_id`.

    Always ordered by id, delta or not: only so a read that is cut off continues exactly where it was, however many
    records share one moment. Records that change while it runs are newer than the next cursor and come again.
    """
    query = {"fields": ",".join(fields), "limit": str(PAGE_ROWS), "orderBy": "id"}
    if known.has_bin and request.include_deleted:
        query["deleted"] = "all"
    stamp = request.stamp or known.stamp
    if request.since is not None and stamp:
        query[f"{check_name(stamp)}AfterOrEqualTo"] = format_offset_time(request.since)
    query |= read_filters(request.where)
    if ids:
        query["idList"] = ",".join(ids)
    if after_id:
        query["idGreaterThan"] = after_id
    return f"{collection_path(known)}?{encode_query(query)}"


def next_page(known: PardotObject, fields: Sequence[str], token: str) -> str:
    """A following page."""
    return f"{collection_path(known)}?{encode_query({'fields': ','.join(fields), 'nextPageToken': token})}"


def record_path(known: PardotObject, record_id: str) -> str:
    """The address of one record."""
    if not record_id.isdecimal():
        raise UsageError(f"{record_id!r} is not a Pardot id: it is a number")
    return f"{collection_path(known)}/{record_id}"


def collection_path(known: PardotObject) -> str:
    """The address of a collection."""
    return f"/api/v5/objects/{known.path}"


def read_filters(where: str | None) -> dict[str, str]:
    """Filters that a source declares: `userId=5&createdAtAfter=…`; raises UsageError for anything else."""
    if not where:
        return {}
    try:
        return {check_name(name): value for name, value in parse_qsl(where, strict_parsing=True)}
    except ValueError as error:
        raise UsageError(f"{where!r} is not a filter: write name=value, joined by &") from error


def check_name(name: str) -> str:
    """A field, or a path through at most three relations; raises UsageError for anything else."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not a Pardot name")
    return name

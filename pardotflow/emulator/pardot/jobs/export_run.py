"""The result files of an export: CSV as facts pardot_api section 5.4 describes it.

Null is nothing between two commas, text is quoted, and text that a spreadsheet would take for a formula has a
backslash before it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from pardotflow.emulator.clock import parse_instant
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.jobs.export_plan import exported_collection, plan_export
from pardotflow.emulator.pardot.query.select import select_fields
from pardotflow.emulator.pardot.records import Values

_FORMULA = ("=", "+", "@")
_DEFAULT_BYTES = 200_000_000
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def run_export(context: Context, record: Values) -> list[bytes]:
    """The files of an export; none where no record matches. Raises `PardotError` where a field is gone."""
    collection = exported_collection(context, record["object"])
    made_at = parse_instant(record["createdAt"]) or context.state.moment
    plan = plan_export(context, collection, json.loads(record["procedure"]), made_at)
    names = json.loads(record["fields"])
    selection = select_fields(context, collection, names, code=180, query=True)
    rows = context.db.execute(
        f'SELECT {", ".join(selection.columns)} FROM "{collection.table}" t{selection.joins}'
        f' WHERE {plan.condition} ORDER BY t."id"',
        plan.values,
    )
    times = selection.times if record["legacyDateFormat"] else frozenset()
    lines = (to_export_line(_pick(selection.build(row), names, times)) for row in rows)
    head = (_BYTE_ORDER_MARK if record["includeByteOrderMark"] else b"") + (",".join(names) + "\n").encode()
    return list(_split(head, lines, record["maxFileSizeBytes"] or _DEFAULT_BYTES))


def _split(head: bytes, lines: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Files of at most `most` bytes, each with the header."""
    held: list[bytes] = []
    size = len(head)
    for line in lines:
        if held and size + len(line) > most:
            yield head + b"".join(held)
            held, size = [], len(head)
        held.append(line)
        size += len(line)
    if held:
        yield head + b"".join(held)


def _pick(built: Values, names: Sequence[str], legacy: Collection[str]) -> list[object]:
    """The values of a built object by their dotted names; those in `legacy` are times of the older form."""
    found: list[object] = []
    for name in names:
        value: object = built
        for step in name.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        found.append(_legacy_date(value) if name in legacy else value)
    return found


def _legacy_date(value: object) -> object:
    """`YYYY-MM-DD HH:mm:ss` in the user's zone."""
    try:
        return datetime.fromisoformat(str(value)).strftime("%Y-%m-%d %H:%M:%S") if value is not None else None
    except ValueError:
        return value


def to_export_line(values: Sequence[object]) -> bytes:
    """One line of a result file."""
    return (",".join(_cell(value) for value in values) + "\n").encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value).replace('"', '""')
    return f'"\\{text}"' if text.startswith(_FORMULA) else f'"{text}"'

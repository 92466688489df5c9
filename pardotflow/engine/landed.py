"""What a read landed on disk, as a table of the session: one row a record, every value as its text.

Pages are read as text and taken apart in one pass, some of them at a time, so that memory does not grow with the read.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from pardotflow.connectors.protocol import Extract
from pardotflow.engine.columns import Columns
from pardotflow.engine.quote import literal, literals, name
from pardotflow.plan.instance import is_much, use_threads

# Pages that are taken apart at a time.
BATCH_BYTES = 64 * 1024 * 1024
# Of a row of CSV, in bytes: the vendor takes 400,000 characters for a record.
LONGEST_LINE = 16 * 1024 * 1024


@contextmanager
def landed(con: duckdb.DuckDBPyConnection, columns: Columns, fields: Sequence[str], extract: Extract) -> Iterator[bool]:
    """The records of a read as the session's table `landed`, for the length of a block; false, and no table, where none
    came."""
    has_rows = extract.rows > 0
    if has_rows:
        if is_much(extract.files):
            use_threads(con)
        _take_apart(con, columns, fields, extract)
    yield has_rows
    if has_rows:
        con.execute("drop table landed")


def _take_apart(con: duckdb.DuckDBPyConnection, columns: Columns, fields: Sequence[str], extract: Extract) -> None:
    wanted = tuple(dict.fromkeys([*columns.all, *fields]))
    parts = [_copies(pages, wanted, extract) for pages in _batches(extract.files)]
    records = _records(columns, fields, extract)
    if len(parts) == 1:
        con.execute(f"create or replace temp table landed as with copies as ({parts[0]}) {records}")
        return
    con.execute(f"create or replace temp table copies ({', '.join(f'{name(f)} varchar' for f in wanted)})")
    for part in parts:
        con.execute(f"insert into copies {part}")
    con.execute(f"create or replace temp table landed as {records}")
    con.execute("drop table copies")


def _copies(pages: Sequence[Path], wanted: Sequence[str], extract: Extract) -> str:
    """SQL of the records of some pages as they came."""
    if pages[0].suffix == ".csv":
        return _rows_of_csv(pages, wanted, extract)
    array = extract.records_pointer.lstrip("/")
    shape = literal(json.dumps({array: [_shape(wanted)]}))
    picks = ", ".join(f"{'.'.join(name(part) for part in f.split('.'))} as {name(f)}" for f in wanted)
    return (
        f"select {picks} from (select unnest(from_json(content, {shape}).{name(array)}, max_depth := 2)"
        f" from read_text([{literals([str(p) for p in pages])}]))"
    )


def _rows_of_csv(pages: Sequence[Path], wanted: Sequence[str], extract: Extract) -> str:
    """SQL of the same from CSV: every value as JSON would have brought it."""
    spelled = {f.lower(): kind for f, kind in extract.respelled.items()}
    picks = ", ".join(f"{_respelled(name(f), spelled.get(f.lower(), ''))} as {name(f)}" for f in wanted)
    files = literals([str(p) for p in pages])
    return (
        f"select {picks} from read_csv([{files}], header = true, all_varchar = true, delim = ',', quote = '\"',"
        f" escape = '\"', nullstr = '', new_line = '\\n', strict_mode = true, max_line_size = {LONGEST_LINE},"
        " parallel = false)"
    )


def _respelled(column: str, kind: str) -> str:
    """SQL for a value of CSV in the spelling of JSON."""
    if kind == "instant":
        return f"regexp_replace({column}, 'Z$', '+0000')"
    if kind == "number":
        return f"""from_json('{{"n":' || {column} || '}}', '{{"n":"VARCHAR"}}').n"""
    if kind == "escaped":
        return f"regexp_replace({column}, '^\\\\([=+@])', '\\1')"
    return column


def _shape(fields: Iterable[str]) -> dict[str, Any]:
    """What is taken of one record: texts, and of a parent record (`Account.Name`) an object inside it."""
    shape: dict[str, Any] = {}
    for field in fields:
        *parents, last = field.split(".")
        inside = shape
        for parent in parents:
            inside = inside.setdefault(parent, {})
        inside[last] = "VARCHAR"
    return shape


def _batches(files: Sequence[Path]) -> Iterator[list[Path]]:
    """The pages in order, as many at a time as fit; those of a batch are of one form."""
    batch, size = list[Path](), 0
    for file in files:
        bytes_ = file.stat().st_size
        if batch and (size + bytes_ > BATCH_BYTES or file.suffix != batch[-1].suffix):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += bytes_
    if batch:
        yield batch


def _records(columns: Columns, fields: Sequence[str], extract: Extract) -> str:
    """One row a record. A page that moved meanwhile may hold a record twice: the newest copy counts. A record that was
    made or changed between two passes may be in one of them alone, and what the other would tell is not blank but
    unknown: it counts with the next read, whose overlap brings it again."""
    key, stamp = name(columns.id), f"nf_instant({name(columns.stamp)})"
    follow = ", ".join(f"max({name(f)})" for f in columns.follow)
    body = ", ".join(
        [
            f"{key} as _id",
            f"max({stamp}) as _stamp",
            f"arg_max({name(columns.writer)}, {stamp}) as _writer",
            f"{_is_true(columns.deleted)} as _deleted",
            "true as _visible",
            f"{_is_true(columns.closed)} as _closed",
            f"{f'coalesce({follow})' if follow else 'cast(null as varchar)'} as _follow",
            f"cast({literal(naive(extract.server_time_at_start).isoformat())} as timestamp) as _read_at",
            *(f"max({name(f)}) as {name(f)}" for f in fields),
        ]
    )
    # Each pass holds other fields of the same record; only a single pass can be narrowed to the newest copy.
    newest = (
        "copies"
        if extract.passes > 1
        else f"(from copies qualify rank() over (partition by {key} order by {stamp} desc nulls last) = 1)"
    )
    in_every_pass = f" having count(*) >= {extract.passes}" if extract.passes > 1 else ""
    return f"select {body} from {newest} where {key} is not null group by {key}{in_every_pass}"


def _is_true(field: str) -> str:
    return f"coalesce(bool_or({name(field)} = 'true'), false)" if field else "false"


def naive(at: datetime) -> datetime:
    """A moment as the snapshots keep it: UTC without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None)

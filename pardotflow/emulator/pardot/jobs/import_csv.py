"""The CSV of an import batch and the options of its columns.

A header is checked when a batch arrives, so that a run meets only columns it knows; every row has the header's length.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.switches import Switches

MATCH_COLUMNS = ("matchId", "matchSalesforceId", "matchEmail")
LIST_COLUMNS = ("addToList", "removeFromList")
csv.field_size_limit(16_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnOption:
    """What a column may do to a prospect that exists; on create a value is always written."""

    overwrite: bool
    null_overwrite: bool


def read_rows(body: bytes) -> Iterator[list[str]]:
    """All lines of a batch, the header first; blank lines are none. Raises 159 for what is no UTF-8 CSV."""
    try:
        for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True):
            if row:
                yield row
    except (csv.Error, UnicodeDecodeError) as cause:
        raise PardotError(159, str(cause)) from None


def check_batch(prospects: Collection, body: bytes, options: object) -> list[str]:
    """The header of a batch that can be imported; raises 130, 159, 197 or 227."""
    rows = read_rows(body)
    header = next(rows, [])
    if not header or len(set(header)) < len(header):
        raise PardotError(159)
    unknown = [name for name in header if not _is_importable(prospects, name)]
    if unknown:
        raise PardotError(130, ", ".join(unknown))
    if "email" not in header and not set(header) & set(MATCH_COLUMNS):
        raise PardotError(197, "email")
    count = 0
    for count, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise PardotError(159, f"line {count + 1}")
    if not count:
        raise PardotError(159)
    _check_options(header, options)
    return header


def _is_importable(prospects: Collection, name: str) -> bool:
    if name in MATCH_COLUMNS or name in LIST_COLUMNS:
        return True
    attribute = prospects.attributes.get(name)
    return attribute is not None and attribute.updateable


def _check_options(header: Sequence[str], options: object) -> None:
    """Options, where there are any, name every column; match and list columns may be left out."""
    given = set(parse_options(options))
    if not given:
        return
    special = {*MATCH_COLUMNS, *LIST_COLUMNS}
    if given - special != set(header) - special or not given <= set(header):
        raise PardotError(227)


def parse_options(options: object) -> Mapping[str, Mapping[str, Any]]:
    """Options by column: from a list of `{field | name, …}` or from an object keyed by name. Raises 165."""
    if options is None:
        return {}
    if isinstance(options, dict):
        made = {str(name): option for name, option in options.items()}
    elif isinstance(options, list) and all(isinstance(option, dict) for option in options):
        made = {option.get("field", option.get("name")): option for option in options if _is_named(option)}
        if len(made) < len(options):
            raise PardotError(165)
    else:
        raise PardotError(165)
    for name, option in made.items():
        if not isinstance(option, dict) or not all(
            isinstance(option.get(key, True), bool) for key in ("overwrite", "nullOverwrite")
        ):
            raise PardotError(165, name)
    return made


def _is_named(option: Mapping[str, object]) -> bool:
    return isinstance(option.get("field", option.get("name")), str)


def column_options(header: Sequence[str], stored: str | None, switches: Switches) -> dict[str, ColumnOption]:
    """The options of each column in force, with the defaults of the switches."""
    given = parse_options(json.loads(stored)) if stored else {}
    return {
        name: ColumnOption(
            overwrite=given.get(name, {}).get("overwrite", switches.import_overwrite_default),
            null_overwrite=given.get(name, {}).get("nullOverwrite", switches.import_null_overwrite_default),
        )
        for name in header
    }

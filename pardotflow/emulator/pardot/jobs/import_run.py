"""Carrying out an import: each row finds its prospect, and updates it or makes one.

A run is one transaction: after a crash it has happened whole or not at all, and its import is still waiting. A row
that fails is written to the errors with its reason and changes nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pardotflow.emulator.datafile import savepoint
from pardotflow.emulator.ids import is_id, to_18
from pardotflow.emulator.pardot.assignment import OWNER_FIELDS
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.jobs.import_csv import (
    LIST_COLUMNS,
    MATCH_COLUMNS,
    ColumnOption,
    column_options,
    read_rows,
)
from pardotflow.emulator.pardot.prospects import (
    create_prospect,
    find_by_email,
    find_by_salesforce_id,
    prospects,
    undelete_prospect,
    update_prospect,
)
from pardotflow.emulator.pardot.record_api import read_id
from pardotflow.emulator.pardot.records import Values, find_record, insert_record, remove_record
from pardotflow.emulator.pardot.rules import is_member
from pardotflow.emulator.pardot.values import read_cell

_MOST_LISTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """An import with its options in force."""

    context: Context
    import_id: int
    create_on_no_match: bool
    restore_deleted: bool
    options: Mapping[str, ColumnOption]


def run_import(context: Context, record: Values) -> Values:
    """Process all batches of an import; returns its counts and writes its errors."""
    counts = {"createdCount": 0, "updatedCount": 0, "errorCount": 0}
    bodies = context.db.execute(
        "SELECT body FROM import_batch WHERE import_id = ? ORDER BY n", (record["id"],)
    ).fetchall()
    for (body,) in bodies:
        rows = read_rows(body)
        header = next(rows)
        job = _Job(
            context=context,
            import_id=record["id"],
            create_on_no_match=bool(record["createOnNoMatch"]),
            restore_deleted=bool(record["restoreDeleted"]),
            options=column_options(header, record["fields"], context.state.switches),
        )
        for row in rows:
            counts[_run_row(job, header, row)] += 1
    return counts


def _run_row(job: _Job, header: Sequence[str], row: Sequence[str]) -> str:
    """Process one row; the name of the count that it belongs to."""
    try:
        with savepoint(job.context.db):
            return _save_row(job, dict(zip(header, row, strict=True)))
    except PardotError as error:
        _write_error(job, row, error)
        return "errorCount"


def _save_row(job: _Job, cells: Mapping[str, str]) -> str:
    target, has_match = _find_target(job, cells)
    if target is None:
        if has_match and not job.create_on_no_match:
            raise PardotError(92)
        target = create_prospect(job.context, _created_values(job, cells))
        counted = "createdCount"
    else:
        _update(job, target, cells)
        counted = "updatedCount"
    _change_lists(job, target["id"], cells)
    return counted


def _find_target(job: _Job, cells: Mapping[str, str]) -> tuple[Values | None, bool]:
    given = [(name, cells[name].strip()) for name in MATCH_COLUMNS if cells.get(name, "").strip()]
    if len(given) > 1:
        raise PardotError(51, "more than one match value")
    if not given:
        return None, False
    ((name, value),) = given
    return _find_by(job.context, name, value), True


def _find_by(context: Context, name: str, value: str) -> Values | None:
    if name == "matchId":
        return find_record(context.db, prospects(context), read_id(value, code=3))
    if name == "matchSalesforceId":
        if not is_id(value):
            raise PardotError(77)
        found = find_by_salesforce_id(context, to_18(value) or value)
    else:
        found = find_by_email(context, value) or find_by_email(context, value, deleted=True)
    return found[0] if found else None


def _created_values(job: _Job, cells: Mapping[str, str]) -> Values:
    attributes = prospects(job.context).attributes
    values = {
        name: read_cell(attributes[name], text, job.context.state.switches)
        for name, text in cells.items()
        if name in attributes and text.strip()
    }
    if cells.get("matchEmail", "").strip():
        values.setdefault("email", read_cell(attributes["email"], cells["matchEmail"], job.context.state.switches))
    if cells.get("matchSalesforceId", "").strip():
        values.setdefault("salesforceId", to_18(cells["matchSalesforceId"].strip()))
    return values


def _update(job: _Job, target: Values, cells: Mapping[str, str]) -> None:
    if target["isDeleted"]:
        if not job.restore_deleted:
            raise PardotError(219)
        undelete_prospect(job.context, target)
    update_prospect(job.context, target, _changed_values(job, target, cells))


def _changed_values(job: _Job, target: Values, cells: Mapping[str, str]) -> Values:
    attributes = prospects(job.context).attributes
    changes: Values = {}
    for name, text in cells.items():
        attribute = attributes.get(name)
        if attribute is None:
            continue
        option = job.options[name]
        if not text.strip():
            # An import cannot unassign (facts pardot_api section 4.3).
            if name not in OWNER_FIELDS and option.null_overwrite and option.overwrite:
                changes[name] = 0 if attribute.type == "boolean" else None
        elif option.overwrite or target[name] is None:
            changes[name] = read_cell(attribute, text, job.context.state.switches)
    if "email" in changes and changes["email"] is None:
        raise PardotError(4)
    return changes


# -- lists


def _change_lists(job: _Job, prospect_id: int, cells: Mapping[str, str]) -> None:
    listed = [(name, part) for name in LIST_COLUMNS for part in re.split(r"[;,\s]+", cells.get(name, "")) if part]
    if len(listed) > _MOST_LISTS:
        raise PardotError(55, f"more than {_MOST_LISTS} lists")
    lists = job.context.collections["lists"]
    for name, part in listed:
        target = find_record(job.context.db, lists, read_id(part, code=55))
        if target is None or target["isDeleted"] or target["isDynamic"]:
            raise PardotError(55, part)
        _change_membership(job.context, target["id"], prospect_id, add=name == "addToList")


def _change_membership(context: Context, list_id: int, prospect_id: int, *, add: bool) -> None:
    memberships = context.collections["list-memberships"]
    if add:
        if not is_member(context, list_id, prospect_id):
            insert_record(context, memberships, {"listId": list_id, "prospectId": prospect_id})
        return
    found = context.db.execute(
        f'SELECT "id" FROM {memberships.table} WHERE "listId" = ? AND "prospectId" = ? AND "isDeleted" = 0',
        (list_id, prospect_id),
    ).fetchall()
    for (record_id,) in found:
        record = find_record(context.db, memberships, record_id)
        if record is not None:
            remove_record(context, memberships, record)


# -- errors


def _write_error(job: _Job, row: Sequence[str], error: PardotError) -> None:
    line = to_line([*row, str(error.code), error.message])
    job.context.db.execute(
        "INSERT INTO import_error SELECT ?, coalesce(max(n), 0) + 1, ? FROM import_error WHERE import_id = ?",
        (job.import_id, line, job.import_id),
    )


def to_line(cells: Sequence[str]) -> str:
    """One CSV line with its line end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()

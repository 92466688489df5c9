"""What the writes of a sync say to the rules of the org, kept with each change: apply says what the plan showed.

Rows with different headers go in different requests. Where several syncs write one record, the first of them that says
anything decides.
"""

from collections.abc import Iterable, Iterator

import duckdb

from pardotflow.config.write_options import ACTIVE_RULE, DuplicateRule
from pardotflow.connectors.salesforce.writes import ASSIGNMENT, DUPLICATES
from pardotflow.core.values import System
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.sqlfile import insert_rows, rows

_CREATE, _UPDATE = "create", "update"


def keep_headers(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> None:
    """Fill `plan.request_headers` of the attached plan; without anything said it stays empty, at no cost."""
    said = [row for position, sync in enumerate(syncs) for row in _said(position, sync)]
    if not said:
        return
    con.execute("create or replace temp table said (sync varchar, position integer, action varchar, headers varchar)")
    insert_rows(con, "said", said)
    con.execute(
        "insert into plan.request_headers select c.change, s.headers from plan.changes c"
        " join (select distinct change, sync from plan.field_changes where sendable) f using (change)"
        " join said s on s.sync = f.sync and s.action = c.action where c.system = ? and c.sendable"
        " qualify row_number() over (partition by c.change order by s.position) = 1 order by c.change",
        [System.SALESFORCE],
    )


def read_headers(text: str) -> tuple[tuple[str, str], ...]:
    """The headers as a request takes them."""
    return tuple((name, value) for name, _, value in (line.partition(": ") for line in text.splitlines()))


def header_notes(con: duckdb.DuckDBPyConnection) -> list[str]:
    """What the headers of the attached plan do in the org, for the operator."""
    found = rows(
        con,
        "select c.object, c.action, h.headers, count(*) from plan.changes c join plan.request_headers h using (change)"
        " group by all order by all",
    )
    notes = []
    for item, action, text, count in found:
        headers = dict(read_headers(text))
        who = f"{item}, {count} {action}{'' if count == 1 else 's'}"
        rule = headers.get(ASSIGNMENT, "")
        if rule:
            named = "the active assignment rule" if rule == ACTIVE_RULE else f"the assignment rule {rule}"
            notes.append(f"{who}: {named} of the org says who owns them")
        if "allowSave=true" in headers.get(DUPLICATES, ""):
            notes.append(f"{who}: saved although a duplicate rule alerts (duplicate_rule: allow_save)")
    return notes


def _said(position: int, sync: CompiledSync) -> Iterator[list[object]]:
    """One row for creates and one for updates, where anything is said."""
    rule = next((c.rule for c in sync.creates if c.system is System.SALESFORCE), None)
    own = rule.duplicate_rule if rule else None
    for action, duplicates, assigns in (
        (_CREATE, own or sync.duplicate_rule, rule.assignment_rule if rule else ""),
        (_UPDATE, sync.duplicate_rule, ""),
    ):
        lines = ([f"{ASSIGNMENT}: {assigns}"] if assigns else []) + _duplicates(duplicates)
        if lines:
            yield [sync.name, position, action, "\n".join(lines)]


def _duplicates(rule: DuplicateRule | None) -> list[str]:
    if rule is None:
        return []
    words = {
        "allowSave": rule.allow_save,
        "includeRecordDetails": rule.include_record_details,
        "runAsCurrentUser": rule.run_as_current_user,
    }
    return [f"{DUPLICATES}: " + "; ".join(f"{word}={str(value).lower()}" for word, value in words.items())]

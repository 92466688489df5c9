"""What the operator should know of a plan and none of its tables says."""

from collections.abc import Iterable, Mapping

import duckdb

from pardotflow.config.project import MatchKind
from pardotflow.connectors.protocol import Identity
from pardotflow.engine.compiled import CompiledKey, CompiledSync
from pardotflow.engine.headers import header_notes
from pardotflow.engine.recycle import recycling_notes
from pardotflow.engine.refusals import refusals_note
from pardotflow.engine.sqlfile import rows


def plan_notes(
    con: duckdb.DuckDBPyConnection, identities: Mapping[str, Identity], syncs: Iterable[CompiledSync]
) -> list[str]:
    """Sentences over the attached plan, in a fixed order. `identities` is who we are, by system."""
    notes = _blank_keys(con, syncs)
    unkeyed = rows(
        con,
        "select distinct object from plan.changes where action = 'create' and sendable and key_field = '' order by 1",
    )
    for (item,) in unkeyed:
        notes.append(
            f"{item} is created without a key: a duplicate after a lost answer could be found, but not excluded"
        )
    notes += header_notes(con)
    for field, count in rows(
        con, "select field, count(*) from plan.accepted where kind = 'rewritten_again' group by 1 order by 1"
    ):
        notes.append(
            f"{field}: {_records(count)} again with another value than was sent; something in the org rewrites it"
        )
    for system, identity in identities.items():
        if not identity.user_id:
            notes.append(
                f"our user in {system} is not known: a value that the system rewrites looks like an edit there"
            )
    disagree = rows(con, "select count(*) from plan.ambiguities where reason like '%names another record%'")[0][0]
    if disagree:
        notes.append(
            f"{_records(disagree)} with the id of another record than the one that is linked; those ids are left alone"
        )
    return [*notes, *recycling_notes(con), *refusals_note(con)]


def _blank_keys(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> list[str]:
    """New records that a match key could not be tried for: a counterpart that they have is not found by it."""
    new = " from plan.changes c join {} k using (change) where c.action = 'create' and c.sendable{} group by all"
    of_rule = new.format("plan.field_changes", " and k.section = 'create'") + " order by all"
    made = rows(con, f"select k.sync, c.object, count(distinct change){of_rule}")
    keyed = new.format("plan.create_keys", "")
    tried = {r[:3]: r[3] for r in rows(con, f"select k.sync, c.object, k.key_no, count(distinct change){keyed}")}
    return [
        f"{item}: {_records(blank)} to be made without a value for the match key {key.name}; a counterpart that is"
        " there already is not found by it, and would be doubled"
        for sync in syncs
        for name, item, count in made
        for key in _looked_up(sync)
        if name == sync.name and (blank := count - tried.get((name, item, key.number), 0))
    ]


def _looked_up(sync: CompiledSync) -> list[CompiledKey]:
    """The keys whose value a new record has before it is made; one that prospects may share finds nobody."""
    shared = any(create.rule.share_email for create in sync.creates)
    return [key for key in sync.keys if not key.names and not (shared and key.kind is MatchKind.EMAIL)]


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"

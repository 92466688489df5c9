"""What the operator should know of a plan and none of its tables says."""

from collections.abc import Mapping

import duckdb

from pardotflow.connectors.protocol import Identity
from pardotflow.engine.headers import header_notes
from pardotflow.engine.recycle import recycling_notes
from pardotflow.engine.sqlfile import rows


def plan_notes(con: duckdb.DuckDBPyConnection, identities: Mapping[str, Identity]) -> list[str]:
    """Sentences over the attached plan, in a fixed order. `identities` is who we are, by system."""
    notes = []
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
    return [*notes, *recycling_notes(con)]


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"

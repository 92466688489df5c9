"""Users of one system as users of the other: which fields are translated, and the SQL that does it.

A user who cannot be translated is the character 2, the name, again the character 2, and the reason: `decide` holds it.
Two candidates are never guessed between, and a user who is not active is nobody's counterpart unless a pair says so.
"""

from collections.abc import Iterable, Mapping

import duckdb

from pardotflow.config.project import Sync
from pardotflow.config.user_map import Queues, UserKey, UserMap
from pardotflow.core.values import System
from pardotflow.engine.compiled import CompiledMapping, CompiledSync, CompiledUsers
from pardotflow.engine.quote import literal
from pardotflow.engine.sqlfile import render, rows
from pardotflow.engine.truth import Flow

OWNER = "OwnerId"
OWNER_COLUMN = "_u_owner"
QUEUE_PREFIX = "00G"
SALESFORCE_USER, PARDOT_USER, QUEUE = "User", "user", "Group"
QUEUES_ONLY = "Type = 'Queue'"
"""The filter under which groups are read: roles and public groups own no records."""

_MOST_NAMED = 3

READ: Mapping[tuple[System, str], tuple[str, ...]] = {
    (System.SALESFORCE, SALESFORCE_USER): ("Email", "IsActive", "Name", "Username"),
    (System.SALESFORCE, QUEUE): ("Name",),
    (System.PARDOT, PARDOT_USER): ("email", "firstName", "lastName", "salesforceId"),
}
"""What is read of users, where any are translated."""


def user_column(number: int) -> str:
    """The column with the translated user of a mapping."""
    return f"_u_{number}"


def users_of_mappings(sync: Sync, mappings: Iterable[CompiledMapping]) -> tuple[CompiledUsers, ...]:
    """The translations that the mappings of a sync need."""
    found = []
    for item in mappings:
        if item.mapping.users:
            source, target = (sync.a, sync.b) if item.flow is Flow.A_TO_B else (sync.b, sync.a)
            found.append(
                CompiledUsers(
                    sync=sync.name,
                    role="a" if source is sync.a else "b",
                    column=user_column(item.number),
                    raw=item.raw_a if source is sync.a else item.raw_b,
                    source=source.system,
                    target=target.system,
                    users=item.mapping.users,
                )
            )
    return tuple(found)


def applies_to(users: UserMap, role: str, raw: str, source: System) -> str:
    """SQL that is true where a mapping of users exists: not for a record that has no owner because it does not exist
    yet, and not for a queue that is to be skipped."""
    here = f"not (starts_with({role}._id, 'new:') and {raw} is null)"
    if users.queues is Queues.SKIP and source is System.SALESFORCE:
        return f"{here} and not coalesce(starts_with({raw}, '{QUEUE_PREFIX}'), false)"
    return here


def users_sql(sync: CompiledSync) -> str:
    """The statements that make the translation tables of a sync; the empty text where it has none."""
    if not sync.users:
        return ""
    return render("users", users=sync.users, pairs=_pairs, normal=_normal, by=UserKey, queues=Queues)


def translated_column(user: CompiledUsers) -> str:
    """SQL of a translated user, over the rows of its side."""
    known, spare = f"{user.table}.value", f"(select value from {user.table} where key = '')"
    unseen = f"chr(2) || {user.raw} || chr(2) || '{user.source} shows no such user'"
    missing = spare if user.column == OWNER_COLUMN else "null"
    if user.is_needed:
        missing = (
            f"coalesce({spare}, chr(2) || 'no user' || chr(2) || 'nobody is assigned, and owner: has no fallback')"
        )
    queue = ""
    if user.source is System.SALESFORCE:
        stands_for = {
            Queues.HOLD: f"chr(2) || {user.raw} || chr(2) || 'a queue owns it'",
            Queues.SKIP: "null",
            Queues.FALLBACK: f"coalesce({spare}, {unseen})",
        }
        queue = (
            f" when starts_with({user.raw}, '{QUEUE_PREFIX}') then coalesce({known}, {stands_for[user.users.queues]})"
        )
    return f"case when nf_text({user.raw}) is null then {missing}{queue} else coalesce({known}, {spare}, {unseen}) end"


def _pairs(user: CompiledUsers) -> list[tuple[str, str]]:
    """The pairs of the file as SQL, (source, target)."""
    named = [(_normal(a, System.SALESFORCE), _normal(b, System.PARDOT)) for a, b in user.users.pairs]
    return named if user.source is System.SALESFORCE else [(b, a) for a, b in named]


def _normal(text: str, system: System) -> str:
    """SQL of a user that is named by id or e-mail, in the form in which users are compared."""
    form = "email" if "@" in text else "id" if system is System.SALESFORCE else "text"
    return f"nf_{form}({literal(text.strip())})"


def pair_notes(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> list[str]:
    """What the operator should know of pairs that name somebody who is in neither of the two lists of users."""
    notes = []
    for sync in syncs:
        pairs = sorted({pair for user in sync.users for pair in user.users.pairs})
        lost = [pair for pair in pairs if not _is_known(con, pair)]
        if lost:
            named = ", ".join(" → ".join(pair) for pair in lost[:_MOST_NAMED])
            more = f" and {len(lost) - _MOST_NAMED} more" if len(lost) > _MOST_NAMED else ""
            notes.append(f"{sync.name}: pairs of users that name somebody who is not there: {named}{more}")
    return notes


def _is_known(con: duckdb.DuckDBPyConnection, pair: tuple[str, str]) -> bool:
    tests = [
        f"exists (from user_rows where system = '{system}' and {_normal(user, system)} in (key, email, login))"
        for system, user in zip((System.SALESFORCE, System.PARDOT), pair, strict=True)
    ]
    return bool(rows(con, f"select {' and '.join(tests)}")[0][0])

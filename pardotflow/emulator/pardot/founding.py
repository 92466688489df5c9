"""What every business unit begins with: the two people of the org, a campaign, and both names of a prospect's owner."""

from __future__ import annotations

import sqlite3
import time

from pardotflow.emulator.clock import from_epoch, pardot_stamp
from pardotflow.emulator.identity import Identity, Person
from pardotflow.emulator.ids import to_18
from pardotflow.emulator.pardot.schema.shapes import table_prefix
from pardotflow.emulator.pardot.units import Unit, find_user

_FIRST_CAMPAIGN = 1001


def add_first_records(db: sqlite3.Connection, unit: Unit, identity: Identity) -> None:
    """Add what the seed has not brought; the connected user only where the unit has them."""
    prefix, stamp = table_prefix(unit.number), pardot_stamp(from_epoch(time.time()))
    for person in (identity.connected, identity.admin) if unit.connected else (identity.admin,):
        _add_user(db, f"{prefix}users", person, stamp)
    if db.execute(f"SELECT 1 FROM {prefix}campaigns LIMIT 1").fetchone() is None:
        db.execute(
            f"INSERT INTO {prefix}campaigns"
            ' ("id", "name", "isDeleted", "createdAt", "updatedAt", "createdById", "updatedById")'
            " VALUES (?, 'Website Tracking', 0, ?, ?, ?, ?)",
            (_FIRST_CAMPAIGN, stamp, stamp, identity.admin.pardot_id, identity.admin.pardot_id),
        )


def name_owners(db: sqlite3.Connection, unit: Unit) -> None:
    """Give seeded prospects the owner in Salesforce of the user that they are assigned to, and the other way round."""
    prefix = table_prefix(unit.number)
    db.execute(
        f'UPDATE {prefix}prospects SET "salesforceOwnerId" = u."salesforceId" FROM {prefix}users u'
        f' WHERE u."id" = {prefix}prospects."userId" AND {prefix}prospects."salesforceOwnerId" IS NULL'
    )
    alone = f'FROM {prefix}prospects WHERE "salesforceOwnerId" IS NOT NULL AND "userId" IS NULL'
    owners = [owner for (owner,) in db.execute(f'SELECT DISTINCT "salesforceOwnerId" {alone}')]
    users = [(owner, find_user(db, unit, to_18(owner) or owner)) for owner in owners]
    db.execute("CREATE TEMP TABLE owner (id TEXT PRIMARY KEY, user INTEGER)")
    db.executemany("INSERT INTO owner VALUES (?, ?)", users)
    db.execute(
        f'UPDATE {prefix}prospects SET "userId" = o.user, "assignedToId" = o.user FROM owner o'
        f' WHERE o.id = {prefix}prospects."salesforceOwnerId" AND {prefix}prospects."userId" IS NULL'
    )
    db.execute("DROP TABLE owner")


def _add_user(db: sqlite3.Connection, table: str, person: Person, stamp: str) -> None:
    forms = (person.salesforce_id, person.salesforce_id[:15])
    if db.execute(f'SELECT 1 FROM {table} WHERE "salesforceId" IN (?, ?)', forms).fetchone():
        return
    taken = db.execute(f'SELECT 1 FROM {table} WHERE "id" = ?', (person.pardot_id,)).fetchone()
    (following,) = db.execute(f'SELECT coalesce(max("id"), 0) + 1 FROM {table}').fetchone()
    user_id = following if taken else person.pardot_id
    db.execute(
        f'INSERT INTO {table} ("id", "email", "username", "firstName", "lastName", "role", "roleName",'
        ' "salesforceId", "isDeleted", "createdAt", "updatedAt", "createdById", "updatedById")'
        " VALUES (?, ?, ?, ?, ?, 'Administrator', 'Administrator', ?, 0, ?, ?, ?, ?)",
        (
            user_id,
            person.email,
            person.username,
            person.first_name,
            person.last_name,
            person.salesforce_id,
            stamp,
            stamp,
            user_id,
            user_id,
        ),
    )

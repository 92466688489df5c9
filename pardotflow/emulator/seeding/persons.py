"""The contacts of seeded person accounts: an account with a LastName is a person's, and has one.

Runs when all files are loaded, so that no id of theirs is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pardotflow.emulator.ids import mint_id
from pardotflow.emulator.salesforce.records.catalog import Catalog, ObjectInfo
from pardotflow.emulator.salesforce.records.person_accounts import full_name, mirrored
from pardotflow.emulator.salesforce.records.row_store import Values, rows_of
from pardotflow.emulator.salesforce.records.rows import complete_row
from pardotflow.emulator.seeding.salesforce import Loading

_SIGNED = ("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp", "IsDeleted")


def add_person_contacts(loading: Loading, catalog: Catalog) -> None:
    """Give every person account its contact; does nothing in an org without person accounts."""
    account, contact = catalog.objects["account"], catalog.objects["contact"]
    if "IsPersonAccount" not in account.blank:
        return
    persons = rows_of(loading.db.execute('SELECT * FROM "sf_Account" WHERE "LastName" IS NOT NULL ORDER BY _n'))
    taken = {record_id for (record_id,) in loading.db.execute('SELECT "Id" FROM "sf_Contact"')}
    fresh = _fresh_ids(loading, contact, taken | {row["PersonContactId"] for row in persons})
    made = []
    for row in persons:
        given = row["PersonContactId"]
        if given in taken:
            loading.findings.problem("Account.csv", 0, f"another contact has the PersonContactId {given}; one was made")
        row["PersonContactId"] = next(fresh) if given is None or given in taken else given
        taken.add(row["PersonContactId"])
        made.append(_contact(account, contact, row))
    loading.db.executemany(
        'UPDATE "sf_Account" SET "IsPersonAccount" = 1, "Name" = ?, "PersonContactId" = ? WHERE _n = ?',
        [(full_name(row), row["PersonContactId"], row["_n"]) for row in persons],
    )
    if made:
        names = ", ".join(f'"{name}"' for name in made[0])
        holes = ",".join("?" * len(made[0]))
        loading.db.executemany(
            f'INSERT INTO "sf_Contact" ({names}) VALUES ({holes})', [list(one.values()) for one in made]
        )


def _contact(account: ObjectInfo, contact: ObjectInfo, row: Values) -> dict[str, Any]:
    values = {name: row[there] for name, there in mirrored(account, contact).items()}
    values |= {"AccountId": row["Id"], "IsPersonAccount": 1}
    made = complete_row(
        contact,
        values,
        record_id=row["PersonContactId"],
        stamp=row["SystemModstamp"],
        user_id=row["LastModifiedById"],
    )
    return made | {name: row[name] for name in _SIGNED}


def _fresh_ids(loading: Loading, contact: ObjectInfo, taken: set[str]) -> Iterator[str]:
    """New ids behind the last one that was made."""
    found = loading.db.execute("SELECT last FROM minted WHERE prefix = ?", (contact.prefix,)).fetchone()
    number = found[0] if found else 0
    while True:
        number += 1
        loading.db.execute("INSERT OR REPLACE INTO minted VALUES (?, ?)", (contact.prefix, number))
        if (made := mint_id(contact.prefix, number)) not in taken:
            yield made

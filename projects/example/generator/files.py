"""Writes the org as the files that the emulator and the warehouse connection read.

UTF-8, line feeds, a header line, fields quoted only where they must be: equal rows give equal bytes on every machine.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from generator import fixed
from generator.org import Org
from generator.rows import CONTACT, LEAD, PROSPECT, Row
from generator.usage import UsageRow

MEMBERSHIPS = 3_000


def write_seed(folder: Path, org: Org) -> None:
    """Write one CSV file an object, and `schema.yml`."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "Account.csv", _accounts(org))
    write_csv(folder / "Contact.csv", sorted(org.contacts, key=lambda row: row["Id"]), CONTACT)
    write_csv(folder / "Lead.csv", sorted(org.leads, key=lambda row: row["Id"]), LEAD)
    write_csv(folder / "User.csv", fixed.users())
    write_csv(folder / "Campaign.csv", fixed.campaigns())
    write_csv(folder / "prospects.csv", sorted(org.prospects, key=lambda row: int(row["id"])), PROSPECT)
    write_csv(folder / "pardot_users.csv", fixed.pardot_users())
    write_csv(folder / "pardot_campaigns.csv", fixed.pardot_campaigns())
    write_csv(folder / "lists.csv", fixed.lists())
    write_csv(folder / "list_memberships.csv", _memberships(org))
    write_csv(folder / "custom_fields.csv", fixed.custom_fields())
    (folder / "schema.yml").write_text(fixed.schema(), encoding="utf-8", newline="\n")


def write_usage(file: Path, rows: Iterable[UsageRow]) -> None:
    """Write the warehouse file: one row a person and week."""
    file.parent.mkdir(parents=True, exist_ok=True)
    texts = [
        {"email": row.email, "week": row.week.isoformat(), "plan": row.plan}
        | {"seats": str(row.seats), "sessions": str(row.sessions)}
        for row in rows
    ]
    write_csv(file, texts)


def write_csv(file: Path, rows: Sequence[Row], columns: Sequence[str] = ()) -> None:
    """Write rows under the given columns, or under those of the first row."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns or list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _accounts(org: Org) -> list[Row]:
    return [
        {
            "Id": account,
            "Name": company.name,
            "Industry": company.industry,
            "Website": f"https://{company.domain}",
            "BillingCountry": company.country.code,
        }
        for account, company in org.accounts
    ]


def _memberships(org: Org) -> list[Row]:
    """Members of the six lists that are filled by hand; one in forty left the list."""
    pairs = [
        (place, prospect["id"]) for place in range(6) for prospect in org.prospects if prospect["isDeleted"] == "false"
    ]
    chosen = sorted(org.rng.sample(pairs, MEMBERSHIPS))
    return [
        {
            "id": str(600_001 + number),
            "listId": str(301 + place),
            "prospectId": prospect,
            "optedOut": "true" if org.rng.randrange(40) == 0 else "false",
        }
        for number, (place, prospect) in enumerate(chosen)
    ]

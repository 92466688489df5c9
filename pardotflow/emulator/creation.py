"""Making a data file: tables, the org itself, and whatever a seed adds before the indexes are built.

A file is complete when it appears under its name.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from pardotflow.emulator.clock import from_epoch, salesforce_stamp
from pardotflow.emulator.datafile import build_file
from pardotflow.emulator.identity import Identity, Person, build_identity, save_identity
from pardotflow.emulator.ids import mint_id
from pardotflow.emulator.layout import FORMAT
from pardotflow.emulator.pardot.founding import add_first_records, name_owners
from pardotflow.emulator.pardot.rules import renew_catalog
from pardotflow.emulator.pardot.schema.catalog import create_tables, index_tables
from pardotflow.emulator.pardot.units import build_units, save_units
from pardotflow.emulator.salesforce.records.campaign_members import default_statuses, install_copies
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo, index_object, read_catalog, save_object
from pardotflow.emulator.salesforce.records.fields import Field
from pardotflow.emulator.salesforce.records.row_store import new_id
from pardotflow.emulator.salesforce.records.rows import complete_row, insert_row
from pardotflow.emulator.salesforce.standard.objects import standard_objects
from pardotflow.emulator.salesforce.standard.table import StandardObject

Fill = Callable[[sqlite3.Connection, Identity], None]
_LEAD_STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted")


def create_data(
    path: Path,
    *,
    org: Mapping[str, Any] | None = None,
    objects: Iterable[tuple[StandardObject, Iterable[Field]]] | None = None,
    pardot: Mapping[str, Any] | None = None,
    units: Iterable[Mapping[str, Any]] = (),
    fill: Fill | None = None,
    replace: bool = False,
) -> None:
    """Make a data file. `objects` are the Salesforce objects with all their fields; `fill` loads records.

    `pardot` says more about the org's business unit, `units` declares further ones. Raises `EmulatorError` where the
    file exists and `replace` is false, or a declaration cannot be read.
    """
    identity = build_identity(org or {})
    business_units = build_units(identity, pardot or {}, units)
    chosen = list(objects) if objects is not None else [(new, new.fields) for new in standard_objects()]
    with build_file(path, replace=replace) as db:
        db.execute("INSERT INTO meta VALUES ('format', ?)", (str(FORMAT),))
        save_identity(db, identity)
        save_units(db, business_units)
        renew_catalog(db)
        for new, fields in chosen:
            save_object(db, new, fields)
        for unit in business_units:
            create_tables(db, unit.number)
        if fill is not None:
            fill(db, identity)
        _add_org(db, identity)
        for info in read_catalog(db).objects.values():
            index_object(db, info.name, info.fields.values())
        _add_member_statuses(db, identity)
        install_copies(db)
        for unit in business_units:
            add_first_records(db, unit, identity)
            name_owners(db, unit)
            index_tables(db, unit.number)


def _add_org(db: sqlite3.Connection, identity: Identity) -> None:
    """The records that every org has: itself, its two people, lead statuses."""
    catalog = read_catalog(db)
    stamp = salesforce_stamp(from_epoch(time.time()))
    organization = {"Name": identity.org_name}
    _insert_salesforce(db, catalog.objects["organization"], organization, identity.org_id, identity, stamp)
    for person in (identity.connected, identity.admin):
        _add_user(db, catalog.objects["user"], person, identity, stamp)
    for place, label in enumerate(_LEAD_STATUSES, start=1):
        values = {"MasterLabel": label, "ApiName": label, "SortOrder": place}
        values |= {"IsDefault": int(place == 1), "IsConverted": int(label == "Closed - Converted")}
        _insert_salesforce(db, catalog.objects["leadstatus"], values, mint_id("01J", place), identity, stamp)


def _add_member_statuses(db: sqlite3.Connection, identity: Identity) -> None:
    """Every loaded campaign has statuses for its members."""
    info = read_catalog(db).objects["campaignmemberstatus"]
    stamp = salesforce_stamp(from_epoch(time.time()))
    without = 'SELECT "Id" FROM "sf_Campaign" WHERE "Id" NOT IN (SELECT "CampaignId" FROM "sf_CampaignMemberStatus")'
    for (campaign_id,) in db.execute(without).fetchall():
        for values in default_statuses(campaign_id):
            _insert_salesforce(db, info, values, new_id(db, info), identity, stamp)


def _insert_salesforce(
    db: sqlite3.Connection,
    info: ObjectInfo,
    values: Mapping[str, Any],
    record_id: str,
    identity: Identity,
    stamp: str,
) -> None:
    if db.execute(f'SELECT 1 FROM {info.table} WHERE "Id" = ?', (record_id,)).fetchone():
        return
    admin = identity.admin.salesforce_id
    insert_row(db, info, complete_row(info, values, record_id=record_id, stamp=stamp, user_id=admin))


def _add_user(db: sqlite3.Connection, info: ObjectInfo, person: Person, identity: Identity, stamp: str) -> None:
    values = {
        "Username": person.username,
        "Email": person.email,
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "Alias": person.first_name[:8].lower(),
    }
    _insert_salesforce(db, info, values, person.salesforce_id, identity, stamp)

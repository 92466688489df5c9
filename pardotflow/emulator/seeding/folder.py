"""A seed folder into a data file.

The folder decides everything: what is not in it is made from fixed rules, so that the same folder gives the same
records.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pardotflow.emulator.clock import from_epoch, pardot_stamp, salesforce_stamp
from pardotflow.emulator.creation import create_data
from pardotflow.emulator.faults import save_rules
from pardotflow.emulator.identity import Identity
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.rules_admin import put_rules
from pardotflow.emulator.salesforce.records.catalog import read_catalog
from pardotflow.emulator.salesforce.standard.objects import standard_objects
from pardotflow.emulator.seeding.custom_fields import declare_custom_fields
from pardotflow.emulator.seeding.pardot import SEED_FILES, load_collections
from pardotflow.emulator.seeding.persons import add_person_contacts
from pardotflow.emulator.seeding.report import Findings, SeedReport
from pardotflow.emulator.seeding.salesforce import Loading, load_salesforce
from pardotflow.emulator.seeding.schema import Schema, build_objects, load_schema, named
from pardotflow.emulator.seeding.table import read_header


def seed(data: Path, folder: Path, *, replace: bool = False) -> SeedReport:
    """Make the data file `data` from the CSV files and the `schema.yml` of `folder`.

    Values are stored without validation. Raises `EmulatorError` where the folder or its schema cannot be read, or the
    data file exists and `replace` is false.
    """
    if not folder.is_dir():
        raise EmulatorError(f"there is no folder {folder}")
    declared = folder / "schema.yml"
    schema = load_schema(declared)
    findings = Findings()
    files = _salesforce_files(folder, findings)
    headers = {name: read_header(path) for name, path in files.items()}

    def fill(db: sqlite3.Connection, identity: Identity) -> None:
        _save_settings(db, schema)
        with named(declared):
            put_rules(db, schema.rules)
        now = from_epoch(time.time())
        salesforce = Loading(db=db, identity=identity, stamp=salesforce_stamp(now), findings=findings)
        catalog = read_catalog(db)
        for name, path in files.items():
            load_salesforce(salesforce, catalog.objects[name.lower()], path)
        add_person_contacts(salesforce, catalog)
        pardot = dataclasses.replace(salesforce, stamp=pardot_stamp(now))
        declare_custom_fields(pardot, folder, schema.custom_fields)
        load_collections(pardot, folder)
        for number, unit in enumerate(schema.units, start=2):
            _load_unit(dataclasses.replace(pardot, unit=number), folder, unit)

    with named(declared):
        objects = build_objects(schema, headers)
    create_data(
        data,
        org=schema.org,
        objects=objects,
        pardot=schema.first_unit,
        units=schema.units,
        fill=fill,
        replace=replace,
    )
    return findings.finish()


def _load_unit(loading: Loading, folder: Path, unit: Mapping[str, Any]) -> None:
    """Load the sub folder of a further business unit."""
    name = str(unit["folder"])
    findings = Findings()
    own = dataclasses.replace(loading, findings=findings)
    path = folder / name
    if not path.is_dir():
        raise EmulatorError(f"units: there is no folder {path}")
    declare_custom_fields(own, path, unit.get("custom_fields") or ())
    load_collections(own, path)
    findings.unknown_files += [file.name for file in sorted(path.glob("*.csv")) if file.name not in SEED_FILES]
    loading.findings.take_over(findings, name)


def _salesforce_files(folder: Path, findings: Findings) -> dict[str, Path]:
    """The CSV files of Salesforce objects, by object; a CSV file that belongs to nobody is listed."""
    standard = {new.name: new.name for new in standard_objects()}
    files: dict[str, Path] = {}
    for path in sorted(folder.glob("*.csv")):
        if path.stem in standard or path.stem.endswith("__c"):
            files[path.stem] = path
        elif path.name not in SEED_FILES:
            findings.unknown_files.append(path.name)
    return files


def _save_settings(db: sqlite3.Connection, schema: Schema) -> None:
    rows = [(name, json.dumps(value)) for name, value in schema.settings.items()]
    db.executemany("INSERT INTO switch VALUES (?, ?)", rows)
    save_rules(db, schema.faults)

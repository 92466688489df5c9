"""What the two systems hold, read from the emulator's data file and from nothing else."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pardotflow.emulator.ids import to_18

Key = tuple[str, str]
"""Object and id of a record."""
Values = Mapping[str, Any]
_TABLES = {"Contact": ("sf_Contact", "Id"), "Lead": ("sf_Lead", "Id"), "prospect": ("pd_prospects", "id")}


class State:
    """Every record, dead or alive, at one moment."""

    def __init__(self, data: Path) -> None:
        self.records: dict[Key, Values] = {}
        db = sqlite3.connect(f"{data.as_uri()}?mode=ro", uri=True, timeout=20)
        db.row_factory = sqlite3.Row
        try:
            for name, (table, id_column) in _TABLES.items():
                for row in db.execute(f"SELECT * FROM {table}"):
                    self.records[(name, str(row[id_column]))] = dict(row)
        finally:
            db.close()
        self.became = dict(self._became())

    def _became(self) -> Mapping[str, str]:
        """Converted leads and merged losers by id, with what they became in the end."""
        step: dict[str, str] = {}
        for (name, id), row in self.records.items():
            next_id = name != "prospect" and (row["MasterRecordId"] or row.get("ConvertedContactId"))
            if next_id:
                step[id] = str(next_id)
        found = {}
        for first in step:
            last = first
            while last in step:
                last = step[last]
            found[first] = last
        return found

    def is_deleted(self, key: Key) -> bool:
        """True for what is in the recycle bin."""
        row = self.records[key]
        return bool(row["isDeleted"] if key[0] == "prospect" else row["IsDeleted"])

    def is_converted(self, key: Key) -> bool:
        """True for a lead that is a contact now."""
        return bool(self.records[key].get("IsConverted"))

    def is_hidden(self, key: Key) -> bool:
        """True for what the connected user does not see."""
        return bool(self.records[key].get("Secret__c"))

    def is_target(self, key: Key) -> bool:
        """True for what may be written."""
        return key in self.records and not (self.is_deleted(key) or self.is_converted(key) or self.is_hidden(key))

    def survivor(self, key: Key) -> Key:
        """The record that a converted lead or a merged loser became, or the record itself."""
        id = self.became.get(key[1], key[1])
        return next((k for k in (("Contact", id), ("Lead", id)) if k in self.records), key)

    def is_left_out(self, key: Key, side: Values) -> bool:
        """True for what the sync's rules for the Salesforce side leave out."""
        row = self.records[key]
        return bool(("select" in side and row.get("Away__c")) or ("do_not_sync" in side and row.get("Keep_Out__c")))

    def side(self, system: str) -> list[Key]:
        """The records of one system."""
        return [k for k in self.records if (k[0] == "prospect") == (system == "pardot")]

    def value_under(self, match_key: Any, key: Key) -> str:
        """What a record says under a match key, in one form; blank agrees with nothing."""
        name, row = key[0], self.records[key]
        is_unit = name == "prospect"
        if match_key == "salesforce_id":
            named = str(row["salesforceId"] or "") if is_unit else key[1]
            full = to_18(named) or ""
            return self.became.get(full, full)
        if match_key == "email":
            return str(row["email" if is_unit else "Email"] or "").strip().lower()
        field = match_key["pardot" if is_unit else "salesforce"]
        return key[1] if field == "id" else str(row[field] or "").strip()

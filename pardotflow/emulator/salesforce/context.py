"""What a Salesforce endpoint works with: the request's state, the catalogue and the caller.

Endpoints get one `Context` and never look elsewhere for the clock, the user or the fields.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import timedelta

from pardotflow.emulator.clock import salesforce_stamp
from pardotflow.emulator.salesforce.errors import not_found
from pardotflow.emulator.salesforce.records.catalog import Catalog, ObjectInfo
from pardotflow.emulator.salesforce.records.locks import RowLocks
from pardotflow.emulator.salesforce.records.save_options import NO_OPTIONS, SaveOptions
from pardotflow.emulator.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One authenticated request. `version` is the API version of the path, `v60.0`; `locks` are rows held by others.

    `options` are what the request says about its saves.
    """

    state: State
    catalog: Catalog
    user_id: str
    version: str
    locks: RowLocks | None = None
    options: SaveOptions = NO_OPTIONS

    @property
    def db(self) -> sqlite3.Connection:
        """The connection; inside a write it has the open transaction."""
        return self.state.db

    @property
    def stamp(self) -> str:
        """When the request's transaction began, as the platform stores it."""
        return salesforce_stamp(self.state.moment - timedelta(seconds=self.state.switches.late_commit_seconds))

    def take_row(self, record_id: object = None) -> None:
        """Begin to write one more row of the request; raises `SalesforceError` where it is locked."""
        if self.locks is not None:
            self.locks.take(record_id)

    def path(self, rest: str) -> str:
        """A path of this API version, as the platform puts it into answers."""
        return f"/services/data/{self.version}/{rest}"

    def require(self, name: str) -> ObjectInfo:
        """The object of a path segment, or the 404 that the platform gives."""
        found = self.catalog.find(name)
        if found is None:
            raise not_found()
        return found

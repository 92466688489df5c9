"""What a Pardot endpoint works with: the request's state, the collections and the API user.

Times that go out are in the API user's zone, times that are stored are UTC; the two meet only here and in `select`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from pardotflow.emulator.clock import pardot_stamp
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.schema.objects import Collection
from pardotflow.emulator.pardot.units import Unit
from pardotflow.emulator.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One admitted request. `user_id` is the Pardot id of the caller; `state` has the switches of the unit.

    `abilities` are the caller's; None are all.
    """

    state: State
    unit: Unit
    collections: Mapping[str, Collection]
    user_id: int
    base_url: str
    abilities: frozenset[str] | None = None

    @property
    def db(self) -> sqlite3.Connection:
        """The connection; inside a write it has the open transaction."""
        return self.state.db

    @property
    def stamp(self) -> str:
        """Now, as it is stored."""
        return pardot_stamp(self.state.moment)

    def table(self, path: str) -> str:
        """The unit's table of a collection."""
        return self.collections[path].table

    def may(self, *abilities: str) -> bool:
        """Whether the caller has all these abilities."""
        return self.abilities is None or self.abilities.issuperset(abilities)

    def require(self, *abilities: str) -> None:
        """Raises 46 where the caller lacks one of these abilities."""
        if not self.may(*abilities):
            raise PardotError(46, status=self.state.switches.status_for_permission)

    def url(self, collection: Collection, record_id: int | None = None) -> str:
        """The absolute URL of a collection or record."""
        middle = "" if collection.outside else "objects/"
        tail = "" if record_id is None else f"/{record_id}"
        return f"{self.base_url}/api/v5/{middle}{collection.path}{tail}"

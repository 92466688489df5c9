"""Rows that somebody else holds: a write to one of them is refused with UNABLE_TO_LOCK_ROW.

Facts: salesforce_api.md §10.1 (row lock wait) and §10.3 (the error). The rows of one request are counted in its order.
"""

from __future__ import annotations

import hashlib
import json

from pardotflow.emulator.salesforce.errors import SalesforceError, refuse


def chance(seed: str, number: int) -> float:
    """A number from 0 to below 1 that the seed and the place decide, on every machine alike."""
    digest = hashlib.sha256(f"{seed}:{number}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def held_row(record_id: object = None) -> SalesforceError:
    """The error of a record that somebody else holds."""
    others = f" or 1 records: {record_id}" if isinstance(record_id, str) else ""
    return refuse(400, "UNABLE_TO_LOCK_ROW", f"unable to obtain exclusive access to this record{others}", ())


class RowLocks:
    """The locked rows of one request: the named ones (the first is 1), or a share of all, or all."""

    def __init__(
        self, *, rows: frozenset[int] = frozenset(), share: float = 1.0, seed: str = "", seen: int = 0
    ) -> None:
        self._rows = rows
        self._share = share
        self._seed = seed
        self._seen = seen

    def to_text(self) -> str:
        """The locks as a job keeps them."""
        return json.dumps({"rows": sorted(self._rows), "share": self._share, "seed": self._seed})

    @classmethod
    def from_text(cls, text: str, seen: int) -> RowLocks:
        """The kept locks of a job, of which `seen` rows have been tried."""
        kept = json.loads(text)
        return cls(rows=frozenset(kept["rows"]), share=kept["share"], seed=kept["seed"], seen=seen)

    def take(self, record_id: object = None) -> None:
        """Count one more row; raises `SalesforceError` where it is locked."""
        self._seen += 1
        locked = self._seen in self._rows if self._rows else chance(self._seed, self._seen) < self._share
        if locked:
            raise held_row(record_id)

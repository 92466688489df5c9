"""Which prospects an import has made: its answer only counts them, so they are read by the time of their creation.

A read shows them at once, or after the vendor's cache lag; where one is missing, there is one more read after that lag.
Rows that met a prospect are known by its maker, or are asked for one by one where it is older than the import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pardotflow.connectors.pardot.reads import CACHE_LAG, Reader
from pardotflow.connectors.salesforce.ids import is_id, long_id
from pardotflow.connectors.times import format_offset_time
from pardotflow.connectors.waits import Waits

_MOST_SINGLE = 100
"""Records that are asked for by a call each; where more are missing something else is wrong."""
_FIELDS = ("id", "salesforceId", "createdById")
_EARLY = timedelta(seconds=2)
"""Stamps are cut to seconds."""


class NotTold(Exception):
    """What was made cannot be told from what is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The prospect of each Salesforce id: one that was made, or one that the row `met` because it was there by then."""

    made: Mapping[str, str]
    met: Mapping[str, str]


class MadeProspects:
    """Looks for prospects by the Salesforce ids with which they were made; counts its calls."""

    def __init__(self, reader: Reader, waits: Waits) -> None:
        self._reader = reader
        self._waits = waits
        self.calls = 0

    def find(self, salesforce_ids: Sequence[str], since: datetime, maker: str, met: int) -> Made:
        """What became of these ids, named as they are given. `since` is when the import was opened, aware, and `maker`
        by whom, empty where that is not told; `met` is how many prospects it says to have updated. Raises
        NotTold where one cannot be told: it is missing, or several have its id."""
        wanted = {long_id(given): given for given in salesforce_ids}
        where = {"createdAtAfterOrEqualTo": format_offset_time(since - _EARLY)}
        found = self._read(where, wanted)
        if len(found) < len(wanted) - met and self._waits.wait(CACHE_LAG):
            found = self._read(where, wanted)
        theirs = {key for key, records in found.items() if any(not _is_made_by(each, maker) for each in records)}
        missing = sorted(wanted.keys() - found.keys())
        if len(theirs) + len(missing) == met and len(missing) <= _MOST_SINGLE:
            for key in missing:
                found |= self._read({"salesforceId": key}, wanted)
            theirs |= set(missing)
        unclear = [given for key, given in wanted.items() if len(found.get(key, ())) != 1]
        if unclear or len(theirs) != met:
            unclear = unclear or [wanted[key] for key in sorted(theirs)] or list(wanted.values())
            raise NotTold(
                f"what it made of {len(unclear):,} of {len(wanted):,} rows cannot be told (such as {unclear[0]})"
            )
        ids = {key: str(record["id"]) for key, (record,) in found.items()}
        return Made(
            made={wanted[key]: prospect for key, prospect in ids.items() if key not in theirs},
            met={wanted[key]: ids[key] for key in theirs},
        )

    def _read(self, where: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, list[Mapping[str, Any]]]:
        """Prospects that filters select, by the wanted Salesforce id that each has."""
        records, calls = self._reader.select("prospect", where, _FIELDS)
        self.calls += calls
        found: dict[str, list[Mapping[str, Any]]] = {}
        for record in records:
            key = _key(record)
            if key in wanted:
                found.setdefault(key, []).append(record)
        return found


def _is_made_by(record: Mapping[str, Any], maker: str) -> bool:
    return not maker or str(record.get("createdById") or maker) == maker


def _key(record: Mapping[str, Any]) -> str:
    told = str(record.get("salesforceId") or "")
    return long_id(told) if is_id(told) else ""

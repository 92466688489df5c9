"""What became of every row of an ingest job, from its counts and its lists.

Pure. Certain is: a row of an update or a delete by its id, one of an upsert by its key, one of an insert by its content
(rows of equal content stand for each other: whichever of them was made, the record is the same). A row of a list that
is none of ours, or counts that do not add up, leave everything unknown: `match_rows` raises ValueError.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pardotflow.connectors.own_codes import NOT_PROCESSED
from pardotflow.connectors.protocol import PreparedRequest, RowResult
from pardotflow.connectors.salesforce.ids import is_id, long_id
from pardotflow.connectors.salesforce.job_file import read_results, read_rows, respelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the org tells of a job: its counts (`processed` includes `failed`), and its lists, empty where not read."""

    processed: int
    failed: int
    successes: bytes
    failures: bytes
    unprocessed: bytes


def match_rows(prepared: PreparedRequest, told: Told, redact: Callable[[str], str]) -> tuple[RowResult, ...]:
    """One result for each row, in order."""
    total = len(prepared.rows)
    found: dict[int, RowResult] = {}
    rows = _Rows(prepared)
    for line in read_results(told.failures):
        at = rows.take(line.cells)
        code, _, message = line.told.partition(":")
        found[at] = _refused(prepared, at, code.strip() or "BULK_ROW", redact(message.strip()))
    for cells in read_rows(told.unprocessed):
        at = rows.take(cells)
        found[at] = _refused(prepared, at, NOT_PROCESSED, "the job ended before it came to this row")
    for line in read_results(told.successes):
        at = rows.take(line.cells)
        made = line.told.strip().lower() == "true"
        found[at] = RowResult(key=prepared.rows[at], ok=True, id=line.id, created=made)
    rest = [at for at in range(total) if at not in found]
    if rest and (told.successes or prepared.kind.is_create or prepared.kind.is_upsert):
        raise ValueError(f"its lists tell of {len(found)} of {total} rows")
    for at in rest:
        found[at] = RowResult(key=prepared.rows[at], ok=True, id=prepared.ids[at], created=False)
    _check_counts(told, found.values(), total)
    return tuple(found[at] for at in range(total))


def _check_counts(told: Told, found: Iterable[RowResult], total: int) -> None:
    """What was matched is what the org counts."""
    results = list(found)
    ok = sum(r.ok for r in results)
    waiting = sum(r.error_code == NOT_PROCESSED for r in results)
    if (ok, total - ok - waiting) != (told.processed - told.failed, told.failed):
        raise ValueError(f"it counts {told.processed} rows with {told.failed} refused, and its lists tell otherwise")


def _refused(prepared: PreparedRequest, at: int, code: str, message: str) -> RowResult:
    known = "" if prepared.kind.is_create or prepared.kind.is_upsert else prepared.ids[at]
    return RowResult(key=prepared.rows[at], ok=False, id=known, created=False, error_code=code, error_message=message)


class _Rows:
    """Our rows by what a list shows of them; each is given once."""

    def __init__(self, prepared: PreparedRequest) -> None:
        self._kind = prepared.kind
        self._cells = tuple(read_rows(prepared.files[0]))
        if len(self._cells) != len(prepared.rows):
            raise ValueError("its file does not hold the rows")
        self._exact = _places(self._address(c) for c in self._cells)
        self._numbers = _places(respelled(self._address(c)) for c in self._cells)
        self._taken: set[int] = set()

    def take(self, cells: Sequence[str]) -> int:
        """The place of a row; raises ValueError for one that is none of ours, or was told of before."""
        address = self._address(cells)
        at = self._next(self._exact.get(address, ()))
        if at is None:
            # Several keys that are one number cannot be told apart.
            alike = self._numbers.get(respelled(address), ())
            at = self._next(alike) if self._kind.is_create or len(alike) == 1 else None
        if at is None:
            raise ValueError("its lists tell of a row that was not sent, or twice of one")
        self._taken.add(at)
        return at

    def _next(self, places: Iterable[int]) -> int | None:
        return next((at for at in places if at not in self._taken), None)

    def _address(self, cells: Sequence[str]) -> tuple[str, ...]:
        """An id, a key, or of an insert all that was sent."""
        if self._kind.is_create:
            return tuple(cells)
        first = cells[0]
        return (long_id(first) if not self._kind.is_upsert and is_id(first) else first,)


def _places(addresses: Iterator[tuple[str, ...]]) -> dict[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = {}
    for at, address in enumerate(addresses):
        found.setdefault(address, []).append(at)
    return found

"""The CSV of Bulk 2.0: an upload as header and rows, and lines of results.

A row that is no CSV is a `BadRow` in its place, so that the rows after it are still read.
Facts: salesforce_api.md section 6.1 (CSV rules).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pardotflow.emulator.salesforce.bulk.job import Job

_LONGEST_HEADER = 32_000
_LINE_END = re.compile(r"\r\n?|\n")


class BadBatch(Exception):
    """An upload of which no row can be read; the job fails with this message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot be taken apart, as it came."""

    text: str
    reason: str


Row = list[str] | BadRow


class Upload:
    """The uploaded text of a job; raises `BadBatch` where it has no header that can be read."""

    def __init__(self, job: Job, body: bytes) -> None:
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadBatch("InvalidBatch : Failed to parse CSV. The data is not UTF-8") from None
        self._spaced = re.compile(f'(?:^|{re.escape(job.separator)}) +"')
        self._lines = _Lines(text)
        self._reader = csv.reader(self._lines, delimiter=job.separator, strict=True)
        self.header_line, self.header = self._read_header()
        _check_line_end(text, job)

    def _read_header(self) -> tuple[str, list[str]]:
        try:
            header = next(self._reader)
        except (csv.Error, StopIteration):
            raise BadBatch("InvalidBatch : Failed to read CSV header") from None
        line = self._lines.take().rstrip("\r\n")
        if not header or len(line) > _LONGEST_HEADER:
            raise BadBatch("InvalidBatch : Failed to read CSV header")
        return line, header

    def rows(self) -> Iterator[Row]:
        """The rows after the header; blank lines are none."""
        while True:
            try:
                row = next(self._reader)
            except StopIteration:
                return
            except csv.Error as cause:
                yield BadRow(text=self._lines.take().rstrip("\r\n"), reason=str(cause))
                continue
            text = self._lines.take()
            if not row:
                continue
            if '"' in text and self._is_spaced(text, row):
                yield BadRow(text=text.rstrip("\r\n"), reason="space beside a double quote")
            elif len(row) != len(self.header):
                reason = f"the row has {len(row)} columns, the header {len(self.header)}"
                yield BadRow(text=text.rstrip("\r\n"), reason=reason)
            else:
                yield row

    def _is_spaced(self, text: str, row: list[str]) -> bool:
        """Whether a space stands before a quote; the cell was read with both then."""
        return any(cell.lstrip(" ")[:1] == '"' != cell[:1] for cell in row) and self._spaced.search(text) is not None


class _Lines:
    """Lines for a CSV reader, which remembers the text of those that it has given since it was last asked."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self._given: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._given.append(line)
        return line

    def take(self) -> str:
        """The text given so far; the next one begins anew."""
        text = "".join(self._given)
        self._given.clear()
        return text


def _check_line_end(text: str, job: Job) -> None:
    """The first line decides."""
    first = _LINE_END.search(text)
    if first is not None and first[0] != job.newline:
        raise BadBatch(
            f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {job.line_ending}"
        )


def to_line(cells: Iterable[str], separator: str) -> str:
    """One line of results without its end: every value in quotes."""
    return separator.join([f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells])


def to_file(head: str, lines: Sequence[str], newline: str) -> bytes:
    """A whole file of results."""
    return "".join(f"{line}{newline}" for line in (head, *lines)).encode()

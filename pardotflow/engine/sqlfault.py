"""Why the engine refuses a statement, and which word of it: taken from its machine-readable errors.

A statement is asked again after it has failed, so nothing is lost where all goes well.
"""

import json
import re
from dataclasses import dataclass

import duckdb

from pardotflow.config.findings import suggest
from pardotflow.config.sql_text import SqlPlace, place_at

_OF_VALUES = (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException)
_FOR_VALUES = "Use try_cast() where a value may not have the type, or correct the value where it is kept."
_FOR_SQL = "Correct the SQL: it is that of DuckDB."
_QUOTED = re.compile('"([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlFault:
    """What is wrong with a statement. `start` counts characters from 0 and is -1 where no word is to blame."""

    message: str
    help: str
    start: int = -1
    length: int = 1

    def place_in(self, text: str, offset: int) -> SqlPlace:
        """The word as a place in `text`, which stands in the statement at `offset`; the start of the text where the
        word is not one of it."""
        start = self.start - offset
        return place_at(text, start, self.length) if 0 <= start < len(text) else SqlPlace()


def fault_of(con: duckdb.DuckDBPyConnection, sql: str) -> SqlFault | None:
    """Run a statement and say why it fails; None where it does not."""
    con.execute("set errors_as_json = true")
    # A cast that is computed while a file is read is blamed on the file.
    con.execute("set disabled_optimizers = 'type_pushdown'")
    try:
        con.execute(sql)
    except duckdb.Error as trouble:
        return _read(trouble, sql)
    finally:
        con.execute("reset disabled_optimizers")
        con.execute("reset errors_as_json")
    return None


def _read(trouble: duckdb.Error, sql: str) -> SqlFault:
    found = _fields(str(trouble))
    start, length = _characters(sql, found)
    message, _, rest = found.get("exception_message", str(trouble)).partition("\n")
    is_value = isinstance(trouble, _OF_VALUES)
    word = sql[start : start + length] if start >= 0 else ""
    help = _FOR_VALUES if is_value else _near(word, _QUOTED.findall(rest)) or _FOR_SQL
    return SqlFault(message=message.rstrip("!. "), help=help, start=start, length=length)


def _fields(text: str) -> dict[str, str]:
    try:
        found = json.loads(text[text.index("{") :])
    except ValueError:
        return {}
    return {str(k): str(v) for k, v in found.items()}


def _characters(sql: str, found: dict[str, str]) -> tuple[int, int]:
    """The engine counts bytes."""
    if "position" not in found:
        return -1, 1
    start = int(found["position"])
    length = json.loads(found.get("location", "[0, 1]"))[1]
    whole = sql.encode()
    before = whole[:start].decode(errors="ignore")
    return len(before), max(1, len(whole[start : start + length].decode(errors="ignore")))


def _near(word: str, candidates: list[str]) -> str:
    """The engine names what it knows instead, behind its first line."""
    name = word.partition("(")[0].rpartition(".")[2].strip('"')
    return suggest(name, candidates, "Known here" if len(candidates) > 1 else "") if name else ""

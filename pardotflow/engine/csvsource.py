"""A CSV file as a relation of typed columns.

Nothing is guessed and nothing is passed over: a file with a line that cannot be read, or with a value that is not of
its declared type, stops the plan. A value may be shown unless a sync marks what it becomes as `pii`.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from pardotflow.config.files import relative
from pardotflow.config.findings import suggest
from pardotflow.config.project import Project, Source
from pardotflow.core.diagnostic import Diagnostic
from pardotflow.core.errors import InvalidProject
from pardotflow.core.values import FieldType
from pardotflow.engine.computed import is_plain, typed_column
from pardotflow.engine.csvfault import find_fault, find_line
from pardotflow.engine.personal import is_personal
from pardotflow.engine.quote import literal, name
from pardotflow.engine.sqlfile import rows

LONGEST_SHOWN = 60
"""Characters of a value that a message repeats."""

_KINDS: Mapping[FieldType, str] = {
    FieldType.BOOLEAN: "true or false",
    FieldType.INTEGER: "a whole number",
    FieldType.NUMBER: "a number",
    FieldType.DATE: "a date such as 2025-11-24",
    FieldType.DATETIME: "a time such as 2025-11-24T09:30:00Z",
}


def folder_of(project: Project, source: Source) -> Path:
    """Where the connection of a source keeps its files, or the database file itself."""
    connection = project.environment.connection(source.connection)
    setting = str(connection.settings.get("path", ".")) if connection else "."
    return project.root / setting


def read_header(project: Project, source: Source) -> tuple[str, ...]:
    """The columns of a file. Raises InvalidProject where it has none, or lacks one that is declared."""
    path = folder_of(project, source) / source.file
    shown = relative(path, project.root)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header = tuple(next(csv.reader(lines, strict=True), ()))
    except OSError as trouble:
        raise _invalid(
            source,
            "file",
            f"the file {shown} cannot be read: {trouble.strerror}",
            "Correct the path: it is that of the connection, and file: below it.",
        ) from trouble
    except (UnicodeDecodeError, csv.Error) as trouble:
        raise _unreadable(project, source, 0) from trouble
    if not all(header) or not header or len({c.lower() for c in header}) != len(header):
        message = f"the file {shown} has no header row with different column names"
        raise _invalid(source, "file", message, "Its first line names the columns; case does not tell them apart.")
    problems = [_unknown_column(shown, source, c, header) for c in source.types if c not in header]
    if problems:
        raise InvalidProject(problems)
    return header


def select_typed(source: Source, header: Sequence[str], relation: str) -> str:
    """SQL for the typed columns of a relation that holds the file's texts."""
    picks = (f"{typed_column(name(c), source.types.get(c, FieldType.TEXT))} as {name(c)}" for c in header)
    return f"select {', '.join(picks)} from {relation}"


def make_file_view(con: duckdb.DuckDBPyConnection, project: Project, source: Source) -> None:
    """The view `src_<name>`, after one pass over the file that proves it. Raises InvalidProject."""
    header = read_header(project, source)
    relation = _reader(folder_of(project, source) / source.file, header)
    _check_values(con, project, source, header, relation)
    con.execute(f"create or replace temp view {name(f'src_{source.name}')} as {select_typed(source, header, relation)}")


def _reader(path: Path, header: Sequence[str]) -> str:
    columns = ", ".join(f"{literal(c)}: 'VARCHAR'" for c in header)
    return (
        f"read_csv({literal(str(path))}, columns = {{{columns}}}, header = true, auto_detect = false,"
        " delim = ',', quote = '\"', escape = '\"')"
    )


def _check_values(
    con: duckdb.DuckDBPyConnection, project: Project, source: Source, header: Sequence[str], relation: str
) -> None:
    wrong = {c: _is_wrong(c, source.types[c]) for c in header if source.types.get(c) in _KINDS}
    # Counting every column makes the engine read every value of the file.
    counts = [f"count(*) filter (where {condition})" for condition in wrong.values()]
    counts += [f"count({name(c)})" for c in header]
    try:
        found = rows(con, f"select {', '.join(counts)} from {relation}")[0]
    except duckdb.Error as trouble:
        raise _unreadable(project, source, len(header), str(trouble).splitlines()[0]) from trouble
    problems = []
    for (column, condition), count in zip(wrong.items(), found, strict=False):
        if count:
            value = rows(con, f"select {name(column)} from {relation} where {condition} limit 1")[0][0]
            line = find_line(folder_of(project, source) / source.file, header.index(column), value)
            problems.append(_wrong_value(project, source, column, (line, value, count)))
    if problems:
        raise InvalidProject(problems)


def _is_wrong(column: str, kind: FieldType) -> str:
    """SQL that is true for a value that is not of its type: it cannot be read, or only by rounding it."""
    text, typed = name(column), typed_column(name(column), kind)
    rounded = f" or cast({typed} as varchar) <> nf_number({text})" if kind is FieldType.INTEGER else ""
    wrong = f"nf_text({text}) is not null and ({typed} is null{rounded})"
    # A case is computed only for the rows that reach it.
    return f"(case when {text} is null or {is_plain(text, kind)} then false else {wrong} end)"


def _wrong_value(project: Project, source: Source, column: str, first: tuple[int, str, int]) -> Diagnostic:
    line, value, count = first
    file = relative(folder_of(project, source) / source.file, project.root)
    shown = "holds a value that" if is_personal(project, column) else f'is "{_cut(value)}", which'
    more = f" ({count - 1:,} more like it)" if count > 1 else ""
    message = f"{file} line {line}: {column} {shown} is not {_KINDS[source.types[column]]}{more}"
    help = f"Correct the file, or declare {column}: text and use try_cast() in the model."
    return Diagnostic(code="PF202", message=message, span=source.at(f"types.{column}"), help=help)


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"


def _unknown_column(file: str, source: Source, column: str, header: Sequence[str]) -> Diagnostic:
    message = f'the file {file} has no column "{column}"'
    help = suggest(column, header, "Columns")
    return Diagnostic(code="PF202", message=message, span=source.at(f"types.{column}"), help=help)


def _unreadable(project: Project, source: Source, width: int, otherwise: str = "it cannot be read") -> InvalidProject:
    path = folder_of(project, source) / source.file
    fault = find_fault(path, width)
    where = f"{relative(path, project.root)} line {fault.line} {fault.reason}" if fault else ""
    message = where or f"{relative(path, project.root)}: {otherwise}"
    return _invalid(source, "file", message, "Correct the line, or write the file again as CSV in UTF-8.")


def _invalid(source: Source, key: str, message: str, help: str) -> InvalidProject:
    return InvalidProject([Diagnostic(code="PF202", message=message, span=source.at(key), help=help)])

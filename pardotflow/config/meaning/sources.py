"""Sources: their connections exist and can give what is asked of them, and every object of a side has one."""

from collections.abc import Sequence

from pardotflow.config.connections import Connection
from pardotflow.config.findings import closest, listed, suggest
from pardotflow.config.meaning.scope import VENDORS, Scope
from pardotflow.config.project import Side, Source
from pardotflow.core.values import System

PARDOT_OBJECTS = ("prospect", "user", "campaign", "list")
"""What is read from Pardot; prospects are written too."""

_WANTED = {"salesforce": "object", "pardot": "object", "files": "file", "duckdb": "table"}


def check_sources(scope: Scope) -> None:
    """Each source against its connection, and each object of a side against the sources."""
    for source in scope.project.sources:
        _check_source(scope, source)
    for sync in scope.project.syncs:
        for side in sync.sides:
            _check_side(scope, side)


def _check_source(scope: Scope, source: Source) -> None:
    connection = scope.project.environment.connection(source.connection)
    if connection is None:
        known = [c.name for c in scope.project.environment.connections]
        message = f'the environment {scope.project.environment.name} has no connection "{source.connection}"'
        scope.findings.error(
            "PF131", message, source.at("connection"), suggest(source.connection, known, "Connections")
        )
        return
    if not _fits(scope, source, connection):
        return
    _check_filter(scope, source, connection)
    if connection.type in VENDORS:
        _check_object(scope, source, connection)
        _check_selection(scope, source)
    else:
        _check_file(scope, source, connection)


def _fits(scope: Scope, source: Source, connection: Connection) -> bool:
    written = "file" if source.file else "table" if "table" in source.spans else "object"
    wanted = _WANTED[connection.type]
    if written != wanted:
        message = f'a source of type {connection.type} is named by "{wanted}", not by "{written}"'
        scope.findings.error("PF147", message, source.at(written), f"Write {wanted}: NAME.")
    return written == wanted


def _check_filter(scope: Scope, source: Source, connection: Connection) -> None:
    if source.where and connection.type != System.SALESFORCE:
        help = "Filter in a model instead."
        message = f"where is sent to Salesforce only; {connection.type} has no filter"
        scope.findings.error("PF147", message, source.at("where"), help)
    if "single_reads" in source.spans and (connection.type, source.object) != (System.PARDOT, "prospect"):
        message = "single_reads is for prospects only; all else is read many at a time"
        scope.findings.error("PF147", message, source.at("single_reads"), "Remove it.")
    if source.types and connection.type != "files":
        message = f"types are declared for files only; {connection.type} has its own"
        scope.findings.error("PF147", message, source.at("types"), "Remove types.")


def _check_object(scope: Scope, source: Source, connection: Connection) -> None:
    """A name near a known one is a slip; any other may be an object that was not described yet."""
    if connection.type == System.PARDOT:
        if source.object not in PARDOT_OBJECTS:
            help = suggest(source.object, PARDOT_OBJECTS, "Objects")
            scope.findings.error("PF142", f'Pardot has no object "{source.object}"', source.at("object"), help)
        return
    known = [o.name for (name, _), o in scope.catalog.objects.items() if name == source.connection]
    near = closest(source.object, known)
    is_known = scope.catalog.find(source.connection, source.object) is not None
    if near and not is_known and _is_slip(source.object, near):
        help = f'Did you mean "{near}"?'
        scope.findings.error("PF142", f'Salesforce has no object "{source.object}"', source.at("object"), help)


def _is_slip(written: str, known: str) -> bool:
    return abs(len(written) - len(known)) <= 2 and not written.lower().endswith("__c")


def _check_selection(scope: Scope, source: Source) -> None:
    info = scope.catalog.find(source.connection, source.object)
    for name in source.fields if info else ():
        if info and info.field(name) is None:
            help = unknown_field_help(name, info.name, len(info.fields), [f.name for f in info.fields])
            message = f'unknown field "{name}" in {source.connection} {info.name}'
            scope.findings.error("PF104", message, source.at(f"fields.{name}"), help)


def _check_file(scope: Scope, source: Source, connection: Connection) -> None:
    path = scope.project.root / str(connection.settings.get("path", ""))
    if connection.type == "files":
        path = path / source.file
    if not path.exists():
        help = "It is read when a plan is made; until then only its name counts."
        shown = path.relative_to(scope.project.root) if path.is_relative_to(scope.project.root) else path
        key = "file" if connection.type == "files" else "table"
        scope.findings.warning("PF136", f"the file {shown.as_posix()} does not exist", source.at(key), help)


def _check_side(scope: Scope, side: Side) -> None:
    for name in side.objects:
        if scope.source(side, name) is None:
            help = f"Declare it: {{source: NAME, connection: {side.system}, object: {name}}}."
            message = f"no source reads the object {name} of {side.system}"
            scope.findings.error("PF146", message, side.at(f"object.{name}"), help)


def unknown_field_help(name: str, owner: str, count: int, known: Sequence[str]) -> str:
    """The way out of an unknown field: the nearest of the known ones, and how many there are."""
    return f"{suggest(name, known)} {owner} has {count} fields.".strip()


def unknown_column_help(name: str, known: tuple[str, ...]) -> str:
    """The way out of an unknown column of a model."""
    return f"{suggest(name, known)} Columns: {listed(known)}.".strip()

"""Which sync errors a person means, and how they are grouped to be read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pardotflow.connectors.cause import CAUSES, Cause
from pardotflow.connectors.explain import cause_of, explain_code
from pardotflow.core.address import Address
from pardotflow.core.values import System
from pardotflow.plan.errors import ErrorGroup, ErrorItem, ErrorReport
from pardotflow.store.syncerrors import ErrorState, SyncError

_NEW = "new:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a selection asks for; what is empty or None asks for nothing. All that is asked for must hold."""

    record: Address | None = None
    code: str = ""
    cause: str = ""

    @property
    def is_all(self) -> bool:
        """True where nothing was asked for."""
        return self.record is None and not self.code and not self.cause


def select_errors(errors: Iterable[SyncError], wanted: Wanted) -> list[SyncError]:
    """The errors that a selection means. A record is also meant by the one that it was to be made from; case says
    nothing of objects, fields and codes, nor does the form of an id."""
    return [e for e in errors if _is_meant(e, wanted)]


def _is_meant(error: SyncError, wanted: Wanted) -> bool:
    if wanted.code and error.code.lower() != wanted.code.lower():
        return False
    if wanted.cause and cause_of(System(error.system), error.code) != wanted.cause:
        return False
    return wanted.record is None or _is_about(error, wanted.record)


def _is_about(error: SyncError, address: Address) -> bool:
    item, _, source = error.record.removeprefix(_NEW).partition("/")
    place = (item, source) if error.record.startswith(_NEW) else (error.object, error.record)
    fields = {field.lower() for field in error.fields.split(",")}
    is_record = (place[0].lower(), _short(place[1])) == (address.object.lower(), _short(address.id))
    return is_record and (not address.field or address.field.lower() in fields)


def _short(id: str) -> str:
    """An id without what its 18-character form adds; those 15 are case-sensitive."""
    return id[:15] if len(id) == 18 else id


def report_errors(errors: Sequence[SyncError], wanted: Wanted, environment: str) -> ErrorReport:
    """The selected errors by system and code, the most frequent first."""
    selected = select_errors(errors, wanted)
    counts = Counter((e.system, e.code) for e in selected)
    groups = [
        _group(system, code, [e for e in selected if (e.system, e.code) == (system, code)])
        for (system, code), _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return ErrorReport(environment=environment, groups=tuple(groups), total=len(errors))


def _group(system: str, code: str, errors: Sequence[SyncError]) -> ErrorGroup:
    cause = cause_of(System(system), code)
    told, known = CAUSES[cause], explain_code(System(system), code)
    states = Counter(e.state for e in errors)
    return ErrorGroup(
        system=system,
        code=code,
        cause=str(cause),
        cause_name=told.name,
        explanation=told.explanation,
        way_out=(known.way_out if known else "") or told.way_out,
        open=states[ErrorState.OPEN],
        retry=states[ErrorState.RETRY],
        ignored=states[ErrorState.IGNORED],
        items=tuple(_item(e) for e in errors),
    )


def _item(error: SyncError) -> ErrorItem:
    is_new = error.record.startswith(_NEW)
    return ErrorItem(
        object=error.object,
        id="new" if is_new else error.record,
        made_from=error.record.removeprefix(_NEW) if is_new else "",
        name=error.name,
        action=error.action,
        fields=tuple(f for f in error.fields.split(",") if f),
        message=error.message,
        state=error.state,
        first_at=error.first_at or error.at,
        last_at=error.at,
        times=error.times,
        run_id=error.run_id,
        sync=error.sync,
        line=error.line,
    )


def cause_names() -> tuple[str, ...]:
    """The words that a selection by cause takes."""
    return tuple(str(cause) for cause in Cause)

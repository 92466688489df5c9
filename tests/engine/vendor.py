"""Records as a vendor keeps them, in memory: stored forms, stamps, writers, a recycle bin, and a cache that lags.

Nothing here knows the engine. A record is the list of its versions, so that a read can show what was true a while ago.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pardotflow.core.describe import ObjectInfo
from pardotflow.core.values import FieldType, System

PERSON = "005000000000009AAA"
OURS: Mapping[System, str] = {System.SALESFORCE: "005000000000001AAA", System.PARDOT: "7001"}
START = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        """The time that it was moved to."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Waiting moves it."""
        self.tick(seconds)

    def tick(self, seconds: float) -> None:
        """Move it on."""
        self.time += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One state of a record. `at` is when it came to be, `stamp` is what the record says of that."""

    at: datetime
    stamp: datetime
    writer: str
    values: Mapping[str, Any]
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class Record:
    """One record; a hidden one exists, and no read shows it."""

    id: str
    versions: list[Version] = field(default_factory=list)
    hidden: bool = False

    @property
    def last(self) -> Version:
        """The current state."""
        return self.versions[-1]

    def seen_at(self, at: datetime) -> Version | None:
        """The state that a reader sees who is told the truth of that moment."""
        return next((v for v in reversed(self.versions) if v.at <= at), None)


@dataclass(slots=True, kw_only=True)
class Habits:
    """What a vendor does beside storing: `rewrites` turns what we send in a field into something else, `refuses` names
    the code with which a write of ours to a record is refused, `lag` is the age of what reads show, `late` is how much
    later than the write the stamp of the record is, `tracked` are the fields that Salesforce keeps a history of."""

    rewrites: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    refuses: Callable[[str, str, Mapping[str, Any]], str] = lambda object_name, record, values: ""
    lag: timedelta = timedelta()
    late: timedelta = timedelta()
    answers: bool = True
    tracked: frozenset[str] = frozenset()


class Vendor:
    """One system's records, by object and id."""

    def __init__(self, system: System, infos: Mapping[str, ObjectInfo], clock: FakeClock) -> None:
        self.system = system
        self.infos = dict(infos)
        self.clock = clock
        self.habits = Habits()
        self.objects: dict[str, dict[str, Record]] = {name: {} for name in infos}
        self._made = 0

    def stored(self, object_name: str, name: str, value: Any) -> Any:
        """What a field holds after it was given a value."""
        info = self.infos[object_name].field(name)
        kind = info.type if info else FieldType.TEXT
        if isinstance(value, str):
            value = value.rstrip(" \t\r\n") or None
        if kind is FieldType.BOOLEAN:
            is_text = isinstance(value, str)
            value = value.lower() in ("true", "1") if is_text else value
            return bool(value) if self.system is System.SALESFORCE else value
        if kind.is_number and isinstance(value, str):
            return float(value)
        return value

    def add(self, object_name: str, values: Mapping[str, Any], *, writer: str = PERSON, id: str = "") -> str:
        """Make a record; returns its id. Every field of the object that is not given gets its default."""
        self._made += 1
        known = self.infos[object_name]
        record = Record(id=id or self._new_id(known))
        start = {f.name: f.default for f in known.fields if f.name.lower() != "id"}
        self.objects[object_name][record.id] = record
        self._save(record, self._all_stored(object_name, {**start, **values}), writer)
        return record.id

    def _all_stored(self, object_name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return {f: self.stored(object_name, f, v) for f, v in values.items()}

    def _new_id(self, info: ObjectInfo) -> str:
        if self.system is System.PARDOT:
            return str(1000 + self._made)
        return f"{info.key_prefix}{self._made:012d}AAA"

    def edit(self, object_name: str, id: str, values: Mapping[str, Any], *, writer: str = PERSON) -> None:
        """Change some fields; a write that changes nothing still moves the stamp."""
        record = self.objects[object_name][id]
        self._save(record, {**record.last.values, **self._all_stored(object_name, values)}, writer)

    def write(self, object_name: str, id: str, values: Mapping[str, Any]) -> None:
        """A write of ours to a record that exists, with what this vendor makes of it."""
        self.edit(object_name, id, self._rewritten(values), writer=OURS[self.system])

    def make(self, object_name: str, values: Mapping[str, Any]) -> str:
        """A create of ours; returns the id."""
        return self.add(object_name, self._rewritten(values), writer=OURS[self.system])

    def _rewritten(self, values: Mapping[str, Any]) -> dict[str, Any]:
        rewrites = self.habits.rewrites
        return {f: rewrites[f](v) if f in rewrites else v for f, v in values.items()}

    def delete(self, object_name: str, id: str, *, into: str = "", writer: str = PERSON) -> None:
        """Move a record to the recycle bin; `into` names the record that it was merged into."""
        record = self.objects[object_name][id]
        values = {**record.last.values, **({"MasterRecordId": into} if into else {})}
        self._save(record, values, writer, deleted=True)

    def undelete(self, object_name: str, id: str, *, writer: str = PERSON) -> None:
        """Take a record out of the recycle bin; a merge that it lost is undone for it."""
        record = self.objects[object_name][id]
        values = {f: v for f, v in record.last.values.items() if f != "MasterRecordId"}
        self._save(record, values, writer)

    def hide(self, object_name: str, id: str, *, hidden: bool = True) -> None:
        """Take away, or give back, the right to see a record."""
        self.objects[object_name][id].hidden = hidden

    def value(self, object_name: str, id: str, name: str) -> Any:
        """What a field holds now."""
        return self.objects[object_name][id].last.values.get(name)

    def live(self, object_name: str) -> Iterator[Record]:
        """The records that are not deleted."""
        return (r for r in self.objects[object_name].values() if not r.last.deleted)

    def find(self, object_name: str, name: str, value: Any) -> Record | None:
        """The live record with that value in a field."""
        return next((r for r in self.live(object_name) if r.last.values.get(name) == value), None)

    def _save(self, record: Record, values: Mapping[str, Any], writer: str, *, deleted: bool = False) -> None:
        now = self.clock.now()
        late = self.habits.late if writer == OURS[self.system] else timedelta()
        stamp = (now + late).replace(microsecond=0)
        record.versions.append(Version(at=now, stamp=stamp, writer=writer, values=values, deleted=deleted))

"""`why`: everything that is known of one record, and what the next plan would do with it.

The whole plan is made, over the same snapshots and by the same statements, and kept in the session; of the named record
the cells that agree are kept too. What stands there is read out, and nothing is decided a second time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from pardotflow.config.findings import suggest
from pardotflow.config.frames import with_frames
from pardotflow.core.address import parse_address
from pardotflow.core.errors import InvalidProject, UsageError
from pardotflow.core.values import System
from pardotflow.engine.assemble import assemble_plan
from pardotflow.engine.compiled import CompiledMapping, CompiledSync
from pardotflow.engine.focus import Focus
from pardotflow.engine.planner import PlanRequest, compare_syncs, read_sides, suit_rows
from pardotflow.engine.session import open_session
from pardotflow.engine.sqlfile import dicts, rows, run
from pardotflow.engine.whyrecords import Row, find_link, find_refusals, find_seen, find_standings, named, text_of
from pardotflow.plan.explanation import (
    Decision,
    Explanation,
    FieldExplanation,
    Half,
    IdChange,
    Outcome,
    Rule,
    SyncExplanation,
    Write,
)
from pardotflow.plan.file import TABLES
from pardotflow.plan.model import RecordName

_MARKS = ("\x01", "\x02")
"""Before a form that could not be made: the value is unreadable, or not in the value map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Which record, and which of its fields; an empty field is all of them."""

    system: str
    object: str
    id: str
    field: str

    def role_in(self, sync: CompiledSync) -> str:
        """The side of a sync on which the record stands, or the empty text."""
        sides = (s for s in (sync.a, sync.b) if s.system == self.system)
        return next((s.role for s in sides if self.object in {o.name for o in s.objects}), "")

    def mappings_of(self, sync: CompiledSync) -> dict[str, CompiledMapping]:
        """The mappings that the record has and that were asked for, by key."""
        found = {m.mapping.key: m for m in sync.mappings if self._names(m, self.role_in(sync))}
        wanted = self.field.lower()
        return {k: m for k, m in found.items() if not wanted or wanted in {n.lower() for n in self.names_of(m, sync)}}

    def _names(self, mapping: CompiledMapping, role: str) -> bool:
        own, has = (mapping.field_a, mapping.mapping.a) if role == "a" else (mapping.field_b, mapping.mapping.b)
        return bool(role) and (has is None or self.object in own)

    def names_of(self, mapping: CompiledMapping, sync: CompiledSync) -> list[str]:
        """By what names a mapping may be asked for: its key, the record's field, the fields of the counterpart."""
        own, other = mapping.field_a, mapping.field_b
        if self.role_in(sync) == "b":
            own, other = other, own
        return [*([own[self.object]] if self.object in own else []), *other.values(), mapping.mapping.key]


def explain_record(request: PlanRequest) -> Explanation:
    """Why a record, or the one field that the address names, is as it is.

    Raises what `make_plan` raises, and UsageError for a record or a field that is not there.
    """
    with open_session(request.layout) as con:
        syncs, focus = _keep_record(con, request)
        ((system, item, record_id),) = focus.kept
        field = parse_address(request.record).field
        asked = _Asked(system=system, object=item, id=record_id, field=field)
        concerned = _concerned(asked, syncs)
        explained = tuple(_explain_sync(con, request, asked, sync) for sync in concerned)
        name = _own_name(con, asked)
        notes = tuple(_notes(con, concerned))
    return Explanation(
        project=request.project.name,
        environment=request.project.environment.name,
        production=request.project.environment.production,
        asked=request.record,
        record=name,
        field=field,
        is_offline=request.offline,
        syncs=explained,
        notes=notes,
    )


def _keep_record(con: duckdb.DuckDBPyConnection, request: PlanRequest) -> tuple[tuple[CompiledSync, ...], Focus]:
    """Decide everything, as a whole plan would, in the session alone; of the named record every cell is kept."""
    con.execute(f"attach ':memory:' as plan; {TABLES}")
    run(con, "why_tables")
    try:
        syncs, read = read_sides(con, request)
        kept = Focus(kept=read.focus.records)
        suit_rows(con, rows(con, "select coalesce(sum(full_rows), 0) from snap.cursors")[0][0])
        compare_syncs(con, request, syncs, kept)
        assemble_plan(con, syncs)
    except InvalidProject as found:
        raise InvalidProject(with_frames(found.diagnostics, request.project.root)) from found
    run(con, "why")
    return syncs, kept


def _concerned(asked: _Asked, syncs: Iterable[CompiledSync]) -> list[CompiledSync]:
    """The syncs that have the record, and the field where one is asked for; raises UsageError where none has."""
    on_side = [sync for sync in syncs if asked.role_in(sync)]
    found = [sync for sync in on_side if asked.mappings_of(sync) or not asked.field]
    if not found:
        every = _Asked(system=asked.system, object=asked.object, id=asked.id, field="")
        names: dict[str, str] = {}
        for name in (n for sync in on_side for m in every.mappings_of(sync).values() for n in asked.names_of(m, sync)):
            names.setdefault(name.lower(), name)
        message = f"no sync maps a field {asked.field!r} of {asked.object}"
        raise UsageError(message, hint=suggest(asked.field, names.values(), "Mapped fields"))
    return found


def _notes(con: duckdb.DuckDBPyConnection, syncs: Iterable[CompiledSync]) -> Iterator[str]:
    """Objects of which not all is known: other candidates may be among what was never read."""
    whole = set(rows(con, "select connection, object from snap.cursors where full_at > '1970-01-01'"))
    sides = [side for sync in syncs for side in (sync.a, sync.b) if side.system is not System.WAREHOUSE]
    for system, item in dict.fromkeys((str(side.system), o.name) for side in sides for o in side.objects):
        if (system, item) not in whole:
            yield f"{system} {item} was not read whole yet: the next plan may find more"


def _own_name(con: duckdb.DuckDBPyConnection, asked: _Asked) -> RecordName:
    """The record under the name that plans give it."""
    found = rows(con, "select max(name) from why_records where obj = ? and id = ?", asked.object, asked.id)
    return named(asked.system, asked.object, asked.id, found[0][0] or "")


def _explain_sync(
    con: duckdb.DuckDBPyConnection, request: PlanRequest, asked: _Asked, sync: CompiledSync
) -> SyncExplanation:
    role = asked.role_in(sync)
    pair = next(dicts(con, "from why_pairs where sync = ? order by a_obj, a_id, b_obj, b_id limit 1", sync.name), None)
    key = {f"{role}_obj": asked.object, f"{role}_id": asked.id} if pair is None else pair
    users = {system: identity.user_id for system, identity in request.identities.items()}
    a, b = (find_seen(con, sync, side, key, users) for side in (sync.a, sync.b))
    records = [seen.record for seen in (a, b) if seen is not None]
    mappings = asked.mappings_of(sync)
    writes = _writes(con, records)
    cells = sorted(
        dicts(con, "from why_fields where sync = ?", sync.name),
        key=lambda c: (
            tuple(Outcome).index(c["outcome"]),
            c["ra"] is None and c["rb"] is None,
            sync.number_of[c["key"]],
        ),
    )
    return SyncExplanation(
        sync=sync.name,
        strength=str(sync.strength),
        line=sync.line,
        a_system=str(sync.a.system),
        b_system=str(sync.b.system),
        a=a,
        b=b,
        link=find_link(con, sync, pair) if pair else None,
        standings=find_standings(con, sync, role, records, is_paired=pair is not None),
        fields=tuple(_explain_field(mappings[c["key"]], c, writes) for c in cells if c["key"] in mappings),
        ids=_ids(con, sync, records),
        refusals=find_refusals(request.ledger, records, key),
    )


def _explain_field(compiled: CompiledMapping, cell: Row, writes: Sequence[Write]) -> FieldExplanation:
    mapping = compiled.mapping
    fields = (compiled.field_a.get(cell["a_obj"], ""), compiled.field_b.get(cell["b_obj"], ""))
    own = {("a", cell["a_obj"], cell["a_id"], fields[0]), ("b", cell["b_obj"], cell["b_id"], fields[1])}
    names = {(item, record, field) for _, item, record, field in own}
    return FieldExplanation(
        rule=Rule(
            key=mapping.key,
            direction=str(mapping.direction),
            policy=str(mapping.policy),
            on_blank=str(mapping.on_blank),
            on_link=str(mapping.on_link),
            into=str(mapping.into),
            too_long=str(mapping.too_long),
            sql=mapping.sql,
            values=mapping.values.file if mapping.values else "",
            users=mapping.users is not None,
            allow_opt_in=mapping.allow_opt_in,
            preset=str(mapping.preset),
            compared_as=str(compiled.form),
            line=mapping.span.short,
        ),
        pii=mapping.pii,
        situation=cell["situation"],
        has_base=cell["has_base"],
        a=_half(cell, "a", fields[0]),
        b=_half(cell, "b", fields[1]),
        decision=_decision(cell),
        writes=tuple(w for w in writes if (w.record.object, w.record.id, w.field) in names),
    )


def _half(cell: Row, role: str, field: str) -> Half:
    form = cell[f"c{role}"]
    return Half(
        field=field,
        value=cell[f"r{role}"],
        form=None if form is None or form.startswith(_MARKS) else form,
        base=cell[f"base_{role}"],
        sent_at=text_of(cell[f"{role}_sent_at"]),
        is_stale=cell[f"{role}_stale"],
    )


def _decision(cell: Row) -> Decision:
    system = cell["target_system"]
    target = named(system, cell["target_object"], cell["target_id"], cell["target_name"]) if system else None
    return Decision(
        outcome=cell["outcome"],
        kind=cell["kind"],
        reason=cell["reason"],
        section=cell["section"],
        target=target,
        field=cell["field"],
        before=cell["before"],
        after=cell["after"],
        winner=cell["winner"],
    )


def _writes(con: duckdb.DuckDBPyConnection, records: Iterable[RecordName]) -> list[Write]:
    """Every remembered write of any field of the records, the newest first."""
    query = (
        "select * from mem.history where system = ? and object = ? and id = ? order by written_at desc, run_id, field"
    )
    return [
        Write(
            run_id=r["run_id"],
            written_at=text_of(r["written_at"]),
            record=record,
            field=r["field"],
            before=r["before"],
            after=r["after"],
            line=r["line"],
            sync=r["sync"],
        )
        for record in records
        for r in dicts(con, query, record.system, record.object, record.id)
    ]


def _ids(con: duckdb.DuckDBPyConnection, sync: CompiledSync, records: Iterable[RecordName]) -> tuple[IdChange, ...]:
    """The ids of counterparts that the plan would write back."""
    query = (
        "select f.field, f.before, f.after, f.after_note, f.reason, f.line from plan.field_changes f"
        " join plan.changes c using (change) where f.section = 'id' and f.sync = ? and c.system = ? and c.object = ?"
        " and c.id = ? order by f.field"
    )
    return tuple(
        IdChange(
            record=record,
            field=r["field"],
            before=r["before"],
            after=r["after_note"] or r["after"],
            reason=r["reason"],
            line=r["line"],
        )
        for record in records
        for r in dicts(con, query, sync.name, record.system, record.object, record.id)
    )

"""Law 2: before a plan is shown, it is carried out on copies and planned again, by the same statements; one that
plainly settles needs no trial.

What a second plan would still send is no plan to apply: either two rules write the same values for ever, or a change
needs another apply to travel on. The systems' own automation takes no part; reading back finds that.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pardotflow.core.values import System
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.extract import Wanted
from pardotflow.engine.overlay import open_overlay, overlay_name, rows_view
from pardotflow.engine.quote import literal, name
from pardotflow.engine.readers import Write, is_read_elsewhere, load_reads
from pardotflow.engine.recycle import remember_recycling
from pardotflow.engine.refusals import resolve_on_trial
from pardotflow.engine.remember import KEPT_WRITES
from pardotflow.engine.sqlfile import dicts, execute, rows, run
from pardotflow.engine.steps import Extent
from pardotflow.plan.file import TABLES
from pardotflow.store.memory import attach_memory

ROUNDS = 3
"""So many plans may follow from the first: a change that travels over more syncs than these is taken for one that never
ends."""
MOMENT = "9000-01-01 00:00:00"
"""When a simulated apply takes place: after everything that was read. No plan shows it."""
WRITER = "simulated"
_IS_DELETE = "field = '' and after = 'delete'"
_ID_FIELD = {System.SALESFORCE: "Id", System.PARDOT: "id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The session after a plan was assembled: `memory` is the file that is kept, `wanted` the objects that were read,
    and `models` by name the system and object of every source that a model comes from.

    `compare` runs every sync over the rows of the session, `assemble` makes an ordered plan of what came out. Where the
    plan `is_whole` its apply forgets sync errors of what nobody wants any more.
    """

    con: duckdb.DuckDBPyConnection
    syncs: tuple[CompiledSync, ...]
    wanted: tuple[Wanted, ...]
    models: Mapping[str, Set[tuple[str, str]]]
    draft: Path
    memory: Path
    compare: Callable[[Extent], None]
    assemble: Callable[[], None]
    is_whole: bool


def prove(simulation: Simulation) -> None:
    """Fill `plan.unsettled` with what the plan would leave to the next one; afterwards the session is as before, but
    for its `out_` tables."""
    con = simulation.con
    if not rows(con, "select count(*) from plan.changes where sendable")[0][0] or _settles_by_itself(simulation):
        return
    with _on_copies(simulation):
        is_endless = _follow(simulation)
    kind = "'oscillates'" if is_endless else f"case when {_IS_DELETE} then 'deletes_next' else 'needs_another' end"
    con.execute(f"insert into plan.unsettled by name select {kind} as kind, * from unsettled")


def foretell(simulation: Simulation) -> None:
    """Leave in the session's `unsettled` what a plan would send right after this one; else as `prove`."""
    con = simulation.con
    with _on_copies(simulation):
        load_reads(con, simulation.syncs)
        run(con, "simulate_memory")
        _carry_out(simulation, 1)
        simulation.compare(Extent.WRITES)
        run(con, "simulate_result")


@contextmanager
def _on_copies(simulation: Simulation) -> Iterator[None]:
    """For the length of a block memory is a copy."""
    con = simulation.con
    con.execute(
        "create or replace temp table simulated"
        " (system varchar, object varchar, record_id varchar, planned_id varchar);"
        f"detach mem; attach {literal(str(simulation.memory))} as kept (read_only); attach ':memory:' as mem"
    )
    try:
        yield
    finally:
        con.execute(f"detach plan; attach {literal(str(simulation.draft))} as plan; detach mem; detach kept")
        attach_memory(con, simulation.memory, read_only=True)


def _settles_by_itself(simulation: Simulation) -> bool:
    """True for a plan that needs no trial: it only updates fields of linked records, the two sides agree on each of
    them afterwards, and nothing else reads them."""
    con = simulation.con
    [(is_plain,)] = rows(
        con,
        "select not exists (from out_creates) and not exists (from out_deletes) and not exists (from out_undeletes)"
        " and not exists (from plan.links) and not exists (from out_accepted where starts_with(kind, 'rewritten'))"
        " and not exists (from out_fields o join plan.syncs y using (sync)"
        "   where y.strength in ('apply', 'scheduled') and not coalesce(o.settles, false))",
    )
    looked_up = {(item.connection, item.object) for item in simulation.wanted if item.looks_up}
    found = dicts(con, "select distinct sync, mapping, system, object, field from out_fields where settles")
    writes = [Write(**row) for row in found]
    return is_plain and not any(
        (w.system, w.object) in looked_up or is_read_elsewhere(simulation.syncs, simulation.models, w) for w in writes
    )


def _follow(simulation: Simulation) -> bool:
    """Carry out plan after plan until one has nothing to send; True where none of so many has.

    What is left in `unsettled` is what the second plan sends where it ends, and what the last one sends where it does
    not.
    """
    con = simulation.con
    load_reads(con, simulation.syncs)
    for item in simulation.wanted:
        open_overlay(con, item.connection, item.object)
    for number in range(1, ROUNDS + 1):
        if number == 1:
            run(con, "simulate_memory")
        else:
            con.execute("detach plan; attach ':memory:' as plan")
            execute(con, TABLES)
            simulation.assemble()
            _put_back(simulation)
        if number == 2:
            run(con, "simulate_bases_again")
        _carry_out(simulation, number)
        _keep(simulation)
        simulation.compare(Extent.WRITES)
        run(con, "simulate_result")
        if number == 1:
            con.execute("create or replace temp table first_unsettled as from unsettled")
        if not rows(con, "select count(*) from unsettled")[0][0]:
            con.execute("create or replace temp table unsettled as from first_unsettled")
            return False
        if number < ROUNDS:
            # From here on it counts what the next plan's apply remembers.
            _put_back(simulation)
            simulation.compare(Extent.PLAN)
    return True


def _keep(simulation: Simulation) -> None:
    """Keep the rows as they are: comparing lays over them what it finds."""
    for item in simulation.wanted:
        overlay = overlay_name(item.connection, item.object)
        simulation.con.execute(f"create or replace temp table {_kept_name(item)} as from {overlay}")


def _put_back(simulation: Simulation) -> None:
    for item in simulation.wanted:
        overlay = overlay_name(item.connection, item.object)
        simulation.con.execute(f"delete from {overlay}; insert into {overlay} by name from {_kept_name(item)}")


def _kept_name(item: Wanted) -> str:
    return name(f"carried.{item.connection}.{item.object}")


def _carry_out(simulation: Simulation, number: int) -> None:
    """Memory and rows as they are once everything that the plan would send was taken."""
    con = simulation.con
    run(con, "simulate_outcomes", round=number, moment=MOMENT, writer=WRITER)
    run(con, "remember", run_id=WRITER, now=MOMENT, is_newest=True, kept_writes=KEPT_WRITES, told_otherwise=False)
    remember_recycling(con, WRITER, MOMENT)
    if simulation.is_whole:
        resolve_on_trial(con)
    if number == 1:
        run(con, "simulate_bases")
    written = rows(
        con,
        "select c.system, c.object, list(distinct f.field order by f.field) filter (f.field <> '')"
        " from plan.changes c left join plan.field_changes f on f.change = c.change and f.sendable"
        " where c.sendable group by all order by all",
    )
    defaults = _defaults(simulation.syncs)
    for system, item, fields in written:
        known = {row[0] for row in rows(con, f"describe {rows_view(system, item)}")}
        id_field = _ID_FIELD[System(system)]
        run(
            con,
            "simulate_rows",
            system=system,
            object=item,
            fields=fields or [],
            defaults=defaults.get((system, item), {}),
            id_field=id_field if id_field in known else "",
            view=rows_view(system, item),
            overlay=overlay_name(system, item),
            moment=MOMENT,
            writer=WRITER,
        )


def _defaults(syncs: Iterable[CompiledSync]) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """What a new record holds where nothing is given, by object, over the fields of all syncs."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for sync in syncs:
        for side in (sync.a, sync.b):
            for item in side.objects:
                found.setdefault((str(side.system), item.name), {}).update(item.defaults)
    return found

"""One sync inside one plan: sides, matching, decisions, creates, ids, and what later syncs shall see.

Everything is SQL over the rows in the session; Python only chooses which templates run with which names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from pardotflow.config.on_leave import OnLeave
from pardotflow.config.project import MatchKind, OnGone
from pardotflow.core.diagnostic import Diagnostic
from pardotflow.core.errors import InvalidProject
from pardotflow.core.values import System
from pardotflow.engine.compiled import (
    CompiledCreate,
    CompiledKey,
    CompiledSide,
    CompiledSync,
    CompiledUsers,
)
from pardotflow.engine.computed import Computed, computed_columns, read_columns
from pardotflow.engine.consent import spoken
from pardotflow.engine.createplan import create_values
from pardotflow.engine.decidesql import CACHE_LAG, decide_sql, histories_of
from pardotflow.engine.focus import Focus
from pardotflow.engine.overlay import lay_over
from pardotflow.engine.quote import literal
from pardotflow.engine.sqlfault import fault_of
from pardotflow.engine.sqlfile import render
from pardotflow.engine.steps import Extent, Rows, Step, run_steps
from pardotflow.engine.users import translated_column, users_sql


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fate:
    """What a sync does about records that are gone, by role, as its templates need it."""

    sync: CompiledSync
    values: Mapping[str, object]
    is_needed: bool

    @classmethod
    def of(cls, sync: CompiledSync, *, recycled: bool, replaced: bool) -> "_Fate":
        """The rules of one sync. A record is made again only where a create rule says how."""
        rules = {s.role: sync.deletes.get(s.system, OnGone.KEEP) for s in (sync.a, sync.b)}
        made = {c.role for c in sync.creates}
        archive = {role: rule is OnGone.ARCHIVE for role, rule in rules.items()}
        recreate = {role: rule is OnGone.RECREATE and role in made for role, rule in rules.items()}
        leave = {s.role: s.config.on_leave for s in (sync.a, sync.b)}
        archive_out = {role: rule is OnLeave.ARCHIVE for role, rule in leave.items()}
        values = {
            "unlink": {role: rule is OnGone.UNLINK for role, rule in rules.items()},
            "archive": archive,
            "recreate": recreate,
            "archive_losers": archive["a"] and sync.a.system is System.SALESFORCE,
            "narrowed": {s.role: s.is_narrowed for s in (sync.a, sync.b)},
            "forget": {role: rule is OnLeave.UNLINK for role, rule in leave.items()},
            "archive_out": archive_out,
            "unrestorable": [s.role for s in (sync.a, sync.b) if s.system is not System.PARDOT],
            "recycled": recycled,
            "replaced": replaced,
            "lags": {s.role: CACHE_LAG[s.system] for s in (sync.a, sync.b)},
        }
        return cls(
            sync=sync,
            values=values,
            is_needed=recycled or any((*archive.values(), *recreate.values(), *archive_out.values())),
        )

    def render(self, template: str, **more: object) -> str:
        """One template of the sync."""
        return render(template, sync=self.sync, **self.values, **more)


_FREE = Rows(
    "({})".format(
        " union all ".join(
            f"select 1 from side_{role} s where s._live and s._out is null and not exists"
            f" (from taken t where t.role = '{role}' and t.obj = s._obj and t.id = s._id)"
            for role in "ab"
        )
    )
)
"""The records of either side that take part and have no counterpart yet: only these are matched, or told of."""
_TAKES = (_FREE.relation,)
_CELLS = Rows("cells")


def side_sql(sync: CompiledSync, side: CompiledSide) -> str:
    """The rows of one side with the computed columns; those of users are looked up in what `users_sql` makes."""
    forms = {f"_c_{m.number}": m.cmp_a if side.role == "a" else m.cmp_b for m in sync.mappings}
    users = [u for u in sync.users if u.role == side.role]
    return _side(side, computed_columns(sync, side), sync.key_forms(side.role) | forms, users)


def keys_sql(sync: CompiledSync, side: CompiledSide) -> str:
    """The rows of one side with its match keys alone, which needs the snapshots and nothing else."""
    return _side(side.stored, (), sync.key_forms(side.role))


def _side(
    side: CompiledSide, computed: Iterable[Computed], forms: Mapping[str, str], users: Iterable[CompiledUsers] = ()
) -> str:
    computed = tuple(computed)
    expressions = {c.column: c.sql for c in computed}
    typed = read_columns(side, computed)
    user_columns = [(u, translated_column(u)) for u in users]
    return render("side", side=side, expressions=expressions, typed=typed, forms=forms, users=user_columns)


def statements(
    sync: CompiledSync,
    focus: Focus,
    *,
    share: bool,
    recycled: bool = True,
    replaced: bool = True,
    decided: bool = False,
) -> list[Step]:
    """Every step of the sync, in order: what plan runs and `compile` writes.

    `recycled` is false where memory holds no record that this sync ever deleted, and `replaced` where it holds none in
    whose place the sync made another. With `decided` the session's table `decisions` holds decisions of people for it.
    """
    fate = _Fate.of(sync, recycled=recycled, replaced=replaced)
    steps = [Step(name="users", sql=users_sql(sync), lasts=True)] if sync.users else []
    steps += [
        Step(name="sides", sql=side_sql(sync, sync.a) + side_sql(sync, sync.b)),
        Step(name="match start", sql=fate.render("match_start")),
        *(
            Step(name=f"match {key.name}", sql=_match_sql(sync, key, fate, share=share), needs=(_FREE,), makes=_TAKES)
            for key in sync.keys
        ),
        Step(name="match end", sql=fate.render("match_end")),
        Step(name="key names", sql=_key_names(sync)),
    ]
    if sync.mappings:
        steps.append(Step(name="mappings", sql=_mappings_sql(sync)))
        steps += _compare_steps(sync, focus.of_pair(sync), share=share, decided=decided)
        if decided:
            known = render("decisions", sync=sync, focus=focus.of_pair(sync, "live_pairs"))
            steps.append(Step(name="decisions", sql=known))
    steps += _identity_steps(fate, focus)
    steps.append(Step(name="ids", sql=_ids_sql(sync, focus)))
    for create in sync.creates:
        steps += _create_steps(sync, create, focus, share=share)
    left = Rows("(from left_a union all from left_b)")
    steps.append(Step(name="unmatched", sql=render("unmatched", sync=sync), needs=(left,), tells=True))
    if fate.is_needed:
        steps.append(Step(name="gone", sql=_gone_sql(fate, focus)))
    return [*steps, *_kept_steps(sync, focus, with_pairs=True)] if focus.kept else steps


def second_look(sync: CompiledSync, focus: Focus) -> list[Step]:
    """The steps that settle the pairs with new records; they run only where the sync creates any."""
    return [
        Step(name="sides with new records", sql=side_sql(sync, sync.a) + side_sql(sync, sync.b)),
        Step(name="new pairs", sql=render("new_pairs", sync=sync)),
        *(_compare_steps(sync, "true") if sync.mappings else []),
        *(_kept_steps(sync, focus, with_pairs=False) if focus.kept else []),
    ]


def _compare_steps(sync: CompiledSync, focus: str, *, share: bool = True, decided: bool = False) -> list[Step]:
    """Compare and decide the session's `live_pairs`."""
    steps = [Step(name="cells", sql=_cells_sql(sync)), Step(name="judged", sql=_judged_sql(sync), needs=(_CELLS,))]
    if histories := histories_of(sync):
        times = render("field_times", sync=sync, histories=histories)
        steps.append(Step(name="field times", sql=times, needs=(_CELLS,)))
    steps += [
        Step(name="decide", sql=decide_sql(sync, focus, share=share, decided=decided), needs=(_CELLS,)),
        *_collect_steps(sync),
        Step(name="agreed", sql=render("agreed", sync=sync, mappings=sync.mappings, focus=focus), tells=True),
    ]
    if spoken(sync):
        steps += [
            Step(name="consent", sql=_consent_sql(sync), needs=(_CELLS,), tells=True),
            Step(name="opted out", sql=render("opted_out", sync=sync, mappings=spoken(sync)), tells=True),
        ]
    return steps


def _create_steps(sync: CompiledSync, create: CompiledCreate, focus: Focus, *, share: bool) -> list[Step]:
    """Plan one create rule."""
    values = create_values(sync, create, focus, share=share)
    return [
        Step(name=f"create {create.object}", sql=render("creates", **values), makes=("wanted",)),
        Step(
            name=f"judge new {create.object}",
            sql=render("creates_judged", **values),
            needs=(Rows("wanted"),),
            makes=("judged_creates",),
        ),
        Step(
            name=f"make new {create.object}",
            sql=render("creates_made", **values),
            needs=(Rows("wanted"), Rows("judged_creates", "verdict = 'create'")),
        ),
    ]


_COLLECTED = {
    "changes": "outcome = 'send'",
    "conflicts": "not consent and outcome not in ('accept', 'insert_only')"
    " and (outcome = 'held:open_conflict' or decision is not null or section = 'conflict')",
    "held": "starts_with(outcome, 'held:') and outcome <> 'held:open_conflict'",
    "accepted": "outcome in ('accept', 'insert_only')",
    "agreed": "outcome = 'accept' or is_cut_copy",
}
"""Which decided cells each part of a plan is made of; only changes are written."""


def _collect_steps(sync: CompiledSync) -> Iterator[Step]:
    """Sort the session's `decided` into what the plan says."""
    for part, condition in _COLLECTED.items():
        sql = render(f"collect_{part}", sync=sync, condition=condition, translated=_translated(sync))
        needs = (_CELLS, Rows("decided", condition))
        yield Step(name=f"collect {part}", sql=sql, needs=needs, tells=part != "changes")


def _translated(sync: CompiledSync) -> list[int]:
    """The mappings of users."""
    return [m.number for m in sync.mappings if m.mapping.users]


def _kept_steps(sync: CompiledSync, focus: Focus, *, with_pairs: bool) -> list[Step]:
    """Keep what `why` shows of the kept records: after everything was decided, so that nothing is decided by it."""
    steps = [Step(name="kept pairs", sql=render("why_pairs", sync=sync, focus=focus))] if with_pairs else []
    if sync.mappings:
        kept = focus.keeps(sync, "lp")
        every_cell = _cells_sql(sync, kept) + _judged_sql(sync, kept)
        steps.append(Step(name="kept cells", sql=every_cell + render("why_cells", sync=sync, focus=focus)))
    return steps


def decide_sync(
    con: duckdb.DuckDBPyConnection,
    sync: CompiledSync,
    focus: Focus,
    *,
    share: bool,
    decided: bool = False,
    extent: Extent = Extent.PLAN,
    again: bool = False,
) -> None:
    """Match and decide what the sides hold. Every differing cell then stands in the session's `decided`, which is
    there in any case only where every step was done. `again` says that the session did it before, and that only what
    a plan writes has changed since."""
    recycled, replaced = (
        con.execute(f"select 1 from {table} where sync = ? limit 1", [sync.name]).fetchone() is not None
        for table in ("mem.recycled", "mem.replaced")
    )
    steps = statements(sync, focus, share=share, recycled=recycled, replaced=replaced, decided=decided)
    steps = [step for step in steps if not (again and step.lasts)]
    _run_steps(con, sync, steps, Extent.EVERY_STEP if decided or focus.kept else extent)


def settle_sync(
    con: duckdb.DuckDBPyConnection,
    sync: CompiledSync,
    focus: Focus,
    *,
    extent: Extent = Extent.PLAN,
    is_last: bool = False,
) -> None:
    """Look a second time at the pairs with new records, and lay the outcome over the snapshots for the syncs that come
    after this one, unless it `is_last`."""
    # What a sync that is only shown would write is no news for the syncs after it.
    if not sync.is_applied:
        return
    new = con.execute("select 1 from out_creates where sync = ? limit 1", [sync.name]).fetchone()
    if new or not is_last:
        lay_over(con, sync)
    if new:
        _run_steps(con, sync, second_look(sync, focus), Extent.EVERY_STEP if focus.kept else extent)
    if new and not is_last:
        lay_over(con, sync)


def _run_steps(con: duckdb.DuckDBPyConnection, sync: CompiledSync, steps: Sequence[Step], extent: Extent) -> None:
    def explain(step: Step, trouble: duckdb.Error) -> InvalidProject | None:
        # Only the sides run the project's own expressions.
        return _bad_expression(con, sync, trouble) if step.name.startswith("sides") else None

    run_steps(con, steps, extent, explain)


def _bad_expression(con: duckdb.DuckDBPyConnection, sync: CompiledSync, trouble: duckdb.Error) -> InvalidProject:
    """Every expression that fails, each found by computing it alone."""
    found = []
    for side in (sync.a, sync.b):
        for computed in computed_columns(sync, side):
            statement = _side(side, (computed,), {})
            fault = fault_of(con, statement)
            if fault:
                found.append(computed.diagnostic(fault, statement))
    message = f"the sides of {sync.name} cannot be read: {str(trouble).splitlines()[0]}"
    help = "Run: pardotflow compile, and look at the SQL of its sides."
    return InvalidProject(found or [Diagnostic(code="PF203", message=message, span=sync.span, help=help)])


def _match_sql(sync: CompiledSync, key: CompiledKey, fate: "_Fate", *, share: bool) -> str:
    shared = share and key.kind is MatchKind.EMAIL and any(c.rule.share_email for c in sync.creates)
    return fate.render(
        "match_key",
        key=key,
        shared=shared,
        by_object=key.kind is MatchKind.EMAIL and len(sync.a.objects) > 1,
        last={role: pick.is_last for role, pick in sync.picks.items()},
    )


def _mappings_sql(sync: CompiledSync) -> str:
    targets = [
        (role, m, t) for m in sync.mappings for role in "ab" for t in (m.targets_a if role == "a" else m.targets_b)
    ]
    forms = sorted({str(form) for m in sync.mappings for form in (m.form, m.stored_a, m.stored_b)})
    return render("mappings", mappings=sync.mappings, targets=targets, forms=forms)


def _key_names(sync: CompiledSync) -> str:
    values = ", ".join(f"({k.number}, {literal(k.name)}, {literal(k.line)})" for k in sync.keys)
    return f"create or replace temp table key_names as select * from (values {values}) as t (key_no, key, line);"


def _cells_sql(sync: CompiledSync, kept: str = "") -> str:
    """The cells that differ; with `kept`, a condition on pairs, every cell of these pairs instead."""
    return render("cells", mappings=sync.mappings, kept=kept)


def _judged_sql(sync: CompiledSync, kept: str = "") -> str:
    """What is remembered of those cells, and which side has moved since."""
    lags = {"lag_a": CACHE_LAG[sync.a.system], "lag_b": CACHE_LAG[sync.b.system]}
    uneven = any(m.stored_a is not m.stored_b for m in sync.mappings)
    sent = {"sent_a": [m for m in sync.mappings if m.sent_a], "sent_b": [m for m in sync.mappings if m.sent_b]}
    names = {"translated": _translated(sync), "kept": kept, "uneven": uneven}
    return render("judged", sync=sync, **names, **sent, **lags)


def _consent_sql(sync: CompiledSync) -> str:
    return render("consent_cells", sync=sync, numbers=[m.number for m in spoken(sync)])


_TOLD = {
    "links": Rows("pair_state", "state <> 'live' or is_new or followed or restore is not null"),
    "apart": Rows("pair_state", "state not in ('live', 'out_a', 'out_b')"),
    "marked": Rows("marks"),
    "ended": Rows("linked", "tombstone is not null"),
}
"""What each part of the identity section is told of."""


def _identity_steps(fate: "_Fate", focus: Focus) -> Iterator[Step]:
    """How records were paired, and who was left out."""
    values = {
        "focus_role": {s.role: focus.of(s.system) for s in (fate.sync.a, fate.sync.b)},
        "focus_pair": focus.of_pair(fate.sync, "p"),
    }
    yield Step(name="identity", sql=fate.render("identity", **values), tells=True)
    for part, rows in _TOLD.items():
        sql = fate.render(f"identity_{part}", **values)
        yield Step(name=f"identity {part}", sql=sql, needs=(rows,), tells=True)


def _gone_sql(fate: "_Fate", focus: Focus) -> str:
    sync = fate.sync
    return fate.render(
        "gone",
        focus_role={s.role: focus.of(s.system) for s in (sync.a, sync.b)},
        focus_pair=focus.of_pair(sync, "p"),
        focus_loser=focus.of_pair(sync, "l"),
        line=sync.deletes_line,
    )


def _ids_sql(sync: CompiledSync, focus: Focus) -> str:
    types = {
        key.number: {o: str(sync.side(key.names).type_in(o, f)) for o, f in key.id_fields.items()}
        for key in sync.keys
        if key.names
    }
    keys = [key for key in sync.keys if key.names]
    lags = {side.role: CACHE_LAG[side.system] for side in (sync.a, sync.b)}
    return render("ids", sync=sync, keys=keys, id_types=types, focus_pair=focus.of_pair(sync, "p"), lags=lags)

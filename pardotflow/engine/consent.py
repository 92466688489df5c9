"""Consent, told apart from all other changes: who says no, where, since when, and what the plan does about it.

Who set a value comes from the history that Salesforce keeps of the field, else from the record's last writer. Both are
asked for a bounded number of records, and only where there is something to tell. Display only: nothing is decided here.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import duckdb

from pardotflow.config.consent_fields import is_about_consent
from pardotflow.connectors.protocol import Connector, ReadRequest
from pardotflow.core.describe import Catalog, ObjectInfo
from pardotflow.core.values import System
from pardotflow.engine.asking import asked
from pardotflow.engine.columns import system_columns
from pardotflow.engine.compile import snapshot_table
from pardotflow.engine.compiled import CompiledMapping, CompiledSync
from pardotflow.engine.histories import CHANGED_FIELD, history_of
from pardotflow.engine.landed import naive
from pardotflow.engine.quote import literal, literals, name
from pardotflow.engine.sqlfile import insert_rows, rows, run
from pardotflow.plan.consent import TRACED
from pardotflow.store.layout import Layout

NAMES_AGE = timedelta(days=1)
_USERS: Mapping[System, tuple[str, tuple[str, ...]]] = {
    System.SALESFORCE: ("User", ("Id", "Name")),
    System.PARDOT: ("user", ("id", "firstName", "lastName")),
}
_FIRST = f"(from plan.consent order by opts <> 'in', status, sync, system, object, id, field limit {TRACED})"


def spoken(sync: CompiledSync) -> list[CompiledMapping]:
    """The mappings in which a person says no."""
    return [m for m in sync.mappings if is_about_consent(m.mapping)]


class Teller:
    """Fills the attached plan's tables about consent."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        connectors: Mapping[str, Connector],
        catalog: Catalog,
        layout: Layout,
        now: datetime,
    ) -> None:
        self._con = con
        self._connectors = connectors
        self._catalog = catalog
        self._layout = layout
        self._now = now

    def tell(self, syncs: Sequence[CompiledSync]) -> None:
        """What all syncs do about consent; nothing is read where they do nothing."""
        mappings = [[sync.name, m.mapping.key] for sync in syncs for m in spoken(sync)]
        if not mappings:
            return
        self._con.execute(
            "insert into plan.opted_out select sync, mapping, sum(both_sides) from out_opted_out group by all"
        )
        if not rows(self._con, "select 1 from out_consent union all select 1 from out_creates limit 1"):
            return
        self._con.execute("create or replace temp table spoken_mappings (sync varchar, mapping varchar)")
        insert_rows(self._con, "spoken_mappings", mappings)
        run(self._con, "consent")
        origins = rows(
            self._con,
            f"select distinct origin_system, origin_object from {_FIRST}"
            " where origin_system <> 'warehouse' order by all",
        )
        for system, item in origins:
            self._stamp_sources_of_creates(System(system), item)
            if system == System.SALESFORCE:
                self._trace(item)
        if origins:
            self._mark_ours()
            for system in _USERS:
                self._name_users(system)

    def _stamp_sources_of_creates(self, system: System, item: str) -> None:
        self._con.execute(
            f"update plan.consent c set set_at = s._stamp, set_by = coalesce(s._writer, '')"
            f" from {snapshot_table(str(system), item)} s where c.set_at is null"
            " and c.origin_system = ? and c.origin_object = ? and c.origin_id = s._id",
            [system, item],
        )

    def _trace(self, item: str) -> None:
        """By the history of the fields: one call for all records of an object."""
        info = self._catalog.find(str(System.SALESFORCE), item) or ObjectInfo(name=item, label=item, fields=())
        found = rows(
            self._con,
            f"select distinct origin_id, origin_field from {_FIRST}"
            " where origin_system = 'salesforce' and origin_object = ? and origin_field <> '' order by all",
            item,
        )
        if not found or info.history == "":
            return
        history = history_of(info)
        records, fields = (", ".join(f"'{x}'" for x in sorted(set(column))) for column in zip(*found, strict=True))
        parent = name(history.parent)
        request = ReadRequest(
            object=history.object,
            fields=(*system_columns(System.SALESFORCE, history.object).all, history.parent, CHANGED_FIELD),
            include_deleted=False,
            where=f"{history.parent} in ({records}) and {CHANGED_FIELD} in ({fields})",
        )
        with self._asked(System.SALESFORCE, request) as has_rows:
            if has_rows:
                self._con.execute(
                    "update plan.consent c set set_at = l.at, set_by = l.writer, by_history = true from ("
                    f' select {parent} as id, "{CHANGED_FIELD}" as field, max(_stamp) as at,'
                    " coalesce(arg_max(_writer, _stamp), '') as writer from landed group by all) l"
                    " where c.origin_system = 'salesforce' and c.origin_object = ?"
                    " and c.origin_id = l.id and c.origin_field = l.field",
                    [item],
                )

    def _asked(self, system: System, request: ReadRequest) -> AbstractContextManager[bool]:
        """As `asked`: histories and users are rights of their own, and what may not be read stays untold."""
        columns = system_columns(system, request.object)
        return asked(self._con, self._connectors[system], request, columns, self._layout)

    def _mark_ours(self) -> None:
        """What we wrote ourselves is nobody's decision."""
        same = "w.system = c.origin_system and w.object = c.origin_object and w.id = c.origin_id"
        self._con.execute(
            "update plan.consent c set is_ours = true where exists (from mem.writes w"
            f" where {same} and w.writer = c.set_by and c.set_at between w.from_at - interval 2 second"
            " and case when w.is_open then timestamp 'infinity' else w.to_at + interval 2 second end)"
            " or (c.by_history and exists (from mem.history h join mem.writes w using (system, object, id)"
            f" where {same} and h.field = c.origin_field and w.writer = c.set_by"
            " and c.set_at between h.written_at - interval 10 minute and h.written_at + interval 2 second))"
        )

    def _name_users(self, system: System) -> None:
        """The names of the people who stand in the first rows, remembered for a day."""
        item, fields = _USERS[system]
        self._con.execute(
            "create table if not exists snap.user_names (system varchar, id varchar, name varchar, read_at timestamp)"
        )
        wanted = {
            str(user)
            for (user,) in rows(
                self._con,
                f"select distinct set_by from {_FIRST} where origin_system = ? and set_by <> '' and not is_ours",
                system,
            )
        }
        now = naive(self._now)
        known = rows(
            self._con, "select id, name from snap.user_names where system = ? and read_at > ?", system, now - NAMES_AGE
        )
        missing = sorted(wanted - {str(user) for user, _ in known})
        if missing and system in self._connectors:
            read = self._read_users(system, item, fields, missing)
            # A user who cannot be seen is not asked for again today.
            fresh = [[str(system), user, read.get(user, ""), now] for user in missing]
            self._con.execute(
                f"delete from snap.user_names where system = ? and id in ({literals(missing)})", [str(system)]
            )
            insert_rows(self._con, "snap.user_names", fresh)
        self._con.execute(
            "insert into plan.user_names select system, id, name from snap.user_names"
            f" where system = {literal(str(system))} and name <> '' and id in"
            f" (select set_by from plan.consent where origin_system = {literal(str(system))}) order by all"
        )

    def _read_users(self, system: System, item: str, fields: tuple[str, ...], ids: list[str]) -> dict[str, str]:
        request = ReadRequest(object=item, fields=fields, ids=tuple(ids), include_deleted=False)
        told = ", ".join(name(f) for f in fields[1:])
        with self._asked(system, request) as has_rows:
            found = rows(self._con, f"select _id, concat_ws(' ', {told}) from landed") if has_rows else []
        return {str(user): str(shown) for user, shown in found}

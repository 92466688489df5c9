"""What a plan is narrowed to, and of which records `why` keeps every cell, as SQL conditions."""

from dataclasses import dataclass

from pardotflow.core.values import System
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.quote import literal

OTHER = {"a": "b", "b": "a"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """The records that a plan is narrowed to, as (system, object, id); empty means everything. `table` names a table of
    the session with (system, object, id) where they are many.

    `kept` narrows nothing: of these records the cells that agree are kept too.
    """

    records: tuple[tuple[str, str, str], ...] = ()
    table: str = ""
    kept: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_narrow(self) -> bool:
        """True where some records are left out."""
        return bool(self.records or self.table)

    def of(self, system: System) -> str:
        """SQL that is true for the narrowed records of one side; `@obj` and `@id` stand for the columns."""
        if self.table:
            return f"(@obj, @id) in (select object, id from {self.table} where system = {literal(system)})"
        return _among(self.records, system) if self.records else "true"

    def of_pair(self, sync: CompiledSync, alias: str = "") -> str:
        """SQL that is true for pairs with a narrowed record on either side."""
        dot = f"{alias}." if alias else ""
        a = self.of(sync.a.system).replace("@obj", f"{dot}a_obj").replace("@id", f"{dot}a_id")
        b = self.of(sync.b.system).replace("@obj", f"{dot}b_obj").replace("@id", f"{dot}b_id")
        return f"({a} or {b})"

    def keeps_record(self, system: System) -> str:
        """SQL that is true for the kept records of one side; `@obj` and `@id` stand for the columns."""
        return _among(self.kept, system)

    def keeps(self, sync: CompiledSync, alias: str) -> str:
        """SQL that is true for pairs with a kept record on either side, now or before a conversion or a merge."""
        tests = [
            _among(self.kept, side.system)
            .replace("@obj", f"{alias}.{old}{side.role}_obj")
            .replace("@id", f"{alias}.{old}{side.role}_id")
            for side in (sync.a, sync.b)
            for old in ("", "old_")
        ]
        return f"({' or '.join(tests)})"


def _among(records: tuple[tuple[str, str, str], ...], system: System) -> str:
    pairs = [f"({literal(o)}, {literal(i)})" for s, o, i in records if s == system]
    return f"(@obj, @id) in ({', '.join(pairs)})" if pairs else "false"

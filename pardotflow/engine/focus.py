"""What a plan is narrowed to, as SQL conditions."""

from dataclasses import dataclass

from pardotflow.core.values import System
from pardotflow.engine.compiled import CompiledSync
from pardotflow.engine.quote import literal

OTHER = {"a": "b", "b": "a"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """The records that a plan is narrowed to, as (system, object, id); empty means everything."""

    records: tuple[tuple[str, str, str], ...] = ()

    def of(self, system: System) -> str:
        """SQL that is true for the narrowed records of one side; `@obj` and `@id` stand for the columns."""
        if not self.records:
            return "true"
        pairs = [f"({literal(o)}, {literal(i)})" for s, o, i in self.records if s == system]
        return f"(@obj, @id) in ({', '.join(pairs)})" if pairs else "false"

    def of_pair(self, sync: CompiledSync, alias: str = "") -> str:
        """SQL that is true for pairs with a narrowed record on either side."""
        dot = f"{alias}." if alias else ""
        a = self.of(sync.a.system).replace("@obj", f"{dot}a_obj").replace("@id", f"{dot}a_id")
        b = self.of(sync.b.system).replace("@obj", f"{dot}b_obj").replace("@id", f"{dot}b_id")
        return f"({a} or {b})"

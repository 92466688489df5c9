"""SQL whose value is another one although no data changed: by chance, by the moment, or by the day.

Only names are judged, as the engine knows them; a test holds the list against the engine's own.
"""

from enum import IntEnum

from sqlglot import exp


class Unsteady(IntEnum):
    """How often a value is another one; the worse the higher."""

    DAY = 1
    MOMENT = 2
    CHANCE = 3


_KINDS = {
    Unsteady.DAY: {"current_date", "currentdate", "today"},
    Unsteady.MOMENT: {
        "now",
        "get_current_time",
        "get_current_timestamp",
        "transaction_timestamp",
        "current_time",
        "current_timestamp",
        "currenttime",
        "currenttimestamp",
        "current_localtime",
        "current_localtimestamp",
        "localtime",
        "localtimestamp",
    },
    Unsteady.CHANCE: {
        "random",
        "rand",
        "uuid",
        "uuidv4",
        "uuidv7",
        "gen_random_uuid",
        "nextval",
        "currval",
        "setval",
        "txid_current",
        "current_transaction_id",
        "current_query_id",
        "current_connection_id",
    },
}
NAMES = {name: kind for kind, names in _KINDS.items() for name in names}
"""Functions in lower case, and how often their value is another one."""


def name_of(node: exp.Expr) -> str:
    """A function as it is written, in lower case; a sample of rows by its word."""
    if isinstance(node, exp.TableSample):
        return "sample"
    if not isinstance(node, exp.Func):
        return ""
    return (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()


def unsteady(node: exp.Expr) -> Unsteady | None:
    """How often the value of this one node is another one; None where only the data decide."""
    name = name_of(node)
    if name == "age" and len(node.expressions) == 1:
        # With one argument it is the time up to today.
        return Unsteady.DAY
    if isinstance(node, exp.TableSample):
        return None if node.args.get("seed") is not None else Unsteady.CHANCE
    return NAMES.get(name)

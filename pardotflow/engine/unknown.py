"""Creates that were sent and whose answer never came: until a read must show them, nothing is made in their place.

Of one that was made, and that the connected user may not see, no read ever tells: nothing is made in its place at all.
"""

from collections.abc import Mapping

import duckdb

from pardotflow.connectors.protocol import Connector
from pardotflow.core.values import System
from pardotflow.engine.decidesql import CACHE_LAG
from pardotflow.engine.sqlfile import insert_rows
from pardotflow.store.ledger import Ledger


def load_unknown_creates(con: duckdb.DuckDBPyConnection, ledger: Ledger, connectors: Mapping[str, Connector]) -> None:
    """Fill the session's table `unknown_creates`; `record` is what it was made from, `unseen` says that it was made."""
    con.execute(
        "create or replace temp table unknown_creates (system varchar, object varchar, record varchar, unseen boolean)"
    )
    recent = [
        (system, item, record, is_unseen)
        for system, item, record, at, is_unseen in ledger.open_creates()
        if is_unseen
        or (system in connectors and (connectors[system].server_now() - at).total_seconds() < CACHE_LAG[System(system)])
    ]
    insert_rows(con, "unknown_creates", recent)

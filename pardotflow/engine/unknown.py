"""Creates that were sent and whose answer never came: until a read must show them, nothing is made in their place."""

from collections.abc import Mapping

import duckdb

from pardotflow.connectors.protocol import Connector
from pardotflow.core.values import System
from pardotflow.engine.decidesql import CACHE_LAG
from pardotflow.engine.sqlfile import insert_rows
from pardotflow.store.ledger import Ledger


def load_unknown_creates(con: duckdb.DuckDBPyConnection, ledger: Ledger, connectors: Mapping[str, Connector]) -> None:
    """Fill the session's table `unknown_creates (system, object, record)`; `record` is the one it was made from."""
    con.execute("create or replace temp table unknown_creates (system varchar, object varchar, record varchar)")
    recent = [
        (system, item, record)
        for system, item, record, at in ledger.open_creates()
        if system in connectors and (connectors[system].server_now() - at).total_seconds() < CACHE_LAG[System(system)]
    ]
    insert_rows(con, "unknown_creates", recent)

"""Small reads beside the snapshots: what they bring lives for the length of a block, and is kept nowhere."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from pardotflow.connectors.protocol import Connector, ReadRequest
from pardotflow.core.errors import RequestRefused
from pardotflow.engine.columns import Columns
from pardotflow.engine.landed import landed
from pardotflow.store.layout import Layout


@contextmanager
def asked(
    con: duckdb.DuckDBPyConnection, connector: Connector, request: ReadRequest, columns: Columns, layout: Layout
) -> Iterator[bool]:
    """What one read brings as the session's table `landed`, whose system columns `columns` names; False, and no table,
    where nothing came or the connected user may not read it."""
    shutil.rmtree(layout.landing, ignore_errors=True)
    try:
        extract = connector.read(request, layout.landing / "asked")
    except RequestRefused:
        yield False
        return
    with landed(con, columns, request.fields, extract) as has_rows:
        yield has_rows
    shutil.rmtree(layout.landing, ignore_errors=True)

"""The digest of a plan: equal configuration, state and data give equal bytes.

Every table is written as JSON lines in its one order, without anything that stands in `meta`.
"""

import hashlib

import duckdb

from pardotflow.plan.file import ORDERS, filled


def plan_digest(con: duckdb.DuckDBPyConnection) -> str:
    """The SHA-256 of the attached plan's contents, in hex."""
    digest = hashlib.sha256()
    tables = {f"plan.{table}": order for table, order in ORDERS.items()}
    some = filled(con, tuple(tables))
    for table, order in tables.items():
        digest.update(f"{table.removeprefix('plan.')}\n".encode())
        if table not in some:
            continue
        cursor = con.execute(f"select cast(to_json(t) as varchar) from {table} t order by {order}")
        while chunk := cursor.fetchmany(10_000):
            digest.update("\n".join(row[0] for row in chunk).encode())
            digest.update(b"\n")
    return digest.hexdigest()

"""The digest of a plan: equal configuration, state and data give equal bytes.

Every table is written as JSON lines in its one order, without anything that stands in `meta`.
"""

import hashlib

import duckdb

from pardotflow.plan.file import ORDERS


def plan_digest(con: duckdb.DuckDBPyConnection) -> str:
    """The SHA-256 of the attached plan's contents, in hex."""
    digest = hashlib.sha256()
    for table, order in ORDERS.items():
        digest.update(f"{table}\n".encode())
        cursor = con.execute(f"select cast(to_json(t) as varchar) from plan.{table} t order by {order}")
        while chunk := cursor.fetchmany(10_000):
            digest.update("\n".join(row[0] for row in chunk).encode())
            digest.update(b"\n")
    return digest.hexdigest()

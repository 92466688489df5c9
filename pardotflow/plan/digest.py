"""The digest of a plan: equal configuration, state and data give equal bytes.

Every table is written as JSON lines in its one order, without anything that stands in `meta`.
"""

import hashlib

import duckdb

from pardotflow.plan.file import ORDERS


def plan_digest(con: duckdb.DuckDBPyConnection) -> str:
    """The SHA-256 of the attached plan's contents, in hex."""
    digest = hashlib.sha256()
    # Most tables of most plans are empty, and one question about all of them is cheaper than one each.
    ask = ", ".join(f"exists (from plan.{table})" for table in ORDERS)
    filled = con.execute(f"select {ask}").fetchone() or ()
    for (table, order), is_filled in zip(ORDERS.items(), filled, strict=True):
        digest.update(f"{table}\n".encode())
        if not is_filled:
            continue
        cursor = con.execute(f"select cast(to_json(t) as varchar) from plan.{table} t order by {order}")
        while chunk := cursor.fetchmany(10_000):
            digest.update("\n".join(row[0] for row in chunk).encode())
            digest.update(b"\n")
    return digest.hexdigest()

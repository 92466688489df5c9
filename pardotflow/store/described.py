"""What the systems were said to have, and who we are over there: a cache in the ledger's file, never remote."""

import json
from datetime import datetime

from pardotflow.core.describe import ObjectInfo
from pardotflow.store.database import SqliteDatabase, upsert


class DescribeCache:
    """Describes and identities in a SQLite file that has their tables."""

    def __init__(self, cache: SqliteDatabase) -> None:
        self._cache = cache

    def read_describe(self, connection: str, object_name: str) -> tuple[ObjectInfo, datetime] | None:
        """The cached describe and when it was read, or None."""
        query = "select body, at from describes where connection = ? and object = ?"
        row = self._cache.execute(query, (connection, object_name.lower())).fetchone()
        return (ObjectInfo.from_json(json.loads(row[0])), datetime.fromisoformat(row[1])) if row else None

    def save_describe(self, connection: str, object_name: str, info: ObjectInfo, at: datetime) -> None:
        """Keep a describe."""
        values = (connection, object_name.lower(), at.isoformat(), json.dumps(info.to_json()))
        self._cache.execute(
            upsert("describes", ("connection", "object", "at", "body"), ("connection", "object")), values
        )

    def forget_describes(self, connection: str) -> None:
        """Forget what a connection was said to have."""
        self._cache.execute("delete from describes where connection = ?", (connection,))

    def compact(self) -> None:
        """Leave nothing of deleted rows in the file."""
        for statement in ("pragma secure_delete = on", "vacuum", "pragma wal_checkpoint(truncate)"):
            self._cache.execute(statement)

    def forget_cache(self) -> None:
        """Forget every describe, and who we are over there: both are read again."""
        self._cache.run_script("delete from describes; delete from identities;")

    def read_identity(self, connection: str) -> tuple[str, str] | None:
        """Organisation and user of the last sign-in, or None."""
        query = 'select organization, "user" from identities where connection = ?'
        row = self._cache.execute(query, (connection,)).fetchone()
        return (row[0], row[1]) if row else None

    def save_identity(self, connection: str, organization: str, user: str) -> None:
        """Keep who we are over there."""
        self._cache.execute(
            upsert("identities", ("connection", "organization", '"user"'), ("connection",)),
            (connection, organization, user),
        )

"""What a database says of the disk is told as that, and not as damage or as a fault of ours."""

import errno
import os
import sqlite3
from pathlib import Path

import duckdb
import pytest

from pardotflow.store.damage import ledger_error
from pardotflow.store.disk import disk_error

DRAFT = 'Could not write file "/p/draft.plan"'


@pytest.mark.parametrize(
    ("text", "number", "way_out"),
    [
        (f"TransactionContext Error: Failed to commit: {DRAFT}: {{}}", errno.ENOSPC, "Make room on the disk."),
        (f"IO Error: Detached.\nInvalidated. Original error: {DRAFT}: {{}}", errno.EDQUOT, "Make room on the disk."),
        ('IO Error: Cannot open file "/p/draft.plan": {}', errno.EACCES, "Check the rights of the file"),
    ],
)
def test_the_disk_of_a_duckdb_file(text: str, number: int, way_out: str) -> None:
    found = disk_error(duckdb.IOException(text.format(os.strerror(number))))
    assert found is not None
    assert "/p/draft.plan" in str(found)
    assert str(found).endswith(os.strerror(number))
    assert "Error: " not in str(found)
    assert found.hint.startswith(way_out)


def test_other_trouble_is_not_the_disk() -> None:
    assert disk_error(duckdb.BinderException('Binder Error: column "space" does not exist')) is None


def test_a_disk_error_of_sqlite_is_no_damage() -> None:
    """On a full disk the first thing that fails is the file of shared memory."""
    trouble = sqlite3.OperationalError("disk I/O error")
    trouble.sqlite_errorcode = sqlite3.SQLITE_IOERR | (19 << 8)
    assert ledger_error(Path("/p/ledger.sqlite"), trouble).hint == "Check the disk: it may be full, or at fault."

"""Files with personal data are made so that nobody else can read them."""

import os
from pathlib import Path

import pytest

from pardotflow.store.layout import write_private


def test_a_private_file_is_new_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    before = os.umask(0)
    try:
        write_private(file, "a\r\n")
    finally:
        os.umask(before)
    assert (file.stat().st_mode & 0o777, file.read_bytes()) == (0o600, b"a\r\n")
    with pytest.raises(FileExistsError):
        write_private(file, "b")

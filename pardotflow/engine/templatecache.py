"""The compiled `.sql` templates, kept in the user's cache folder: compiling them takes longer than using them.

Nothing of a project is in them. Where the folder cannot be used, or is not the user's alone, they are compiled anew.
"""

import os
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from stat import S_IRWXG, S_IRWXO

import jinja2
from jinja2.bccache import Bucket

from pardotflow import __version__
from pardotflow.config.environment import process_environment

_DIGEST = 32
_VERSIONS = f"{__version__}-jinja{jinja2.__version__}-{sys.implementation.cache_tag}"


class TemplateCache(jinja2.BytecodeCache):
    """A file for each template, by its name and the versions: the digest of what follows, then what jinja2 keeps, which
    names the template's text by its checksum."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket from its file, where there is one."""
        with suppress(OSError):
            folder = self._folder.stat()
            # What another user could have put there would be run as code.
            if folder.st_mode & (S_IRWXG | S_IRWXO) or folder.st_uid != os.getuid():
                return
            kept = self._file(bucket).read_bytes()
            if kept[:_DIGEST] == sha256(kept[_DIGEST:]).digest():
                bucket.bytecode_from_string(kept[_DIGEST:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled: whole or not at all."""
        part = self._file(bucket).with_suffix(f".{os.getpid()}")
        made = bucket.bytecode_to_string()
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(sha256(made).digest() + made)
            part.replace(self._file(bucket))

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}-{_VERSIONS}.bin"


def template_cache() -> TemplateCache | None:
    """In the folder where a user's programs keep what they can make again (XDG Base Directory Specification)."""
    found = process_environment().get("XDG_CACHE_HOME", "")
    try:
        base = Path(found) if Path(found).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return TemplateCache(base / "pardotflow")

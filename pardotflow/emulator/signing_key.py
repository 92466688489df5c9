"""The key pair with which a client signs assertions: the org has the public half, the client the private one.

Both are kept in the data file, so that every process that serves it knows them. Needs the package `cryptography`.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.identity import SIGNING_KEY
from pardotflow.emulator.problem import EmulatorError

_EXPONENT = 65_537
_BITS = 2_048


def write_signing_key(data: Path) -> Path:
    """Put the private key beside the data file, readable by its owner only; it is made on the first call."""
    file = DataFile(data)
    try:
        with file.write() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (SIGNING_KEY,)).fetchone()
            text = str(row[0]) if row else make_key()[1].decode()
            if row is None:
                db.execute("INSERT INTO meta VALUES (?, ?)", (SIGNING_KEY, text))
    finally:
        file.close()
    path = data.with_name(f"{data.name}.jwt.pem").absolute()
    write_private(path, text.encode())
    return path


def make_key() -> tuple[RSAPrivateKey, bytes]:
    """A new RSA key, and its text."""
    key = generate_private_key(_EXPONENT, _BITS)
    return key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read; it appears whole. Raises `EmulatorError`."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
            stream.write(content)
        part.replace(path)
    except OSError as cause:
        raise EmulatorError(f"cannot write {path}: {cause.strerror}") from cause


def is_signed(private_pem: str, message: bytes, signature: bytes) -> bool:
    """Whether the owner of the key signed the message (RSA with SHA-256, PKCS #1 v1.5)."""
    key = load_pem_private_key(private_pem.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        return False
    try:
        key.public_key().verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True

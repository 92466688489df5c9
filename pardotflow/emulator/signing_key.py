"""The key pair with which a client signs assertions: the org has the public half, the client the private one.

Needs the package `cryptography`.
"""

from __future__ import annotations

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

from pardotflow.emulator.identity import SIGNING_KEY
from pardotflow.emulator.kept_text import keep_text, write_beside

_EXPONENT = 65_537
_BITS = 2_048


def write_signing_key(data: Path) -> Path:
    """Put the private key beside the data file, readable by its owner only; it is made on the first call."""
    return write_beside(data, "jwt.pem", keep_text(data, SIGNING_KEY, _make))


def _make() -> str:
    key = generate_private_key(_EXPONENT, _BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


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

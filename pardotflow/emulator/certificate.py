"""A certificate for https on this machine: signed by itself, for localhost, 127.0.0.1 and ::1.

Clients trust it by its file. It names no authority, so that trusting it means trusting this data file's server and
nothing else. Needs the package `cryptography`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pardotflow.emulator.identity import CERTIFICATE
from pardotflow.emulator.kept_text import keep_text, write_beside

_LIFE = timedelta(days=397)
_REST = timedelta(days=7)
_END = "-----END CERTIFICATE-----\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Two files beside the data file: what clients trust, and the key that only the server reads."""

    public: Path
    key: Path


def write_certificate(data: Path) -> Certificate:
    """The certificate of a data file, made on the first call, and again a week before it ends."""
    text = keep_text(data, CERTIFICATE, _make, _is_good)
    public, _, key = text.partition(_END)
    return Certificate(
        public=write_beside(data, "cert.pem", public + _END, 0o644), key=write_beside(data, "key.pem", key)
    )


def _is_good(text: str) -> bool:
    return x509.load_pem_x509_certificate(text.encode()).not_valid_after_utc > datetime.now(UTC) + _REST


def _make() -> str:
    key = generate_private_key(SECP256R1())
    public = _build(key).public_bytes(Encoding.PEM).decode()
    return public + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _build(key: EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    hosts = [x509.DNSName("localhost"), *(x509.IPAddress(ip_address(each)) for each in ("127.0.0.1", "::1"))]
    now = datetime.now(UTC)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signing_only(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(key, SHA256())
    )


def _signing_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )

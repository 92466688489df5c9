"""The environment variables with which a client reaches an emulator, and which data file it serves.

The values belong to the data file and stay the same in it; only the port may change.
"""

from __future__ import annotations

from pathlib import Path

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.extra import load_extra
from pardotflow.emulator.identity import Identity, load_identity

_CERTIFICATE_NAMES = ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")


def environment(data: Path, port: int, *, tls: bool = False) -> dict[str, str]:
    """Variables for the emulator that serves `data` on `port`. Raises `EmulatorError` where there is no such file.

    With `tls` also those by which clients find the certificate, which this writes beside the data file.
    """
    identity = _identity(data)
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    found = {
        "SF_LOGIN_URL": url,
        "SF_INSTANCE_URL": url,
        "SF_CLIENT_ID": identity.client_id,
        "SF_CLIENT_SECRET": identity.client_secret,
        "SF_REFRESH_TOKEN": identity.refresh_token,
        "SF_ACCESS_TOKEN": identity.access_token,
        "SF_USERNAME": identity.connected.username,
        "SF_PASSWORD": identity.password,
        "SF_SECURITY_TOKEN": identity.security_token,
        "PARDOT_URL": url,
        "PARDOT_BUSINESS_UNIT_ID": identity.business_unit_id,
    }
    if not tls:
        return found
    public = str(load_extra("certificate").write_certificate(data).public)
    return found | dict.fromkeys(_CERTIFICATE_NAMES, public)


def key_environment(data: Path) -> dict[str, str]:
    """The file with the private key for JWT assertions, which this writes. Raises `EmulatorError`."""
    return {"SF_JWT_KEY_FILE": str(load_extra("signing_key").write_signing_key(data))}


def read_instance(data: Path) -> str:
    """What tells a data file from every other one, of the same seed too. Raises `EmulatorError`."""
    return _identity(data).instance


def _identity(data: Path) -> Identity:
    file = DataFile(data)
    try:
        return load_identity(file.read())
    finally:
        file.close()

"""The environment variables with which a client reaches an emulator, and which data file it serves.

The values belong to the data file and stay the same in it; only the port may change.
"""

from __future__ import annotations

from pathlib import Path

from pardotflow.emulator.datafile import DataFile
from pardotflow.emulator.identity import Identity, load_identity


def environment(data: Path, port: int) -> dict[str, str]:
    """Variables for the emulator that serves `data` on `port`. Raises `EmulatorError` where there is no such file."""
    identity = _identity(data)
    url = f"http://127.0.0.1:{port}"
    return {
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


def read_instance(data: Path) -> str:
    """What tells a data file from every other one, of the same seed too. Raises `EmulatorError`."""
    return _identity(data).instance


def _identity(data: Path) -> Identity:
    file = DataFile(data)
    try:
        return load_identity(file.read())
    finally:
        file.close()

"""Who the emulated org is: its ids, its connected app and the people who write.

The values are made once, when the data file is made, and never change in it.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from pardotflow.emulator.ids import checksum, is_id, to_18
from pardotflow.emulator.problem import EmulatorError

SIGNING_KEY = "signing_key"
"""Where the data file keeps the key pair for assertions."""
CERTIFICATE = "certificate"
"""Where the data file keeps the certificate for https."""
SCOPES = "refresh_token pardot_api api"
_ADMIN_ID = "0055e00000ADAad"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user in both systems."""

    salesforce_id: str
    pardot_id: int
    username: str
    email: str
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The org. `connected` is the user of the connected app, `admin` the person who edits by hand."""

    org_id: str
    org_name: str
    business_unit_id: str
    client_id: str
    client_secret: str
    refresh_token: str
    access_token: str
    password: str
    security_token: str
    connected: Person
    admin: Person
    instance: str = ""
    """Tells this data file from every other one, of the same seed too; empty in files of before."""


def _random_text(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _random_id(prefix: str) -> str:
    id15 = f"{prefix}5e00000{_random_text(5)}"
    return id15 + checksum(id15)


def make_token(org_id: str) -> str:
    """A session id as the token endpoint gives it: the org's 15-character id, `!`, and text without meaning."""
    return f"{org_id[:15]}!AQ{_random_text(94)}"


def make_refresh_token() -> str:
    """A refresh token: text without meaning."""
    return f"5Aep861{_random_text(80)}"


def build_identity(given: Mapping[str, Any]) -> Identity:
    """A new identity; `given` is the `org:` part of a seed (org_id, business_unit_id, org_name, credentials, user).

    `person_accounts` is among them and says nothing of who the org is: the seed gives Account the fields of a person.
    """
    org_id = _given_id(given, "org_id", "00D")
    unit = _given_id(given, "business_unit_id", "0Uv")
    known = {
        "org_id",
        "org_name",
        "business_unit_id",
        "client_id",
        "client_secret",
        "refresh_token",
        "access_token",
        "password",
        "security_token",
        "user",
        "person_accounts",
    }
    unknown = set(given) - known
    if unknown:
        raise EmulatorError(f"unknown key under org: {', '.join(sorted(map(str, unknown)))}")
    user = given.get("user") or {}
    if not isinstance(user, Mapping):
        raise EmulatorError("org: user must be a mapping")
    if not isinstance(given.get("person_accounts"), bool | None):
        raise EmulatorError(f"org: person_accounts must be true or false, not {given['person_accounts']!r}")
    wrong = sorted(key for key in known - {"user"} if not isinstance(given.get(key), str | int | None))
    if wrong:
        raise EmulatorError(f"org: {wrong[0]} must be a text, not {given[wrong[0]]!r}")
    if given.get("refresh_token") and given.get("refresh_token") == given.get("access_token"):
        raise EmulatorError("org: refresh_token and access_token must differ")
    return Identity(
        org_id=org_id,
        org_name=str(given.get("org_name", "Emulated Org")),
        business_unit_id=unit,
        client_id=str(given.get("client_id") or f"3MVG9{_random_text(80)}"),
        client_secret=str(given.get("client_secret") or secrets.token_hex(32).upper()),
        refresh_token=str(given.get("refresh_token") or make_refresh_token()),
        access_token=str(given.get("access_token") or make_token(org_id)),
        password=str(given.get("password") or _random_text(16)),
        security_token=str(given.get("security_token") or _random_text(24)),
        connected=_build_connected(user),
        admin=Person(
            salesforce_id=_ADMIN_ID + checksum(_ADMIN_ID),
            pardot_id=9000002,
            username="ada.admin@emulator.test",
            email="ada.admin@emulator.test",
            first_name="Ada",
            last_name="Admin",
        ),
        instance=secrets.token_hex(4),
    )


def _given_id(given: Mapping[str, Any], key: str, prefix: str) -> str:
    text = given.get(key)
    if text is None:
        return _random_id(prefix)
    if not isinstance(text, str) or not is_id(text) or not text.startswith(prefix):
        raise EmulatorError(f"org: {key} must be a record id that starts with {prefix}, not {text!r}")
    return to_18(text) or text


def _build_connected(given: Mapping[str, Any]) -> Person:
    known = {"id", "pardot_id", "name", "username", "email", "first_name", "last_name"}
    unknown = set(map(str, given)) - known
    if unknown:
        raise EmulatorError(f"unknown key under org: user: {', '.join(sorted(unknown))}")
    pardot_id = given.get("pardot_id", 9000001)
    if not isinstance(pardot_id, int) or isinstance(pardot_id, bool) or pardot_id < 1:
        raise EmulatorError(f"org: user: pardot_id must be a number from 1 on, not {pardot_id!r}")
    first, _, last = str(given.get("name", "Integration User")).rpartition(" ")
    username = str(given.get("username", "integration@emulator.test"))
    return Person(
        salesforce_id=_given_id({"id": given.get("id", "0055e00000INTus")}, "id", "005"),
        pardot_id=pardot_id,
        username=username,
        email=str(given.get("email", username)),
        first_name=str(given.get("first_name", first)),
        last_name=str(given.get("last_name", last)),
    )


def save_identity(db: sqlite3.Connection, identity: Identity) -> None:
    """Write the identity and its two standing tokens into a new data file."""
    db.execute("INSERT INTO meta VALUES ('identity', ?)", (json.dumps(asdict(identity)),))
    user = identity.connected.salesforce_id
    db.executemany(
        "INSERT INTO token (token, kind, user_id, parent, scope) VALUES (?, ?, ?, ?, ?)",
        [
            (identity.refresh_token, "refresh", user, None, SCOPES),
            (identity.access_token, "access", user, identity.refresh_token, SCOPES),
        ],
    )


def load_identity(db: sqlite3.Connection) -> Identity:
    """Read the identity of a data file."""
    (text,) = db.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
    return parse_identity(text)


@lru_cache(maxsize=8)
def parse_identity(text: str) -> Identity:
    """An identity as it is stored.

    The parsed form depends on the stored text alone, so it is kept; the text itself is read every time.
    """
    raw = json.loads(text)
    raw["connected"], raw["admin"] = Person(**raw["connected"]), Person(**raw["admin"])
    return Identity(**raw)

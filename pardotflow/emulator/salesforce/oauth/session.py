"""Tokens as rows of the data file: opened, found, prolonged, taken back.

A session lives as long as it is used, and a refresh token until it is revoked (facts: salesforce_api.md §1.3). The
access token that the file was made with has no end of its own.
"""

from __future__ import annotations

import sqlite3

from pardotflow.emulator.exchange import Call
from pardotflow.emulator.identity import SCOPES, make_refresh_token, make_token
from pardotflow.emulator.state import State


def find_session(state: State, call: Call) -> str | None:
    """The user id of the caller's access token; None where it is missing, expired or revoked."""
    token = bearer(call)
    return find_user(state, token) if token else None


def bearer(call: Call) -> str | None:
    """The token of the Authorization header."""
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() in {"bearer", "oauth"} else None


def find_user(state: State, token: str) -> str | None:
    """The user id of an access token that is valid now; this use makes it live longer."""
    row = state.db.execute(
        "SELECT user_id, expires_at FROM token WHERE token = ? AND kind = 'access' AND NOT revoked", (token,)
    ).fetchone()
    if row is None or (row[1] is not None and row[1] < state.now):
        return None
    _prolong(state, token, row[1])
    return str(row[0])


def _prolong(state: State, token: str, expires_at: float | None) -> None:
    """Every call resets the timer of a session; the file is written only once the timer has moved noticeably."""
    life = state.switches.session_seconds
    if expires_at is not None and expires_at - state.now < life * 0.9:
        with state.file.note() as db:
            db.execute("UPDATE token SET expires_at = ? WHERE token = ?", (state.now + life, token))


def open_session(state: State, user_id: str, *, parent: str | None = None, scope: str = SCOPES) -> str:
    """A new access token, which ends with its parent."""
    token = make_token(state.identity.org_id)
    with state.file.write() as db:
        db.execute(
            "INSERT INTO token (token, kind, user_id, parent, expires_at, scope, issued_at)"
            " VALUES (?, 'access', ?, ?, ?, ?, ?)",
            (token, user_id, parent, state.now + state.switches.session_seconds, scope, state.now),
        )
    return token


def open_refresh(state: State, user_id: str, scope: str) -> str:
    """A new refresh token."""
    token = make_refresh_token()
    with state.file.write() as db:
        db.execute(
            "INSERT INTO token (token, kind, user_id, scope, issued_at) VALUES (?, 'refresh', ?, ?, ?)",
            (token, user_id, scope, state.now),
        )
    return token


def revoke(db: sqlite3.Connection, token: str) -> int:
    """Take a token back, and what hangs on it; the number of tokens that this ended."""
    return db.execute(
        "UPDATE token SET revoked = 1 WHERE (token = ? OR parent = ?) AND NOT revoked", (token, token)
    ).rowcount


def rotate(db: sqlite3.Connection, old: str, new: str) -> None:
    """A new refresh token in the place of an old one; the sessions stay, and hang on the new one."""
    db.execute("UPDATE token SET parent = ? WHERE parent = ?", (new, old))
    db.execute("UPDATE token SET revoked = 1 WHERE token = ?", (old,))

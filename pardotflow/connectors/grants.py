"""The ways to ask Salesforce for an access token; Account Engagement takes the same tokens.

A grant is data: where to post and which form. Nothing here speaks to the network.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from pardotflow.core.secret import Secret


class Grant(Protocol):
    """One OAuth 2.0 grant."""

    @property
    def login_url(self) -> str:
        """Scheme and host of the login server, for example `https://login.salesforce.com`."""

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What must never be shown."""

    def form(self) -> Mapping[str, str]:
        """The fields of the token request, in clear."""


def _client_fields(client_id: str, client_secret: Secret | None) -> dict[str, str]:
    fields = {"client_id": client_id}
    if client_secret is not None:
        fields["client_secret"] = client_secret.reveal()
    return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshTokenGrant:
    """A person signed in once and left a refresh token. Public clients have no secret.

    `login_url` is `https://login.salesforce.com`, `https://test.salesforce.com` for sandboxes, or the org's My Domain.
    """

    login_url: str
    client_id: str
    client_secret: Secret | None
    refresh_token: Secret

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The client's secret and the refresh token."""
        return tuple(s for s in (self.client_secret, self.refresh_token) if s is not None)

    def form(self) -> Mapping[str, str]:
        """The fields of OAuth 2.0, refresh token flow."""
        return {
            "grant_type": "refresh_token",
            "refresh_token": self.refresh_token.reveal(),
            **_client_fields(self.client_id, self.client_secret),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentialsGrant:
    """The application signs in as itself and runs as its integration user; only My Domain hosts take it."""

    login_url: str
    client_id: str
    client_secret: Secret

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The client's secret."""
        return (self.client_secret,)

    def form(self) -> Mapping[str, str]:
        """The fields of OAuth 2.0, client credentials flow."""
        return {"grant_type": "client_credentials", **_client_fields(self.client_id, self.client_secret)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCodeGrant:
    """The second half of signing in by browser: the code that came back, once, for a first refresh token.

    `verifier` is the text whose digest went into `build_authorize_url` (PKCE).
    """

    login_url: str
    client_id: str
    client_secret: Secret | None
    code: Secret
    redirect_uri: str
    verifier: Secret

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The client's secret, the code and its verifier."""
        return tuple(s for s in (self.client_secret, self.code, self.verifier) if s is not None)

    def form(self) -> Mapping[str, str]:
        """The fields of OAuth 2.0, web server flow with proof key."""
        return {
            "grant_type": "authorization_code",
            "code": self.code.reveal(),
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier.reveal(),
            **_client_fields(self.client_id, self.client_secret),
        }


def build_authorize_url(
    login_url: str, *, client_id: str, redirect_uri: str, state: str, verifier: Secret, scopes: tuple[str, ...]
) -> str:
    """The address that a person opens to sign in; scopes are for example `api pardot_api refresh_token`."""
    digest = hashlib.sha256(verifier.reveal().encode()).digest()
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(scopes),
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{login_url.rstrip('/')}/services/oauth2/authorize?{urlencode(query)}"

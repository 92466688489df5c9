"""What clients of Salesforce need in order to reach an emulator, and a word where it lacks what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from ..running import DATA, Emulator


class Loopback(HTTPAdapter):
    """Brings requests to any https address to the emulator; clients insist on https and on salesforce.com."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self._host = urlsplit(emulator.environment["SF_INSTANCE_URL"]).netloc

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send the request in plain HTTP; nothing else of it changes."""
        assert request.url is not None
        request.url = urlsplit(request.url)._replace(scheme="http", netloc=self._host).geturl()
        return super().send(request, *args, **options)


def session(emulator: Emulator) -> requests.Session:
    """A session of `requests` that knows no other host than the emulator."""
    made = requests.Session()
    made.trust_env = False
    made.mount("https://", Loopback(emulator))
    return made


def need_route(emulator: Emulator, method: str, path: str, body: Mapping[str, object] | None = None) -> None:
    """Skip the test where nothing answers at a path below `/services`; `/jobs/query` is one of the newest version."""
    full = path if path.startswith("/services") else DATA + path
    answer = emulator.salesforce.request(method, emulator.environment["SF_INSTANCE_URL"] + full, json=body or {})
    missing = answer.status_code == 405 or (answer.status_code == 404 and "NOT_FOUND" in answer.text)
    if missing:
        pytest.skip(f"the emulator has no route {method} {path}")


def need_grant(emulator: Emulator, grant: str) -> None:
    """Skip the test where the token endpoint does not know the grant type."""
    answer = emulator.plain.post("/services/oauth2/token", data={"grant_type": grant})
    if answer.json().get("error") == "unsupported_grant_type":
        pytest.skip(f"the emulator has no grant {grant} at POST /services/oauth2/token")


def need_variable(emulator: Emulator, name: str) -> str:
    """The value of a variable of the environment; skips the test where it is not given."""
    if name not in emulator.environment:
        pytest.skip(f"the emulator's environment has no {name}")
    return emulator.environment[name]


def need_key(emulator: Emulator) -> str:
    """The file of the private key for signed tokens; skips the test where the emulator writes none."""
    write = getattr(import_module("pardotflow.emulator.environment"), "key_environment", None)
    if write is None:
        pytest.skip("the emulator's environment has no SF_JWT_KEY_FILE")
    return str(write(emulator.data)["SF_JWT_KEY_FILE"])

"""What clients of Salesforce need in order to reach an emulator, and a word where it lacks what they ask for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from tests.emulator.running import Emulator


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

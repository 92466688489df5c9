"""Takes credentials out of every text that could be shown.

Texts pass through here before they become part of an exception. Two nets: the secrets that we know, and the shapes that
tokens have, for those that we have not seen yet.
"""

import re
import threading

from pardotflow.core.secret import MASK, Secret

_SHAPES = (
    re.compile(r"00D[0-9A-Za-z]{12}![0-9A-Za-z._%-]+"),
    re.compile(r"(?i)(?<=bearer )[^\s\"',;]+"),
    re.compile(r"(?i)(?<=token=)[^\s\"'&;]+"),
    re.compile(r"(?i)(?<=client_secret=)[^\s\"'&;]+"),
)
_SHORTEST = 4
"""Shorter texts are not masked by value: they would stand in ordinary words."""


class Redactor:
    """A growing set of secrets, safe to share between threads."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def learn(self, *secrets: Secret | None) -> None:
        """Mask these from now on."""
        texts = {s.reveal() for s in secrets if s is not None}
        with self._lock:
            self._known |= {t for t in texts if len(t) >= _SHORTEST}

    def redact(self, text: str) -> str:
        """The text without secrets."""
        with self._lock:
            known = sorted(self._known, key=len, reverse=True)
        for secret in known:
            text = text.replace(secret, MASK)
        for shape in _SHAPES:
            text = shape.sub(MASK, text)
        return text

"""Which settings are secrets, and how lines that hold one are shown.

A secret in clear text is masked in every frame and never repeated in a message, also under a key that is only nearly
the name of a secret setting.
"""

import re

from pardotflow.core.secret import MASK

SECRET_SETTINGS = frozenset({"client_secret", "refresh_token", "password", "private_key", "access_token"})

_LIKE_SECRET = re.compile(r"secr|tok|passw|pwd|priv|cred", re.IGNORECASE)
_SETTING = re.compile(
    r"""(?P<before>[\w-]*(?:secr|tok|passw|pwd|priv|cred)[\w-]*["']?\s*:\s*)(?P<value>"[^"]*"?|'[^']*'?|[^\s,}'"][^,}]*)""",
    re.IGNORECASE,
)
_LOOKED_UP = re.compile(r"""["']?\s*\{\{\s*(env_var|var)\(\s*["'][^"']*["']\s*\)\s*\}\}\s*["']?\s*""")


def is_like_secret(name: str) -> bool:
    """True where a key's name says that its value must not be shown."""
    return _LIKE_SECRET.search(name) is not None


def masked_lines(lines: list[str]) -> list[str]:
    """The lines of a file with every clear value of a secret-like key masked, those that continue below it too."""
    shown: list[str] = []
    hidden_below: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if hidden_below is not None and (not line.strip() or indent > hidden_below):
            shown.append(" " * indent + (MASK if line.strip() else ""))
            continue
        hidden_below = indent if _SETTING.search(line) and not _only_lookups(line) else None
        shown.append(_SETTING.sub(_mask, line))
    return shown


def _only_lookups(line: str) -> bool:
    return all(_LOOKED_UP.fullmatch(found["value"]) for found in _SETTING.finditer(line))


def _mask(found: re.Match[str]) -> str:
    return found[0] if _LOOKED_UP.fullmatch(found["value"]) else found["before"] + MASK

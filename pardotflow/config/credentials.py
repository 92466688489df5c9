"""Which settings are secrets, and how lines that hold one are shown.

A secret in clear text is masked in every frame and never repeated in a message, also under a key that is only nearly
the name of a secret setting.
"""

import difflib
import re

from pardotflow.core.secret import MASK

SECRET_SETTINGS = frozenset({"client_secret", "refresh_token", "password", "private_key", "access_token"})

_NEAR = 0.75
_LIKE_SECRET = re.compile(r"secr|tok|passw|pwd|priv|cred", re.IGNORECASE)
_SETTING = re.compile(r"""(?P<key>[\w-]+)(?P<colon>["']?\s*:\s*)(?P<value>"[^"]*"?|'[^']*'?|[^\s,{}'"][^,}]*)""")
_LOOKED_UP = re.compile(r"""["']?\s*\{\{\s*(env_var|var)\(\s*["'][^"']*["']\s*\)\s*\}\}\s*["']?\s*""")


def is_like_secret(name: str) -> bool:
    """True where a key's name says that its value must not be shown, also where it is a slip of a secret's name."""
    is_near = difflib.get_close_matches(name.lower(), SECRET_SETTINGS, n=1, cutoff=_NEAR)
    return bool(is_near) or _LIKE_SECRET.search(name) is not None


def masked_lines(lines: list[str]) -> list[str]:
    """The lines of a file with every clear value of a secret-like key masked, those that continue below it too."""
    shown: list[str] = []
    hidden_below: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if hidden_below is not None and (not line.strip() or indent > hidden_below):
            shown.append(" " * indent + (MASK if line.strip() else ""))
            continue
        hidden_below = indent if any(_is_hidden(found) for found in _SETTING.finditer(line)) else None
        shown.append(_SETTING.sub(_mask, line))
    return shown


def _is_hidden(found: re.Match[str]) -> bool:
    return is_like_secret(found["key"]) and not _LOOKED_UP.fullmatch(found["value"])


def _mask(found: re.Match[str]) -> str:
    return found["key"] + found["colon"] + MASK if _is_hidden(found) else found[0]

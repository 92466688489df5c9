"""How the meta data of a plan names the moments that an apply remembers.

One key a moment, `moment/SYNC/WHAT`; the sync is empty for what concerns them all.
"""

PREFIX = "moment/"
PAUSED = "paused"
CONNECTOR = "connector"


def moment_key(sync: str, what: str) -> str:
    """The key of one moment."""
    return f"{PREFIX}{sync}/{what}"

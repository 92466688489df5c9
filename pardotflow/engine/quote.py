"""Names and texts as SQL; the only place where text becomes part of a statement."""


def name(text: str) -> str:
    """An SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str | None) -> str:
    """An SQL text literal, or null."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


def literals(texts: list[str] | tuple[str, ...]) -> str:
    """A comma-separated list of text literals."""
    return ", ".join(literal(t) for t in texts)

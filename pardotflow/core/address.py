"""The name of a record or of one field of it, as people type and read it: `Contact/003…#Phone`.

The same form works in `emulator set`, `plan --record` and in everything that is printed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Address:
    """Object, record id or e-mail address, and perhaps a field."""

    object: str
    id: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.object}/{self.id}" + (f"#{self.field}" if self.field else "")


def parse_address(text: str) -> Address:
    """Read `Object/id` or `Object/id#Field`; raises ValueError with what is missing."""
    record, _, field = text.partition("#")
    name, slash, key = record.partition("/")
    if not (slash and name and key):
        raise ValueError(f"{text!r} is not an address: write Object/id, for example Contact/003… or prospect/1042")
    return Address(object=name, id=key, field=field)

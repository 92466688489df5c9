"""The closed list of field types and what each means for comparing and writing.

Every system's own types are brought to these by its connector; the engine decides with these alone.
"""

from collections.abc import Iterable
from enum import StrEnum


class FieldType(StrEnum):
    """What a field holds. `unknown` is compared as text."""

    TEXT = "text"
    TEXTAREA = "textarea"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    ID = "id"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    ARRAY = "array"
    UNKNOWN = "unknown"

    @property
    def is_number(self) -> bool:
        """True for types that are compared by numeric value."""
        return self in (FieldType.INTEGER, FieldType.NUMBER)


SEPARATOR = ";"
"""Between the values of a field that holds several, as Salesforce writes them; no value of a picklist has it."""
UNREADABLE = "\x01"
"""What stands before a text that cannot be read as its field's type: it is held, and equals nothing but itself."""
UNREAD = f"{UNREADABLE}not read"
"""In place of a value that nobody has asked for yet, which says nothing about whether it is blank."""


def join_values(values: Iterable[object]) -> str | None:
    """The values of a field that holds several, as one text; None for none, unreadable where one has the separator."""
    texts = [str(value) for value in values if value is not None and str(value).strip()]
    mark = UNREADABLE if any(SEPARATOR in text for text in texts) else ""
    return mark + SEPARATOR.join(texts) if texts else None


def split_values(text: str) -> list[str]:
    """The inverse for a text that is readable: its values without the white space around them."""
    return [value.strip() for value in text.split(SEPARATOR) if value.strip()]


class System(StrEnum):
    """The three sides that a sync can have."""

    SALESFORCE = "salesforce"
    PARDOT = "pardot"
    WAREHOUSE = "warehouse"

"""The closed list of field types and what each means for comparing and writing.

Every system's own types are brought to these by its connector; the engine decides with these alone.
"""

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


class System(StrEnum):
    """The three sides that a sync can have."""

    SALESFORCE = "salesforce"
    PARDOT = "pardot"
    WAREHOUSE = "warehouse"

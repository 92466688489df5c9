"""Which records a user may see: what is assigned to others, and jobs of others, only with the ability for it.

What is hidden is left out of pages and not found by id; a warning says so (facts pardot_api sections 2.6, 3.1, 4 to 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pardotflow.emulator.pardot.abilities import BULK_VIEW, EXPORTS, IMPORTS, OTHERS, needed
from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.errors import PardotError
from pardotflow.emulator.pardot.schema.objects import Collection

REDACTED = {"Pardot-Warning": "202;Record(s) have been redacted from output due to access rules"}
# The column that says whose a record is, and the ability to see those of others.
_OWNED: Mapping[str, tuple[str, str]] = {
    "prospects": ("assignedToId", OTHERS),
    "imports": ("createdById", IMPORTS),
    "exports": ("createdById", EXPORTS),
    "bulk-actions": ("createdById", BULK_VIEW),
}


def owner_column(collection: Collection, alias: str) -> str:
    """SQL for whose a record is; NULL where it is nobody's."""
    return f'{alias}."{_OWNED[collection.path][0]}"' if collection.path in _OWNED else "NULL"


def hides_others(context: Context, collection: Collection) -> bool:
    """Whether the caller sees only what is their own."""
    return collection.path in _OWNED and not context.may(_OWNED[collection.path][1])


def check_owner(context: Context, collection: Collection, owner: object) -> None:
    """Raises 109 with the warning for a record that is hidden from the caller."""
    if hides_others(context, collection) and owner != context.user_id:
        raise PardotError(109, headers=REDACTED)


def check_visible(context: Context, collection: Collection, row: Mapping[str, Any]) -> None:
    """Raises 109 with the warning for a stored record that is hidden from the caller."""
    if collection.path in _OWNED:
        check_owner(context, collection, row[_OWNED[collection.path][0]])


def may_view(context: Context, collection: Collection, row: Mapping[str, Any]) -> bool:
    """Whether the answer to a write may show the record."""
    hidden = hides_others(context, collection) and row[_OWNED[collection.path][0]] != context.user_id
    return context.may(*needed(collection.path, "R")) and not hidden

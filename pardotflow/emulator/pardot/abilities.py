"""What a user of a business unit may do, in the words of the product's roles.

An ability is one line of facts pardot_api section 3 and those after it; what is not named there needs none.
"""

from __future__ import annotations

from collections.abc import Mapping

PROSPECTS = "Prospect > Prospects > "
SEGMENTATION = "Marketing > Segmentation > "
LIST = f"{SEGMENTATION}List > "
TAG = f"{SEGMENTATION}Tags > Create"
OTHERS = f"{PROSPECTS}View prospects not assigned to self"
ASSIGN = f"{PROSPECTS}Assign"
IMPORT = f"{PROSPECTS}Import"
EXTERNAL = "Prospect > External Activity > "
USERS = "Admin > User > View"
ACCOUNT = "Admin > Account > Edit Settings"
IMPORTS, EXPORTS = "Admin > Import > View", "Admin > Exports > View"
BULK_VIEW, BULK_EDIT = "Admin > Table Actions > View", "Admin > Table Actions > Edit"

ABILITIES = frozenset(
    {
        *(f"{PROSPECTS}{word}" for word in ("Create", "View", "Delete")),
        *(f"{LIST}{word}" for word in ("Create", "View", "Delete")),
        *(f"{EXTERNAL}{word}" for word in ("Create", "View")),
        *(TAG, OTHERS, ASSIGN, IMPORT, USERS, ACCOUNT, IMPORTS, EXPORTS, BULK_VIEW, BULK_EDIT),
    }
)

# What a verb of CRUDQ needs: to look, to write, to delete.
_WORDS = {"R": "View", "Q": "View", "C": "Create", "U": "Create", "D": "Delete"}
_AREAS: Mapping[str, tuple[str, ...]] = {
    "prospects": (PROSPECTS,),
    "lists": (LIST,),
    "list-memberships": (LIST, PROSPECTS),
    "external-activities": (EXTERNAL,),
}


def needed(path: str, verb: str) -> tuple[str, ...]:
    """The abilities that a verb of a collection needs."""
    if path == "users":
        return (USERS,)
    return tuple(area + _WORDS[verb] for area in _AREAS.get(path, ()))

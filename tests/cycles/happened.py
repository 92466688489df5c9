"""What people did between two moments, told by what the systems hold before and after, and not by who did it.

So a life that is refused in silence counts as nothing.
"""

from collections import Counter
from collections.abc import Sequence

from tests.cycles.draws import PAIRS
from tests.cycles.state import Key, State

BY_PEOPLE = (
    "arrived",
    "assigned",
    "both edited",
    "converted",
    "deleted",
    "edited",
    "hidden",
    "left",
    "merged",
    "new address",
    "undeleted",
)
BY_RUNS = ("refused",)
"""What the reports of the applies count."""
_EDITED = tuple(p.crm for p in PAIRS) + tuple(p.unit for p in PAIRS)
_FIELDS = {
    "assigned": ("OwnerId", "userId"),
    "edited": _EDITED,
    "left": ("Away__c", "Keep_Out__c"),
    "new address": ("Email", "email"),
}


ENOUGH = 3
"""Businesses in which everything happens at least once: in three of them each thing is tried twenty times and more."""


def missing(businesses: Sequence[Counter[str]]) -> list[str]:
    """What never came about in any of them; of a few businesses nothing is asked."""
    if len(businesses) < ENOUGH:
        return []
    total = sum(businesses, Counter[str]())
    return [kind for kind in (*BY_PEOPLE, *BY_RUNS) if not total[kind]]


def happened(before: State, after: State) -> Counter[str]:
    """How many records each thing happened to."""
    found: Counter[str] = Counter()
    for key in after.records:
        if key in before.records:
            found.update(_changes(before, after, key))
        elif key[1] not in after.became.values():
            found["arrived"] += 1
    return found


def _changes(before: State, after: State, key: Key) -> list[str]:
    is_gone = after.is_deleted(key) and not before.is_deleted(key)
    is_merged = is_gone and key[1] in after.became
    kinds = {
        "converted": after.is_converted(key) and not before.is_converted(key),
        "deleted": is_gone and not is_merged,
        "hidden": after.is_hidden(key) and not before.is_hidden(key),
        "merged": is_merged,
        "undeleted": before.is_deleted(key) and not after.is_deleted(key),
        "both edited": key[0] == "prospect" and _is_edited(before, after, key) and _is_other_edited(before, after, key),
    }
    kinds |= {kind: _differ(before, after, key, fields) for kind, fields in _FIELDS.items()}
    return [kind for kind, is_so in kinds.items() if is_so]


def _is_edited(before: State, after: State, key: Key) -> bool:
    return key in before.records and _differ(before, after, key, _EDITED)


def _is_other_edited(before: State, after: State, key: Key) -> bool:
    id = after.value_under("salesforce_id", key)
    return any(_is_edited(before, after, k) for k in (("Contact", id), ("Lead", id)) if k in after.records)


def _differ(before: State, after: State, key: Key, fields: tuple[str, ...]) -> bool:
    old, new = before.records[key], after.records[key]
    return any(old[name] != new[name] for name in fields if name in new)

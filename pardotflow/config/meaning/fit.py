"""Values that a target does not take although the field is right: picklists, lengths, several values, two spellings.

Facts: connector.md sections 3.4 (names are compared without case) and 3.5 (a Pardot checkbox holds several values).
What no describe tells (predefined values in Pardot, most of its lengths) is held by the plan instead.
"""

from collections.abc import Iterator
from itertools import pairwise

from pardotflow.config.meaning.maps import listed
from pardotflow.config.meaning.scope import Scope, refs_of, targets_of
from pardotflow.config.project import FieldMapping, FieldRef, Side, Sync
from pardotflow.core.describe import FieldInfo
from pardotflow.core.values import FieldType, System


def check_fit(scope: Scope) -> None:
    """Each mapping against what its targets take; all of it are warnings, since the plan holds what does not fit."""
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            for side, ref in refs_of(sync, mapping):
                _check_spelling(scope, side, ref)
            for side, ref in targets_of(sync, mapping):
                _check_lists(scope, side, ref)
                _check_length(scope, sync, mapping, side, ref)


def _check_spelling(scope: Scope, side: Side, ref: FieldRef) -> None:
    """Two fields whose names differ by case only count as one, for us as for the vendor."""
    for name, written in ref.by_object.items():
        info = scope.object_info(side, name)
        same = [f.name for f in info.fields if f.name.lower() == written.lower()] if info else []
        if len(same) > 1:
            message = f"{side.system} {name} has {' and '.join(same)}, which differ by case only: {same[0]} is meant"
            scope.findings.warning("PF167", message, ref.at(name), "Rename one of the fields there.")


def _check_lists(scope: Scope, side: Side, ref: FieldRef) -> None:
    """One field of Pardot for two objects: what one picklist takes, the other has to take too."""
    lists = [(name, info) for name, info in scope.infos(side, ref) if info.restricted_picklist]
    for (first, a), (second, b) in pairwise(lists):
        only = sorted(set(a.picklist_values) ^ set(b.picklist_values))
        if only:
            message = f'the picklists "{a.name}" of {first} and "{b.name}" of {second} differ by {listed(only)}'
            help = "Give both the same values; what one of them lacks is held, and is lost by a conversion."
            scope.findings.warning("PF167", message, ref.at(second), help)


def _check_length(scope: Scope, sync: Sync, mapping: FieldMapping, side: Side, ref: FieldRef) -> None:
    """A longer field into a shorter one, where the mapping does not say what happens to long values."""
    if "too_long" in mapping.spans or mapping.values:
        return
    longest = max((info.length for info in _sources(scope, sync, mapping, side) if _is_text(info)), default=0)
    for name, info in scope.infos(side, ref):
        if _is_text(info) and 0 < info.length < longest:
            message = f'"{info.name}" in {side.system} {name} takes {info.length} characters of up to {longest}'
            help = "Longer values are held. Write too_long: hold or cut to say which is meant."
            scope.findings.warning("PF167", message, ref.at(name), help)


def _sources(scope: Scope, sync: Sync, mapping: FieldMapping, target: Side) -> Iterator[FieldInfo]:
    for side, ref in refs_of(sync, mapping):
        if side is not target and side.system is not System.WAREHOUSE:
            yield from (info for _, info in scope.infos(side, ref))


def _is_text(info: FieldInfo) -> bool:
    # The vendors judge addresses themselves, and real ones are shorter than any of their fields.
    return info.type in (FieldType.TEXT, FieldType.TEXTAREA, FieldType.PHONE, FieldType.URL)

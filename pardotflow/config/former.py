"""`renamed_from:` as it can be followed: what was called so before is not there any more, and one line claims it."""

from collections.abc import Mapping, Sequence

from pardotflow.config.findings import Findings
from pardotflow.config.project import FieldMapping, FieldRef, Side, Sync
from pardotflow.core.span import Span
from pardotflow.core.values import System

_HELP = "Remove the line, or write what it was called before."
Claim = tuple[str, ...]


def check_former_names(syncs: Sequence[Sync], findings: Findings) -> None:
    """Report former names of syncs, objects and fields that cannot be followed."""
    claims: dict[Claim, Span] = {}
    names = {sync.name for sync in syncs}
    for sync in syncs:
        if sync.renamed_from:
            span = sync.at("renamed_from")
            if sync.renamed_from in names:
                findings.error("PF188", f'there still is a sync "{sync.renamed_from}"', span, _HELP)
            _claim(claims, (sync.renamed_from,), f'the sync "{sync.renamed_from}"', span, findings)
        for side in sync.sides:
            _check_objects(sync, side, claims, findings)
        for mapping in sync.fields:
            _check_fields(sync, mapping, claims, findings)


def _check_objects(sync: Sync, side: Side, claims: dict[Claim, Span], findings: Findings) -> None:
    span = side.at("renamed_from")
    for name, former in side.renamed_from.items():
        if name not in side.names:
            known = ", ".join(side.names)
            findings.error("PF188", f'"{name}" is not on the {side.system} side', span, f"There are: {known}.")
        elif former in side.names:
            findings.error("PF188", f'"{former}" is still on the {side.system} side', span, _HELP)
        else:
            claim = (sync.name, side.system, former)
            _claim(claims, claim, f'"{former}" of {side.system}', span, findings)


def _check_fields(sync: Sync, mapping: FieldMapping, claims: dict[Claim, Span], findings: Findings) -> None:
    for system, ref in mapping.renamed_from.items():
        for item, former in ref.by_object.items():
            user = next((m for m in sync.fields if _names(m, sync, system, item, former)), None)
            if user is not None:
                place = user.span.short
                findings.error("PF188", f'the field "{former}" is still mapped, in {place}', ref.span, _HELP)
                break
            claim = (sync.name, system, item, former)
            if not _claim(claims, claim, f'the field "{former}"', ref.span, findings):
                break


def _names(mapping: FieldMapping, sync: Sync, system: System, item: str, field: str) -> bool:
    refs: Mapping[System, FieldRef | None] = {sync.a.system: mapping.a, sync.b.system: mapping.b}
    ref = refs.get(system)
    return ref is not None and ref.name_in(item) == field


def _claim(claims: dict[Claim, Span], claim: Claim, what: str, span: Span, findings: Findings) -> bool:
    """False where an earlier line claims the same."""
    first = claims.setdefault(claim, span)
    if first is not span:
        findings.error("PF188", f"{what} is claimed twice, first in {first.short}", span, _HELP)
    return first is span

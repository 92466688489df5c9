"""What mappings write: fields that can be written, and each of them by one mapping only."""

from pardotflow.config.lineage import Obstacle, origin_of
from pardotflow.config.meaning.read_only import why_read_only
from pardotflow.config.meaning.scope import VENDORS, Scope, fields_in, other_side, targets_of
from pardotflow.config.persons import IS_PERSON, is_name, person_accounts
from pardotflow.config.project import FieldMapping, FieldRef, Side, Strength, Sync
from pardotflow.core.span import Span


def check_targets(scope: Scope) -> None:
    """Read-only targets, and fields that two mappings write."""
    first: dict[tuple[str, str, str], tuple[Sync, FieldMapping]] = {}
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            for side, ref in targets_of(sync, mapping):
                _check_writable(scope, sync, mapping, side, ref)
                for field, owners, span in fields_in(ref) if sync.strength is not Strength.OBSERVE else ():
                    keys = [(str(side.system), o.lower(), field.lower()) for o in owners]
                    earlier = next((first[k] for k in keys if k in first), None)
                    _check_once(scope, earlier, sync, f"{side.system} {' and '.join(owners)} {field}", span)
                    first |= {k: (sync, mapping) for k in keys if k not in first}


def _check_writable(scope: Scope, sync: Sync, mapping: FieldMapping, side: Side, ref: FieldRef) -> None:
    """Report fields that nobody can write, once for all objects that say the same."""
    for field, owners, span in fields_in(ref):
        if isinstance(origin_of(side, field), Obstacle):
            # Said of the model (see `meaning.read_models`).
            continue
        reasons: dict[str, list[str]] = {}
        for owner in owners:
            reason = _why_not(scope, sync, side, owner, field)
            if reason:
                reasons.setdefault(reason, []).append(owner)
        for reason, names in reasons.items():
            message = f'"{field}" in {side.system} {" and ".join(names)} cannot be written: {reason}'
            scope.findings.error("PF152", message, span, _way_out(sync, mapping, side))


def _why_not(scope: Scope, sync: Sync, side: Side, owner: str, field: str) -> str:
    info = scope.object_info(side, owner)
    known = info.field(field) if info else None
    if info and info.field(IS_PERSON) and owner == person_accounts(side, other_side(sync, side)) and is_name(field):
        return "a person account has a first and a last name instead"
    is_locked = known is not None and not known.updateable
    reason = why_read_only(side.system, owner, field, known)
    return reason or ("the connected user may not update it" if is_locked else "")


def _way_out(sync: Sync, mapping: FieldMapping, side: Side) -> str:
    other = other_side(sync, side).system
    can_turn = other in VENDORS and not mapping.sql
    return f"Write direction: to_{other}, or name another field." if can_turn else "Name another field."


def _check_once(scope: Scope, earlier: tuple[Sync, FieldMapping] | None, this: Sync, field: str, span: Span) -> None:
    if earlier is None:
        return
    sync, mapping = earlier
    where = "this sync" if sync is this else f"the sync {sync.name}"
    help = f"Its other mapping stands at {mapping.span.short}; keep one of them."
    scope.findings.error("PF153", f"two mappings write {field}: this one and one of {where}", span, help)

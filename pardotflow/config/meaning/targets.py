"""What mappings write: fields that can be written, and each of them by one mapping only."""

from pardotflow.config.meaning.read_only import why_read_only
from pardotflow.config.meaning.scope import Scope, targets_of
from pardotflow.config.project import FieldMapping, Strength, Sync
from pardotflow.core.describe import FieldInfo
from pardotflow.core.span import Span
from pardotflow.core.values import System


def check_targets(scope: Scope) -> None:
    """Read-only targets, and fields that two mappings write."""
    first: dict[tuple[str, str, str], tuple[Sync, FieldMapping]] = {}
    for sync in scope.project.syncs:
        for mapping in sync.fields:
            for side, ref in targets_of(sync, mapping):
                for name, field in ref.by_object.items():
                    info = scope.object_info(side, name)
                    check_writable(scope, side.system, name, field, info.field(field) if info else None, ref.at(name))
                    if sync.strength is not Strength.OBSERVE:
                        key = (str(side.system), name.lower(), field.lower())
                        earlier = first.setdefault(key, (sync, mapping))
                        _check_once(scope, earlier, (sync, mapping), f"{side.system} {name} {field}", ref.at(name))


def check_writable(
    scope: Scope, system: System, object_name: str, field: str, info: FieldInfo | None, span: Span
) -> None:
    """Report a field that nobody can write."""
    reason = why_read_only(system, object_name, field, info)
    if not reason and info is not None and not info.updateable:
        reason = "the connected user may not update it"
    if reason:
        message = f'"{field}" in {system} {object_name} cannot be written: {reason}'
        other = "pardot" if system is System.SALESFORCE else "salesforce"
        scope.findings.error("PF152", message, span, f"Write direction: to_{other}, or name another field.")


def _check_once(
    scope: Scope, earlier: tuple[Sync, FieldMapping], this: tuple[Sync, FieldMapping], field: str, span: Span
) -> None:
    sync, mapping = earlier
    if mapping is this[1]:
        return
    where = "this sync" if sync is this[0] else f"the sync {sync.name}"
    help = f"Its other mapping stands at {mapping.span.short}; keep one of them."
    scope.findings.error("PF153", f"two mappings write {field}: this one and one of {where}", span, help)

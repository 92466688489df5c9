"""Opt-outs that do not arrive: who opted out on one side gets mail from the other, where only the address flows, or
where nothing that is there is updated."""

from collections.abc import Iterator

from pardotflow.config.connections import ConnectorState
from pardotflow.config.consent_fields import is_about_consent
from pardotflow.config.meaning.scope import Scope, is_same, is_written
from pardotflow.config.project import FieldMapping, Strength, Sync
from pardotflow.core.values import System

_EMAIL = "email"
_WAY_OUT = "Add {salesforce: HasOptedOutOfEmail, pardot: optedOut, policy: consent}."


def check_consent(scope: Scope) -> None:
    """Syncs that bring addresses to Pardot, in a project that maps no field in which people say no.

    While the vendor's own connector is active it carries opt-outs itself, and an emulator sends no mail.
    """
    project = scope.project
    for sync in project.syncs if project.environment.connector is not ConnectorState.ACTIVE else ():
        _check_insert_only(scope, sync)
    if project.environment.connector is ConnectorState.ACTIVE or project.environment.emulator is not None:
        return
    if any(is_about_consent(m) for sync in project.syncs for m in sync.fields):
        return
    for sync in project.syncs:
        found = next(_addresses(sync), None)
        if found is not None and sync.a.system is System.SALESFORCE and sync.strength is not Strength.OBSERVE:
            message = "e-mail addresses are written to pardot, and no opt-out is mapped"
            scope.findings.warning("PF179", message, found.span, _WAY_OUT)


def _check_insert_only(scope: Scope, sync: Sync) -> None:
    """A rule that leaves records alone which are there leaves what they say of consent alone too."""
    for system, rule in sync.create.items() if sync.strength is not Strength.OBSERVE else ():
        kept = [m for m in sync.fields if is_about_consent(m) and is_written(m.direction, system)]
        refs = [ref for m in kept if (ref := m.a if system is sync.a.system else m.b)]
        if rule.insert_only and refs:
            names = ", ".join(f'"{ref.label}"' for ref in refs)
            message = f"insert_only keeps opt-outs from records in {system} that are there: {names} is never updated"
            help = "Map consent in a sync without insert_only; there an opt-out reaches every record."
            scope.findings.warning("PF179", message, rule.at("insert_only"), help)


def _addresses(sync: Sync) -> Iterator[FieldMapping]:
    """The mappings that write the address of a prospect, new or not."""
    for mapping in sync.fields:
        names = mapping.b.by_object.values() if mapping.b else ()
        if is_written(mapping.direction, System.PARDOT) and any(is_same(name, _EMAIL) for name in names):
            yield mapping

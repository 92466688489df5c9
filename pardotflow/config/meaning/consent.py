"""Addresses without consent: who opted out on one side gets mail from the other, where only the address flows."""

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
    if project.environment.connector is ConnectorState.ACTIVE or project.environment.emulator is not None:
        return
    if any(is_about_consent(m) for sync in project.syncs for m in sync.fields):
        return
    for sync in project.syncs:
        found = next(_addresses(sync), None)
        if found is not None and sync.a.system is System.SALESFORCE and sync.strength is not Strength.OBSERVE:
            message = "e-mail addresses are written to pardot, and no opt-out is mapped"
            scope.findings.warning("PF179", message, found.span, _WAY_OUT)


def _addresses(sync: Sync) -> Iterator[FieldMapping]:
    """The mappings that write the address of a prospect, new or not."""
    for mapping in sync.fields:
        names = mapping.b.by_object.values() if mapping.b else ()
        if is_written(mapping.direction, System.PARDOT) and any(is_same(name, _EMAIL) for name in names):
            yield mapping

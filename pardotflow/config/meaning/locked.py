"""Fields that are not a free choice between the two vendors: who owns them, by the rules of the vendor's connector.

Facts: connector.md section 3.2 (score, grade and campaign belong to Pardot; the company of a contact is the name of its
account). A warehouse may write what Salesforce may not. The owner of a record is the matter of `meaning.users`.
"""

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pardotflow.config.connections import ConnectorState
from pardotflow.config.meaning.scope import Scope, is_same, targets_of
from pardotflow.config.project import FieldMapping, FieldRef, Side, Sync
from pardotflow.core.values import System

_PARDOTS: Mapping[str, str] = {
    "score": "Pardot computes the score",
    "campaignid": "the campaign is the first touch, which Pardot keeps",
}
"""Fields of the prospect that a value from Salesforce never replaces. The grade cannot be written by anybody."""
_COMPANY, _CONTACT, _ACCOUNT = "company", "Contact", "Account.Name"


def check_locked(scope: Scope) -> None:
    """Each mapping between Salesforce and Pardot."""
    for sync in scope.project.syncs:
        if (sync.a.system, sync.b.system) == (System.SALESFORCE, System.PARDOT):
            for mapping in sync.fields:
                for side, ref in targets_of(sync, mapping):
                    if side.system is System.PARDOT:
                        _check_pardots(scope, side, ref)
                        _check_company(scope, sync, mapping, ref)


def _check_pardots(scope: Scope, side: Side, ref: FieldRef) -> None:
    for item, field in ref.by_object.items():
        reason = _PARDOTS.get(field.lower())
        if reason:
            message = f'"{field}" in pardot {item} cannot be written from Salesforce: {reason}'
            help = "Write direction: to_salesforce. A new prospect gets its first value under set: of its create rule."
            scope.findings.error("PF152", message, ref.at(item), help)


def _check_company(scope: Scope, sync: Sync, mapping: FieldMapping, ref: FieldRef) -> None:
    """Where there is a connector, it makes the company of a contact with an account read-only in Pardot."""
    is_company = any(is_same(field, _COMPANY) for field in ref.by_object.values())
    has_connector = scope.project.environment.connector is not ConnectorState.ABSENT
    if not (is_company and has_connector and _CONTACT in sync.a.names):
        return
    if mapping.sql:
        if _computes_another(scope, sync, mapping.sql):
            message = "the company of a contact is the name of its account, so this value does not stay in Pardot"
            help = f"Write coalesce({_ACCOUNT}, Company), or salesforce: {{{_CONTACT}: {_ACCOUNT}, Lead: Company}}."
            scope.findings.warning("PF152", message, mapping.at("sql"), help)
        return
    named = mapping.a.name_in(_CONTACT) if mapping.a else ""
    if not named or is_same(named, _ACCOUNT):
        return
    message = f'the company of a contact is the name of its account, so "{named}" does not stay in Pardot'
    help = f"Write salesforce: {{{_CONTACT}: {_ACCOUNT}, Lead: Company}} and direction: to_pardot."
    scope.findings.warning("PF152", message, mapping.a.at(_CONTACT) if mapping.a else mapping.span, help)


def _computes_another(scope: Scope, sync: Sync, sql: str) -> bool:
    """True where an expression has a value for a contact and does not read the name of its account."""
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except SqlglotError:
        return False
    read = {".".join(p.name for p in column.parts) for column in tree.find_all(exp.Column)}
    read = {path.lower().removeprefix(f"{System.SALESFORCE}.") for path in read}
    contact = scope.object_info(sync.a, _CONTACT)
    is_leads = bool(read) and contact is not None and not any(contact.field(path) for path in read)
    return _ACCOUNT.lower() not in read and not is_leads

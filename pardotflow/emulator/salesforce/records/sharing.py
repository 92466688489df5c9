"""Which records a caller sees, and whether a saved record breaks a validation rule: conditions put to one record."""

from __future__ import annotations

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import Problem, SalesforceError, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.soql.compile import compile_soql
from pardotflow.emulator.salesforce.soql.compiled import Scope
from pardotflow.emulator.salesforce.soql.parser import parse_soql


def is_shared(context: Context, info: ObjectInfo, record_id: str) -> bool:
    """Whether the caller sees a record, live or deleted."""
    return info.rules.hidden_records is None or _meets(context, info, record_id, "", all_records=False)


def check_shared(context: Context, info: ObjectInfo, record_id: str) -> None:
    """Refuse a write to a record that the caller does not see."""
    if not is_shared(context, info, record_id):
        raise no_access(context)


def no_access(context: Context) -> SalesforceError:
    """The error of a write that the caller has no right to."""
    status = context.state.switches.status_for_access
    return refuse(status, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", ())


def check_validation(context: Context, info: ObjectInfo, record_id: str) -> None:
    """Refuse a record, stored in the open transaction, with the message of each validation rule that it breaks."""
    broken = [
        rule
        for rule in info.rules.validation
        if _meets(context, info, record_id, f" AND ({rule.when})", all_records=True)
    ]
    if broken:
        code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        raise SalesforceError(
            400,
            *(Problem(code=code, message=rule.message, fields=(rule.field,) if rule.field else ()) for rule in broken),
        )


def _meets(context: Context, info: ObjectInfo, record_id: str, condition: str, *, all_records: bool) -> bool:
    scope = Scope(
        catalog=context.catalog,
        include_deleted=True,
        today=context.state.moment.date(),
        levels=1,
        all_records=all_records,
    )
    query = parse_soql(f"SELECT Id FROM {info.name} WHERE Id = '{record_id}'{condition}", rule=True)
    made = compile_soql(query, scope)
    found = context.db.execute(f"SELECT 1 FROM {made.source}{made.where}", made.values).fetchone()
    return found is not None

"""What the statements of a request are read in: its objects, its user, and the day that date words are counted from."""

from __future__ import annotations

from datetime import UTC, tzinfo

from pardotflow.emulator.clock import read_zone
from pardotflow.emulator.problem import EmulatorError
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.soql.compiled import Scope


def query_scope(context: Context, *, include_deleted: bool, levels: int) -> Scope:
    """The scope of the request's user; the switch `soql_date_words` says whose days date words mean."""
    zone = _user_zone(context) if context.state.switches.soql_date_words == "user" else UTC
    return Scope(
        catalog=context.catalog,
        include_deleted=include_deleted,
        today=context.state.moment.astimezone(zone).date(),
        levels=levels,
        user_id=context.user_id,
        zone=zone,
    )


def _user_zone(context: Context) -> tzinfo:
    """The user's time zone; UTC where the user has none that is known."""
    row = context.db.execute('SELECT "TimeZoneSidKey" FROM "sf_User" WHERE "Id" = ?', (context.user_id,)).fetchone()
    try:
        return read_zone(str(row[0])) if row else UTC
    except EmulatorError:
        return UTC

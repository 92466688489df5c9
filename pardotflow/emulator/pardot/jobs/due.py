"""What the clock has brought about: jobs that are due by now are carried out before a request is answered."""

from __future__ import annotations

from dataclasses import replace

from pardotflow.emulator.pardot.context import Context
from pardotflow.emulator.pardot.jobs.bulk_life import catch_up_bulk_actions
from pardotflow.emulator.pardot.jobs.export_life import catch_up_exports
from pardotflow.emulator.pardot.jobs.import_life import catch_up_imports


def catch_up(context: Context) -> None:
    """Carry out every job that is due, kind by kind. What its maker may do was asked when it was made."""
    context = replace(context, abilities=None)
    catch_up_imports(context)
    catch_up_bulk_actions(context)
    catch_up_exports(context)

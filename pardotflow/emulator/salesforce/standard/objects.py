"""All standard objects, in the order in which describe global lists them."""

from __future__ import annotations

from functools import lru_cache

from pardotflow.emulator.salesforce.standard.campaigns import campaign_objects
from pardotflow.emulator.salesforce.standard.org import org_objects
from pardotflow.emulator.salesforce.standard.people import people_objects
from pardotflow.emulator.salesforce.standard.sales import sales_objects
from pardotflow.emulator.salesforce.standard.table import StandardObject


@lru_cache(maxsize=1)
def standard_objects() -> tuple[StandardObject, ...]:
    """All standard objects. A server of a standing file never needs them, so they are read only on demand."""
    return (*people_objects(), *campaign_objects(), *sales_objects(), *org_objects())

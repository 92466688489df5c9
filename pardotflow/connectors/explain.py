"""What a vendor's error code means, for people and for the decision whether a row may be tried again.

The engine keeps codes as texts; this is the one place that gives them their meaning back.
"""

import re

from pardotflow.connectors.cause import Cause
from pardotflow.connectors.own_codes import CAUSES_OF as OWN_CAUSES
from pardotflow.connectors.own_codes import CODES as OWN_CODES
from pardotflow.connectors.pardot.causes import CAUSES_OF as PARDOT_CAUSES
from pardotflow.connectors.pardot.codes import CODES as PARDOT_CODES
from pardotflow.connectors.salesforce.causes import CAUSES_OF as SALESFORCE_CAUSES
from pardotflow.connectors.salesforce.codes import CODES as SALESFORCE_CODES
from pardotflow.connectors.verdict import VendorCode
from pardotflow.core.values import System

_TABLES = {System.SALESFORCE: SALESFORCE_CODES, System.PARDOT: PARDOT_CODES}
_CAUSES = {System.SALESFORCE: SALESFORCE_CAUSES, System.PARDOT: PARDOT_CAUSES}
_STATUS = re.compile(r"HTTP (\d{3})")
_BY_STATUS = {401: Cause.RIGHTS, 403: Cause.RIGHTS, 404: Cause.GONE, 410: Cause.GONE, 429: Cause.TRANSIENT}


def explain_code(system: System, code: str) -> VendorCode | None:
    """What is known of a code of a system, or of one of ours; None where nothing is."""
    return _TABLES.get(system, {}).get(code) or OWN_CODES.get(code)


def cause_of(system: System, code: str) -> Cause:
    """Why a change was refused. A code that stands in no table is judged by the HTTP status, where that is the code."""
    listed = _CAUSES.get(system, {}).get(code) or OWN_CAUSES.get(code)
    if listed is not None:
        return listed
    known = explain_code(system, code)
    if known is not None and known.transient:
        return Cause.TRANSIENT
    found = _STATUS.fullmatch(code)
    status = int(found[1]) if found else 0
    return Cause.TRANSIENT if status >= 500 else _BY_STATUS.get(status, Cause.UNKNOWN)

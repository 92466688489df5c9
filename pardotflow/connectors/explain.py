"""What a vendor's error code means, for people and for the decision whether a row may be tried again.

The engine keeps codes as texts; this is the one place that gives them their meaning back.
"""

from pardotflow.connectors.own_codes import CODES as OWN_CODES
from pardotflow.connectors.pardot.codes import CODES as PARDOT_CODES
from pardotflow.connectors.salesforce.codes import CODES as SALESFORCE_CODES
from pardotflow.connectors.verdict import VendorCode
from pardotflow.core.values import System

_TABLES = {System.SALESFORCE: SALESFORCE_CODES, System.PARDOT: PARDOT_CODES}


def explain_code(system: System, code: str) -> VendorCode | None:
    """What is known of a code of a system, or of one of ours; None where nothing is."""
    return _TABLES.get(system, {}).get(code) or OWN_CODES.get(code)

"""The outside world, one folder a system: describe, extract into files, prepare and send writes, price them.

Connectors know neither configuration nor plans. What the engine calls is `Connector`; what it passes and gets is here.
"""

from pardotflow.connectors.auth import AccessToken, TokenSource
from pardotflow.connectors.budget import CallBudget
from pardotflow.connectors.explain import explain_code
from pardotflow.connectors.grants import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    Grant,
    RefreshTokenGrant,
    build_authorize_url,
)
from pardotflow.connectors.http import HttpClient, Limits
from pardotflow.connectors.pardot.connector import PardotConnector, PardotSettings
from pardotflow.connectors.pardot.writes import ClearWith, SeveralValues
from pardotflow.connectors.polling import Polling
from pardotflow.connectors.protocol import (
    Answer,
    Batch,
    Connector,
    Extract,
    Identity,
    Operation,
    PreparedRequest,
    Price,
    ReadRequest,
    Row,
    RowResult,
    Usage,
    Value,
)
from pardotflow.connectors.salesforce.connector import SalesforceConnector, SalesforceSettings
from pardotflow.connectors.salesforce.ids import is_id, long_id
from pardotflow.connectors.salesforce.writes import WriteHeaders
from pardotflow.connectors.verdict import VendorCode, Verdict

__all__ = [
    "AccessToken",
    "Answer",
    "AuthorizationCodeGrant",
    "Batch",
    "CallBudget",
    "ClearWith",
    "ClientCredentialsGrant",
    "Connector",
    "Extract",
    "Grant",
    "HttpClient",
    "Identity",
    "Limits",
    "Operation",
    "PardotConnector",
    "PardotSettings",
    "Polling",
    "PreparedRequest",
    "Price",
    "ReadRequest",
    "RefreshTokenGrant",
    "Row",
    "RowResult",
    "SalesforceConnector",
    "SalesforceSettings",
    "SeveralValues",
    "TokenSource",
    "Usage",
    "Value",
    "VendorCode",
    "Verdict",
    "WriteHeaders",
    "build_authorize_url",
    "explain_code",
    "is_id",
    "long_id",
]

"""SOAP operations around a session: login, logout, who and when.

Facts: salesforce_api.md §12 and §13 (what clients take from the answer of login), §1.2 (login ends with version 64).
The names of `getUserInfo` are those of the WSDL; which of them are sent empty is not recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from pardotflow.emulator.exchange import Call
from pardotflow.emulator.ids import to_18
from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.oauth.session import open_session, revoke
from pardotflow.emulator.salesforce.soap.envelope import SoapFault, SoapRequest, respond, text_of
from pardotflow.emulator.state import State

_PROFILE_ID = "00e5e00000ADMIN"
_NO_LOGIN = "Invalid username, password, security token; or user locked out."


def log_in(state: State, call: Call, request: SoapRequest, version: str) -> Element:
    """`login`: a session for username and password; raises `SoapFault`."""
    if float(version) > state.switches.soap_login_last_version:
        raise SoapFault("INVALID_OPERATION", f"login() is not available in version {version}", "UnexpectedErrorFault")
    person = state.identity.connected
    username, password = text_of(request.operation, "username"), text_of(request.operation, "password") or ""
    is_known = (username or "").lower() == person.username.lower() and is_password(state, password)
    if not is_known or not is_active(state):
        raise SoapFault("INVALID_LOGIN", _NO_LOGIN, "LoginFault")
    organization = request.header("LoginScopeHeader", "organizationId")
    if organization and to_18(organization) != state.identity.org_id:
        raise SoapFault("INVALID_LOGIN", _NO_LOGIN, "LoginFault")
    letter = "u" if request.api == "partner" else "c"
    org15 = state.identity.org_id[:15]
    result = {
        "metadataServerUrl": f"{call.base_url}/services/Soap/m/{version}/{org15}",
        "passwordExpired": False,
        "sandbox": False,
        "serverUrl": f"{call.base_url}/services/Soap/{letter}/{version}/{org15}",
        "sessionId": open_session(state, person.salesforce_id),
        "userId": person.salesforce_id,
        "userInfo": _user_info(state),
    }
    return respond("login", [result])


def is_password(state: State, given: str) -> bool:
    """Whether this is the connected user's password, with or without the security token behind it."""
    password, token = state.identity.password, state.identity.security_token
    return given == password + token or (given == password and not state.switches.security_token_required)


def is_active(state: State) -> bool:
    """Whether the connected user may sign in."""
    user_id = state.identity.connected.salesforce_id
    row = state.db.execute('SELECT "IsActive" FROM sf_User WHERE "Id" = ?', (user_id,)).fetchone()
    return row is None or row[0] != 0


def _user_info(state: State) -> Mapping[str, object]:
    person = state.identity.connected
    return {
        "accessibilityMode": False,
        "chatterExternal": False,
        "currencySymbol": "$",
        "orgAttachmentFileSizeLimit": 5_242_880,
        "orgDefaultCurrencyIsoCode": "USD",
        "orgDisallowHtmlAttachments": False,
        "orgHasPersonAccounts": _has_persons(state),
        "organizationId": state.identity.org_id,
        "organizationMultiCurrency": False,
        "organizationName": state.identity.org_name,
        "profileId": to_18(_PROFILE_ID),
        "roleId": None,
        "sessionSecondsValid": state.switches.session_seconds,
        "userDefaultCurrencyIsoCode": None,
        "userEmail": person.email,
        "userFullName": f"{person.first_name} {person.last_name}".strip(),
        "userId": person.salesforce_id,
        "userLanguage": "en_US",
        "userLocale": "en_US",
        "userName": person.username,
        "userTimeZone": "America/Los_Angeles",
        "userType": "Standard",
        "userUiSkin": "Theme3",
    }


def _has_persons(state: State) -> bool:
    query = "SELECT 1 FROM sf_field WHERE object = 'Account' AND name = 'IsPersonAccount'"
    return state.db.execute(query).fetchone() is not None


def log_out(context: Context, request: SoapRequest) -> Element:
    """`logout`: the session of the header ends."""
    revoke(context.db, request.header("SessionHeader", "sessionId") or "")
    return respond("logout", [])


def show_user(context: Context, request: SoapRequest) -> Element:
    """`getUserInfo`."""
    return respond("getUserInfo", [_user_info(context.state)])


def show_time(context: Context, request: SoapRequest) -> Element:
    """`getServerTimestamp`."""
    moment = context.state.moment
    return respond(
        "getServerTimestamp", [{"timestamp": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"}]
    )


SESSION_OPERATIONS: Mapping[str, Callable[[Context, SoapRequest], Element]] = {
    "logout": log_out,
    "getUserInfo": show_user,
    "getServerTimestamp": show_time,
}

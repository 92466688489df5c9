"""Error codes of the facts (salesforce_api) that no bad input causes here, and what orders them; errors of OAuth."""

from __future__ import annotations

from typing import Any

ORDERED: dict[str, dict[str, tuple[int, str]]] = {
    "the state of the platform": {
        "REQUEST_LIMIT_EXCEEDED": (403, "TotalRequests Limit exceeded."),
        "SERVER_UNAVAILABLE": (503, ""),
        "QUERY_TIMEOUT": (400, ""),
        "REQUEST_RUNNING_TOO_LONG": (400, ""),
        "UNKNOWN_EXCEPTION": (500, "An unexpected error occurred."),
        "STORAGE_LIMIT_EXCEEDED": (403, ""),
        "TOO_MANY_APEX_REQUESTS": (403, ""),
    },
    "the edition of the org": {
        "API_DISABLED_FOR_ORG": (403, ""),
        "API_CURRENTLY_DISABLED": (403, ""),
        "FUNCTIONALITY_NOT_ENABLED": (403, ""),
    },
    "triggers, flows and approvals, which are not emulated": {
        "APEX_ERROR": (400, ""),
        "CANNOT_EXECUTE_FLOW_TRIGGER": (400, ""),
        "ENTITY_IS_LOCKED": (400, ""),
    },
    "permissions and setup objects, which are not emulated": {
        "MIXED_DML_OPERATION": (400, ""),
        "TRANSFER_REQUIRES_READ": (400, ""),
        "DEPENDENCY_EXISTS": (400, ""),
        "DELETE_REQUIRED_ON_CASCADE": (400, ""),
    },
    "lookups that restrict deletion; none of the standard ones does": {"DELETE_FAILED": (400, "")},
    "sending e-mail, which is not emulated": {"EMAIL_ADDRESS_BOUNCED": (400, ""), "EMAIL_OPTED_OUT": (400, "")},
    "sizes that are not documented": {"OPERATION_TOO_LARGE": (400, "")},
}
"""Codes by what they need; a fault orders each of them, with its status and the start of its text."""
TROUBLES = {"REQUEST_LIMIT_EXCEEDED": "quota_reached"}
ORDERED_CODES = {code: shown for codes in ORDERED.values() for code, shown in codes.items()}
NO_CODES = {
    "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE": "the other value of the switch precondition_code; tested with conditions",
    "INSUFFICIENT_ACCESS": "a prefix of the two codes that begin with it",
}
OVER_SOAP = {"INVALID_OWNER": "only a conversion asks for an owner who is a user"}
OTHER_WORDS = r"(LAST|NEXT|THIS)_\w+|N_\w+_AGO|GAP_\w+"
"""Words of the facts in the same spelling that are no error codes: dates of SOQL, kinds of change events."""

TOKEN: dict[str, dict[str, str]] = {
    "unsupported_grant_type": {"grant_type": "magic"},
    "invalid_request": {},
    "invalid_client_id": {"grant_type": "client_credentials", "client_id": "nobody"},
    "invalid_client": {"grant_type": "client_credentials", "client_secret": "wrong"},
    "invalid_grant": {"grant_type": "refresh_token", "refresh_token": "gone"},
}
"""Errors of the token endpoint, and what of a correct form is another way."""
AUTHORIZE: dict[str, dict[str, Any]] = {
    "unsupported_response_type": {"response_type": "token"},
    "invalid_scope": {"scope": "api everything"},
    "immediate_unsuccessful": {"immediate": "true"},
    "redirect_uri_mismatch": {"redirect_uri": "https://elsewhere.example/cb"},
}
"""Errors of the authorization endpoint; the last one is not told to the callback."""
ORDERED_OAUTH = ("rate_limit_exceeded", "unknown_error", "inactive_org")
ORG_OAUTH = ("inactive_user",)
"""What an inactive user is told."""

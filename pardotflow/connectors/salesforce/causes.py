"""Which of Salesforce's codes is of which cause. Codes that the same change may overcome untouched are not listed: they
are transient by their table.

Source: as for `codes.py`; what a code is about is read from its description there.
"""

from collections.abc import Mapping

from pardotflow.connectors.cause import Cause

CAUSES_OF: Mapping[str, Cause] = {
    code: cause
    for cause, codes in {
        Cause.DATA: (
            "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "REQUIRED_FIELD_MISSING",
            "STRING_TOO_LONG",
            "INVALID_EMAIL_ADDRESS",
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "FIELD_INTEGRITY_EXCEPTION",
            "INACTIVE_OWNER_OR_USER",
            "INVALID_OWNER",
        ),
        Cause.DUPLICATE: ("DUPLICATES_DETECTED", "DUPLICATE_VALUE", "DUPLICATE_EXTERNAL_ID"),
        Cause.GONE: (
            "ENTITY_IS_DELETED",
            "CANNOT_UPDATE_CONVERTED_LEAD",
            "INVALID_CROSS_REFERENCE_KEY",
            "DELETE_FAILED",
            "UNDELETE_FAILED",
        ),
        Cause.RIGHTS: (
            "INSUFFICIENT_ACCESS_OR_READONLY",
            "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "TRANSFER_REQUIRES_READ",
            "API_DISABLED_FOR_ORG",
            "FUNCTIONALITY_NOT_ENABLED",
        ),
        Cause.AUTOMATION: (
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
            "APEX_ERROR",
            "CANNOT_EXECUTE_FLOW_TRIGGER",
            "MIXED_DML_OPERATION",
        ),
        Cause.CONFIGURATION: (
            "NOT_FOUND",
            "INVALID_TYPE",
            "INVALID_FIELD",
            "MALFORMED_QUERY",
            "INVALID_QUERY_FILTER_OPERATOR",
            "QUERY_TOO_COMPLICATED",
            "INVALID_REPLICATION_DATE",
        ),
        Cause.LIMITS: ("STORAGE_LIMIT_EXCEEDED", "LIMIT_EXCEEDED", "OPERATION_TOO_LARGE", "EXCEEDED_ID_LIMIT"),
        Cause.FAULT: ("MALFORMED_ID", "MISSING_ARGUMENT", "JSON_PARSER_ERROR", "METHOD_NOT_ALLOWED"),
    }.items()
    for code in codes
}

"""Salesforce's error codes that a sync meets: what each is about and what to do.

Source: REST API Developer Guide, "Status Codes and Error Responses", and the StatusCode list of the SOAP API guide. A
code that is not here is judged by its HTTP status alone. Messages are for people; nothing reads them.
"""

from pardotflow.connectors.verdict import VendorCode, Verdict, code_table

_ROW, _REQUEST = Verdict.ROW, Verdict.REQUEST

CODES = code_table(
    VendorCode(code="INVALID_SESSION_ID", about=Verdict.SIGN_IN, transient=True),
    VendorCode(
        code="REQUEST_LIMIT_EXCEEDED",
        about=Verdict.QUOTA,
        transient=True,
        way_out="wait until the rolling 24 hours free some calls, or lower the load of other integrations",
    ),
    VendorCode(code="SERVER_UNAVAILABLE", about=Verdict.TROUBLE, transient=True, way_out="try again later"),
    VendorCode(code="UNKNOWN_EXCEPTION", about=Verdict.TROUBLE, transient=True, way_out="try again later"),
    VendorCode(
        code="API_DISABLED_FOR_ORG", about=_REQUEST, way_out="the edition or the user's profile lacks API access"
    ),
    VendorCode(code="API_CURRENTLY_DISABLED", about=_REQUEST, transient=True, way_out="try again later"),
    VendorCode(
        code="FUNCTIONALITY_NOT_ENABLED", about=_REQUEST, way_out="give the user's profile the permission API Enabled"
    ),
    VendorCode(code="NOT_FOUND", about=_REQUEST, way_out="check the object's or external id field's name and rights"),
    VendorCode(
        code="INVALID_TYPE",
        about=_REQUEST,
        way_out="check the object's name, with __c if custom, and the user's rights",
    ),
    VendorCode(
        code="INVALID_FIELD", about=_REQUEST, way_out="check the field's name, with __c if custom, and its rights"
    ),
    VendorCode(
        code="MALFORMED_QUERY", about=_REQUEST, way_out="check the source's filter: it must be a SOQL condition"
    ),
    VendorCode(code="INVALID_QUERY_FILTER_OPERATOR", about=_REQUEST, way_out="check the source's filter"),
    VendorCode(code="INVALID_QUERY_LOCATOR", about=_REQUEST, transient=True, way_out="start the read again"),
    VendorCode(code="QUERY_TIMEOUT", about=_REQUEST, transient=True, way_out="narrow the source's filter"),
    VendorCode(code="REQUEST_RUNNING_TOO_LONG", about=_REQUEST, transient=True, way_out="send smaller batches"),
    VendorCode(code="OPERATION_TOO_LARGE", about=_REQUEST, way_out="narrow the source's filter"),
    VendorCode(code="QUERY_TOO_COMPLICATED", about=_REQUEST, way_out="read fewer formula fields"),
    VendorCode(code="EXCEEDED_ID_LIMIT", about=_REQUEST, way_out="send smaller batches"),
    VendorCode(
        code="INVALID_REPLICATION_DATE", about=_REQUEST, way_out="the log does not reach back so far: read in full"
    ),
    VendorCode(code="JSON_PARSER_ERROR", about=_REQUEST),
    VendorCode(code="METHOD_NOT_ALLOWED", about=_REQUEST),
    VendorCode(
        code="UNABLE_TO_LOCK_ROW",
        about=_ROW,
        transient=True,
        soon=True,
        way_out="another writer holds the record: retry",
    ),
    VendorCode(code="ENTITY_IS_LOCKED", about=_ROW, transient=True, way_out="an approval process locks the record"),
    VendorCode(
        code="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", about=_ROW, way_out="a trigger or flow failed: see its message"
    ),
    VendorCode(code="APEX_ERROR", about=_ROW, way_out="a trigger failed: see its message"),
    VendorCode(code="CANNOT_EXECUTE_FLOW_TRIGGER", about=_ROW, way_out="a flow failed: see its message"),
    VendorCode(
        code="DUPLICATES_DETECTED",
        about=_ROW,
        way_out="a duplicate rule objects: link the existing record, or allow it by the duplicate-rule header",
    ),
    VendorCode(code="DUPLICATE_VALUE", about=_ROW, way_out="another record has this unique value: link that one"),
    VendorCode(code="DUPLICATE_EXTERNAL_ID", about=_ROW, way_out="several records carry this key: make it unique"),
    VendorCode(
        code="FIELD_CUSTOM_VALIDATION_EXCEPTION",
        about=_ROW,
        way_out="a validation rule objects: change the data or the rule",
    ),
    VendorCode(code="REQUIRED_FIELD_MISSING", about=_ROW, way_out="map the field or give it a value on create"),
    VendorCode(code="STRING_TOO_LONG", about=_ROW, way_out="shorten the value, or declare too_long: cut"),
    VendorCode(code="INVALID_EMAIL_ADDRESS", about=_ROW, way_out="correct the address at its source"),
    VendorCode(
        code="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", about=_ROW, way_out="add the value to the picklist or map it"
    ),
    VendorCode(
        code="FIELD_INTEGRITY_EXCEPTION", about=_ROW, way_out="a reference or a type does not fit: see the message"
    ),
    VendorCode(code="INVALID_CROSS_REFERENCE_KEY", about=_ROW, way_out="the record or one it refers to does not exist"),
    VendorCode(code="INSUFFICIENT_ACCESS_OR_READONLY", about=_ROW, way_out="give the user edit rights on the record"),
    VendorCode(
        code="INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", about=_ROW, way_out="give the user rights on the parent"
    ),
    VendorCode(
        code="INVALID_FIELD_FOR_INSERT_UPDATE",
        about=_ROW,
        way_out="the field cannot be written: check field-level security",
    ),
    VendorCode(code="MALFORMED_ID", about=_ROW, way_out="the id is of another object or damaged"),
    VendorCode(code="MISSING_ARGUMENT", about=_ROW),
    VendorCode(code="ENTITY_IS_DELETED", about=_ROW, way_out="the record was deleted: read again"),
    VendorCode(code="CANNOT_UPDATE_CONVERTED_LEAD", about=_ROW, way_out="write to the contact that the lead became"),
    VendorCode(
        code="PRECONDITION_FAILED", about=_ROW, transient=True, way_out="somebody changed the record: plan again"
    ),
    VendorCode(
        code="ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE",
        about=_ROW,
        transient=True,
        way_out="somebody changed the record: plan again",
    ),
    VendorCode(code="DELETE_FAILED", about=_ROW),
    VendorCode(
        code="UNDELETE_FAILED", about=_ROW, way_out="it is not in the recycle bin: it is back already, or purged"
    ),
    VendorCode(code="STORAGE_LIMIT_EXCEEDED", about=_ROW, transient=True, way_out="free storage in the org"),
    VendorCode(code="LIMIT_EXCEEDED", about=_ROW, transient=True, way_out="try again later"),
    VendorCode(code="TOO_MANY_APEX_REQUESTS", about=_ROW, transient=True, way_out="try again later"),
    VendorCode(code="INACTIVE_OWNER_OR_USER", about=_ROW, way_out="the owner is inactive: map another user"),
    VendorCode(code="INVALID_OWNER", about=_ROW, way_out="the owner cannot own this object"),
    VendorCode(code="TRANSFER_REQUIRES_READ", about=_ROW, way_out="the new owner cannot read the object"),
    VendorCode(code="MIXED_DML_OPERATION", about=_ROW),
    VendorCode(
        code="ALL_OR_NONE_OPERATION_ROLLED_BACK", about=_ROW, transient=True, way_out="send it without the bad record"
    ),
)

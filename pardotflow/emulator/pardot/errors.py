"""Error codes of the Account Engagement API v5 with their wire texts and statuses.

Clients branch on the code. A detail (the offending name) follows the text after a colon, as in recorded answers. Some
codes nothing here causes: a fault plan may order them.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from pardotflow.emulator.exchange import Reply, to_json

MEDIA = "application/json"

ERRORS: dict[int, tuple[int, str]] = {
    3: (400, "Invalid prospect ID"),
    4: (400, "Invalid prospect email address"),
    5: (400, "Invalid query parameters"),
    7: (400, "Invalid timestamp"),
    8: (400, "Invalid time range"),
    9: (400, "A prospect with the specified email address already exists"),
    10: (400, "Invalid user ID"),
    13: (400, "One or more required parameters are missing"),
    16: (400, "Invalid ID"),
    19: (400, "Invalid value specified for sort_by"),
    20: (400, "Invalid value specified for sort_order"),
    21: (400, "Invalid value specified for offset"),
    23: (400, "Invalid value specified for limit"),
    27: (400, "Invalid value specified for deleted"),
    29: (400, "Invalid score"),
    38: (400, "Invalid campaign ID"),
    39: (400, "Invalid profile ID"),
    46: (405, "This API user lacks sufficient permissions for the requested operation"),
    49: (401, "Access Denied"),
    50: (400, "Invalid boolean"),
    51: (400, "Invalid parameter"),
    54: (400, "Email address is already in use"),
    55: (400, "Invalid list ID"),
    56: (400, "Invalid number entered for field"),
    57: (400, "Invalid date entered for field"),
    58: (400, "That prospect is already a member of that list. Update the membership instead."),
    60: (405, "Invalid HTTP request method"),
    61: (400, "Invalid prospect account id"),
    62: (409, "Conflicting Update"),
    63: (400, "Too many IDs were provided"),
    66: (429, "You have exceeded your concurrent request limit. Please wait, before trying again"),
    71: (400, "Input needs to be valid JSON or XML"),
    77: (400, "Invalid prospect fid"),
    79: (400, "Invalid CRM_FID"),
    81: (400, "Prospect ID and FID do not match"),
    85: (400, "Unable to save the prospect"),
    92: (404, "Prospect record could not be found"),
    108: (405, "This Asset cannot be deleted because it's being used in other places."),
    109: (404, "The requested record was not found."),
    122: (429, "Daily API rate limit met"),
    125: (400, "Cannot accept both user_id and crm_owner_fid."),
    130: (400, "One or more of the specified fields are invalid"),
    132: (400, "Prospect is archived"),
    133: (400, "Too many sort fields were specified"),
    134: (400, "Too many sort orders were specified"),
    135: (400, "One of two sort fields must be id"),
    150: (400, "Input needs to be valid JSON"),
    151: (400, "Unsupported content-type"),
    152: (400, "Request body can't be empty"),
    153: (400, "Missing required property in request"),
    154: (400, "Invalid property in request"),
    155: (400, "The import is not open"),
    156: (400, "The import has no data"),
    159: (400, "The CSV file is invalid"),
    160: (400, "Too many batches for one import"),
    161: (400, "Invalid import state for this operation"),
    162: (400, "No file was uploaded"),
    163: (400, "Too many files were uploaded"),
    164: (400, "Daily batch limit met"),
    165: (400, "Invalid column options"),
    166: (400, "Invalid input format"),
    174: (400, "Invalid export procedure name"),
    175: (400, "Unknown export procedure argument"),
    176: (400, "Missing required export procedure argument"),
    177: (400, "Invalid export procedure argument value"),
    178: (400, "Invalid export state for this operation"),
    180: (400, "One or more of the specified fields are invalid"),
    181: (400, "A required header is missing"),
    182: (400, "Invalid header value"),
    183: (500, "An internal error occurred, please try your request again"),
    184: (401, "access_token is invalid, unknown, or malformed"),
    192: (404, "Object specified does not exist"),
    197: (400, "The import is missing a required field"),
    198: (404, "Endpoint not found"),
    201: (400, "Business Unit specified in Pardot-Business-Unit-Id header not found or inactive."),
    202: (429, "Minute rate limit met"),
    204: (400, "The file is too large or empty"),
    205: (400, "Action name is either missing or incorrect"),
    206: (400, "Invalid action argument value"),
    207: (400, "Missing required action argument"),
    208: (400, "Unknown action argument"),
    209: (400, "Too many fields have filters"),
    210: (400, "Page token has expired."),
    211: (400, "Page token is invalid."),
    214: (504, "API request timed out."),
    217: (400, "Invalid visitor"),
    218: (400, "Connected Campaigns is not enabled"),
    219: (400, "Deleted records can't be updated. Please undelete before updating."),
    224: (400, "Invalid fields for request type"),
    227: (400, "The CSV columns do not correspond to the field options"),
    231: (400, "The maximum file size is too low"),
    232: (400, "The maximum file size is too high"),
    242: (404, "One or more requested records not found"),
    245: (400, "The supplied name is already in use."),
}
IN_RECYCLE_BIN = {"Pardot-Warning": "201;Record In Recycle Bin"}


class PardotError(Exception):
    """A refused request or import row. `status` overrides the code's usual HTTP status."""

    def __init__(
        self, code: int, detail: str = "", *, status: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        usual, text = ERRORS[code]
        self.code = code
        self.status = status or usual
        # A detail may repeat half of a surrogate pair, which no answer can carry.
        self.message = f"{text}: {detail.encode(errors='replace').decode()}" if detail else text
        self.headers = headers or {}
        super().__init__(self.message)

    def to_reply(self) -> Reply:
        """The whole answer."""
        body = to_json({"code": self.code, "message": self.message})
        return Reply(status=self.status, body=body, media=MEDIA, headers=self.headers)

    def to_xml_reply(self) -> Reply:
        """The answer in the form of older versions, which the layer before version 5 may give."""
        text = f'<rsp stat="fail" version="1.0"><err code="{self.code}">{escape(self.message)}</err></rsp>'
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
        return Reply(status=self.status, body=body, media="text/xml; charset=utf-8", headers=self.headers)


def json_reply(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """An ordinary answer."""
    return Reply(status=status, body=to_json(value), media=MEDIA, headers=headers or {})

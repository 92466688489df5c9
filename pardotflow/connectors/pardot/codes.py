"""Account Engagement's numeric error codes that a sync meets: what each is about and what to do.

Source: Account Engagement API, "Error Codes". ROW means that another record, with other fields, might well be accepted;
REQUEST means that every request of ours would be refused alike. Codes that are not here are judged by HTTP status.
"""

from pardotflow.connectors.verdict import VendorCode, Verdict, code_table

_CONNECTOR = "the Salesforce connector owns this object: change it in Salesforce"
_ASK_ADMIN = "give the API user's role the abilities for prospects: view, create, import, assign"
_OUR_QUERY = "check the source's filter and fields"


def _codes(about: Verdict, way_out: str, *codes: int, transient: bool = False, soon: bool = False) -> list[VendorCode]:
    return [VendorCode(code=str(c), about=about, transient=transient, soon=soon, way_out=way_out) for c in codes]


_ROW = [
    *_codes(Verdict.ROW, "the prospect does not exist any more: read again", 3, 16, 92, 109),
    *_codes(Verdict.ROW, "correct the e-mail address at its source", 4, 65),
    *_codes(Verdict.ROW, "another prospect has this address: link that one", 9, 54),
    *_codes(Verdict.ROW, "map an existing Account Engagement user", 10),
    *_codes(Verdict.ROW, "use the id of an existing campaign", 38, 73),
    *_codes(Verdict.ROW, "use the id of an existing profile", 39),
    *_codes(
        Verdict.ROW, "id and address or Salesforce id belong to different prospects: read again", 44, 77, 79, 80, 81
    ),
    *_codes(Verdict.ROW, "write either userId or salesforceOwnerId", 47, 125),
    *_codes(Verdict.ROW, "the value does not fit the field's type", 50, 56, 57),
    *_codes(Verdict.ROW, "use the id of an existing, static list", 55, 236),
    *_codes(Verdict.ROW, "the prospect is a member already: update the membership", 58),
    *_codes(Verdict.ROW, "use the id of an existing prospect account", 61),
    *_codes(Verdict.ROW, "somebody else changed the record at that moment: retry", 62, 116, transient=True, soon=True),
    *_codes(Verdict.ROW, "try again; if it stays, save the prospect by hand to see why", 85, 121, transient=True),
    *_codes(Verdict.ROW, "the prospect cannot be mailed", 98),
    *_codes(Verdict.ROW, "it is used in other places: remove it there first", 108),
    *_codes(Verdict.ROW, "the prospect is in the recycle bin: restore it first", 132, 219),
    *_codes(Verdict.ROW, "check the written fields: one is unknown or cannot be written", 153, 154, 180),
    *_codes(Verdict.ROW, "the address is blocked", 190),
    *_codes(Verdict.ROW, "choose another name", 245),
]
_REQUEST = [
    *_codes(Verdict.REQUEST, _OUR_QUERY, 5, 6, 7, 8, 13, 19, 20, 23, 51, 63, 133, 134, 135, 209, 224),
    *_codes(Verdict.REQUEST, _CONNECTOR, 37, 59, 128, 129),
    *_codes(Verdict.REQUEST, _ASK_ADMIN, 46),
    *_codes(Verdict.REQUEST, "add the Salesforce user to the business unit, with a role that may use the API", 49),
    *_codes(Verdict.REQUEST, "add this machine's address to the allowed ones", 53),
    *_codes(Verdict.REQUEST, "", 60, 71, 150, 151, 152, 165, 166, 192, 198),
    *_codes(Verdict.REQUEST, "the account has reached a limit of its edition", 67),
    *_codes(Verdict.REQUEST, "the account's API access is off or locked: ask the administrator", 76, 131),
    *_codes(Verdict.REQUEST, "the business unit speaks another API version", 88, 89, 228),
    *_codes(Verdict.REQUEST, "verify the Salesforce connector in Account Engagement", 103, 119, 120, 233, 234),
    *_codes(
        Verdict.REQUEST,
        "an imported column is unknown: check the fields; creates_by_import: false makes prospects one by one",
        130,
        197,
        226,
        227,
    ),
    *_codes(
        Verdict.REQUEST,
        "the import is in another state: see it in Account Engagement",
        155,
        156,
        157,
        158,
        161,
        162,
        163,
    ),
    *_codes(Verdict.REQUEST, "", 159, 160, 204),
    *_codes(Verdict.REQUEST, "the day's import batches are used up: wait until tomorrow", 164, transient=True),
    *_codes(
        Verdict.REQUEST,
        "set business_unit of the connection (Setup > Business Unit Setup, it starts with 0Uv)",
        181,
        182,
    ),
    *_codes(Verdict.REQUEST, "sign in by OAuth: keys of users are retired", 199),
    *_codes(
        Verdict.REQUEST,
        "check business_unit, and the host: pi.pardot.com for production, pi.demo.pardot.com for sandboxes",
        185,
        201,
    ),
    *_codes(Verdict.REQUEST, "start the read again", 210, 211, transient=True),
]
_SYSTEM = [
    *_codes(Verdict.SIGN_IN, "give the connected app the scope pardot_api and sign in again", 184, transient=True),
    *_codes(Verdict.BUSY, "other integrations use the five places: try again", 66, 202, transient=True),
    *_codes(Verdict.QUOTA, "wait for midnight in the account's time zone", 122, transient=True),
    *_codes(Verdict.TROUBLE, "try again later", 183, 214, transient=True),
]

CODES = code_table(*_ROW, *_REQUEST, *_SYSTEM)
PAGE_TOKEN_LOST = frozenset({"210", "211"})
NOT_FOUND = frozenset({"3", "16", "92", "109"})
NOT_OPEN = "155"

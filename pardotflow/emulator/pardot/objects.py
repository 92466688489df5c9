"""The collections of API v5: attributes, relations, filters and sort keys.

One line is one attribute: name, type, and flags (C may be set on create, U on update, R required on create). Whatever
has no flag is read-only. Prospects have custom fields besides; they come from the custom-fields collection of the
data file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_AUDIT = """
createdAt    datetime
updatedAt    datetime
createdById  integer
updatedById  integer
"""
_PROSPECT = """
id                 integer
email              email    CUR
salutation         string   CU
firstName          string   CU
lastName           string   CU
company            string   CU
jobTitle           string   CU
department         string   CU
website            string   CU
phone              string   CU
fax                string   CU
addressOne         string   CU
addressTwo         string   CU
city               string   CU
state              string   CU
zip                string   CU
country            string   CU
territory          string   CU
industry           string   CU
annualRevenue      string   CU
employees          string   CU
yearsInBusiness    string   CU
source             string   CU
comments           string   CU
notes              string   CU
score              integer  CU
campaignId         integer  CU
profileId          integer  CU
prospectAccountId  integer  CU
userId             integer  CU
salesforceOwnerId  fid      CU
salesforceId       fid      CU
isDoNotEmail       boolean  CU
isDoNotCall        boolean  CU
optedOut           boolean  CU
isReviewed         boolean  CU
isStarred          boolean  CU
isDeleted          boolean
doNotSell          boolean
grade              string
password           string
assignedToId       integer
lifecycleStageId   integer
recentInteraction  string
lastActivityAt     datetime
firstActivityAt    datetime
firstAssignedAt    datetime
firstReferrerUrl   string
firstReferrerType  string
firstReferrerQuery string
convertedAt        datetime
convertedFromObjectName  string
convertedFromObjectType  string
campaignParameter  string
mediumParameter    string
sourceParameter    string
contentParameter   string
termParameter      string
emailBouncedAt     datetime
emailBouncedReason string
isEmailHardBounced boolean
salesforceLeadId      fid
salesforceContactId   fid
salesforceAccountId   fid
salesforceCampaignId  fid
salesforceLastSync    datetime
salesforceUrl         string
"""
_CUSTOM_FIELD = """
id           integer
name         string   CUR
fieldId      string   CR
apiFieldId   string
type         string   CR
isRecordMultipleResponses  boolean  CU
isUseValues  boolean  CU
isRequired   boolean  CU
isAnalyticsSynced  boolean  CU
salesforceId string   CU
"""
_USER = """
id           integer
email        string
username     string
firstName    string
lastName     string
jobTitle     string
role         string
roleName     string
salesforceId fid
tagReplacementLanguage  string
isDeleted    boolean
"""
_CAMPAIGN = """
id           integer
name         string
cost         float
folderId     integer
parentCampaignId  integer
salesforceId fid
isDeleted    boolean
"""
_LIST = """
id           integer
name         string   CUR
title        string   CU
description  string   CU
isPublic     boolean  CU
folderId     integer  CU
campaignId   integer  CU
isDynamic    boolean
isDeleted    boolean
"""
_MEMBERSHIP = """
id           integer
listId       integer  CR
prospectId   integer  CR
optedOut     boolean  CU
isDeleted    boolean
"""
_PROSPECT_ACCOUNT = """
id           integer
name         string
salesforceId fid
annualRevenue  string
billingAddressOne  string
billingAddressTwo  string
billingCity  string
billingCountry  string
billingState string
billingZip   string
description  string
employees    string
fax          string
industry     string
number       string
ownership    string
phone        string
rating       string
shippingAddressOne  string
shippingAddressTwo  string
shippingCity string
shippingCountry  string
shippingState  string
shippingZip  string
sic          string
site         string
tickerSymbol string
type         string
website      string
isDeleted    boolean
assignedToId integer
"""
_OPPORTUNITY = """
id           integer
campaignId   integer
probability  integer
name         string
salesforceId fid
stage        string
status       string
type         string
value        float
closedAt     datetime
isDeleted    boolean
"""
_ACTIVITY = """
id           integer
type         integer
typeName     string
details      string
campaignId   integer
customRedirectId  integer
emailId      integer
emailTemplateId  integer
fileId       integer
formId       integer
formHandlerId  integer
landingPageId  integer
listEmailId  integer
multivariateTestVariationId  integer
opportunityId  integer
paidSearchAdId  integer
prospectId   integer
siteSearchQueryId  integer
visitorId    integer
visitId      integer
visitorPageViewId  integer
createdAt    datetime
updatedAt    datetime
"""
_VISITOR = """
id           integer
prospectId   integer
campaignId   integer
pageViewCount  integer
ipAddress    string
hostname     string
campaignParameter  string
mediumParameter    string
sourceParameter    string
contentParameter   string
termParameter      string
isIdentified boolean
doNotSell    boolean
createdAt    datetime
updatedAt    datetime
"""
_TAG = """
id           integer
name         string   CUR
objectCount  integer
"""
_IMPORT = """
id           integer
operation    string   CR
object       string   CR
status       string   CU
createOnNoMatch  boolean  C
restoreDeleted   boolean  C
fields       json     C
isExpired    boolean
batchesRef   ref
createdCount integer
updatedCount integer
errorCount   integer
errorRef     ref
errorsRef    ref
"""

_WHO = {"createdBy": ("createdById", "users"), "updatedBy": ("updatedById", "users")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One field of a collection. Arrays and `json` can be read only one record at a time."""

    name: str
    type: str
    createable: bool = False
    updateable: bool = False
    required: bool = False

    @property
    def is_array(self) -> bool:
        """Whether a query cannot return the field."""
        return self.type in {"array", "json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One collection. `relations` leads from a name to the column and the collection that it points into.

    `filters` names the attributes that a query can test; those with comparisons have the value True.
    """

    path: str
    attributes: Mapping[str, Attribute]
    relations: Mapping[str, tuple[str, str]]
    filters: Mapping[str, bool]
    sorts: frozenset[str]
    verbs: frozenset[str]
    has_bin: bool
    missing_id: int = 109

    @property
    def table(self) -> str:
        """The SQLite table name."""
        return f"pd_{self.path.replace('-', '_')}"

    @property
    def columns(self) -> list[str]:
        """Quoted column names, in table order."""
        return [f'"{name}"' for name in self.attributes]


def _attributes(table: str) -> dict[str, Attribute]:
    made = {}
    for line in table.split("\n"):
        if line.strip():
            name, kind, flags = (*line.split(), "")[:3]
            made[name] = Attribute(
                name=name, type=kind, createable="C" in flags, updateable="U" in flags, required="R" in flags
            )
    return made


def _build(
    path: str,
    table: str,
    *,
    filters: str,
    sorts: str = "id createdAt updatedAt",
    verbs: str = "RQ",
    relations: Mapping[str, tuple[str, str]] | None = None,
    audited: bool = True,
) -> Collection:
    attributes = _attributes(table + (_AUDIT if audited else ""))
    return Collection(
        path=path,
        attributes=attributes,
        relations=dict(relations or {}) | (_WHO if audited else {}),
        filters={name.rstrip("*"): name.endswith("*") for name in filters.split()},
        sorts=frozenset(sorts.split()),
        verbs=frozenset(verbs),
        has_bin="isDeleted" in attributes and path != "users",
    )


_CAMPAIGN_OF = {"campaign": ("campaignId", "campaigns")}

COLLECTIONS: Mapping[str, Collection] = {
    made.path: made
    for made in (
        _build(
            "prospects",
            _PROSPECT,
            filters="id* email salesforceId userId* assignedToId* createdAt* updatedAt* lastActivityAt*",
            sorts="id createdAt updatedAt lastActivityAt",
            verbs="CRUDQ",
            relations={
                **_CAMPAIGN_OF,
                "prospectAccount": ("prospectAccountId", "prospect-accounts"),
                "assignedTo": ("assignedToId", "users"),
            },
        ),
        _build("custom-fields", _CUSTOM_FIELD, filters="id* name createdAt* updatedAt*", verbs="CRUDQ"),
        _build("users", _USER, filters="id* email createdAt* updatedAt*"),
        _build(
            "campaigns",
            _CAMPAIGN,
            filters="id* name createdAt* updatedAt*",
            relations={"parentCampaign": ("parentCampaignId", "campaigns")},
        ),
        _build("lists", _LIST, filters="id* name createdAt* updatedAt*", verbs="CRUDQ", relations=_CAMPAIGN_OF),
        _build(
            "list-memberships",
            _MEMBERSHIP,
            filters="id* listId prospectId createdAt* updatedAt*",
            sorts="id createdAt updatedAt listId",
            verbs="CRUDQ",
            relations={"list": ("listId", "lists"), "prospect": ("prospectId", "prospects")},
        ),
        _build(
            "prospect-accounts",
            _PROSPECT_ACCOUNT,
            filters="id*",
            sorts="id salesforceId",
            relations={"assignedTo": ("assignedToId", "users")},
        ),
        _build("opportunities", _OPPORTUNITY, filters="id* name createdAt* updatedAt*", relations=_CAMPAIGN_OF),
        _build(
            "visitor-activities",
            _ACTIVITY,
            filters="id* type prospectId visitorId createdAt* updatedAt*",
            relations={**_CAMPAIGN_OF, "prospect": ("prospectId", "prospects"), "visitor": ("visitorId", "visitors")},
            audited=False,
        ),
        _build(
            "visitors",
            _VISITOR,
            filters="id* prospectId isIdentified createdAt* updatedAt*",
            sorts="id prospectId createdAt updatedAt",
            relations={**_CAMPAIGN_OF, "prospect": ("prospectId", "prospects")},
            audited=False,
        ),
        _build("tags", _TAG, filters="id* name createdAt* updatedAt*", verbs="CRUDQ"),
        _build("imports", _IMPORT, filters="id* createdAt* updatedAt*", verbs="CRUQ"),
    )
}

"""The collections of people and of what they belong to: prospects, users, lists, campaigns, accounts, opportunities.

Prospects have custom fields besides; they come from the custom-fields collection of the data file. Facts: pardot_api
sections 3.1 to 3.5 and 3.9 to 3.11.
"""

from __future__ import annotations

from pardotflow.emulator.pardot.schema.shapes import CAMPAIGN_OF, FOLDER_OF, PROSPECT_OF, build_collection

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
valuesPrefill  string  CH
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

PEOPLE = (
    build_collection(
        "prospects",
        _PROSPECT,
        filters="id* email salesforceId userId* assignedToId* createdAt* updatedAt* lastActivityAt*",
        sorts="id createdAt updatedAt lastActivityAt",
        verbs="CRUDQ",
        relations={
            **CAMPAIGN_OF,
            "prospectAccount": ("prospectAccountId", "prospect-accounts"),
            "assignedTo": ("assignedToId", "users"),
        },
    ),
    build_collection("custom-fields", _CUSTOM_FIELD, filters="id* name createdAt* updatedAt*", verbs="CRUDQ"),
    build_collection("users", _USER, filters="id* email createdAt* updatedAt*"),
    build_collection(
        "campaigns",
        _CAMPAIGN,
        filters="id* name createdAt* updatedAt*",
        relations={**FOLDER_OF, "parentCampaign": ("parentCampaignId", "campaigns")},
    ),
    build_collection(
        "lists",
        _LIST,
        filters="id* name createdAt* updatedAt*",
        verbs="CRUDQ",
        relations={**CAMPAIGN_OF, **FOLDER_OF},
    ),
    build_collection(
        "list-memberships",
        _MEMBERSHIP,
        filters="id* listId prospectId createdAt* updatedAt*",
        sorts="id createdAt updatedAt listId",
        verbs="CRUDQ",
        relations={**PROSPECT_OF, "list": ("listId", "lists")},
    ),
    build_collection(
        "prospect-accounts",
        _PROSPECT_ACCOUNT,
        filters="id*",
        sorts="id salesforceId",
        relations={"assignedTo": ("assignedToId", "users")},
    ),
    build_collection("opportunities", _OPPORTUNITY, filters="id* name createdAt* updatedAt*", relations=CAMPAIGN_OF),
)

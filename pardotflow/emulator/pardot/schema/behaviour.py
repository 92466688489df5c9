"""The collections of what people did: visitors, visits, page views, activities, lifecycle, and tags.

Visits and the rest of the trail are only read. Facts: pardot_api sections 3.6, 3.7, 3.12, 3.14 and 3.15.
"""

from __future__ import annotations

from pardotflow.emulator.pardot.schema.shapes import CAMPAIGN_OF, PROSPECT_OF, build_collection

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
_VISIT = """
id           integer
visitorId    integer
prospectId   integer
visitorPageViewCount  integer
firstVisitorPageViewAt  datetime
lastVisitorPageViewAt   datetime
durationInSeconds  integer
campaignParameter  string
mediumParameter    string
sourceParameter    string
contentParameter   string
termParameter      string
createdAt    datetime
updatedAt    datetime
"""
_PAGE_VIEW = """
id           integer
url          string
title        string
visitorId    integer
visitId      integer
campaignId   integer
durationInSeconds  integer
salesforceId fid
createdAt    datetime
"""
_STAGE = """
id           integer
name         string
position     integer
isLocked     boolean
isDeleted    boolean
matchType    string
createdAt    datetime
updatedAt    datetime
"""
_HISTORY = """
id           integer
prospectId   integer
previousStageId  integer
nextStageId  integer
secondsElapsed  integer
createdAt    datetime
"""
_TAGGED = """
id           integer
tagId        integer
objectId     integer
objectName   string
objectType   string
createdAt    datetime
createdById  integer
"""
_VISITOR_OF = {"visitor": ("visitorId", "visitors")}
_VISIT_OF = {"visit": ("visitId", "visits")}

BEHAVIOUR = (
    build_collection(
        "visitor-activities",
        _ACTIVITY,
        filters="id* type prospectId visitorId createdAt* updatedAt*",
        relations={
            **CAMPAIGN_OF,
            **PROSPECT_OF,
            **_VISITOR_OF,
            **_VISIT_OF,
            "customRedirect": ("customRedirectId", "custom-redirects"),
            "email": ("emailId", "emails"),
            "emailTemplate": ("emailTemplateId", "email-templates"),
            "file": ("fileId", "files"),
            "form": ("formId", "forms"),
            "formHandler": ("formHandlerId", "form-handlers"),
            "landingPage": ("landingPageId", "landing-pages"),
            "listEmail": ("listEmailId", "list-emails"),
            "opportunity": ("opportunityId", "opportunities"),
            "visitorPageView": ("visitorPageViewId", "visitor-page-views"),
        },
        audited=False,
    ),
    build_collection(
        "visitors",
        _VISITOR,
        filters="id* prospectId isIdentified createdAt* updatedAt*",
        sorts="id prospectId createdAt updatedAt",
        relations={**CAMPAIGN_OF, **PROSPECT_OF},
        audited=False,
    ),
    build_collection(
        "visits",
        _VISIT,
        filters="id* visitorId* prospectId* createdAt* updatedAt*",
        relations={**_VISITOR_OF, **PROSPECT_OF},
        audited=False,
    ),
    build_collection(
        "visitor-page-views",
        _PAGE_VIEW,
        filters="id* visitorId visitId createdAt*",
        relations={**CAMPAIGN_OF, **_VISITOR_OF, **_VISIT_OF},
        audited=False,
    ),
    build_collection("lifecycle-stages", _STAGE, filters="id* name createdAt* updatedAt*", audited=False),
    build_collection(
        "lifecycle-histories",
        _HISTORY,
        filters="id* prospectId createdAt*",
        relations={
            **PROSPECT_OF,
            "previousStage": ("previousStageId", "lifecycle-stages"),
            "nextStage": ("nextStageId", "lifecycle-stages"),
        },
        audited=False,
    ),
    build_collection("tags", _TAG, filters="id* name createdAt* updatedAt*", verbs="CRUDQ"),
    build_collection(
        "tagged-objects",
        _TAGGED,
        filters="id* tagId objectId objectType createdAt*",
        relations={"tag": ("tagId", "tags")},
        audited=False,
    ),
)

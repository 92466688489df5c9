"""The collections of marketing content: folders, files, forms, pages, e-mails, redirects, dynamic content, programs.

They are read, and some deleted (facts pardot_api section 2.8); a seed brings the records. Fields are those that the
vendor's tables list as required or read-only; the subject and `updatedAt` of e-mails are known from recorded pages.
Which of them can be filtered and sorted by is not documented for most: id, name and the stamps are accepted.
"""

from __future__ import annotations

from pardotflow.emulator.pardot.schema.shapes import CAMPAIGN_OF, FOLDER_OF, PROSPECT_OF, build_collection

_CUSTOM_REDIRECTS = """
id           integer
bitlyIsPersonalized boolean
bitlyShortUrl string
campaignId   integer
destinationUrl string
isDeleted    boolean
name         string
salesforceId fid
trackedUrl   string
url          string
vanityUrl    string
"""
_DYNAMIC_CONTENTS = """
id           integer
baseContent  string
basedOn      string
basedOnProspectApiFieldId string
embedCode    string
embedUrl     string
folderId     integer
isDeleted    boolean
name         string
tagReplacementLanguage string
trackerDomainId integer
"""
_DYNAMIC_CONTENT_VARIATIONS = """
id           integer
comparison   string
content      string
dynamicContentId integer
operator     string
value1       string
value2       string
"""
_EMAILS = """
id           integer
campaignId   integer
clientType   string
createdById  integer
listEmailId  integer
listId       integer
name         string
prospectId   integer
salesforceCmsId string
sentAt       datetime
subject      string
type         string
updatedAt    datetime
"""
_EMAIL_TEMPLATES = """
id           integer
campaignId   integer
folderId     integer
htmlMessage  string
isAutoResponderEmail boolean
isDeleted    boolean
isDripEmail  boolean
isListEmail  boolean
isOneToOneEmail boolean
name         string
subject      string
tagReplacementLanguage string
textMessage  string
trackerDomainId integer
type         string
"""
_ENGAGEMENT_STUDIO_PROGRAMS = """
id           integer
description  string
isDeleted    boolean
name         string
recipientListIds array
salesforceId fid
scheduleCreatedById integer
status       string
suppressionListIds array
"""
_FILES = """
id           integer
bitlyIsPersonalized boolean
bitlyShortUrl string
isTracked    boolean
salesforceId fid
size         integer
url          string
vanityUrl    string
"""
_FOLDERS = """
id           integer
name         string
parentFolderId integer
path         string
usePermissions boolean
"""
_FOLDER_CONTENTS = """
id           integer
folderId     integer
folderRef    string
objectId     integer
objectName   string
objectRef    string
objectType   string
"""
_FORMS = """
id           integer
campaignId   integer
embedCode    string
isDeleted    boolean
isUseRedirectLocation boolean
layoutTemplateId integer
name         string
salesforceCmsId string
salesforceId fid
"""
_FORM_FIELDS = """
id           integer
hasDependents boolean
hasProgressives boolean
hasValues    boolean
sortOrder    integer
"""
_FORM_HANDLERS = """
id           integer
createdAt    datetime
createdById  integer
embedCode    string
isDeleted    boolean
salesforceId fid
updatedById  integer
"""
_FORM_HANDLER_FIELDS = """
id           integer
createdAt    datetime
createdById  integer
"""
_LANDING_PAGES = """
id           integer
bitlyIsPersonalized boolean
bitlyShortUrl string
campaignId   integer
isDeleted    boolean
isUseRedirectLocation boolean
layoutCss    string
layoutCssGenerated string
layoutTableBorder integer
layoutType   string
name         string
salesforceCmsId string
salesforceId fid
url          string
vanityUrl    string
"""
_LAYOUT_TEMPLATES = """
id           integer
isDeleted    boolean
layoutContent string
name         string
siteSearchContent string
"""
_LIST_EMAILS = """
id           integer
campaignId   integer
clientType   string
isDeleted    boolean
isPaused     boolean
isSent       boolean
name         string
operationalEmail boolean
recipientListIds array
sentAt       datetime
type         string
"""
_TRACKER_DOMAINS = """
id           integer
defaultCampaignId integer
domain       string
httpsStatus  string
isDeleted    boolean
isPrimary    boolean
sslRequestedById integer
sslStatus    string
sslStatusDetails string
trackingCode string
validatedAt  datetime
validationStatus string
vanityUrlStatus string
"""

CONTENT = (
    build_collection(
        "custom-redirects",
        _CUSTOM_REDIRECTS,
        filters="id* name createdAt* updatedAt*",
        verbs="RDQ",
        relations=CAMPAIGN_OF,
    ),
    build_collection(
        "dynamic-contents",
        _DYNAMIC_CONTENTS,
        filters="id* name createdAt* updatedAt*",
        relations={**FOLDER_OF, "trackerDomain": ("trackerDomainId", "tracker-domains")},
    ),
    build_collection(
        "dynamic-content-variations",
        _DYNAMIC_CONTENT_VARIATIONS,
        filters="id*",
        relations={"dynamicContent": ("dynamicContentId", "dynamic-contents")},
        audited=False,
    ),
    build_collection(
        "emails",
        _EMAILS,
        filters="id* prospectId listEmailId updatedAt*",
        relations={
            **CAMPAIGN_OF,
            "listEmail": ("listEmailId", "list-emails"),
            "list": ("listId", "lists"),
            **PROSPECT_OF,
        },
        audited=False,
    ),
    build_collection(
        "email-templates",
        _EMAIL_TEMPLATES,
        filters="id* name createdAt* updatedAt*",
        verbs="RDQ",
        relations={**CAMPAIGN_OF, **FOLDER_OF, "trackerDomain": ("trackerDomainId", "tracker-domains")},
    ),
    build_collection(
        "engagement-studio-programs", _ENGAGEMENT_STUDIO_PROGRAMS, filters="id* name createdAt* updatedAt*"
    ),
    build_collection("files", _FILES, filters="id* createdAt* updatedAt*", verbs="RDQ"),
    build_collection(
        "folders",
        _FOLDERS,
        filters="id* name createdAt* updatedAt* parentFolderId?",
        relations={"parentFolder": ("parentFolderId", "folders")},
    ),
    build_collection(
        "folder-contents", _FOLDER_CONTENTS, filters="id* createdAt* updatedAt* folderId", relations=FOLDER_OF
    ),
    build_collection(
        "forms",
        _FORMS,
        filters="id* name createdAt* updatedAt*",
        verbs="RDQ",
        relations={**CAMPAIGN_OF, "layoutTemplate": ("layoutTemplateId", "layout-templates")},
    ),
    build_collection("form-fields", _FORM_FIELDS, filters="id* createdAt* updatedAt*"),
    build_collection("form-handlers", _FORM_HANDLERS, filters="id* createdAt*", verbs="RDQ", audited=False),
    build_collection("form-handler-fields", _FORM_HANDLER_FIELDS, filters="id* createdAt*", verbs="RDQ", audited=False),
    build_collection("landing-pages", _LANDING_PAGES, filters="id* name createdAt* updatedAt*", relations=CAMPAIGN_OF),
    build_collection("layout-templates", _LAYOUT_TEMPLATES, filters="id* name createdAt* updatedAt*", verbs="RDQ"),
    build_collection("list-emails", _LIST_EMAILS, filters="id* name createdAt* updatedAt*", relations=CAMPAIGN_OF),
    build_collection(
        "tracker-domains",
        _TRACKER_DOMAINS,
        filters="id* createdAt* updatedAt*",
        relations={"defaultCampaign": ("defaultCampaignId", "campaigns")},
    ),
)

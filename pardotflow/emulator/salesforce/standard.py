"""The standard objects, written as a table that reads like a describe.

One line is one field: name, type with length or precision and scale, flags (N nillable, C createable, U updateable,
D defaulted on create, L usable as upsert key, `-` none), then options. The rows follow describes recorded from
Developer Edition orgs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pardotflow.emulator.salesforce.fields import Field, make_label

_CLEAN = "Matched;Different;Acknowledged;NotFound;Inactive;Pending;SelectMatch;Skipped"
_ACCURACY = "Address;NearAddress;Block;Street;ExtendedZip;Zip;Neighborhood;City;County;State;Unknown"
_STATUSES = "Open - Not Contacted;Working - Contacted;Closed - Converted;Closed - Not Converted"
_ACCOUNT_TYPES = (
    "Prospect;Customer - Direct;Customer - Channel;Channel Partner / Reseller;Installation Partner;"
    "Technology Partner;Other"
)
_CAMPAIGN_TYPES = (
    "Conference;Webinar;Trade Show;Public Relations;Partners;Referral Program;Advertisement;Banner Ads;Direct Mail;"
    "Email;Telemarketing;Other"
)
_AUDIT = """
CreatedDate       datetime          D
CreatedById       reference(User)   D
LastModifiedDate  datetime          D
LastModifiedById  reference(User)   D
SystemModstamp    datetime          D
"""
_VIEWED = """
LastActivityDate    date      N
LastViewedDate      datetime  N
LastReferencedDate  datetime  N
"""
_DELETED = """
IsDeleted  boolean  D
"""
_PERSON = """
LastName    string(80)    CU   compound=Name | extra=personname
FirstName   string(40)    NCU  compound=Name | extra=personname
Salutation  picklist(40)  NCU  compound=Name | values=Mr.;Ms.;Mrs.;Dr.;Prof.
Name        string(121)   -    name | extra=personname
"""
_CONSENT = f"""
HasOptedOutOfEmail   boolean           CUD  label=Email Opt Out
HasOptedOutOfFax     boolean           CUD  label=Fax Opt Out
DoNotCall            boolean           CUD  label=Do Not Call
EmailBouncedReason   string(255)       NU
EmailBouncedDate     datetime          NU
Jigsaw               string(20)        NCU  label=Data.com Key
CleanStatus          picklist(40)      NCU  restricted | values={_CLEAN}
IndividualId         reference(Individual)  NCU
"""
_PACKAGE = """
pi__score__c                   double(18,0)     N  label=Account Engagement Score
pi__grade__c                   string(10)       N  label=Account Engagement Grade
pi__url__c                     url(255)         N  label=Account Engagement URL
pi__campaign__c                string(255)      N  label=Account Engagement Campaign
pi__last_activity__c           datetime         N  label=Account Engagement Last Activity
pi__first_activity__c          datetime         N  label=Account Engagement First Activity
pi__created_date__c            datetime         N  label=Account Engagement Created Date
pi__conversion_date__c         datetime         N  label=Account Engagement Conversion Date
pi__conversion_object_name__c  string(255)      N  label=Account Engagement Conversion Object Name
pi__conversion_object_type__c  string(255)      N  label=Account Engagement Conversion Object Type
pi__first_touch_url__c         textarea(32768)  N  label=Account Engagement First Referrer
pi__first_search_term__c       string(255)      N  label=Account Engagement First Referrer Query
pi__first_search_type__c       string(255)      N  label=Account Engagement First Referrer Type
pi__utm_campaign__c            string(255)      N  label=Google Analytics Campaign
pi__utm_content__c             string(255)      N  label=Google Analytics Content
pi__utm_medium__c              string(255)      N  label=Google Analytics Medium
pi__utm_source__c              string(255)      N  label=Google Analytics Source
pi__utm_term__c                string(255)      N  label=Google Analytics Term
pi__notes__c                   textarea(32768)  N  label=Account Engagement Notes
pi__comments__c                textarea(32768)  N  label=Account Engagement Comments
pi__Needs_Score_Synced__c      boolean          D  label=Account Engagement Needs Score Synced
pi__Pardot_Last_Scored_At__c   datetime         N  label=Account Engagement Last Scored At
pi__pardot_hard_bounced__c     boolean          D  label=Account Engagement Hard Bounced
"""


def _address(prefix: str) -> str:
    """The parts of one compound address and the compound itself; the lead's has no prefix."""
    whole = f"{prefix}Address"
    return f"""
{prefix}Street           textarea(255)  NCU  compound={whole} | extra=plaintextarea
{prefix}City             string(40)     NCU  compound={whole}
{prefix}State            string(80)     NCU  compound={whole} | label={prefix} State/Province
{prefix}PostalCode       string(20)     NCU  compound={whole} | label={prefix} Zip/Postal Code
{prefix}Country          string(80)     NCU  compound={whole}
{prefix}Latitude         double(18,15)  NCU  compound={whole}
{prefix}Longitude        double(18,15)  NCU  compound={whole}
{prefix}GeocodeAccuracy  picklist(40)   NCU  compound={whole} | restricted | values={_ACCURACY}
{prefix or ""}Address          address        N
"""


_INDUSTRIES = (
    "Agriculture;Apparel;Banking;Biotechnology;Chemicals;Communications;Construction;Consulting;Education;"
    "Electronics;Energy;Engineering;Entertainment;Environmental;Finance;Food & Beverage;Government;Healthcare;"
    "Hospitality;Insurance;Machinery;Manufacturing;Media;Not For Profit;Recreation;Retail;Shipping;Technology;"
    "Telecommunications;Transportation;Utilities;Other"
)
_SOURCES = "Web;Phone Inquiry;Partner Referral;Purchased List;Other"

_LEAD = f"""
MasterRecordId  reference(Lead)  N
{_PERSON}
Title           string(128)      NCU
Company         string(255)      CU
{_address("")}
Phone           phone(40)        NCU
MobilePhone     phone(40)        NCU
Fax             phone(40)        NCU
Email           email(80)        NCUL
Website         url(255)         NCU
PhotoUrl        url(255)         N
Description     textarea(32000)  NCU  extra=plaintextarea
LeadSource      picklist(40)     NCU  values={_SOURCES}
Status          picklist(40)     CUD  default=Open - Not Contacted | values={_STATUSES}
Industry        picklist(40)     NCU  values={_INDUSTRIES}
Rating          picklist(40)     NCU  values=Hot;Warm;Cold
AnnualRevenue   currency(18,0)   NCU
NumberOfEmployees  int(8)        NCU  label=Employees
OwnerId         reference(Group;User)  CUD
IsConverted     boolean          CD
ConvertedDate   date             N
ConvertedAccountId      reference(Account)      N
ConvertedContactId      reference(Contact)      N
ConvertedOpportunityId  reference(Opportunity)  N
IsUnreadByOwner  boolean         CUD
{_VIEWED}{_CONSENT}{_PACKAGE}
"""
_CONTACT = f"""
MasterRecordId  reference(Contact)  N
AccountId       reference(Account)  NCU  cascade | children=Contacts
{_PERSON}
{_address("Other")}{_address("Mailing")}
Phone           phone(40)        NCU  label=Business Phone
Fax             phone(40)        NCU
MobilePhone     phone(40)        NCU
HomePhone       phone(40)        NCU
OtherPhone      phone(40)        NCU
AssistantPhone  phone(40)        NCU
ReportsToId     reference(Contact)  NCU
Email           email(80)        NCUL
Title           string(128)      NCU
Department      string(80)       NCU
AssistantName   string(40)       NCU
LeadSource      picklist(40)     NCU  values={_SOURCES}
Birthdate       date             NCU
Description     textarea(32000)  NCU  extra=plaintextarea
OwnerId         reference(User)  CUD
LastCURequestDate  datetime      N
LastCUUpdateDate   datetime      N
IsEmailBounced  boolean          D
PhotoUrl        url(255)         N
{_VIEWED}{_CONSENT}{_PACKAGE}
"""
_ACCOUNT = f"""
MasterRecordId  reference(Account)  N
Name            string(255)      CU   name | label=Account Name
Type            picklist(40)     NCU  values={_ACCOUNT_TYPES}
ParentId        reference(Account)  NCU  children=ChildAccounts
{_address("Billing")}{_address("Shipping")}
Phone           phone(40)        NCU  label=Account Phone
Fax             phone(40)        NCU  label=Account Fax
AccountNumber   string(40)       NCU
Website         url(255)         NCU
PhotoUrl        url(255)         N
Sic             string(20)       NCU  label=SIC Code
Industry        picklist(40)     NCU  values={_INDUSTRIES}
AnnualRevenue   currency(18,0)   NCU
NumberOfEmployees  int(8)        NCU  label=Employees
Ownership       picklist(40)     NCU  values=Public;Private;Subsidiary;Other
TickerSymbol    string(20)       NCU
Description     textarea(32000)  NCU  extra=plaintextarea
Rating          picklist(40)     NCU  values=Hot;Warm;Cold
Site            string(80)       NCU  label=Account Site
OwnerId         reference(User)  CUD
AccountSource   picklist(40)     NCU  values={_SOURCES}
SicDesc         string(80)       NCU
DunsNumber      string(9)        NCU
Tradestyle      string(255)      NCU
NaicsCode       string(8)        NCU
NaicsDesc       string(120)      NCU
YearStarted     string(4)        NCU
Jigsaw          string(20)       NCU  label=Data.com Key
CleanStatus     picklist(40)     NCU  restricted | values={_CLEAN}
{_VIEWED}
"""
_USER = """
Username        string(80)       CUL
LastName        string(80)       CU   compound=Name | extra=personname
FirstName       string(40)       NCU  compound=Name | extra=personname
Name            string(121)      -    name | extra=personname
CompanyName     string(80)       NCU
Division        string(80)       NCU
Department      string(80)       NCU
Title           string(80)       NCU
Email           email(128)       CUL
Phone           phone(40)        NCU
MobilePhone     phone(40)        NCU
Alias           string(8)        NCU
CommunityNickname  string(40)    NCU
IsActive        boolean          CUD  default=true
TimeZoneSidKey      picklist(40)  CUD  default=America/Los_Angeles
LocaleSidKey        picklist(40)  CUD  default=en_US
EmailEncodingKey    picklist(40)  CUD  default=UTF-8
LanguageLocaleKey   picklist(40)  CUD  default=en_US
ProfileId       reference(Profile)   NCU
UserRoleId      reference(UserRole)  NCU
UserType        picklist(40)     D    default=Standard
FederationIdentifier  string(512)  NCU
ManagerId       reference(User)  NCU
ContactId       reference(Contact)  N
AccountId       reference(Account)  N
LastLoginDate   datetime         N
"""
_CAMPAIGN = f"""
Name            string(80)       CUL  name
ParentId        reference(Campaign)  NCU  children=ChildCampaigns
Type            picklist(40)     NCUD  default=Conference | values={_CAMPAIGN_TYPES}
Status          picklist(40)     NCUD  default=Planned | values=Planned;In Progress;Completed;Aborted
StartDate       date             NCU
EndDate         date             NCU
ExpectedRevenue currency(18,0)   NCU
BudgetedCost    currency(18,0)   NCU
ActualCost      currency(18,0)   NCU
ExpectedResponse  percent(10,2)  NCU
NumberSent      double(18,0)     NCU
IsActive        boolean          CUD
Description     textarea(32000)  NCU  extra=plaintextarea
NumberOfLeads   int(9)           D
NumberOfConvertedLeads  int(9)   D
NumberOfContacts   int(9)        D
NumberOfResponses  int(9)        D
OwnerId         reference(User)  CUD
{_VIEWED}
"""
_ORGANIZATION = """
Name               string(80)    U  name
IsSandbox          boolean       D
OrganizationType   picklist(40)  D  default=Developer Edition
InstanceName       string(5)     D  default=EMU1
TrialExpirationDate  datetime    N
TimeZoneSidKey     picklist(40)  U  default=America/Los_Angeles
LanguageLocaleKey  picklist(40)  U  default=en_US
"""
_LEAD_STATUS = """
MasterLabel  string(255)  CU  name
ApiName      string(255)  CU
SortOrder    int(9)       NCU
IsDefault    boolean      CUD
IsConverted  boolean      CUD
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardObject:
    """One standard object. `deletable` objects have a recycle bin and an IsDeleted field."""

    name: str
    label: str
    plural: str
    prefix: str
    fields: tuple[Field, ...]
    mergeable: bool = False
    deletable: bool = True
    createable: bool = True


def _parse_option(option: str, made: dict[str, Any]) -> None:
    key, _, value = option.strip().partition("=")
    if key == "values":
        made["picklist"] = tuple(value.split(";"))
    elif key == "default":
        made["default"] = {"true": True, "false": False}.get(value, value)
    elif key == "children":
        made["child_relationship"] = value
    elif key == "name":
        made["name_field"] = True
    elif key in {"restricted", "cascade"}:
        made[key] = True
    else:
        made[key] = value.strip()


def _parse_type(text: str, made: dict[str, Any]) -> None:
    match = re.fullmatch(r"(\w+)(?:\((.*)\))?", text)
    if match is None:
        raise ValueError(f"unreadable type {text!r}")
    made["type"], inside = match[1], match[2]
    if made["type"] == "reference":
        made.update(length=18, reference_to=tuple(inside.split(";")), relationship=made["name"].removesuffix("Id"))
    elif made["type"] == "int":
        made["digits"] = int(inside)
    elif inside and "," in inside:
        made["precision"], made["scale"] = (int(part) for part in inside.split(","))
    elif inside:
        made["length"] = int(inside)


def parse_field(line: str) -> Field:
    """Read one line of the table."""
    name, type_text, flags, options = (*line.split(None, 3), "")[:4]
    made: dict[str, Any] = {"name": name, "label": make_label(name)}
    _parse_type(type_text, made)
    made.update(
        nillable="N" in flags,
        createable="C" in flags,
        updateable="U" in flags,
        defaulted="D" in flags,
        id_lookup="L" in flags,
        custom=name.endswith("__c"),
    )
    for option in filter(None, options.split("|")):
        _parse_option(option, made)
    if made["type"] == "boolean" and "default" not in made:
        made["default"] = False
    return Field(**made)


def _build(name: str, prefix: str, table: str, *, plural: str = "", label: str = "", **flags: bool) -> StandardObject:
    head = "Id  id(18)  DL\n" + (_DELETED if flags.get("deletable", True) else "")
    lines = (head + table + _AUDIT).splitlines()
    return StandardObject(
        name=name,
        label=label or name,
        plural=plural or f"{name}s",
        prefix=prefix,
        fields=tuple(parse_field(line) for line in lines if line.strip()),
        **flags,
    )


def custom_object(name: str, prefix: str) -> StandardObject:
    """A custom object with a Name and the audit fields; its own fields are added by the seed."""
    return _build(name, prefix, "Name  string(80)  CUL  name\n" + _VIEWED, label=make_label(name))


@lru_cache(maxsize=1)
def standard_objects() -> tuple[StandardObject, ...]:
    """All standard objects. A server of a standing file never needs them, so they are read only on demand."""
    return (
        _build("Account", "001", _ACCOUNT, mergeable=True),
        _build("Contact", "003", _CONTACT, mergeable=True),
        _build("Lead", "00Q", _LEAD, mergeable=True),
        _build("User", "005", _USER, deletable=False),
        _build("Campaign", "701", _CAMPAIGN),
        _build("Organization", "00D", _ORGANIZATION, deletable=False, createable=False),
        _build("LeadStatus", "01J", _LEAD_STATUS, plural="Lead Statuses", label="Lead Status", deletable=False),
    )

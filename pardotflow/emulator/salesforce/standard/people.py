"""Leads, contacts and accounts as recorded describes show them, and the histories of leads and contacts."""

from __future__ import annotations

from pardotflow.emulator.salesforce.standard.table import VIEWED, StandardObject, build_object

_CLEAN = "Matched;Different;Acknowledged;NotFound;Inactive;Pending;SelectMatch;Skipped"
_ACCURACY = "Address;NearAddress;Block;Street;ExtendedZip;Zip;Neighborhood;City;County;State;Unknown"
_STATUSES = "Open - Not Contacted;Working - Contacted;Closed - Converted;Closed - Not Converted"
_ACCOUNT_TYPES = (
    "Prospect;Customer - Direct;Customer - Channel;Channel Partner / Reseller;Installation Partner;"
    "Technology Partner;Other"
)
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
EmailBouncedReason   string(255)  NU
EmailBouncedDate     datetime     NU
JigsawContactId      string(20)   N    label=Jigsaw Contact ID
CompanyDunsNumber    string(9)    NCU  label=Company D-U-N-S Number
DandbCompanyId       reference(DandBCompany)  NCU
{VIEWED}{_CONSENT}{_PACKAGE}
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
EmailBouncedReason  string(255)  NCU
EmailBouncedDate    datetime     NCU
IsEmailBounced  boolean          D
PhotoUrl        url(255)         N
{VIEWED}{_CONSENT}{_PACKAGE}
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
IsPartner         boolean        D
IsCustomerPortal  boolean        D
{VIEWED}"""

# What every object of field history has; facts name the columns, the key prefix 017 is not among them.
_HISTORY = """
{parent}Id  reference({parent})  -   cascade | children=Histories
Field       picklist(255)     -
DataType    picklist(40)      N
OldValue    anyType           N
NewValue    anyType           N
"""
_HISTORY_AUDIT = """
CreatedById  reference(User)  D
CreatedDate  datetime         D
"""


def _history(parent: str) -> StandardObject:
    return build_object(
        f"{parent}History",
        "017",
        _HISTORY.format(parent=parent),
        audit=_HISTORY_AUDIT,
        label=f"{parent} History",
        plural=f"{parent} History",
        createable=False,
        updateable=False,
        deletable=False,
    )


def people_objects() -> tuple[StandardObject, ...]:
    """The objects of this module."""
    return (
        build_object("Account", "001", _ACCOUNT, mergeable=True),
        build_object("Contact", "003", _CONTACT, mergeable=True),
        build_object("Lead", "00Q", _LEAD, mergeable=True),
        _history("Contact"),
        _history("Lead"),
    )

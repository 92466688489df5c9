"""Campaigns, their members and the statuses that members may have (facts: salesforce_api.md §8.4)."""

from __future__ import annotations

from pardotflow.emulator.salesforce.standard.table import VIEWED, StandardObject, build_object

_CAMPAIGN_TYPES = (
    "Conference;Webinar;Trade Show;Public Relations;Partners;Referral Program;Advertisement;Banner Ads;Direct Mail;"
    "Email;Telemarketing;Other"
)
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
NumberOfOpportunities     int(9)  D
NumberOfWonOpportunities  int(9)  D
AmountAllOpportunities  currency(18,0)  D
AmountWonOpportunities  currency(18,0)  D
OwnerId         reference(User)  CUD
{VIEWED}
"""
# Below Type stand copies of the lead or contact, which `campaign_members` keeps.
_CAMPAIGN_MEMBER = """
CampaignId   reference(Campaign)  C   cascade | children=CampaignMembers
LeadId       reference(Lead)      NC  cascade | children=CampaignMembers
ContactId    reference(Contact)   NC  cascade | children=CampaignMembers
Status       picklist(40)         NCUD  values=Sent;Responded
HasResponded       boolean        D
FirstRespondedDate  date          N
LeadOrContactId       reference(Contact;Lead)  N  label=Related Record ID
LeadOrContactOwnerId  reference(Group;User)    N  label=Related Record Owner ID
Type         picklist(40)    N
Salutation   picklist(40)    N
Name         string(255)     N  name
FirstName    string(40)      N
LastName     string(80)      N
Title        string(128)     N
Street       textarea(255)   N
City         string(40)      N
State        string(80)      N
PostalCode   string(20)      N
Country      string(80)      N
Email        email(80)       N
Phone        phone(40)       N
Fax          phone(40)       N
MobilePhone  phone(40)       N
Description  textarea(32000)  N
DoNotCall           boolean  D
HasOptedOutOfEmail  boolean  D
HasOptedOutOfFax    boolean  D
LeadSource       picklist(40)  N
CompanyOrAccount  string(255)  N
"""
_CAMPAIGN_MEMBER_STATUS = """
CampaignId    reference(Campaign)  C   cascade | children=CampaignMemberStatuses
Label         string(765)          CU  name
SortOrder     int(9)               NCU
IsDefault     boolean              CUD
HasResponded  boolean              CUD
"""


def campaign_objects() -> tuple[StandardObject, ...]:
    """The objects of this module."""
    return (
        build_object("Campaign", "701", _CAMPAIGN),
        build_object("CampaignMember", "00v", _CAMPAIGN_MEMBER, label="Campaign Member"),
        build_object(
            "CampaignMemberStatus",
            "01Y",
            _CAMPAIGN_MEMBER_STATUS,
            label="Campaign Member Status",
            plural="Campaign Member Statuses",
        ),
    )

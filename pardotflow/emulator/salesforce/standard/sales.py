"""Opportunities, their contacts, and tasks (facts: salesforce_api.md §2.3 and §8.3)."""

from __future__ import annotations

from pardotflow.emulator.salesforce.standard.table import VIEWED, StandardObject, build_object

_STAGES = (
    "Prospecting;Qualification;Needs Analysis;Value Proposition;Id. Decision Makers;Perception Analysis;"
    "Proposal/Price Quote;Negotiation/Review;Closed Won;Closed Lost"
)
_FORECASTS = "Omitted;Pipeline;Best Case;Commit;Closed"
_ROLES = (
    "Business User;Decision Maker;Economic Buyer;Economic Decision Maker;Evaluator;Executive Sponsor;Influencer;"
    "Technical Buyer;Other"
)
_OPPORTUNITY = f"""
AccountId    reference(Account)  NCU  cascade | children=Opportunities
IsPrivate    boolean          CUD
Name         string(120)      CUL  name
Description  textarea(32000)  NCU  extra=plaintextarea
StageName    picklist(40)     CU   label=Stage | values={_STAGES}
Amount       currency(18,2)   NCU
Probability  percent(3,0)     NCUD  label=Probability (%)
ExpectedRevenue  currency(18,2)  N
TotalOpportunityQuantity  double(18,2)  NCU  label=Quantity
CloseDate    date             CU
Type         picklist(40)     NCU  values=Existing Business;New Business
NextStep     string(255)      NCU
LeadSource   picklist(40)     NCU  values=Web;Phone Inquiry;Partner Referral;Purchased List;Other
IsClosed     boolean          D
IsWon        boolean          D
ForecastCategory      picklist(40)  D     restricted | values=Omitted;Pipeline;BestCase;MostLikely;Forecast;Closed
ForecastCategoryName  picklist(40)  NCUD  values={_FORECASTS}
CampaignId   reference(Campaign)  NCU  children=Opportunities
HasOpportunityLineItem  boolean   D
Pricebook2Id  reference(Pricebook2)  NCU
OwnerId      reference(User)  CUD
FiscalQuarter  int(9)         N
FiscalYear     int(9)         N
Fiscal         string(6)      N    label=Fiscal Period
ContactId      reference(Contact)  NC
HasOpenActivity  boolean      D
HasOverdueTask   boolean      D
{VIEWED}
"""
_ROLE = f"""
OpportunityId  reference(Opportunity)  C    cascade | children=OpportunityContactRoles
ContactId      reference(Contact)      CU   cascade | children=OpportunityContactRoles
Role           picklist(40)   NCU  values={_ROLES}
IsPrimary      boolean        CUD  label=Primary
"""
_TASK = """
WhoId        reference(Contact;Lead)  NCU  cascade | children=Tasks | label=Name ID
WhatId       reference(Account;Campaign;Case;Opportunity)  NCU  cascade | children=Tasks | label=Related To ID
Subject      combobox(255)    NCU  values=Call;Email;Send Letter;Send Quote;Other
ActivityDate  date            NCU  label=Due Date Only
Status       picklist(40)     CUD  default=Not Started | values={statuses}
Priority     picklist(40)     CUD  default=Normal | values=High;Normal;Low
IsHighPriority  boolean       D
OwnerId      reference(Group;User)  CUD  label=Assigned To ID
Description  textarea(32000)  NCU  label=Comments
AccountId    reference(Account)  N
IsClosed     boolean          D
IsArchived   boolean          D
CallDurationInSeconds  int(8)  NCU  label=Call Duration
CallType     picklist(40)     NCU  values=Internal;Inbound;Outbound
CallDisposition  string(255)  NCU  label=Call Result
CallObject   string(255)      NCU  label=Call Object Identifier
ReminderDateTime  datetime    NCU
IsReminderSet  boolean        CUD
IsRecurrence   boolean        CD
RecurrenceActivityId  reference(Task)  N
TaskSubtype  picklist(40)     NCD  restricted | default=Task | values=Task;Email;ListEmail;Cadence;Call;LinkedIn
CompletedDateTime  datetime   N
"""
_TASK_STATUSES = "Not Started;In Progress;Completed;Waiting on someone else;Deferred"


def sales_objects() -> tuple[StandardObject, ...]:
    """The objects of this module."""
    return (
        build_object("Opportunity", "006", _OPPORTUNITY, plural="Opportunities"),
        build_object("OpportunityContactRole", "00K", _ROLE, label="Opportunity Contact Role"),
        build_object("Task", "00T", _TASK.format(statuses=_TASK_STATUSES)),
    )

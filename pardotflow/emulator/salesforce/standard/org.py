"""What an org has apart from its customers: itself, users, queues and the statuses of leads."""

from __future__ import annotations

from pardotflow.emulator.salesforce.standard.table import StandardObject, build_object

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
_GROUP = """
Name           string(40)   CUL  name
DeveloperName  string(80)   NCU
Type           picklist(40)  CD  default=Regular | values=Regular;Role;RoleAndSubordinates;Organization;Queue
Email          email(255)   NCU
DoesSendEmailToMembers  boolean  CUD
DoesIncludeBosses       boolean  CUD
RelatedId      reference(User)  N
OwnerId        reference(User)  D
"""


def org_objects() -> tuple[StandardObject, ...]:
    """The objects of this module."""
    return (
        build_object("User", "005", _USER, deletable=False),
        build_object("Group", "00G", _GROUP, deletable=False),
        build_object("Organization", "00D", _ORGANIZATION, deletable=False, createable=False),
        build_object("LeadStatus", "01J", _LEAD_STATUS, plural="Lead Statuses", label="Lead Status", deletable=False),
    )

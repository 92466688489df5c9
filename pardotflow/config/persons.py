"""Person accounts of Salesforce: one person under two ids, an account and the contact behind it.

A side that lists Account takes such a person as the account, which is what can be written; its contact stands aside.
"""

from pardotflow.config.project import Side
from pardotflow.core.describe import ObjectInfo
from pardotflow.core.values import System

IS_PERSON = "IsPersonAccount"
"""Only in orgs with person accounts; of contacts and of accounts."""
PERSON_CONTACT = "PersonContactId"
PERSON_EMAIL = "PersonEmail"
_ACCOUNT = "account"


def is_account(object_name: str) -> bool:
    """True for the object Account, however it is written."""
    return object_name.lower() == _ACCOUNT


def is_name(field: str) -> bool:
    """True for the field Name, however it is written: of a person account it follows from the names of the person."""
    return field.lower() == "name"


def person_accounts(side: Side, other: Side) -> str:
    """The object of a side whose records stand for people where they are person accounts: Account beside contacts or
    leads, or opposite prospects. Empty where there is none."""
    if side.system is not System.SALESFORCE or (other.system is not System.PARDOT and len(side.names) == 1):
        return ""
    return next(filter(is_account, side.names), "")


def required_fields(info: ObjectInfo, *, of_person: bool) -> tuple[str, ...]:
    """What a new record needs. A person account has a last name, and takes no Name."""
    names = tuple(f.name for f in info.fields if f.required_on_create)
    return (*(n for n in names if not is_name(n)), "LastName") if of_person else names

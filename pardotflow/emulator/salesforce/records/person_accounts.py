"""Person accounts: one person under two ids, an account and the contact behind it.

The account is what is written; its contact follows every save, and is refused where it is written by itself. An org
without person accounts has none of the fields, and nothing here does anything.
"""

from __future__ import annotations

from collections.abc import Mapping

from pardotflow.emulator.salesforce.context import Context
from pardotflow.emulator.salesforce.errors import SalesforceError, refuse
from pardotflow.emulator.salesforce.records.catalog import ObjectInfo
from pardotflow.emulator.salesforce.records.row_store import Values, find_row, new_id
from pardotflow.emulator.salesforce.records.rows import complete_row, insert_row, update_row
from pardotflow.emulator.salesforce.standard.persons import SHARED, account_field


def mirrored(account: ObjectInfo, contact: ObjectInfo) -> Mapping[str, str]:
    """The fields of a contact that follow its person account, each with the account's name for it."""
    return {name: there for name in contact.blank if (there := account_field(name)) in account.blank}


def full_name(row: Mapping[str, object]) -> str:
    """The name of a person account, which is not written."""
    return " ".join(str(row[name]) for name in ("FirstName", "LastName") if row.get(name))


def becomes_person(context: Context, lead: Values) -> bool:
    """Whether the conversion of a lead makes a person account: of one without a company."""
    return lead["Company"] is None and "IsPersonAccount" in context.catalog.objects["account"].blank


def check_no_person_contact(info: ObjectInfo, row: Values) -> None:
    """Refuse to write the contact of a person account by itself; raises `SalesforceError`."""
    if info.name == "Contact" and row.get("IsPersonAccount"):
        raise refuse(400, "INVALID_PERSON_ACCOUNT_OPERATION", "cannot reference person contact", ())


def check_person_fields(context: Context, info: ObjectInfo, row: Values | None, values: Values) -> Values:
    """What is written to a record, and the name of a new person; `row` is None for a new record.

    A person account takes no Name, a business account no field of a person, and no contact belongs to a person account
    but its own. Raises `SalesforceError`.
    """
    if "IsPersonAccount" not in info.blank:
        return values
    if info.name == "Contact":
        _check_parent(context, values.get("AccountId"))
        return values
    is_person = bool(row["IsPersonAccount"]) if row else values.get("LastName") is not None
    wrong = [name for name in values if name == "Name"] if is_person else _given_of_a_person(context, info, values)
    if wrong:
        raise _bad_names(wrong)
    if is_person and row is not None and "LastName" in values and values["LastName"] is None:
        raise refuse(400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", ["LastName"])
    return values | {"Name": full_name(values)} if is_person and row is None else values


def _given_of_a_person(context: Context, info: ObjectInfo, values: Values) -> list[str]:
    own = set(mirrored(info, context.catalog.objects["contact"]).values()) - set(SHARED)
    return [name for name, value in values.items() if name in own and value not in (None, 0)]


def _bad_names(names: list[str]) -> SalesforceError:
    message = f"Account: bad field names on insert/update call: {', '.join(names)}"
    return refuse(400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, names)


def _check_parent(context: Context, account_id: str | None) -> None:
    account = find_row(context.db, context.catalog.objects["account"], account_id) if account_id else None
    if account is not None and account["IsPersonAccount"]:
        raise refuse(400, "INVALID_PERSON_ACCOUNT_OPERATION", "cannot reference person account", ())


def person_values(context: Context, info: ObjectInfo, row: Values | None, values: Values) -> Values:
    """The given values of an account with those that follow from them where it is a person's."""
    if "IsPersonAccount" not in info.blank:
        return values
    if row is None:
        contact = context.catalog.objects["contact"]
        is_person = values.get("LastName") is not None
        return values | {"IsPersonAccount": 1, "PersonContactId": new_id(context.db, contact)} if is_person else values
    is_renamed = row["IsPersonAccount"] and not values.keys().isdisjoint(("FirstName", "LastName"))
    return values | {"Name": full_name(row | values)} if is_renamed else values


def save_contact(context: Context, info: ObjectInfo, row: Values, *, created: bool) -> None:
    """Let the contact of a person account follow its save."""
    contact = context.catalog.objects["contact"]
    values = {name: row[there] for name, there in mirrored(info, contact).items()}
    signed = {"stamp": context.stamp, "user_id": context.user_id}
    if created:
        values |= {"AccountId": row["Id"], "IsPersonAccount": 1}
        insert_row(context.db, contact, complete_row(contact, values, record_id=row["PersonContactId"], **signed))
        return
    found = find_row(context.db, contact, row["PersonContactId"])
    if found is not None:
        changes = {name: value for name, value in values.items() if found[name] != value}
        update_row(context.db, contact, found, changes, **signed)


def contact_of(context: Context, info: ObjectInfo, row: Values) -> Values | None:
    """The contact of an account that is a person's."""
    if info.name != "Account" or not row.get("IsPersonAccount"):
        return None
    return find_row(context.db, context.catalog.objects["contact"], row["PersonContactId"])

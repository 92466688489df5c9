"""Codes of users and owners: PF18x, a part of the codes of project files."""

from pardotflow.core.codes.code import Code, code

USER_CODES: tuple[Code, ...] = (
    code(
        "PF180",
        "users that cannot be translated",
        "users: and owner: turn a user of one vendor into a user of the other, one way: between a field of Salesforce "
        "that refers to a User and a user field of the prospect. Users are named by id or by e-mail.",
        "Name such fields and such users, or map a field that holds a text.",
    ),
    code(
        "PF181",
        "a new record without an owner",
        "Salesforce makes the connected user the owner of a record that is created without one, and the mapping of the "
        "owner would then assign the prospect to that user.",
        "Say who owns new records: owner:, a value for OwnerId under set:, or assignment_rule:.",
    ),
    code(
        "PF182",
        "two fields for the owner of one prospect",
        "Pardot refuses a write with both userId and salesforceOwnerId (code 125): each of them assigns the prospect.",
        "Keep one of them.",
    ),
    code(
        "PF183",
        "an assignment rule that cannot run",
        "Salesforce has assignment rules for leads and cases only, and a record whose owner is given needs none.",
        "Write true or the id of a rule, for an object that has them, and do not give the owner beside it.",
    ),
    code(
        "PF184",
        "an option of writes that has nowhere to go",
        "duplicate_rule: is said to the duplicate rules of Salesforce, and this sync writes nothing there.",
        "Remove it.",
    ),
)

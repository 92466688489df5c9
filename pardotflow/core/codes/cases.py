"""Codes of decision tests: from PF185 on, in the chapter of project files."""

from pardotflow.core.codes.code import Code, code

CASE_CODES: tuple[Code, ...] = (
    code(
        "PF185",
        "a decision test of no sync",
        "The file's `tests:` names a sync that the project does not have.",
        "Correct the name.",
    ),
    code(
        "PF186",
        "a case that cannot be meant so",
        "A case has one record or a pair, and says of them only what they can have: a base belongs to a pair that is "
        "linked, a match key to a pair that is not. The name of a case stands once in a file.",
        "Do what the message says.",
    ),
    code(
        "PF187",
        "an unknown name in a case",
        "A case names a field, mapping, object, match key or kind that its sync does not have. A field that the "
        "sync does not read decides nothing.",
        "Correct the name, or remove the line.",
    ),
)

"""Codes of plan and apply: PF2xx.

Each is registered here before it is used anywhere.
"""

from pardotflow.core.codes.code import Code, code

PLAN_CODES: tuple[Code, ...] = (
    code(
        "PF201",
        "the model cannot be run",
        "DuckDB does not understand a model's SQL, which `validate` finds out over empty relations, or fails on a "
        "value while a plan computes it; the message is its own.",
        "Correct the model at the marked word; use try_cast() where a value may not have the type.",
    ),
    code(
        "PF202",
        "the source cannot be read",
        "A file or table of a source is missing or lacks a declared column, a line of a file is not CSV in UTF-8, or a "
        "value is not of its column's declared type. Such a value would become blank, so nothing is planned.",
        "Correct the path, the line or the declared type: a column of type text takes anything, and the model can use "
        "try_cast().",
    ),
    code(
        "PF203",
        "an expression cannot be computed",
        "DuckDB does not understand an `sql`, `when` or `set` expression, or fails on the value of a record.",
        "Correct the marked word; use try_cast() where a value may not have the type.",
    ),
    code(
        "PF204",
        "a column's name is reserved",
        "Columns of a model that a sync reads may not begin with an underscore.",
        "Rename the column in the model: `select _id as row_id`.",
    ),
    code(
        "PF205",
        "too many records to be read one by one",
        "Fields of a prospect that hold several values come with the read of that one prospect alone, a call each. The "
        "plan needs more of them than its source allows, and has made none: those of the pairs and of planned creates, "
        "as far as they changed since they were read, and all of them again after a week.",
        "Write `single_reads: NUMBER` in the source of the prospects, narrow the side by `select`, or map a field with "
        "one value.",
    ),
    code(
        "PF221",
        "a file of conflicts cannot be read",
        "The file for `conflicts --decide` lacks a key or column, has one that is not known, is no CSV, or was written "
        "for another environment. Nothing of it is recorded.",
        "Write it anew with `conflicts --out FILE`, and fill in nothing but the decisions.",
    ),
    code(
        "PF222",
        "no such decision",
        "A conflict is decided by one word: `salesforce`, `pardot` or `keep`.",
        "Write one of them, or leave it empty: the conflict stays open.",
    ),
    code(
        "PF223",
        "a conflict is decided twice",
        "The same field of the same two records stands in the file twice, with different decisions.",
        "Keep one of the two entries.",
    ),
)

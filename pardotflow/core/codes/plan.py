"""Codes of plan and apply: PF2xx.

Each is registered here before it is used anywhere.
"""

from pardotflow.core.codes.code import Code, code

PLAN_CODES: tuple[Code, ...] = (
    code(
        "PF201",
        "the model cannot be run",
        "DuckDB refused a model's SQL, or failed while computing it; the message is its own.",
        "Correct the model; `pardotflow compile` writes the SQL that was run.",
    ),
    code(
        "PF202",
        "the source cannot be read",
        "A file or table of a source is missing, is not UTF-8, or lacks a declared column.",
        "Correct the path, the file or the declared types.",
    ),
    code(
        "PF203",
        "an expression cannot be computed",
        "An `sql`, `when` or `set` expression failed on a value of a record.",
        "Use try_cast(), or handle the value in the expression.",
    ),
    code(
        "PF204",
        "a column's name is reserved",
        "Columns of a model that a sync reads may not begin with an underscore.",
        "Rename the column in the model: `select _id as row_id`.",
    ),
)

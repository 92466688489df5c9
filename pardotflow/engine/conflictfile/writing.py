"""Conflicts into the text of a file that somebody fills in.

In CSV a cell that a spreadsheet could take for a formula, a number or a date begins with an apostrophe, which reading
takes away again: nothing in a record can run, and no value changes by being looked at.
"""

import csv
import io
from collections.abc import Iterable, Sequence

import yaml

from pardotflow.engine.conflictfile.entry import COLUMNS, DECISION, VALUES, WORDS, row_of
from pardotflow.plan.model import Conflict, ConflictReport

MOST_IN_YAML = 3000
"""More entries than this are more values than a YAML file may hold; a spreadsheet takes them."""

CSV_TITLE = f"{DECISION} ({'/'.join(WORDS)})"
"""The title of the column that is filled in, which says how."""
CSV_MARK = "\ufeff"
"""Without it a spreadsheet takes UTF-8 for the code page of its country."""

_HEAD = """\
# {count} of plan {plan}, environment {environment}.
#
# Write one word at "decision" where you can decide, and hand the file in: pardotflow conflicts --decide {name}
#
#   salesforce   the value of Salesforce goes to Pardot
#   pardot       the value of Pardot goes to Salesforce
#   keep         both stay as they are, and nobody is asked again until one of them changes
#
# What is left empty stays open. A decision holds for the two values that stand here: if one of them changes before the
# next plan, it expires, and the conflict is open again. All other lines are there to be read: leave them as they are.
# Personal values stand here in the clear: delete the file when you are done with it.

environment: {environment}
conflicts:
"""


def conflicts_to_yaml(report: ConflictReport, conflicts: Sequence[Conflict], name: str) -> str:
    """The text of a YAML file; `name` is what the file will be called."""
    count = "1 conflict" if len(conflicts) == 1 else f"{len(conflicts):,} conflicts"
    environment = report.meta.environment
    head = _HEAD.format(count=count, plan=report.meta.id, environment=environment, name=name)
    return head + "".join(_yaml_entry(row_of(conflict, environment)) for conflict in conflicts)


def _yaml_entry(row: dict[str, str]) -> str:
    lines = [f"{column}: {_quoted(text)}" for column, text in row.items() if column != "environment"]
    return "  - " + "\n    ".join([*lines, f"{DECISION}:"]) + "\n\n"


def _quoted(text: str) -> str:
    """A double-quoted scalar on one line: every text comes back as it was."""
    return yaml.safe_dump(text, default_style='"', allow_unicode=True, width=float("inf")).rstrip("\n")


def conflicts_to_csv(report: ConflictReport, conflicts: Iterable[Conflict]) -> str:
    """The text of a CSV file, with the mark that makes spreadsheets read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow((CSV_TITLE, *COLUMNS))
    for conflict in conflicts:
        row = row_of(conflict, report.meta.environment)
        writer.writerow(("", *(_cell(text, is_value=column in VALUES) for column, text in row.items())))
    return CSV_MARK + out.getvalue()


def _cell(text: str, *, is_value: bool) -> str:
    """A value is guarded where a spreadsheet would change it; any other text only where it could run."""
    is_active = text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "'")
    is_changed = any(c.isdigit() for c in text) or text.lower() in ("true", "false") or not text[:1].isalpha()
    return f"'{text}" if text and (is_active or (is_value and is_changed)) else text


def bare(cell: str) -> str:
    """The text that a cell stands for."""
    return cell.removeprefix("'")

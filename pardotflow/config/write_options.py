"""What writes to Salesforce say beside their rows, as a project says it; the connector knows the headers."""

from dataclasses import dataclass

from pardotflow.config.placed import Placed

ACTIVE_RULE = "TRUE"
"""Stands for the active assignment rule of the org, where no rule is named by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRule(Placed):
    """What is said to the duplicate rules of the org."""

    allow_save: bool
    run_as_current_user: bool
    include_record_details: bool

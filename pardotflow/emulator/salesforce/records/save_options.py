"""What the headers of a request say about its saves (facts: salesforce_api.md §4.2)."""

from __future__ import annotations

from dataclasses import dataclass

DUPLICATE_HEADER = "sforce-duplicate-rule-header"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveOptions:
    """`allow_save` lets records pass that a rule only alerts to."""

    allow_save: bool = False
    include_record_details: bool = False


NO_OPTIONS = SaveOptions()


def read_options(header: str) -> SaveOptions:
    """Read `allowSave=true; includeRecordDetails=true`; words that are unknown change nothing."""
    pairs = (part.partition("=") for part in header.replace(",", ";").split(";"))
    true = {key.strip().lower() for key, _, value in pairs if value.strip().lower() == "true"}
    return SaveOptions(allow_save="allowsave" in true, include_record_details="includerecorddetails" in true)

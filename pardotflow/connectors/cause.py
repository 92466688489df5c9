"""Why a change was refused, as a closed list: it says who can do something about it, and what comes next.

Which code of a vendor is of which cause stands beside each table of codes (`causes.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """The closed list of causes."""

    DATA = "data"
    """The values of the record."""
    DUPLICATE = "duplicate"
    CONSENT = "consent"
    GONE = "gone"
    RIGHTS = "rights"
    AUTOMATION = "automation"
    """A trigger, a flow or an approval of the org."""
    CONFIGURATION = "configuration"
    """The project's mappings, or how the org is set up."""
    LIMITS = "limits"
    TRANSIENT = "transient"
    """The same change may succeed untouched: it is tried again without being asked."""
    FAULT = "fault"
    """The request was not what the system takes: ours to mend."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseWords:
    """A cause for people: its name, what it means, and the way out where the code itself has none."""

    name: str
    explanation: str
    way_out: str


CAUSES: Mapping[Cause, CauseWords] = {
    Cause.DATA: CauseWords(
        name="the record's data",
        explanation="A value that was sent, or one that is missing, does not fit what the system asks for.",
        way_out="correct the value at its source; the next plan sends the new one by itself",
    ),
    Cause.DUPLICATE: CauseWords(
        name="duplicate",
        explanation="Another record has this value or is the same person.",
        way_out="link the record that is there, or merge the two",
    ),
    Cause.CONSENT: CauseWords(
        name="consent",
        explanation="The person cannot be mailed, or the system protects the choice.",
        way_out="nothing is to be done unless the person says otherwise: ignore it",
    ),
    Cause.GONE: CauseWords(
        name="gone",
        explanation="The record, or one that it refers to, is not there any more or cannot be written as it is.",
        way_out="the next plan reads again and sees what became of it",
    ),
    Cause.RIGHTS: CauseWords(
        name="rights",
        explanation="The connected user may not do this.",
        way_out="give the user the right, then: pardotflow errors --retry",
    ),
    Cause.AUTOMATION: CauseWords(
        name="automation of the org",
        explanation="A trigger, a flow or an approval of the org stopped the write.",
        way_out="mend it in the org, then: pardotflow errors --retry",
    ),
    Cause.CONFIGURATION: CauseWords(
        name="configuration",
        explanation="The mapping, or how the org is set up, does not allow this write for any record.",
        way_out="change the mapping or the org, then: pardotflow errors --retry",
    ),
    Cause.LIMITS: CauseWords(
        name="limits",
        explanation="The system has no room for it.",
        way_out="make room, then: pardotflow errors --retry",
    ),
    Cause.TRANSIENT: CauseWords(
        name="transient",
        explanation="Somebody else was at the record in the same moment, or the system was busy.",
        way_out="nothing is to be done: the next plan tries again",
    ),
    Cause.FAULT: CauseWords(
        name="a fault of the request",
        explanation="The system could not read what was sent.",
        way_out="please report it",
    ),
    Cause.UNKNOWN: CauseWords(
        name="unknown",
        explanation="The code is not in our tables.",
        way_out="the system's own words are all that is known",
    ),
}

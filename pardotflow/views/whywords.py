"""The closed lists of an explanation as short sentences.

Every member of every list has its words here. Where a plan has words for the same thing, those are used.
"""

from collections.abc import Mapping

from pardotflow.plan.explanation import Accepted, Decision, FieldExplanation, Link, Outcome, RecordState, Standing
from pardotflow.plan.model import Action, HeldKind
from pardotflow.views.labels import HELD, SKIPPED, label
from pardotflow.views.page import address
from pardotflow.views.words import listed, minute, system_name

OUTCOMES: Mapping[str, tuple[str, str]] = {
    Outcome.WRITE: ("~", "yellow"),
    Outcome.SHOWN: ("~", "dim"),
    Outcome.HELD: ("!", "bold yellow"),
    Outcome.ACCEPTED: ("≠", ""),
    Outcome.AGREE: ("=", "dim"),
}
"""Sign and colour. The sign alone must tell, since colour may be off."""

COUNTED: Mapping[str, str] = {
    Outcome.WRITE: "would be written",
    Outcome.SHOWN: "shown and not sent",
    Outcome.HELD: "held",
    Outcome.ACCEPTED: "left alone",
    Outcome.AGREE: "in agreement",
}

ACCEPTED: Mapping[str, str] = {
    Accepted.STORED_DIFFERENTLY: "Stored in another form than it was sent",
    Accepted.REWRITTEN: "The system rewrote what it was sent",
    Accepted.REWRITTEN_AGAIN: "The system rewrites what it is sent, again and again",
    Accepted.CUT_COPY: "One side holds the other's value as far as it has room",
    Accepted.NOT_WRITTEN_HERE: "Nothing may flow that way",
    Accepted.NOT_READ_BACK: "Read before our own write could show; it is read again first",
    Accepted.TARGET_FILLED: "Only a blank is written over (into: blank), and it is filled",
}

STATES: Mapping[str, str] = {
    RecordState.LIVE: "",
    RecordState.DELETED: "deleted",
    RecordState.CONVERTED: "converted or merged; another record takes its place",
    RecordState.NOT_VISIBLE: "not seen by the last read, which proves nothing",
    RecordState.NEW: "does not exist yet; the next plan makes it",
}

_MOVES: Mapping[str, str] = {
    Action.DELETE: "The next plan puts it into the recycle bin",
    Action.UNDELETE: "The next plan takes it out of the recycle bin",
}
_MOVED = "_moved"


def situation_sentence(cell: FieldExplanation) -> str:
    """What was found, before any policy."""
    found = cell.situation
    if found == "both_moved":
        return "Both sides moved since they last agreed."
    if found == "same":
        return "Neither side moved since they last agreed."
    if found == "mapping_changed":
        return "The mapping was changed since they last agreed."
    if found.endswith(_MOVED):
        return f"{system_name(found.removesuffix(_MOVED))} moved since they last agreed; the other side did not."
    return "No base: nothing is remembered of what the two held when they last agreed."


def verdict_words(cell: FieldExplanation, strength: str) -> str:
    """The decision as a sentence after that of the situation; empty where it would say the same again."""
    decision = cell.decision
    if decision.outcome == Outcome.AGREE:
        return "Both sides agree: nothing is written."
    if decision.kind == HeldKind.OPEN_CONFLICT:
        return f"Open conflict: {decision.reason}. To decide: pardotflow conflicts --out FILE"
    told = decision_words(decision, strength)
    return "" if told == cell.situation.replace("_", " ") else f"{told[:1].upper()}{told[1:]}."


def decision_words(decision: Decision, strength: str) -> str:
    """What the next plan would do and why, without the values."""
    match decision.outcome:
        case Outcome.WRITE:
            return decision.reason
        case Outcome.SHOWN:
            return f"{decision.reason}; not sent at strength {strength}"
        case Outcome.HELD:
            return _held(decision)
        case Outcome.ACCEPTED:
            return label(ACCEPTED, decision.kind or "accepted").lower()
        case _:
            return ""


def _held(decision: Decision) -> str:
    """The heading of the plan, or its reason where that says more."""
    if decision.kind == HeldKind.OPEN_CONFLICT:
        return f"open conflict: {decision.reason}"
    told = label(HELD, decision.kind)
    said_by_title = decision.kind == HeldKind.BLANK
    return f"held: {decision.reason if decision.reason and not said_by_title else told[:1].lower() + told[1:]}"


def link_words(link: Link) -> list[str]:
    """How the two belong together, and since when."""
    told = []
    if link.origin.startswith("created:"):
        made = system_name(link.origin.removeprefix("created:"))
        told.append(f"the {made} record was created by run {link.run_id}, {minute(link.linked_at)}")
    elif link.origin:
        told.append(f"found by a match key in run {link.run_id}, {minute(link.linked_at)}")
    elif link.key:
        told.append(f"found now, by {link.key}; the next apply remembers it")
    elif link.line:
        told.append("made by the create rule")
    if link.was:
        olds = " ⇄ ".join(address(record) for record in link.was)
        told.append(f"follows a conversion or a merge; was {olds}")
    if link.origin:
        told.append(f"now they agree by {listed(link.agreeing)}" if link.agreeing else "no match key finds them now")
    return told


def standing_words(standing: Standing) -> str:
    """What the plan says of a record, in its own words."""
    if standing.kind == "ambiguous":
        return f"Ambiguous: {standing.note}. Nothing is linked or written."
    told = label({**_MOVES, **HELD, **SKIPPED}, standing.kind)
    return f"{told}: {standing.note}" if standing.note else told

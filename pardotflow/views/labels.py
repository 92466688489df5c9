"""The closed lists of a plan and a run as headings and short sentences.

Every member of every list has its words here; a word that is not in a list (a plan of a newer version) is shown as it
is, with spaces.
"""

from collections.abc import Mapping

from pardotflow.plan.model import Action, HeldKind, Section, SkipReason

SECTIONS: Mapping[str, str] = {
    Section.CHANGE: "Changed",
    Section.DRIFT: "Drift put back",
    Section.CONFLICT: "Conflicts decided",
    Section.ADOPTED: "Adopted without a base",
    Section.MAPPING_CHANGED: "Mapping changed",
    Section.ID: "Ids written back",
    Section.CREATE: "New records",
    Section.DELETE: "Deleted",
    Section.UNDELETE: "Taken out of the recycle bin",
}
"""In the order in which a plan shows them."""

ACTIONS: Mapping[str, tuple[str, str]] = {
    Action.CREATE: ("+", "green"),
    Action.UPDATE: ("~", "yellow"),
    Action.DELETE: ("-", "red"),
    Action.UNDELETE: ("^", "green"),
}
"""Sign and colour. The sign alone must tell, since colour may be off."""

HELD: Mapping[str, str] = {
    HeldKind.OPEN_CONFLICT: "Both sides moved and nobody has decided",
    HeldKind.BLANK: "A blank would replace a value",
    HeldKind.OPT_IN: "Somebody would be opted in again",
    HeldKind.TOO_LONG: "Longer than the target takes",
    HeldKind.UNREADABLE: "Cannot be read as the field's type",
    HeldKind.UNKNOWN_PICKLIST_VALUE: "Not a value of the restricted picklist",
    HeldKind.UNMAPPED_VALUE: "Not in the value map",
    HeldKind.WOULD_DUPLICATE: "A new record would be a duplicate",
    HeldKind.WAS_DELETED: "The counterpart was deleted and is not resurrected",
    HeldKind.REQUIRED_MISSING: "A required field would be empty",
    HeldKind.UNKNOWN_OUTCOME: "A create was sent and its answer never came",
    HeldKind.INCOMPLETE_READ: "The other side was not read whole, so nothing new is made there",
    HeldKind.FILTERED_SOURCE: "A filter keeps records of the other side out, so nothing new is made there",
    HeldKind.CANNOT_UNDELETE: "We deleted it; a person can take it out of that recycle bin, or revert",
    HeldKind.EMAIL_TAKEN: "Another prospect has that address, or is to have it",
    HeldKind.CANNOT_REVERT: "It cannot be taken back",
    HeldKind.REFUSED: "The system refused it, and it is the same change still",
    HeldKind.UNMAPPED_USER: "No user of the other system stands for this one",
    HeldKind.KEPT_BY_DECISION: "A person decided to keep both values",
}

SKIPPED: Mapping[str, str] = {
    SkipReason.NO_CREATE_RULE: "No rule creates a counterpart",
    SkipReason.CREATE_CONDITION: "The condition of the create rule is not met",
    SkipReason.DANGLING: "Points at a record that cannot be seen",
    SkipReason.COUNTERPART_GONE: "The counterpart is gone",
    SkipReason.CONVERTED: "A converted lead, whose contact takes its place",
    SkipReason.NOT_VISIBLE: "Not seen this time, which proves nothing",
    SkipReason.NO_EMAIL: "Without an e-mail address",
    SkipReason.OUTSIDE_SELECTION: "Outside the selection",
    SkipReason.LEFT_SELECTION: "Left the selection: the pair is not compared",
    SkipReason.OLDER_THAN_RULE: "Made before the create rule began, which is not retroactive",
    SkipReason.DO_NOT_SYNC: "Marked as not to be synced: neither side of the pair is written",
    SkipReason.PERSON_CONTACT: "The contact of a person account: only the account can be written",
    SkipReason.BUSINESS_ACCOUNT: "A business account, which is nobody",
}

UNMATCHED: Mapping[str, tuple[str, str]] = {
    "created": ("gets one now", "get one now"),
    "nobody": ("matches nobody", "match nobody"),
    "no_key_value": ("has no value for any match key", "have no value for any match key"),
    "would_duplicate": ("matches somebody who is taken", "match somebody who is taken"),
    "was_deleted": ("matches a deleted record only", "match a deleted record only"),
    "dangling": ("names a record that cannot be seen", "name a record that cannot be seen"),
    "ambiguous": ("has several candidates", "have several candidates"),
}
"""What is said of one record, and of several."""

GUARDS: Mapping[str, tuple[str, str]] = {
    "updates": ("record", "updated"),
    "creates": ("record", "created"),
    "deletes": ("record", "deleted"),
    "adopted": ("record", "adopted without a base"),
    "opt_ins": ("opt-out", "taken back"),
    "emails": ("e-mail address", "replaced"),
    "owners": ("owner", "changed"),
    "keys": ("match key", "changed"),
    "shrunk": ("record", "not seen any more"),
    "conflicts": ("open conflict", ""),
    "clears": ("value", "cleared"),
    "fields": ("value", "changed"),
    "oscillations": ("value", "without end"),
    "deletes_next": ("record", "deleted by the plan after this one"),
}
"""What each guard counts, and what happens to it."""

READ_MODES: Mapping[str, str] = {"full": "read whole", "delta": "delta", "record": "single records", "file": "file"}

RUN_STATES: Mapping[str, tuple[str, str]] = {
    "done": ("Applied. Every change was confirmed.", "bold green"),
    "with_errors": ("Applied, with sync errors: some changes were refused.", "bold red"),
    "with_remainder": ("Applied in part: what is listed below is left.", "bold yellow"),
    "interrupted": ("Interrupted in good order: whatever was in flight is recorded.", "bold yellow"),
    "stopped": ("Stopped: what was sent is not in its place.", "bold red"),
    "nothing_to_send": ("Nothing was to be sent. Links and bases are remembered.", "bold green"),
}
"""Sentence and colour by status."""


def label(labels: Mapping[str, str], word: str) -> str:
    """The words for a member of a list."""
    return labels.get(word) or word.replace("_", " ").capitalize()

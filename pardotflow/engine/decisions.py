"""The decision tables as a page for people, made from `engine/truth.py` so that it cannot differ from what runs."""

from pardotflow.config.project import Policy
from pardotflow.engine.truth import CONSENT_RULES, OWN_FLOWS, RULES, VENDOR_RULES, Filled, Flow, Found, Source
from pardotflow.plan.consent import TRACED

_FLOWS = {
    Flow.A_TO_B: "`to_pardot` (or from a warehouse)",
    Flow.B_TO_A: "`to_salesforce`",
    Flow.TWO_WAY: "`two_way`",
}
_FOUND = {
    Found.SAME: "neither moved, values differ",
    Found.A_MOVED: "Salesforce moved",
    Found.B_MOVED: "Pardot moved",
    Found.BOTH_MOVED: "both moved",
    Found.MAPPING_CHANGED: "the mapping changed",
    Found.NEW: "no base",
}
_SOURCE = {
    Source.A: "Pardot := Salesforce",
    Source.B: "Salesforce := Pardot",
    Source.NONE: "nothing",
    Source.POLICY: "the policy decides",
    Source.ON_LINK: "`on_link` decides",
    Source.NEWER: "the record that changed later wins; where the times do not tell, you are asked",
}
_VENDOR = {
    (Policy.PARDOT, False): ("use Pardot's value", "`policy: pardot`"),
    (Policy.SALESFORCE, False): ("use Salesforce's value", "`policy: salesforce`, the default"),
    (Policy.SALESFORCE, True): ('the same, "Salesforce blank overwrites"', "`policy: salesforce`, `on_blank: clear`"),
    (Policy.MOST_RECENT, False): ("use the most recently updated record", "`policy: most_recent`"),
}
_FILLED = {
    Filled.BOTH: "both filled, differ",
    Filled.A: "Pardot blank",
    Filled.B: "Salesforce blank",
}

HEAD = """# What is decided, cell by cell

Written from the table that the engine runs (`pardotflow/engine/truth.py`); a test keeps them equal. A *cell* is one
mapped field of one linked pair. Cells whose two values agree are never written, whatever moved: when both sides moved
to the same value, the base moves along and nothing is sent.

A side has *moved* when it differs from its own half of the base, the pair of values that the two sides held when they
last agreed. Values are compared in one form: a blank is a blank however it is stored, numbers by value, times in UTC,
e-mail addresses and ids without regard to case or length, multi-select picklists as sets.

With a value map (`values:`) each side's value is read as what its own field holds: `TRUE` in the column of a checkbox,
`1` for a field that shows 1.0. A field of several values is translated one value at a time, unless the map has a line
for exactly these together. A blank stays a blank; beside a Salesforce checkbox it is false. A one-way target holds what
the map says.

Objects of one side are compared in one form. Where Contact and Lead declare a field as different things for which no
form is right (a number and a text, a date and a time), the mapping is refused.

Salesforce stands for the first side and Pardot for the second; in a sync from a warehouse the warehouse is the first
side.
"""

CONSENT = f"""\
A plan tells what it does about consent apart from all other changes: who says no, in which system, since when, and who
set it. That comes from the history that Salesforce keeps of the field, else from the last change of the record. History
and names are asked for the first {TRACED} of these rows only: what is taken back, then what waits, then the opt-outs. A
plan with more says so; of the others it has the record's last change.
"""

VENDOR = """## The connector's rules (`preset: connector`)

On a sync, a mapping or in the project's defaults. Two-way fields are then decided as the vendor's own connector does,
by the two values alone: the base says only whether an edit is overwritten, which the plan shows as a conflict with
both values and the winner. Where neither side moved since both were in step (the target rewrote or cut the value)
nothing is written, which the connector would do again and again. Consent fields and one-way fields keep their own
rules."""

TAIL = """
## After the table

The table names a source; the value is then held (shown, not sent) when

| kind | when |
|---|---|
| `blank` | a blank would replace a value under `on_blank: hold`, the default; `clear` sends it, `refill` turns round |
| `unreadable` | it cannot be read as the type of the pair, has a `;` in one of several values, or was not read yet |
| `unmapped_value` | the value map does not have the value |
| `unmapped_user` | no active user of the other system stands for this one, or several do, or a queue owns the record |
| `unknown_picklist_value` | the target's restricted picklist does not have it |
| `too_long` | it is longer than the target takes, and `too_long` is `hold` (the default); `cut` sends the beginning |
| `email_taken` | addresses are unique in the unit, and another prospect has this one or would get it by the same plan |
| `opt_in` | it takes a consent back without `allow: opt_in`, or an opt-out would flow against the direction |
| `open_conflict` | the policy asks, or cannot tell |
| `kept_by_decision` | a person decided to keep both values |
| `refused` | the system refused exactly this change before |
| `cannot_revert` | it cannot be taken back (`docs/revert.md`) |

A Salesforce checkbox is never blank, and a blank beside it compares as `false`. A field that holds nothing and is not
known to have held anything is a blank all the same: it takes no tick away but under `on_blank: clear`.

Where the policy asks, the recorded decision of a person is carried out, if both values are still those that it was
made for (`pardotflow conflicts`). It is held like any other write: `on_blank: hold` keeps back a blank that a person
chose, and `refill` never turns a person's decision round.

`most_recent` compares the last change of the two records, or with `most_recent: field` the newest entry that
Salesforce keeps in its history of the field with the last change of the prospect. It asks where the times are less
than a second apart, where there is no entry (the field is not tracked, or its last change is older than what the org
keeps), and where the last write was our own: when a person changed the value is not known then, but that it was before
our write. So who changed the other side after our write is the later one. The plan names the clock and both times.

`into: blank` writes only where the target is blank. With `on_link: fill` a pair without a base fills blanks from the
other side, asks where both are filled and differ, and clears nothing.

## New records

A create rule makes a record where no match key finds anybody on the other side. It is held when

| kind | when |
|---|---|
| `would_duplicate` | a key finds somebody who has a counterpart already, or two records without one share a key |
| `was_deleted` | a key finds only a deleted record, or a lead that was converted |
| `required_missing` | a required field, or the key of the new record, would be blank |
| `unmapped_user` | `owner` finds no user, or nobody is assigned and a mapping brings the owner back; no fallback |
| `unknown_outcome` | it was sent less than a cache lag ago, and its answer never came |
| `incomplete_read` | the system kept rows back: the counterpart may be among them |
| `filtered_source` | a source of that side has a filter: the counterpart may be among what it leaves out |

Just before it is sent, every key is asked again, over all objects of that side.

## Records that are gone

A record is gone when its system says that it is deleted. One that is merely not seen is *not visible*: nothing is
written for it, and its link stays. `deletes:` names the side whose record is gone, and what becomes of the
counterpart:

| rule | the counterpart | the link |
|---|---|---|
| `keep` | is left alone, and listed | stays |
| `unlink` | is left alone, and listed | ends, and is remembered |
| `archive` | goes to the recycle bin, under the guard `deletes` (0 unless set) | ends; that we did it is remembered |
| `recreate` | stays, and the create rule of the other side makes the record again | leads to the new record |

| what happens | what is planned |
|---|---|
| the record comes back | the link is live again; a prospect that we archived because of it is restored |
| it comes back after `recreate` made another one | held as a duplicate, unless a match key finds it somebody |
| … and the one made in its place goes, too | both sides of the former link are held until a match key links them |
| it comes back, and a person deleted the counterpart | nothing: it is listed until the counterpart is back |
| a prospect comes back, and we deleted its Salesforce record | held (`cannot_undelete`): a person or `revert` can |
| a merge, and only the loser has a prospect | the link follows with its bases; each field has its own rule |
| a merge, and both have a prospect | the loser's is ambiguous, or archived with `archive` while both are as planned |
| two records with a prospect become one that had none | nothing: both prospects are listed as ambiguous |
| a deletion that cannot be proved, or a record that came back just before it is sent | nothing |
"""


def decisions_page() -> str:
    """The Markdown of docs/decisions.md."""
    flows = " | ".join(_FLOWS[f] for f in OWN_FLOWS)
    lines = [HEAD, "## The table", "", f"| found | {flows} |", "|---|---|---|---|"]
    for found in Found:
        cells = [next(r for r in RULES if r.flow is flow and r.found is found) for flow in OWN_FLOWS]
        shown = [f"{_SOURCE[c.source]}" + (" (drift, put back)" if c.section == "drift" else "") for c in cells]
        lines.append(f"| {_FOUND[found]} | " + " | ".join(shown) + " |")
    lines += [
        "",
        "## Consent (`policy: consent`)",
        "",
        "True on either side wins. A move to false needs `allow: opt_in` on the mapping.",
        "",
        *CONSENT.splitlines(),
        "",
    ]
    lines += [f"| found | holds true | {flows} |", "|---|---|---|---|---|"]
    for found in Found:
        for side, name in ((Source.A, "Salesforce"), (Source.B, "Pardot")):
            lines.append(
                f"| {_FOUND[found]} | {name} | " + " | ".join(_consent(f, found, side) for f in OWN_FLOWS) + " |"
            )
    return "\n".join([*lines, *_vendor_lines()]) + "\n" + TAIL


def _vendor_lines() -> list[str]:
    """The table of `preset: connector`."""
    lines = [
        "",
        VENDOR,
        "",
        f"| the connector's setting | here | {' | '.join(_FILLED.values())} |",
        "|---|---|---|---|---|",
    ]
    for (policy, clears), (setting, here) in _VENDOR.items():
        rules = {r.filled: r.source for r in VENDOR_RULES if r.policy is policy and r.clears is clears}
        lines.append(f"| {setting} | {here} | {' | '.join(_SOURCE[rules[f]] for f in Filled)} |")
    return lines


def _consent(flow: Flow, found: Found, side: Source) -> str:
    rule = next(r for r in CONSENT_RULES if r.flow is flow and r.found is found and r.opted_out is side)
    if rule.opt_in:
        return "held" if rule.source is Source.NONE else f"held; with `allow: opt_in` {_SOURCE[rule.source]}"
    return _SOURCE[rule.source]

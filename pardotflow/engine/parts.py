"""What earlier runs did of a plan: a plan that was left unfinished is gone on with, and nothing of it is sent twice.

The journal alone is asked. A later run has the last word about a change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pardotflow.engine.outcome import Outcome, is_of_request, last_word
from pardotflow.store.journal import JournalEntry, RunPart
from pardotflow.store.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The runs that worked at a plan, in their order, and what became of its changes so far. `runs_of` names the run
    of each outcome."""

    runs: tuple[RunPart, ...] = ()
    outcomes: Mapping[int, Outcome]
    runs_of: Mapping[int, str]

    @property
    def is_unfinished(self) -> bool:
        """True where the last run left changes that were not started, or of which nobody knows what became of them."""
        return bool(self.runs) and self.runs[-1].ended and self.runs[-1].left > 0

    @property
    def confirmed(self) -> dict[int, str]:
        """By change, the id of the record that it was about or made."""
        return {n: o.record_id for n, o in self.outcomes.items() if o.status == "confirmed"}

    @property
    def unknown(self) -> dict[int, Outcome]:
        """The changes whose answer never came."""
        return {n: o for n, o in self.outcomes.items() if o.status == "unknown"}


def parts_of(ledger: Ledger, plan_id: str, *, before: str = "") -> Parts:
    """What the journal knows of a plan; with `before` only what runs before that one did."""
    runs, outcomes, runs_of = list[RunPart](), dict[int, Outcome](), dict[int, str]()
    for run in ledger.parts_of(plan_id):
        if run.run_id == before:
            break
        runs.append(run)
        for number, outcome in outcomes_of(ledger.journal(run.run_id)).items():
            outcomes[number], runs_of[number] = outcome, run.run_id
    return Parts(runs=tuple(runs), outcomes=outcomes, runs_of=runs_of)


def outcomes_of(journal: Iterable[JournalEntry]) -> dict[int, Outcome]:
    """The last word of one run about each change. What left without an answer is unknown, and what a further request
    could not tell of it stays so; what did not leave, or did not happen, has no outcome; what nobody can tell is left
    to the next plan."""
    found = dict[int, Outcome]()
    halved = set[int]()
    for entry in journal:
        number = entry.row.change
        # A row that no request can carry is refused without having been sent.
        sent_at = entry.sent_at or entry.answered_at
        if sent_at is None or entry.request_status == "not_started" or entry.row.status == "again":
            halved |= {number} if entry.request_status == "refused" else set()
            continue
        if entry.row.status == "not_done":
            found.pop(number, None)
            continue
        is_answered = entry.answered_at is not None or entry.row.status in ("confirmed", "untold")
        outcome = Outcome(
            number=number,
            status=entry.row.status if is_answered else "unknown",
            record_id=entry.row.record_id,
            code=entry.row.code,
            message=entry.row.message,
            of_request=entry.request_status == "refused"
            and is_of_request(entry.system, entry.row.code, size=entry.size, is_half=number in halved),
            sent_at=sent_at,
            answered_at=entry.answered_at or sent_at,
        )
        found[number] = last_word(found.get(number), outcome)
    return found

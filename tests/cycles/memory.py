"""What the test remembers of a business over its cycles, learnt from the two systems and never from the engine."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cycles.state import Key, State

FieldKey = tuple[str, str, str]
"""Object, id and field."""


@dataclass(slots=True, kw_only=True)
class Memory:
    """Pairs that are beyond doubt, values at rest, and what was made and deleted by runs."""

    pairs: dict[Key, Key] = field(default_factory=dict)
    """Both ways."""
    firm: set[Key] = field(default_factory=set)
    """Whose pair an apply has linked: nobody touched either record between the plan and its apply."""
    rested: defaultdict[FieldKey, set[Any]] = field(default_factory=lambda: defaultdict(set))
    """Values that were there when nothing was left to send and nothing was held for the field."""
    written: dict[FieldKey, set[Any]] = field(default_factory=dict)
    """Values that our requests stored."""
    made: dict[str, list[Key]] = field(default_factory=dict)
    """By side and mark of the person: what our requests created."""
    deleted: set[Key] = field(default_factory=set)
    """By our requests."""
    was_dead: set[Key] = field(default_factory=set)
    """Seen in the recycle bin: where a person takes it out again, another may have been made in its place."""

    def learn_pairs(self, state: State, keys: tuple[Any, ...]) -> None:
        """Remember the pairs in which, under every match key, each record finds the other or nobody."""
        found = [_candidates(state, key) for key in keys]
        for unit in state.side("pardot"):
            if not state.is_target(unit) or unit in self.pairs:
                continue
            others = {k for by in found for k in by.get(unit, ())}
            if len(others) != 1:
                continue
            (crm,) = others
            back = {k for by in found for k in by.get(crm, ())}
            if back == {unit} and state.is_target(crm) and crm not in self.pairs:
                self.pairs[crm], self.pairs[unit] = unit, crm

    def confirm_pairs(self, planned: State, applied: State) -> None:
        """Take the pairs for linked that the apply of a plan found as the plan had seen them."""
        for one, other in self.pairs.items():
            both = [k for k in (one, other) if k in planned.records and planned.is_target(k)]
            if len(both) == 2 and all(applied.records.get(k) == planned.records[k] for k in both):
                self.firm.add(one)

    def unlearn_pairs(self, state: State, keys: tuple[Any, ...]) -> None:
        """Forget the pairs that no match key finds any more and that nobody has linked yet."""
        found = finders(state, keys)
        for one in [k for k in self.pairs if k not in self.firm]:
            if self.pairs[one] not in found[one]:
                del self.pairs[one]

    def others(self, state: State, keys: tuple[Any, ...]) -> Mapping[Key, set[Key]]:
        """Who was or may be the other record of each pair: by a pair, a match key, or the id that a prospect bears."""
        found = finders(state, (*keys, "salesforce_id"))
        for one, other in self.pairs.items():
            for key in {one, state.survivor(one)}:
                found[key] |= {other, state.survivor(other)}
        return found

    def rest(self, state: State, restless: set[FieldKey]) -> None:
        """Remember every value that is at rest, and who is dead."""
        self.was_dead |= {k for k in state.records if state.is_deleted(k)}
        for (name, id), row in state.records.items():
            for column, value in row.items():
                if (name, id, column) not in restless:
                    self.rested[(name, id, column)].add(value)


def _candidates(state: State, match_key: Any) -> dict[Key, list[Key]]:
    """Who finds whom under one match key, dead or alive."""
    sides: dict[bool, defaultdict[str, list[Key]]] = {True: defaultdict(list), False: defaultdict(list)}
    for key in state.records:
        value = state.value_under(match_key, key)
        if value:
            sides[key[0] == "prospect"][value].append(key)
    return {
        key: sides[not is_unit][value]
        for is_unit in (True, False)
        for value, found in sides[is_unit].items()
        for key in found
    }


def finders(state: State, match_keys: tuple[Any, ...]) -> dict[Key, set[Key]]:
    """Who finds whom under any of the match keys, dead or alive."""
    found: defaultdict[Key, set[Key]] = defaultdict(set)
    for match_key in match_keys:
        for key, others in _candidates(state, match_key).items():
            found[key] |= set(others)
    return found


@dataclass(slots=True, kw_only=True)
class Unlinked:
    """Records that surely were never linked: they are new, or could not be told apart in every plan since they came."""

    known: set[Key] = field(default_factory=set)
    """Were there when the last plan was made or carried out."""
    doubtful: set[Key] = field(default_factory=set)
    """Could not be told apart then."""

    def see(self, state: State, match_key: Any) -> None:
        """Take note of the state that a plan is made of, by the first of the match keys."""
        never = self.doubtful | (state.records.keys() - self.known)
        # A link follows its record into the one that it became.
        never -= {state.survivor(k) for k in state.records if k[1] in state.became and k not in never}
        self.doubtful = _ambiguous(state, match_key, never)
        self.known |= state.records.keys()


def _ambiguous(state: State, match_key: Any, never: set[Key]) -> set[Key]:
    """Who cannot be told apart under a match key, among those of whom nobody was ever linked."""
    groups: defaultdict[str, tuple[list[Key], list[Key]]] = defaultdict(lambda: ([], []))
    for key in state.records:
        value = state.value_under(match_key, key)
        if value and state.is_target(key):
            groups[value][key[0] == "prospect"].append(key)
    doubtful: set[Key] = set()
    for crm, unit in groups.values():
        if not never.issuperset((*crm, *unit)):
            continue
        # An address finds a contact before a lead.
        contacts = [k for k in crm if k[0] == "Contact"]
        chosen = contacts if match_key == "email" and contacts else crm
        if chosen and unit and (len(chosen) > 1 or len(unit) > 1):
            doubtful |= {*chosen, *unit}
    return doubtful

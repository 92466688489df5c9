"""Which changes of an answered request are tried again in the same run, and in what company.

Rows that another writer locks go again, after a wait, in requests of half the size. A request that is refused as a
whole is halved, and its halves are, until the row that it is refused for stands alone. Where every part is refused the
cause is common to all rows, and nothing more is sent of them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pardotflow.connectors.explain import explain_code
from pardotflow.connectors.protocol import Operation
from pardotflow.core.values import System
from pardotflow.engine.changes import Change
from pardotflow.engine.outcome import Outcome

COMMON_CAUSE = 8
"""Parts of one request that are refused alike: so many bad rows, spread evenly, would be a strange chance."""
_HARMLESS_TWICE = frozenset((Operation.UPDATE,))


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRules:
    """How patient a run is. Waits are in seconds. `stop_after` is how many refusals in a row end the sending, 0 for
    never; without `skip_invalid` the first one does. `retries` is how often a locked row is tried again."""

    retries: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    skip_invalid: bool = True
    stop_after: int = 500

    def wait(self, attempt: int) -> float:
        """How long to wait before an attempt (the first is 1), without the jitter."""
        return float(min(self.longest_wait, self.first_wait * 2 ** (attempt - 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Changes that go again in one request. `family` is the first request of the halves, `level` how often it was
    halved; `locked` changes wait first."""

    changes: tuple[Change, ...]
    family: int
    level: int = 0
    locked: bool = False


def to_try_again(
    sent: Again, outcomes: Mapping[int, Outcome], tries: Mapping[int, int], rules: SendRules
) -> tuple[Again, ...]:
    """What of an answered request is worth another try; `tries` counts those of locked changes so far."""
    ended = [outcomes[change.number] for change in sent.changes if change.number in outcomes]
    if len(ended) > 1 and all(_is_of_request(o, sent.changes[0].operation) for o in ended):
        half = (len(sent.changes) + 1) // 2
        return _parts(replace(sent, level=sent.level + 1, locked=False), half)
    locked = tuple(
        change
        for change in sent.changes
        if (outcome := outcomes.get(change.number)) is not None
        and _is_locked(change, outcome)
        and tries.get(change.number, 0) < rules.retries
    )
    return _parts(replace(sent, changes=locked, locked=True), max(1, len(sent.changes) // 2))


def without_common_causes(again: Sequence[Again]) -> tuple[Again, ...]:
    """The halves of one level, but for those of a request of which every part was refused."""
    halves = defaultdict[tuple[int, int], int](int)
    for each in again:
        if not each.locked:
            halves[each.family, each.level] += 1
    # Each refused part of a level has led to two of the next.
    hopeless = {key for key, count in halves.items() if count >= 2 * COMMON_CAUSE and count >= 2 ** key[1]}
    return tuple(each for each in again if each.locked or (each.family, each.level) not in hopeless)


def _is_of_request(outcome: Outcome, operation: Operation) -> bool:
    """True where the request as a whole was refused, or broke the server and does no harm a second time."""
    if outcome.status == "refused":
        return outcome.of_request
    return outcome.status == "unknown" and outcome.server_broke and operation in _HARMLESS_TWICE


def _is_locked(change: Change, outcome: Outcome) -> bool:
    known = explain_code(System(change.system), outcome.code)
    return outcome.status == "refused" and known is not None and known.soon


def _parts(whole: Again, size: int) -> tuple[Again, ...]:
    """The changes of it in pieces of a size."""
    changes = whole.changes
    return tuple(replace(whole, changes=changes[at : at + size]) for at in range(0, len(changes), size))

"""How users of one system become users of the other, as a project says it.

Who the users are is data of the two systems, and not known here.
"""

from dataclasses import dataclass
from enum import StrEnum

from pardotflow.config.placed import Placed


class UserKey(StrEnum):
    """The ways to find the counterpart of a user, in the order in which they are tried unless said otherwise."""

    SALESFORCE_ID = "salesforce_id"
    EMAIL = "email"


class Queues(StrEnum):
    """What happens where a queue, which is no user, owns a record."""

    HOLD = "hold"
    SKIP = "skip"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserMap(Placed):
    """How the users of one system become users of the other. Its `pairs` are (Salesforce, Pardot), each by id or
    by e-mail, in an order that decides nothing, and win over `match`; `fallback` is a user of the target, empty where
    there is none."""

    match: tuple[UserKey, ...]
    pairs: tuple[tuple[str, str], ...]
    fallback: str
    queues: Queues


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRule(Placed):
    """Who owns a new record in Salesforce: the user that `field` of the prospect names, as `users` translate it."""

    field: str
    users: UserMap

"""What the jobs of both systems have in common: imports, bulk actions, Bulk 2.0 ingest.

A job does nothing before it is begun, so that until then every failure means *nothing happened*. From then on, whatever
cannot be told for certain about every single row is an unknown outcome, never a guess; and while a job runs, or its
system cannot be asked for it, it is asked for again later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pardotflow.connectors.http import Reply
from pardotflow.connectors.protocol import Answer, RowResult
from pardotflow.connectors.session import Call, Session
from pardotflow.core.errors import ConnectionTrouble, JobStillOpen, OutcomeUnknown, RequestRefused, ServerTrouble
from pardotflow.core.values import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job, and the errors that speak of it. `name` is what it is called (`import 900`), `begun` what begins it."""

    system: System
    name: str
    begun: str

    def unknown(self, reason: str) -> OutcomeUnknown:
        """It was begun, and nobody can tell what became of its rows."""
        return OutcomeUnknown(
            f"{self.name} was {self.begun}, and what became of its rows is not known: {reason}",
            system=self.system,
            hint="the next run looks the records up before anything is sent again",
        )

    def nothing(self, reason: str) -> ServerTrouble:
        """It wrote nothing, and will not."""
        return ServerTrouble(f"nothing was written by {self.name}: {reason}", system=self.system, hint="send it again")

    def still_open(self, reason: str) -> JobStillOpen:
        """It can be asked for later."""
        return JobStillOpen(
            f"{self.name} was {self.begun}, and what became of its rows is not known yet: {reason}",
            system=self.system,
            hint="the next run asks for it by its name",
        )

    def not_told(self, trouble: ConnectionTrouble) -> OutcomeUnknown:
        """Reading what became of it met this: a refusal is the last word, all else passes."""
        if isinstance(trouble, OutcomeUnknown):
            return trouble
        return self.unknown(str(trouble)) if isinstance(trouble, RequestRefused) else self.still_open(str(trouble))


class Asking:
    """The calls for one job, counted."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._last: Reply | None = None
        self.calls = 0

    def fetch(self, call: Call) -> Reply:
        """The answer of a call that must be granted; raises what `Session.fetch` raises."""
        reply = self._session.fetch(call)
        self.calls += reply.calls
        self._last = reply
        return reply

    def read_state(self, call: Call) -> Mapping[str, Any]:
        """What a job says of itself; raises ServerTrouble where the answer is none."""
        reply = self.fetch(call)
        try:
            state = reply.json()
        except ValueError:
            state = None
        if not isinstance(state, dict):
            raise ServerTrouble(
                f"{call.method} {call.path.partition('?')[0]} was answered with something else than a job's state",
                system=self._session.http.system,
                hint="try again later",
            )
        return state

    def answer(self, rows: Sequence[RowResult]) -> Answer:
        """The end of a job."""
        last = self._last
        return Answer(
            status=last.status if last else 0,
            rows=tuple(rows),
            server_date=last.server_date if last else None,
            calls=self.calls,
        )


def id_in(reply: Reply) -> str:
    """The id of what a Pardot request has made: from its answer, or from the address that it names; empty without."""
    located = reply.headers.get("location", "").partition("?")[0].rpartition("/")[2]
    return str(_object_in(reply).get("id") or located)


def status_in(reply: Reply, otherwise: str) -> str:
    """The status of what a Pardot request has made, in small letters."""
    return str(_object_in(reply).get("status") or otherwise).lower()


def _object_in(reply: Reply) -> Mapping[str, Any]:
    try:
        body = reply.json() if reply.body else {}
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}

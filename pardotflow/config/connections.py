"""What an environment is once it has been read: its connections, its variables, and what it says of the org.

As in `config.project`, everything is resolved, and nothing here knows what the outside systems hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pardotflow.config.placed import Placed
from pardotflow.core.secret import Secret
from pardotflow.core.span import Span


class ConnectorState(StrEnum):
    """Whether the vendor's own connector runs between the same two systems."""

    ABSENT = "absent"
    PAUSED = "paused"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection(Placed):
    """Endpoint and credentials of one system. Settings are texts or secrets; every text is already rendered."""

    name: str
    type: str
    """`salesforce`, `pardot`, `files` or `duckdb`; the two of an emulator environment have the vendor's types."""
    settings: Mapping[str, str | Secret] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorSettings:
    """The embedded emulator of an environment: its data file and what a new file is filled from."""

    data: Path
    seed: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSettings:
    """A database in which the environment's state is kept for several machines."""

    url: Secret
    schema: str
    lock_expires: float
    """Seconds without a sign of life after which a lock of another machine may be taken over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Calls of one system that a run may make, and all commands together in 24 hours; None where there is no limit."""

    run: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How requests are sent; waits are in seconds. The defaults of retries, waits and time-out are those of Treasure
    Data's Pardot destination. `retries` counts the tries after the first one; `stop_after` is how many refusals one
    after the other end a run, 0 for never; without `skip_invalid` the first refusal ends it. `jobs_from` is by system
    from how many rows on changes may go by a job, 0 for never."""

    retries: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    timeout: float = 300.0
    skip_invalid: bool = True
    stop_after: int = 500
    jobs_from: Mapping[str, int] = field(default_factory=dict)
    creates_by_import: bool = True
    budgets: Mapping[str, Budget] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A named set of connections and variables."""

    name: str
    production: bool
    ampsea: bool
    connector: ConnectorState
    connections: tuple[Connection, ...]
    emulator: EmulatorSettings | None
    vars: Mapping[str, str]
    span: Span
    state: StateSettings | None = None
    """None where the state is in the project's folder."""
    sending: Sending = field(default_factory=Sending)

    def connection(self, name: str) -> Connection | None:
        """The connection of that name, or None."""
        return next((c for c in self.connections if c.name == name), None)

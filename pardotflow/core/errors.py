"""The exceptions of the project: the world broke, one at a time, with the cause chained.

PardotflowError                 every message is one a person can act on; `hint` is the way out
├── InvalidProject              the user's files have errors; carries the diagnostics
├── UsageError                  an argument that cannot be used
├── PlanRefused                 a plan that may not be applied: blocked, foreign, spent, in another format
├── ApplyStopped                a rule of ours ended the sending: too many refusals, a canary that did not sing
├── StateError                  what we remember cannot be read, or somebody else holds the lock
└── ConnectionTrouble           one of the outside systems
    ├── Unreachable             transient: the host does not answer
    ├── ServerTrouble           transient: 5xx after all tries
    ├── RateLimited             transient: too many calls at once, after all tries
    ├── OutcomeUnknown          a write was sent and its answer never came
    ├── BudgetSpent             terminal for this run: our own limit of calls is reached
    ├── QuotaSpent              terminal for today: the vendor's daily limit is reached
    ├── LoginRefused            terminal: credentials are wrong
    ├── TokenRevoked            terminal: the refresh token does not work any more
    └── RequestRefused          terminal: the system refused the request as a whole
"""

from collections.abc import Sequence

from pardotflow.core.diagnostic import Diagnostic


class PardotflowError(Exception):
    """Base of all; `str()` is the message for the user, `hint` is the next step."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class InvalidProject(PardotflowError):
    """The project's files have errors."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(f"the project has {len(diagnostics)} problem(s)")
        self.diagnostics = tuple(diagnostics)


class UsageError(PardotflowError):
    """An argument of the command line cannot be used."""


class PlanRefused(PardotflowError):
    """The plan is blocked by a guard, spent, foreign or of another format: exit code 3."""


class ApplyStopped(PardotflowError):
    """A rule of the project, or of the command, ended an apply before its end; nothing was lost."""


class StateError(PardotflowError):
    """What the project remembers cannot be read or is in use by another process."""


class ConnectionTrouble(PardotflowError):
    """Something about an outside system; `system` names the connection."""

    def __init__(self, message: str, *, system: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.system = system


class Unreachable(ConnectionTrouble):
    """The host could not be reached, after all tries."""


class ServerTrouble(ConnectionTrouble):
    """The system answered with a server error, after all tries."""


class RateLimited(ConnectionTrouble):
    """The system refuses for now because of too many calls at once, after all tries."""


class OutcomeUnknown(ConnectionTrouble):
    """A write was sent and no answer came: it may or may not have happened."""


class JobStillOpen(OutcomeUnknown):
    """A job that was started runs on, or its system cannot be asked for it just now: it can be asked for later."""


class BudgetSpent(ConnectionTrouble):
    """The allowance of calls that the user set is used up."""


class QuotaSpent(ConnectionTrouble):
    """The vendor's daily allowance is used up."""


class LoginRefused(ConnectionTrouble):
    """The system does not accept the credentials."""


class TokenRevoked(LoginRefused):
    """The refresh token is expired or was revoked: somebody must sign in again."""


class RequestRefused(ConnectionTrouble):
    """The system refused a whole request; `code` is the vendor's code, `status` the HTTP status."""

    def __init__(self, message: str, *, system: str = "", hint: str = "", code: str = "", status: int = 0) -> None:
        super().__init__(message, system=system, hint=hint)
        self.code = code
        self.status = status

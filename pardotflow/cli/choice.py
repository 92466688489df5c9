"""From the shared options of the command line to a choice of project, environment and variables."""

from pathlib import Path

from pardotflow.cli.workspace import Choice
from pardotflow.core.errors import UsageError


def make_choice(folder: Path, environment: str | None, assignments: list[str]) -> Choice:
    """Raises UsageError for a `--var` without `=`."""
    variables = {}
    for assignment in assignments:
        key, sign, value = assignment.partition("=")
        if not sign or not key:
            raise UsageError(f"--var {assignment!r} is not NAME=VALUE")
        variables[key] = value
    return Choice(folder=folder, environment=environment, variables=variables)

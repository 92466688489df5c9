"""What commands have in common: their options, which project they are about, and how they end."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pardotflow.cli.exits import Exit

if TYPE_CHECKING:
    from pardotflow.cli.workspace import Choice

Project = Annotated[Path, typer.Option("--project", "-C", help="The project's folder, or one inside it.")]
Env = Annotated[str | None, typer.Option("--env", "-e", help="The environment; the project names the default.")]
Var = Annotated[list[str] | None, typer.Option("--var", help="NAME=VALUE, over the project's vars.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
Format = Annotated[str, typer.Option("--format", help="text or json.")]
Full = Annotated[bool, typer.Option("--full", help="Show every single change.")]
Steps = Annotated[
    bool, typer.Option("--steps", help="What apply does in which order, by which requests, and the ways not taken.")
]
Clear = Annotated[
    bool, typer.Option("--clear-values", help="In JSON: personal values and names too, not masked by ordinals.")
]
Wait = Annotated[
    float, typer.Option("--wait", min=0, help="Wait so many seconds while another command is at work here.")
]
HERE = Path()


def choice(project: Path, env: str | None, var: list[str] | None) -> "Choice":
    """The project that a command is about. Raises UsageError for a variable that is not NAME=VALUE."""
    from pardotflow.cli.choice import make_choice

    return make_choice(project, env, var or [])


def end(code: Exit) -> None:
    """End the command with its exit code."""
    if code is not Exit.FINE:
        raise typer.Exit(int(code))

"""The commands about what runs did: what was refused, what was done, and how it is taken back."""

from pathlib import Path
from typing import Annotated

import typer

from pardotflow.cli.options import HERE, Clear, Env, Format, Full, Project, Quiet, Var, choice, end


def add_run_commands(app: typer.Typer) -> None:
    """Make them commands of the program."""
    for command in (errors, history, revert):
        app.command()(command)


def errors(
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    record: Annotated[str, typer.Option("--record", help="Only of this record: Object/id or Object/id#Field.")] = "",
    code: Annotated[str, typer.Option("--code", help="Only with this code of the system.")] = "",
    cause: Annotated[str, typer.Option("--cause", help="Only of this cause, for example data or rights.")] = "",
    retry: Annotated[bool, typer.Option("--retry", help="The next plan tries these again.")] = False,
    ignore: Annotated[
        bool, typer.Option("--ignore", help="These are only counted, until the change is another one.")
    ] = False,
    reopen: Annotated[bool, typer.Option("--reopen", help="Take --retry or --ignore back.")] = False,
    format: Format = "text",
    clear_values: Clear = False,
    full: Annotated[bool, typer.Option("--full", help="Show every record.")] = False,
) -> None:
    """List what the systems refused, by cause, with what to do about it; say what is to be tried again or ignored."""
    from pardotflow.cli import resolving

    options = resolving.ErrorOptions(
        record=record,
        code=code,
        cause=cause,
        retry=retry,
        ignore=ignore,
        reopen=reopen,
        format=format,
        clear_values=clear_values,
        full=full,
    )
    end(resolving.errors(choice(project, env, var), options))


def history(
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="A run's id, or how it begins; without it, all.")] = "",
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    format: Format = "text",
    clear_values: Clear = False,
    full: Full = False,
) -> None:
    """List the runs, or show what one of them did."""
    from pardotflow.cli import reverting

    options = reverting.HistoryOptions(run=run, format=format, clear_values=clear_values, full=full)
    end(reverting.history(choice(project, env, var), options))


def revert(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or how it begins: see history.")],
    select: Annotated[
        list[str] | None, typer.Option("--select", help="Only this: Object, Object/id, either with #Field; several.")
    ] = None,
    over_edits: Annotated[
        bool, typer.Option("--over-edits", help="Take back what somebody edited since, too.")
    ] = False,
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to save the plan file.")] = None,
    format: Format = "text",
    clear_values: Clear = False,
    full: Full = False,
    quiet: Quiet = False,
) -> None:
    """Plan what takes a run back: old values, records that it made or deleted. Apply it like any plan."""
    from pardotflow.cli import reverting

    options = reverting.RevertOptions(
        run=run,
        select=tuple(select or ()),
        over_edits=over_edits,
        out=out,
        format=format,
        clear_values=clear_values,
        full=full,
        quiet=quiet,
    )
    end(reverting.revert(choice(project, env, var), options))

"""The command line: every command parses, calls one function and ends with its exit code.

Only typer is imported here; what a command needs is imported when it runs, so that `--help` is quick.
"""

import errno
import gc
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.main import get_command_name
from typer.models import CommandInfo

from pardotflow import __version__
from pardotflow.cli.emulator_app import emulator_app
from pardotflow.cli.exits import Exit
from pardotflow.cli.options import HERE, Clear, Env, Format, Full, Project, Quiet, Steps, Var, Wait, choice, end
from pardotflow.cli.run_commands import add_run_commands
from pardotflow.cli.state_app import state_app


def _bare() -> typer.Typer:
    """The program without any command."""
    return typer.Typer(
        name="pardotflow",
        help="Plan and apply for the people data between Salesforce, Pardot and a warehouse.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


app = _bare()
app.add_typer(emulator_app, name="emulator")
app.add_typer(state_app, name="state")


def _version(value: bool) -> None:
    if value:
        typer.echo(f"pardotflow {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Plan and apply for the people data between Salesforce, Pardot and a warehouse."""


@app.command()
def plan(
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to save the plan file.")] = None,
    record: Annotated[str, typer.Option("--record", help="Only this record and its counterpart: Object/id.")] = "",
    remainder: Annotated[bool, typer.Option("--remainder", help="Only what the last run left.")] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Read both sides whole, not only what changed.")] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="0 nothing to send, 2 changes, 3 blocked.")
    ] = False,
    format: Format = "text",
    clear_values: Clear = False,
    full: Full = False,
    steps: Steps = False,
    quiet: Quiet = False,
    wait: Wait = 0,
) -> None:
    """Show what would change, in which system, why, and at what cost. Writes nothing."""
    from pardotflow.cli import planning

    options = planning.PlanOptions(
        out=out,
        record=record,
        remainder=remainder,
        refresh=refresh,
        detailed=detailed_exitcode,
        format=format,
        clear_values=clear_values,
        full=full,
        steps=steps,
        quiet=quiet,
        wait=wait,
    )
    end(planning.plan(choice(project, env, var), options))


@app.command()
def apply(
    plan_name: Annotated[
        str,
        typer.Argument(
            metavar="[PLAN]",
            help="A plan file or id. Without it: go on with what was left unfinished, else plan first.",
        ),
    ] = "",
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask. Not enough in production: see --confirm.")
    ] = False,
    confirm: Annotated[str, typer.Option("--confirm", help="The plan's short id, as consent in production.")] = "",
    allow: Annotated[list[str] | None, typer.Option("--allow", help="GUARD=N lets a guard pass once.")] = None,
    remainder: Annotated[
        bool, typer.Option("--remainder", help="Plan anew what the last run left, and apply it.")
    ] = False,
    canary: Annotated[
        int,
        typer.Option("--canary", min=0, help="Send so many changes first, and go on only if they arrived."),
    ] = 0,
    format: Format = "text",
    clear_values: Clear = False,
    quiet: Quiet = False,
    wait: Wait = 0,
) -> None:
    """Carry out a plan and nothing else."""
    from pardotflow.cli import applying

    options = applying.ApplyOptions(
        plan=plan_name,
        remainder=remainder,
        canary=canary,
        yes=yes,
        confirm=confirm,
        allow=tuple(allow or ()),
        format=format,
        clear_values=clear_values,
        quiet=quiet,
        wait=wait,
    )
    end(applying.apply(choice(project, env, var), options))


@app.command()
def show(
    plan_name: Annotated[str, typer.Argument(metavar="PLAN", help="A plan file or id.")],
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    format: Format = "text",
    clear_values: Clear = False,
    full: Full = False,
    steps: Steps = False,
) -> None:
    """Show a saved plan again."""
    from pardotflow.cli import planning

    chosen = choice(project, env, var)
    end(planning.show(chosen, plan_name, format=format, full=full, steps=steps, clear_values=clear_values))


@app.command()
def why(
    record: Annotated[
        str, typer.Argument(metavar="RECORD", help="Object/id or Object/e-mail; Object/id#Field for one field.")
    ],
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Use what is remembered of the systems, no network.")
    ] = False,
    format: Format = "text",
    clear_values: Clear = False,
    quiet: Quiet = False,
) -> None:
    """Explain a record field by field: what both sides hold, what is remembered, and what the next plan would do."""
    from pardotflow.cli import explaining

    options = explaining.WhyOptions(
        record=record, offline=offline, format=format, clear_values=clear_values, quiet=quiet
    )
    end(explaining.why(choice(project, env, var), options))


@app.command()
def validate(
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Use what is remembered of the systems, no network.")
    ] = False,
) -> None:
    """Check every file of the project and report every problem at once."""
    from pardotflow.cli import inspecting

    end(inspecting.validate(choice(project, env, var), offline=offline))


@app.command()
def compile(project: Project = HERE, env: Env = None, var: Var = None) -> None:
    """Write the rendered SQL and the graph of steps into the state folder."""
    from pardotflow.cli import inspecting

    end(inspecting.compile(choice(project, env, var)))


@app.command(name="list")
def list_(project: Project = HERE, env: Env = None, var: Var = None, format: Format = "text") -> None:
    """List sources, models and syncs."""
    from pardotflow.cli import inspecting

    end(inspecting.list_parts(choice(project, env, var), format=format))


@app.command()
def graph(project: Project = HERE, env: Env = None, var: Var = None, format: Format = "text") -> None:
    """Show the steps and what each needs."""
    from pardotflow.cli import inspecting

    end(inspecting.graph(choice(project, env, var), format=format))


@app.command()
def conflicts(
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    plan_name: Annotated[str, typer.Option("--plan", help="A plan file or id; without it, the newest.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Write them into this .yml or .csv, to be decided.")] = None,
    decide: Annotated[Path | None, typer.Option("--decide", help="Record the decisions of such a file.")] = None,
    forget: Annotated[str, typer.Option("--forget", help="Forget a decision: Object/id or Object/id#field.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Show every single conflict.")] = False,
) -> None:
    """List the open conflicts, write them into a file to be decided, and record what was decided."""
    from pardotflow.cli import deciding

    options = deciding.ConflictOptions(plan=plan_name, out=out, decide=decide, forget=forget, full=full)
    end(deciding.conflicts(choice(project, env, var), options))


@app.command()
def test(
    files: Annotated[list[Path] | None, typer.Argument(help="Files of cases; all of tests/ without any.")] = None,
    sync: Annotated[str, typer.Option("--sync", help="Only the cases of this sync.")] = "",
    coverage: Annotated[bool, typer.Option("--coverage", help="List the policy cells that no case covers.")] = False,
    generate: Annotated[
        str, typer.Option("--generate", help="SYNC or SYNC#MAPPING: write what is decided today as cases.")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Where --generate writes; stdout without it.")] = None,
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    format: Format = "text",
) -> None:
    """Run the decision tests: what a sync decides for given records, without any system."""
    from pardotflow.cli import testing

    options = testing.CaseOptions(
        files=tuple(files or ()), sync=sync, format=format, coverage=coverage, generate=generate, out=out
    )
    end(testing.test(choice(project, env, var), options))


add_run_commands(app)


def asked(words: Sequence[str]) -> typer.Typer:
    """The program with the one command that these words begin with, else with all of them.

    typer builds the options of every command that a program has, which takes longer than to read the words.
    """
    first = words[0] if words else ""
    alone = _bare()
    alone.callback()(options)
    alone.registered_commands = [info for info in app.registered_commands if _name(info) == first]
    alone.registered_groups = [info for info in app.registered_groups if info.name == first]
    return alone if alone.registered_commands or alone.registered_groups else app


def _name(info: CommandInfo) -> str:
    """What a command is called: its function's name, but for those that say another."""
    return info.name or (get_command_name(info.callback.__name__) if info.callback else "")


def main() -> None:
    """The console script: no traceback reaches a user."""
    from pardotflow.core.errors import PardotflowError, PlanRefused
    from pardotflow.engine.interruption import is_asked, listen

    listen()
    # A command builds much and drops little: to look for cycles as often as Python does by itself costs more than they.
    gc.set_threshold(100_000, 20, 20)
    try:
        code = asked(sys.argv[1:])(standalone_mode=False)
    except typer.Abort:
        sys.exit(Exit.INTERRUPTED)
    except KeyboardInterrupt:
        _leave_at_once()
    except PardotflowError as error:
        from pardotflow.cli.console import show_error

        show_error(error)
        sys.exit(Exit.BLOCKED if isinstance(error, PlanRefused) else Exit.ERROR)
    except OSError as error:
        # A folder, a right or the disk of the user: no fault of ours.
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(f"error: {where}{error.strerror or error}", err=True)
        typer.echo(f"  = {_way_out(error)}", err=True)
        sys.exit(Exit.ERROR)
    except Exception as error:  # noqa: BLE001 - the one place where nothing may pass
        if is_asked():
            sys.exit(Exit.INTERRUPTED)
        if not _is_usage(error):
            _report_fault(error)
        sys.exit(Exit.ERROR)
    if code == Exit.INTERRUPTED:
        _leave_at_once()
    sys.exit(code if isinstance(code, int) else Exit.FINE)


def _leave_at_once() -> NoReturn:
    """Wait for no answer that is under way: who pressed Ctrl-C a second time wants to be gone."""
    if any(each is not threading.main_thread() and not each.daemon for each in threading.enumerate()):
        typer.echo("Interrupted at once: the next run looks up what became of the requests under way.", err=True)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(Exit.INTERRUPTED)
    sys.exit(Exit.INTERRUPTED)


def _way_out(error: OSError) -> str:
    """What a person can do about a folder, a right or the disk."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "A file stands where a folder is needed: move it away."
    if isinstance(error, IsADirectoryError):
        return "A folder stands where a file is needed: move it away."
    if isinstance(error, PermissionError):
        return "Give yourself the right to it, or work on a copy of the project."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "Make room on the disk."
    return "Check the disk and the folder."


def _report_fault(error: Exception) -> None:
    """A fault of ours: one line for the user, the rest into a file that can be sent with a report."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="pardotflow-fault-", suffix=".txt", delete=False) as file:
        traceback.print_exception(error, file=file)
    text = str(error).splitlines()[0] if str(error) else ""
    typer.echo(f"error: a fault in pardotflow: {type(error).__name__}: {text}", err=True)
    typer.echo(f"  = Nothing more was sent. The details are in {file.name}; please report them.", err=True)


def _is_usage(error: Exception) -> bool:
    show = getattr(error, "show", None)
    if show is None:
        return False
    show()
    return True

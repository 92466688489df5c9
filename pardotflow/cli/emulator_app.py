"""The commands of `pardotflow emulator`: each parses, calls one function and ends with its exit code."""

from pathlib import Path
from typing import Annotated

import typer

from pardotflow.cli.options import HERE, Env, Project, choice, end

emulator_app = typer.Typer(help="A local Salesforce and Pardot.", no_args_is_help=True, rich_markup_mode=None)

Data = Annotated[Path | None, typer.Option("--data", help="The data file; the environment's own without it.")]


@emulator_app.command()
def serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 8998,
    data: Data = None,
    faults: Annotated[Path | None, typer.Option("--faults", help="A fault plan in YAML; replaces all faults.")] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Serve https, with a certificate made for the data file.")] = False,
    project: Project = HERE,
    env: Env = None,
) -> None:
    """Serve Salesforce and Pardot on one port of this machine until Ctrl-C."""
    from pardotflow.cli import emulating

    end(emulating.serve(choice(project, env, None), data, port, faults, tls=tls))


@emulator_app.command()
def seed(
    folder: Annotated[Path, typer.Argument(help="CSV files, one an object.")],
    data: Data = None,
    project: Project = HERE,
    env: Env = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a data file that exists.")] = False,
) -> None:
    """Fill a new data file from a folder of CSV files."""
    from pardotflow.cli import emulating

    end(emulating.seed_data(choice(project, env, None), data, folder, force=force))


@emulator_app.command()
def reset(data: Data = None, project: Project = HERE, env: Env = None) -> None:
    """Go back to the state just after seeding, whether a server runs or not."""
    from pardotflow.cli import emulating

    end(emulating.reset_data(choice(project, env, None), data))


@emulator_app.command()
def snapshot(
    name: Annotated[str, typer.Argument(help="A name; an older snapshot of that name is replaced.")],
    data: Data = None,
    project: Project = HERE,
    env: Env = None,
) -> None:
    """Keep the data file as it is now under a name."""
    from pardotflow.cli import emulating

    end(emulating.snapshot_data(choice(project, env, None), data, name))


@emulator_app.command()
def restore(
    name: Annotated[str, typer.Argument(help="The name of a snapshot.")],
    data: Data = None,
    project: Project = HERE,
    env: Env = None,
) -> None:
    """Go back to a snapshot, whether a server runs or not."""
    from pardotflow.cli import emulating

    end(emulating.restore_data(choice(project, env, None), data, name))


@emulator_app.command(name="set")
def set_(
    assignments: Annotated[list[str], typer.Argument(help="Object/id#Field=value, one or more.")],
    data: Data = None,
    project: Project = HERE,
    env: Env = None,
) -> None:
    """Edit records as a person would."""
    from pardotflow.cli import emulating

    end(emulating.set_values(choice(project, env, None), data, assignments))


@emulator_app.command(name="destroy")
def destroy_(
    addresses: Annotated[list[str], typer.Argument(help="Object/id of deleted records, one or more.")],
    data: Data = None,
    project: Project = HERE,
    env: Env = None,
) -> None:
    """Remove records from the recycle bin for good, as a person may."""
    from pardotflow.cli import emulating

    end(emulating.destroy_records(choice(project, env, None), data, addresses))


@emulator_app.command()
def log(
    data: Data = None,
    system: Annotated[str | None, typer.Option("--system", help="salesforce, pardot or oauth.")] = None,
    method: Annotated[str | None, typer.Option("--method", help="The HTTP method.")] = None,
    path: Annotated[str | None, typer.Option("--path", help="A regular expression that the path has.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="404, 4xx, or none for a dropped request.")] = None,
    since: Annotated[int, typer.Option("--since", min=0, help="Only requests after this number.")] = 0,
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="At most this many.")] = None,
    writes: Annotated[bool, typer.Option("--writes", help="Also the records that each request wrote.")] = False,
    project: Project = HERE,
    env: Env = None,
) -> None:
    """Print the recorded requests as JSON lines."""
    from pardotflow.cli import emulating

    wanted = {"system": system, "method": method, "path": path, "status": status, "since": str(since)}
    wanted["limit"] = None if limit is None else str(limit)
    end(emulating.print_log(choice(project, env, None), data, wanted, writes=writes))


@emulator_app.command(name="env")
def env_(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port that is served.")] = 8998,
    data: Data = None,
    tls: Annotated[bool, typer.Option("--tls", help="For an emulator that is served with --tls.")] = False,
    project: Project = HERE,
    env: Env = None,
) -> None:
    """Print export lines with which a client reaches the emulator."""
    from pardotflow.cli import emulating

    end(emulating.print_env(choice(project, env, None), data, port, tls=tls))

"""The commands of `pardotflow state`: each parses, calls one function and ends with its exit code."""

from pathlib import Path
from typing import Annotated

import typer

from pardotflow.cli.options import HERE, Env, Format, Project, Quiet, Var, Wait, choice, end

state_app = typer.Typer(
    help="What is remembered: links, bases, the journal.", no_args_is_help=True, rich_markup_mode=None
)

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it; without it only say what would be done.")]
Record = Annotated[str, typer.Argument(metavar="RECORD", help="Object/id, for example Contact/003… or prospect/1042.")]
Sync = Annotated[str, typer.Option("--sync", help="Only of this sync.")]


@state_app.command(name="list")
def list_(
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    sync: Sync = "",
    record: Annotated[str, typer.Option("--record", help="Only links of this record: Object/id.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Every link.")] = False,
    format: Format = "text",
) -> None:
    """List links, with their bases and tombstones, and how many there are of what."""
    from pardotflow.cli import stating

    end(stating.list_state(choice(project, env, var), sync=sync, record=record, full=full, format=format))


@state_app.command()
def show(record: Record, project: Project = HERE, env: Env = None, var: Var = None, format: Format = "text") -> None:
    """Show everything that is remembered of one record; Object/id#FIELD for one field."""
    from pardotflow.cli import stating

    end(stating.show_record(choice(project, env, var), record, format=format))


@state_app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV with the columns sync, a_object, a_id, b_object, b_id.")],
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    yes: Yes = False,
    wait: Wait = 0,
) -> None:
    """Remember links from a file; all of them or none."""
    from pardotflow.cli import restating

    end(restating.import_links(choice(project, env, var), file, restating.Edit(yes=yes, wait=wait)))


@state_app.command()
def mv(
    old: Annotated[str, typer.Argument(metavar="FROM", help="A linked record Object/id, or SYNC#FIELD.")],
    new: Annotated[str, typer.Argument(metavar="TO", help="Another record, or the field's name now.")],
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    sync: Sync = "",
    yes: Yes = False,
    wait: Wait = 0,
) -> None:
    """Move a link to another record, or the bases of a renamed field."""
    from pardotflow.cli import restating

    end(restating.move(choice(project, env, var), old, new, sync, restating.Edit(yes=yes, wait=wait)))


@state_app.command()
def rm(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="A linked record Object/id, or SYNC#FIELD.")],
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    sync: Sync = "",
    yes: Yes = False,
    wait: Wait = 0,
) -> None:
    """Forget a link with its bases, or the bases of a field. No record is touched."""
    from pardotflow.cli import restating

    end(restating.remove(choice(project, env, var), what, sync, restating.Edit(yes=yes, wait=wait)))


@state_app.command()
def backup(
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    out: Annotated[Path | None, typer.Option("--out", help="The file; without it one named for the moment.")] = None,
    wait: Wait = 0,
) -> None:
    """Write memory, ledger and saved plans into one file."""
    from pardotflow.cli import statefiles

    end(statefiles.backup(choice(project, env, var), out, wait=wait))


@state_app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What state backup wrote.")],
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    yes: Yes = False,
    wait: Wait = 0,
) -> None:
    """Check a backup and put it in the place of what is remembered, which is kept aside."""
    from pardotflow.cli import statefiles

    end(statefiles.restore(choice(project, env, var), file, yes=yes, wait=wait))


@state_app.command()
def verify(project: Project = HERE, env: Env = None, var: Var = None, wait: Wait = 0) -> None:
    """Prove that what is remembered holds together; exit 1 with everything that does not."""
    from pardotflow.cli import statefiles

    end(statefiles.verify(choice(project, env, var), wait=wait))


@state_app.command()
def rebuild(project: Project = HERE, env: Env = None, var: Var = None, quiet: Quiet = False, wait: Wait = 0) -> None:
    """Read describes and snapshots anew. What is remembered stays."""
    from pardotflow.cli import statefiles

    end(statefiles.rebuild(choice(project, env, var), quiet=quiet, wait=wait))


@state_app.command()
def forget(
    record: Record, project: Project = HERE, env: Env = None, var: Var = None, yes: Yes = False, wait: Wait = 0
) -> None:
    """Remove a person everywhere; the ids of the links stay as tombstones."""
    from pardotflow.cli import forgetting

    end(forgetting.forget(choice(project, env, var), record, yes=yes, wait=wait))


@state_app.command()
def prune(project: Project = HERE, env: Env = None, var: Var = None, wait: Wait = 0) -> None:
    """Remove what is older than retention: in pardotflow.yml keeps, as the end of apply does."""
    from pardotflow.cli import statefiles

    end(statefiles.prune_state(choice(project, env, var), wait=wait))


@state_app.command()
def lock(
    reason: Annotated[str, typer.Option("--reason", help="Why: whoever is refused is told.")],
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
) -> None:
    """Keep every command but your own state commands out until it is released."""
    from pardotflow.cli import locking

    end(locking.keep_lock(choice(project, env, var), reason))


@state_app.command()
def unlock(
    project: Project = HERE,
    env: Env = None,
    var: Var = None,
    force: Annotated[bool, typer.Option("--force", help="Whoever holds it: only if that surely is gone.")] = False,
) -> None:
    """Release the lock that you keep, or that nobody holds any more."""
    from pardotflow.cli import locking

    end(locking.release_lock(choice(project, env, var), force=force))

"""Before a plan is made: what does memory know by a name that `renamed_from:` says was another one before?"""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from pardotflow.cli.console import say
from pardotflow.cli.workspace import Workspace

if TYPE_CHECKING:
    from pardotflow.graph.renames import Renames
    from pardotflow.store.layout import Layout


def renamed_layout(workspace: Workspace) -> tuple[Layout, tuple[Renames, ...]]:
    """The environment's files with a memory that uses the names of now, and what was renamed in it; the files as they
    are where nothing is."""
    from pardotflow.graph.renames import renames_of

    layout = workspace.layout
    shutil.rmtree(layout.renamed.parent, ignore_errors=True)
    declared = renames_of(workspace.project)
    if not declared or not layout.memory.exists():
        return layout, ()
    from pardotflow.engine.renaming import carry_out, find_pending
    from pardotflow.plan.instance import in_memory
    from pardotflow.store.layout import make_private
    from pardotflow.store.memory import attach_memory

    with in_memory() as con:
        attach_memory(con, layout.memory, read_only=True)
        pending = find_pending(con, declared)
    for each in declared:
        if each not in pending:
            say(f"{each.line}: renamed_from has no effect: nothing is remembered by that name. Remove it.", "yellow")
    if not pending:
        return layout, ()
    layout.renamed.parent.mkdir(mode=0o700)
    layout.renamed.touch(mode=0o600)
    # A log is left where a command was killed: what stands in it belongs to the memory.
    for name in (layout.memory.name, f"{layout.memory.name}.wal"):
        if layout.memory.with_name(name).exists():
            shutil.copyfile(layout.memory.with_name(name), layout.renamed.with_name(name))
            make_private(layout.renamed.with_name(name))
    with in_memory() as con:
        attach_memory(con, layout.renamed, read_only=False)
        con.execute("begin")
        carry_out(con, pending)
        con.execute("commit")
    return replace(layout, memory_instead=layout.renamed), pending

"""What a killed run has left is remembered and told before anything else is done."""

from pardotflow.cli.console import say
from pardotflow.cli.workspace import Workspace
from pardotflow.engine.recover import recover_runs


def recover(workspace: Workspace) -> None:
    """Close the runs that nothing had closed, and say what became of them."""
    for run in recover_runs(workspace.layout, workspace.ledger, workspace.identities, workspace.clock):
        counts = {
            "confirmed": run.confirmed,
            "refused": run.refused,
            "without an answer": run.unknown,
            "not started": run.not_started,
        }
        told = ", ".join(f"{number:,} {what}" for what, number in counts.items() if number)
        say(f"Run {run.run_id} of plan {run.plan_id} was cut short: {told or 'nothing was sent'}.", "yellow")

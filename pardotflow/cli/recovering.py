"""Before anything is planned or applied: is this our memory, and what has a killed run left?"""

from pardotflow.cli.console import say
from pardotflow.cli.workspace import Workspace


def recover(workspace: Workspace) -> None:
    """Close the runs that nothing had closed, and say what became of them.

    Raises PlanRefused where what is remembered belongs to another organisation.
    """
    from pardotflow.engine.recover import RecoverRequest, recover_runs
    from pardotflow.store.origin import bind_memory

    organizations = {system: identity.organization_id for system, identity in workspace.identities.items()}
    bind_memory(workspace.layout.memory, organizations, workspace.ledger.publish)
    request = RecoverRequest(
        layout=workspace.layout,
        ledger=workspace.ledger,
        connectors=workspace.connectors,
        identities=workspace.identities,
        clock=workspace.clock,
        progress=workspace.progress,
    )
    for run in recover_runs(request):
        counts = {
            "confirmed": run.confirmed,
            "refused": run.refused,
            "without an answer": run.unknown,
            "not started": run.not_started,
            "done by earlier runs": run.before,
        }
        told = ", ".join(f"{number:,} {what}" for what, number in counts.items() if number)
        say(f"Run {run.run_id} of plan {run.plan_id} was cut short: {told or 'nothing was sent'}.", "yellow")

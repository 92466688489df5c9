"""`sending:` and `budget:` of an environment: how patient runs are, when they give up, how many calls they get."""

from pardotflow.config.connections import Budget, Sending
from pardotflow.config.nodes import MapNode


def build_sending(environment: MapNode) -> Sending:
    """The values of a rendered environment that follows its schema."""
    node, usual = environment.mapping("sending"), Sending()
    return Sending(
        retries=int(node.text("retries") or usual.retries),
        first_wait=float(node.text("first_wait") or usual.first_wait),
        longest_wait=float(node.text("longest_wait") or usual.longest_wait),
        timeout=float(node.text("timeout") or usual.timeout),
        skip_invalid=node.flag("skip_invalid", default=usual.skip_invalid),
        stop_after=int(node.text("stop_after") or usual.stop_after),
        jobs_from={key.text: int(value.text) for key, value in node.mapping("jobs_from").scalars()},
        creates_by_import=node.flag("creates_by_import", default=usual.creates_by_import),
        budgets={
            entry.key.text: Budget(run=_calls(entry.value, "run"), day=_calls(entry.value, "day"))
            for entry in environment.mapping("budget").entries
            if isinstance(entry.value, MapNode)
        },
    )


def _calls(node: MapNode, key: str) -> int | None:
    text = node.text(key)
    return int(text) if text else None

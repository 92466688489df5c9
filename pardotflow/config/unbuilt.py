"""Keys of the grammar whose effect is not built yet: said, never passed over.

It is an error where silence would be dangerous, and a warning where nothing is lost.
"""

from collections.abc import Iterator

from pardotflow.config.findings import Findings
from pardotflow.config.nodes import Entry, MapNode, Scalar

_DANGEROUS = {
    "insert_only": "Remove it; a create is looked up by all match keys first.",
}


def report_unbuilt_sync(node: MapNode, findings: Findings) -> None:
    """Report what a sync asks for in vain."""
    for part in _parts_of_sync(node):
        _report_dangerous(part, findings)
    schedule, strength = node.entry("schedule"), node.scalar("strength")
    if schedule:
        help = "Start plan and apply by cron or by hand; the rest of the file is used."
        findings.warning("PF190", '"schedule" has no effect yet', schedule.key.span, help)
    if strength and strength.text == "scheduled":
        help = "It counts as apply."
        findings.warning("PF190", "the strength scheduled has no effect yet", strength.span, help)


def report_unbuilt_connection(node: MapNode, findings: Findings) -> None:
    """Report what a connection asks for in vain."""
    token = node.entry("access_token")
    if token:
        help = "Give client_id, client_secret and refresh_token: every run then gets a token of its own."
        findings.error("PF190", '"access_token" has no effect yet', token.key.span, help)


def report_unbuilt_defaults(node: MapNode, findings: Findings) -> None:
    """Report what the project's defaults ask for in vain."""
    _report_dangerous(node.mapping("defaults"), findings)


def _parts_of_sync(node: MapNode) -> Iterator[MapNode]:
    yield node
    yield from node.mappings("fields")
    yield from (e.value for e in node.mapping("create").entries if isinstance(e.value, MapNode))


def _report_dangerous(node: MapNode, findings: Findings) -> None:
    for entry in node.entries:
        key = entry.key.text
        if key in _DANGEROUS and not _is_off(entry):
            findings.error("PF190", f'"{key}" has no effect yet', entry.key.span, _DANGEROUS[key])


def _is_off(entry: Entry) -> bool:
    return isinstance(entry.value, Scalar) and entry.value.text == "false"

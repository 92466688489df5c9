"""Keys of the grammar whose effect is not built yet: said, never passed over.

It is an error where silence would be dangerous, and a warning where nothing is lost.
"""

from pardotflow.config.findings import Findings
from pardotflow.config.nodes import MapNode


def report_unbuilt_sync(node: MapNode, findings: Findings) -> None:
    """Report what a sync asks for in vain."""
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

"""`duplicate_rule:` and `assignment_rule:`, from trees that follow the sync schema."""

import re

from pardotflow.config.findings import Findings
from pardotflow.config.nodes import MapNode
from pardotflow.config.write_options import ACTIVE_RULE, DuplicateRule

_RULE_ID = re.compile(r"01Q[A-Za-z0-9]{12}([A-Za-z0-9]{3})?")


def build_duplicate_rule(node: MapNode) -> DuplicateRule | None:
    """`duplicate_rule:` of a sync or a create rule that follows the sync schema; None where it is not written."""
    if node.get("duplicate_rule") is None:
        return None
    written = node.mapping("duplicate_rule")
    return DuplicateRule(
        allow_save=written.flag("allow_save", default=False),
        run_as_current_user=written.flag("run_as_current_user", default=False),
        include_record_details=written.flag("include_record_details", default=False),
        span=written.span,
        spans=written.spans(),
    )


def build_assignment_rule(node: MapNode, findings: Findings) -> str:
    """`assignment_rule:` of a create rule: TRUE, the id of a rule, or the empty text where none is to run."""
    written = node.scalar("assignment_rule")
    if written is None or written.is_boolean:
        return ACTIVE_RULE if written and written.text == "true" else ""
    if not _RULE_ID.fullmatch(written.text):
        help = "Write true for the active rule, or an id of 15 or 18 characters that begins with 01Q."
        findings.error("PF183", f'"{written.text}" is no id of an assignment rule', written.span, help)
    return written.text

"""The registry of diagnostic codes: PF1xx of project files, PF2xx of plan and apply, PF3xx of connections.

A number is never used for two things and never used again.
"""

from collections.abc import Mapping

from pardotflow.core.codes.code import Code
from pardotflow.core.codes.connections import CONNECTION_CODES
from pardotflow.core.codes.plan import PLAN_CODES
from pardotflow.core.codes.project import PROJECT_CODES

__all__ = ["CODES", "CONNECTION_CODES", "PLAN_CODES", "PROJECT_CODES", "Code"]

CODES: Mapping[str, Code] = {c.code: c for c in (*PROJECT_CODES, *PLAN_CODES, *CONNECTION_CODES)}
"""Every code by its number."""

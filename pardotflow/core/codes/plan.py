"""Codes of plan and apply: PF2xx.

Each is registered here before it is used anywhere.
"""

from pardotflow.core.codes.code import Code

PLAN_CODES: tuple[Code, ...] = ()

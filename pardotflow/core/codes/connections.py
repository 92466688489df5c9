"""Codes of connections: PF3xx.

Each is registered here before it is used anywhere.
"""

from pardotflow.core.codes.code import Code

CONNECTION_CODES: tuple[Code, ...] = ()

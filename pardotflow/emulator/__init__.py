"""An emulator of Salesforce and of Pardot (Account Engagement API v5) over HTTP on one port, with data that lasts.

It is a product of its own: it imports nothing else of this project, and clients cannot tell it from the services by
the parts that it emulates. What loads much stays out of this module: `server.serve` runs it, `seeding.seed` fills it,
`edit.set_record` changes a record as a person would.
"""

from pardotflow.emulator.environment import environment, read_instance
from pardotflow.emulator.problem import EmulatorError, MissingDataFile, NotADataFile

__all__ = ["EmulatorError", "MissingDataFile", "NotADataFile", "environment", "read_instance"]

"""Seeding: a folder of CSV files and a schema become a data file.

Values are stored as they are; what cannot be stored is reported with file and line, and never stops the rest.
"""

from pardotflow.emulator.seeding.folder import seed
from pardotflow.emulator.seeding.report import SeedProblem, SeedReport

__all__ = ["SeedProblem", "SeedReport", "seed"]

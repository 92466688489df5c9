"""Modules of the emulator that need the package `cryptography`, loaded when they are first asked for.

The package is an extra: everything but keys and certificates works without it.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from pardotflow.emulator.problem import EmulatorError


class ExtraMissing(EmulatorError):
    """The package of the extra is not installed."""


def load_extra(name: str) -> ModuleType:
    """The module `pardotflow.emulator.<name>`. Raises `ExtraMissing` where `cryptography` is not installed."""
    try:
        return importlib.import_module(f"pardotflow.emulator.{name}")
    except ModuleNotFoundError as cause:
        message = f"the package {cause.name} is not installed: pip install 'pardotflow[emulator]'"
        raise ExtraMissing(message) from cause

"""All collections of API v5, by path. What one is stands in `shapes`, which there are in the modules by group."""

from __future__ import annotations

from collections.abc import Mapping

from pardotflow.emulator.pardot.jobs.states import JOBS
from pardotflow.emulator.pardot.schema.behaviour import BEHAVIOUR
from pardotflow.emulator.pardot.schema.content import CONTENT
from pardotflow.emulator.pardot.schema.people import PEOPLE
from pardotflow.emulator.pardot.schema.shapes import Attribute, Collection

__all__ = ["COLLECTIONS", "Attribute", "Collection"]

COLLECTIONS: Mapping[str, Collection] = {made.path: made for made in (*PEOPLE, *BEHAVIOUR, *CONTENT, *JOBS)}

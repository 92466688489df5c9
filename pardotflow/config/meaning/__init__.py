"""What a project means: checks that need other files, or what the outside systems hold.

A check never guesses: what the catalog does not know is skipped, and `unchecked_objects` names it.
"""

from pardotflow.config.meaning.check import check_parts, check_project
from pardotflow.config.meaning.scope import unchecked_objects

__all__ = ["check_parts", "check_project", "unchecked_objects"]

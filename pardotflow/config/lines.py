"""Lines of a file, counted as the YAML parser counts them.

Every place that this project reports is found again by splitting with this one function.
"""

import re

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


def split_lines(text: str) -> list[str]:
    """The lines without their ends; a text that ends with a line break has an empty last line."""
    return _BREAK.split(text)

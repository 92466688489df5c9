"""The order of places in the user's files (`syncs/people.yml:9`): by file, then by the number of the line."""


def place_order(column: str) -> str:
    """SQL by which places are ordered: line 9 comes before line 10."""
    file = f"coalesce(nullif(regexp_extract({column}, '^(.*):[0-9]+$', 1), ''), {column})"
    return f"({file} || chr(31) || lpad(regexp_extract({column}, ':([0-9]+)$', 1), 9, '0'))"


def first_place(column: str) -> str:
    """SQL for the first of a group's places."""
    return f"min_by({column}, {place_order(column)})"

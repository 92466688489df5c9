"""What a diagnostic code is: a number that never changes its meaning, with its explanation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One kind of message. `way_out` says what a person does about it."""

    code: str
    title: str
    explanation: str
    way_out: str


def code(number: str, title: str, explanation: str, way_out: str) -> Code:
    """A code, written in one line."""
    return Code(code=number, title=title, explanation=explanation, way_out=way_out)

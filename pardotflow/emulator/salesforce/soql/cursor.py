"""Reading the tokens of a SOQL statement one after the other, and what is said where one does not fit."""

from __future__ import annotations

from pardotflow.emulator.salesforce.errors import SalesforceError
from pardotflow.emulator.salesforce.soql.lexer import Token, malformed, scan

_MOST_ROWS = 2**31 - 1


class Cursor:
    """A place among the tokens of a statement."""

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.tokens = scan(statement)
        self.place = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.place]

    def advance(self) -> Token:
        """Read the next token, whatever it is."""
        token = self.token
        self.place += 1
        return token

    def take(self, *words: str) -> Token | None:
        """Read the next token if it is one of these words."""
        return self.advance() if self.token.is_word(*words) else None

    def calls(self, *words: str) -> bool:
        """Whether one of these words comes next, and a parenthesis after it."""
        return self.token.is_word(*words) and self.tokens[self.place + 1].is_word("(")

    def unexpected(self) -> SalesforceError:
        """MALFORMED_QUERY that points at the next token."""
        shown = self.token.text if self.token.kind != "end" else "<EOF>"
        return malformed(self.statement, self.token.position, f"unexpected token: '{shown}'")

    def expect(self, *words: str) -> Token:
        """Read one of these words; raises where it is another."""
        token = self.take(*words)
        if token is None:
            raise self.unexpected()
        return token

    def expect_end(self) -> None:
        """Raises where tokens are left."""
        if self.token.kind != "end":
            raise self.unexpected()

    def name(self) -> Token:
        """Read a name."""
        if self.token.kind != "name":
            raise self.unexpected()
        return self.advance()

    def whole_number(self) -> int:
        """Read a number of rows or periods."""
        if self.token.kind != "number" or not self.token.text.isdigit():
            raise self.unexpected()
        return min(int(self.advance().text), _MOST_ROWS)

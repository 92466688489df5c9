"""Plain values that every layer shares; imports the standard library only."""

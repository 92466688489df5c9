"""The standard objects and their fields, as tables of data."""

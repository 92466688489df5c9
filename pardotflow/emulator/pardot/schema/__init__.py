"""The collections of API v5 and their attributes, as tables of data."""

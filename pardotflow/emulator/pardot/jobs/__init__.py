"""Imports, exports and bulk actions: their endpoints, and how they move with the clock."""

"""Bulk API 2.0: ingest and query jobs, and how they move with the clock."""

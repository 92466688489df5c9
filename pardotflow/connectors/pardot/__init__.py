"""Pardot (Account Engagement), through its API v5."""

"""Decisions: compile, match, reconcile, guard, plan and apply. Rows stay in DuckDB; the SQL stands in `sql/`."""

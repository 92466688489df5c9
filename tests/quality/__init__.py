"""Decision tests: their loader, their runs, what is said of them, and the tables that are generated."""

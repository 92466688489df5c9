"""Text into a frozen Project, or diagnostics."""

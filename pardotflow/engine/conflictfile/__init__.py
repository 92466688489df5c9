"""Conflicts as a file that people fill in: YAML for a review, CSV for a spreadsheet."""

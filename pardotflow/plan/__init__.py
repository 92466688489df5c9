"""What is shown and saved, as types: plans and runs, their order, their patterns and their public JSON."""

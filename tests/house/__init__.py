"""House rules, counted by a machine."""

"""What depends on what in a project, and digests of its parts."""

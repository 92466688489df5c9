"""What the project remembers: memory that cannot be rebuilt, and caches that can."""

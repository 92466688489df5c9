"""The example project, looked at from outside."""

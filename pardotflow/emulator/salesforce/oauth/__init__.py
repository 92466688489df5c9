"""Signing in: the endpoints of `/services/oauth2` and the sessions that they open."""

"""Clients as others wrote them, unmodified, against the emulator."""

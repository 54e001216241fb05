"""Guardians' stories about their help; without the family's consent they stay inside."""

PLUGS = ("routes", "reactions")

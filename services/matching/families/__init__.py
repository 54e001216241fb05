"""Families as far as guardians are concerned: a projection of intake's events."""

PLUGS = ("routes", "reactions")

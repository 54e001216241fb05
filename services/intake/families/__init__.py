"""Families: their routes and reactions."""

PLUGS = ("routes", "reactions")

"""Families: who they are, and what is noted about them for all their cases."""

PLUGS = ("routes", "reactions")

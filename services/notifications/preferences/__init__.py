"""Preferences: how a person would like to be written to, and what it can do without."""

PLUGS = ("routes", "reactions")

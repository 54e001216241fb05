"""Codes that no phone gets: what an office hands over on paper with the cards of its table."""

PLUGS = ("routes", "reactions")

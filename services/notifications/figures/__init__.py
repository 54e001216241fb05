"""Figures: messages by day, channel and outcome, and how families answer (K-07)."""

PLUGS = ("routes", "reactions")

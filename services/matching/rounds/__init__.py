"""Rounds of proposals: a whole region assigned, looked at, and proposed pair by pair."""

PLUGS = ("routes", "reactions")

"""Gifts of families whose cases are over: their own wish, never asked for during a case."""

PLUGS = ("routes", "reactions")

"""Caseloads: all cases of one coordinator go over to a colleague."""

PLUGS = ("routes", "reactions")

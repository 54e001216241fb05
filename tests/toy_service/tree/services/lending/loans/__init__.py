"""Loans of equipment to families."""

PLUGS = ("routes", "reactions")

"""Requests: their routes, reactions and deadlines."""

PLUGS = ("routes", "reactions")

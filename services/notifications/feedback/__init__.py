"""Feedback forms, which a person opens by a one-time link."""

PLUGS = ("routes", "reactions")

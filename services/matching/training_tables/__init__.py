"""Trainings of many guardians at once, from a table that the training platform exports."""

PLUGS = ("routes", "reactions")

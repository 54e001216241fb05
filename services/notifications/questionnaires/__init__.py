"""Questionnaires: the registry of forms, by topic, as data with versions."""

PLUGS = ("routes",)

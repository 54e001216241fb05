"""Guardians' reports on how the help is going."""

PLUGS = ("routes",)

"""Reminders to guardians in care to report how the help goes."""

PLUGS = ("reactions",)

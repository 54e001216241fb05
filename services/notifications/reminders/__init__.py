"""Reminders to guardians in care to tell how the help goes."""

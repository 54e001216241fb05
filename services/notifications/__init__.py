"""Notifications: every message from Ryadom to a person, and its status."""

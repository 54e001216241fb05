"""Notifications: every word that Ryadom says to a person, and what became of it."""

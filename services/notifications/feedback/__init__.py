"""Feedback forms that a family opens by a one-time link."""

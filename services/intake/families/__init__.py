"""Families: their routes and reactions."""

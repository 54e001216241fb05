"""Providers: their routes."""

PLUGS = ("routes",)

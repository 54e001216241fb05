"""Providers: their routes."""
